"""HttpBridge: what the web hints reaches whom it concerns."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar
from uuid import uuid4

import pytest
from thespian.actors import ActorAddress

from gateways.http import bridge_socket
from gateways.http.bridge_actor import SOCKET_NAME
from messages.cases import AlertsArrived, AskCase, InboxChanged, OpenCase, ShiftHint
from messages.envelope import Envelope, encode
from messages.ids import AlertId, Instant, NodeId, OperatorId, Role
from messages.operators import HeadsetPresent
from messages.union import Body
from runtime.actor import CenterActor
from runtime.clock import VirtualClock
from runtime.environment import Environment
from runtime.published.directory import MemoryDirectory
from runtime.system.one_process import OneProcess
from runtime.system.spec import ActorSpec, Plan
from runtime.system.system import start

HEARD: list[tuple[Role, str, Body]] = []


class Hearing(CenterActor):
    """Somebody who may be told."""

    def receive(self, envelope: Envelope, sender: ActorAddress) -> None:
        """Remember it; `OpenCase` is what a case is busy with."""
        if isinstance(envelope.body, OpenCase):
            self.busy_with(envelope.body.alert)
        elif envelope.role is Role.HTTP_BRIDGE:
            HEARD.append((self.role, self.key, envelope.body))


class Intake(Hearing):
    """The intake's part."""

    role: ClassVar[Role] = Role.ALERT_INTAKE


class Pool(Hearing):
    """The operators' pool's part."""

    role: ClassVar[Role] = Role.OPERATOR_POOL


class Voices(Hearing):
    """The part of the operators' own lines."""

    role: ClassVar[Role] = Role.OPERATOR_LINES


class Case(Hearing):
    """A case's part."""

    role: ClassVar[Role] = Role.ALERT_CASE


@pytest.fixture
def system(tmp_path: Path) -> Iterator[OneProcess]:
    """An actor system with a bridge and those whom it tells."""
    HEARD.clear()
    (tmp_path / "run").mkdir()
    here = f"{__name__}."
    actors = (
        ActorSpec(role=Role.HTTP_BRIDGE, cls="gateways.http.bridge_actor.HttpBridgeActor", group="g"),
        ActorSpec(role=Role.ALERT_INTAKE, cls=f"{here}Intake", group="g"),
        ActorSpec(role=Role.OPERATOR_POOL, cls=f"{here}Pool", group="g"),
        ActorSpec(role=Role.OPERATOR_LINES, cls=f"{here}Voices", group="g"),
        ActorSpec(role=Role.ALERT_CASE, key="c00", cls=f"{here}Case", group="g"),
        ActorSpec(role=Role.ALERT_CASE, key="c01", cls=f"{here}Case", group="g"),
    )
    env = Environment(
        node=NodeId("n1"),
        state=tmp_path,
        clock=VirtualClock(),
        directory=MemoryDirectory(),
        open_journal=lambda: None,
        plan=Plan(actors=actors),
    )
    started = start("in_process", env, "actors.supervisor.actor.SupervisorActor")
    assert isinstance(started, OneProcess)
    started.advance(2.0)
    yield started
    started.stop()


def hint(body: Body) -> bytes:
    envelope = Envelope(id=uuid4().hex, role=Role.WEB, key="", incarnation=1, at_us=Instant(1), body=body)
    return bridge_socket.frame(encode(envelope))


@pytest.fixture
def web(system: OneProcess) -> Iterator[socket.socket]:
    """The web's end."""
    connection = bridge_socket.connect(system.env.run / SOCKET_NAME)
    yield connection
    connection.close()


def test_alerts_are_told_to_the_intake(system: OneProcess, web: socket.socket) -> None:
    web.sendall(hint(AlertsArrived(seq=7)))
    system.advance(0.1)
    assert [(Role.ALERT_INTAKE, "", AlertsArrived(seq=7))] == HEARD


def test_a_headset_is_told_to_the_operators_own_lines(system: OneProcess, web: socket.socket) -> None:
    came = HeadsetPresent(operator=OperatorId("marta"), present=True)
    web.sendall(hint(came))
    system.advance(0.1)
    assert [(Role.OPERATOR_LINES, "", came)] == HEARD


def test_an_inbox_is_told_to_the_case_that_has_the_alert(system: OneProcess, web: socket.socket) -> None:
    system.tell(Role.ALERT_CASE, "c01", OpenCase(alert=AlertId("a")))
    system.advance(2.0)
    web.sendall(hint(InboxChanged(alert=AlertId("a"))))
    system.advance(0.1)
    assert [(Role.ALERT_CASE, "c01", InboxChanged(alert=AlertId("a")))] == HEARD


def test_an_inbox_of_an_alert_that_waits_is_told_to_the_intake(
    system: OneProcess, web: socket.socket
) -> None:
    web.sendall(hint(InboxChanged(alert=AlertId("waits"))))
    system.advance(0.1)
    assert [(Role.ALERT_INTAKE, "", InboxChanged(alert=AlertId("waits")))] == HEARD


def test_a_shift_is_told_to_the_pool(system: OneProcess, web: socket.socket) -> None:
    web.sendall(hint(ShiftHint()))
    system.advance(0.1)
    assert [(Role.OPERATOR_POOL, "", ShiftHint())] == HEARD


def test_hints_may_come_in_pieces_and_together(system: OneProcess, web: socket.socket) -> None:
    wire = hint(AlertsArrived(seq=1)) + hint(ShiftHint()) + hint(AlertsArrived(seq=2))
    for start_at in range(0, len(wire), 40):
        web.sendall(wire[start_at : start_at + 40])
        system.advance(0.05)
    assert [body for _, _, body in HEARD] == [AlertsArrived(seq=1), ShiftHint(), AlertsArrived(seq=2)]


def test_case_10_a_storm_of_hints_is_told_in_a_few_messages(system: OneProcess, web: socket.socket) -> None:
    for number in range(50):
        web.sendall(hint(AlertsArrived(seq=number)) + hint(InboxChanged(alert=AlertId(f"a{number}"))))
        system.advance(0.003)
    system.advance(0.1)
    assert len(HEARD) < 30
    assert HEARD[-1][:2] == (Role.ALERT_INTAKE, "")


def test_case_10_of_many_alerts_that_wait_the_intake_is_told_to_look(
    system: OneProcess, web: socket.socket
) -> None:
    system.tell(Role.ALERT_CASE, "c01", OpenCase(alert=AlertId("a3")))
    system.advance(2.0)
    web.sendall(b"".join(hint(InboxChanged(alert=AlertId(f"a{number}"))) for number in range(20)))
    system.advance(0.1)
    assert (Role.ALERT_CASE, "c01", InboxChanged(alert=AlertId("a3"))) in HEARD
    assert [body for role, _, body in HEARD if role is Role.ALERT_INTAKE] == [AlertsArrived(seq=0)]


@pytest.mark.parametrize(
    "wrong",
    [b"\xc1", bridge_socket.frame(b"no envelope"), hint(AskCase()) + b"\xc1"],
    ids=["frame", "body", "tail"],
)
def test_what_is_no_hint_ends_that_connection_and_no_other(
    system: OneProcess, web: socket.socket, wrong: bytes
) -> None:
    other = bridge_socket.connect(system.env.run / SOCKET_NAME)
    system.advance(0.1)
    other.sendall(wrong)
    system.advance(0.1)
    assert other.recv(10) == b""
    other.close()
    web.sendall(hint(ShiftHint()))
    system.advance(0.1)
    assert HEARD[-1] == (Role.OPERATOR_POOL, "", ShiftHint())


def test_a_bridge_that_is_started_again_listens_in_the_same_place(system: OneProcess) -> None:
    for _ in range(2):
        connection = bridge_socket.connect(system.env.run / SOCKET_NAME)
        connection.sendall(hint(ShiftHint()))
        system.advance(0.1)
        assert HEARD.pop() == (Role.OPERATOR_POOL, "", ShiftHint())
        connection.close()
        system.kill(Role.HTTP_BRIDGE)
        system.advance(3.0)
