"""The center's small pure parts: pauses, words, sockets, composition."""

from __future__ import annotations

import importlib
import ipaddress
import os
import socket
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from center.checks import listeners
from center.checks.listeners import Listener, exposure, listening
from center.node.composition import class_names, plan, preloaded
from center.node.launching import AT_ONCE, DEATHS_WITHIN_S, FIRST_PAUSE_S, LONGEST_PAUSE_S, Restarts
from messages import events as ev
from messages.events import Event
from messages.ids import (
    E164,
    BridgeId,
    LegId,
    LineId,
    OperatorId,
    Party,
)
from model.checks import Severity
from model.settings import Settings
from model.settings.alerts import LimitsSettings
from model.settings.lines import Modem
from model.setup import Setup
from model.telling.story import in_words
from runtime.service import tell_manager
from runtime.system.spec import ActorSpec


@given(st.lists(st.floats(0, 100), max_size=60))
def test_what_dies_is_started_at_once_or_after_a_bounded_pause_and_never_given_up(gaps: list[float]) -> None:
    restarts, now_s = Restarts(), 0.0
    for gap in gaps:
        now_s += gap
        assert 0 <= restarts.died(now_s) <= LONGEST_PAUSE_S
    assert restarts.count == len(gaps)


def test_the_sixth_death_in_ten_seconds_waits_and_a_quiet_time_forgives() -> None:
    restarts = Restarts()
    assert [restarts.died(i * 0.1) for i in range(AT_ONCE)] == [0.0] * AT_ONCE
    assert [restarts.died(1.0), restarts.died(1.1)] == [FIRST_PAUSE_S, 2 * FIRST_PAUSE_S]
    assert restarts.died(1.1 + 2 * DEATHS_WITHIN_S) == 0.0


def test_whose_voice_is_on_the_operators_track_of_a_recording_is_told_by_the_place() -> None:
    def leg(place: str, operator: OperatorId) -> Event:
        number, line = E164("+390200000100"), LineId(place)
        return ev.LegOriginating(
            leg=LegId(f"a:{place}"),
            party=Party.OPERATOR,
            number=number,
            line=line,
            attempt=1,
            operator=operator,
        )

    events = (
        ev.RecordingStarted(file="a.1.flac"),
        leg("op1", OperatorId("marta")),
        ev.BridgeJoined(bridge=BridgeId("b"), legs=(LegId("a:op1"),)),
        leg("op2", OperatorId("luca")),
        ev.BridgeJoined(bridge=BridgeId("b"), legs=(LegId("a:op2"),)),
        ev.BridgeLeft(bridge=BridgeId("a"), legs=(LegId("a:op1"),)),
    )
    assert [in_words(event) for event in events] == [
        "recorded in a.1.flac",
        "calling the operator marta (op1) at +390200000100 on line op1",
        "joined: op1",
        "calling the operator luca (op2) at +390200000100 on line op2",
        "joined: op2",
        "left the conference: op1",
    ]


def test_what_this_process_listens_on_is_found() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as four,
        socket.create_server(("::1", 0), family=socket.AF_INET6) as six,
    ):
        found = listening([os.getpid()])
        assert found[Listener("tcp", ipaddress.ip_address("127.0.0.1"), four.getsockname()[1])] == os.getpid()
        assert found[Listener("tcp", ipaddress.ip_address("::1"), six.getsockname()[1])] == os.getpid()


def test_each_socket_is_told_with_what_protects_it_and_one_that_nobody_knows_is_a_failure() -> None:
    here, lan, net = (ipaddress.ip_address(text) for text in ("127.0.0.1", "10.0.0.2", "8.8.8.8"))
    sockets = [
        *(Listener("udp", here, port) for port in (1, 2, 3)),
        Listener("udp", lan, 4),
        Listener("udp", net, 5),
        Listener("tcp", lan, 4711),
        Listener("tcp", lan, 443),
        Listener("tcp", here, 99),
    ]
    known = {"10.0.0.2:4711": listeners.VOICES, "10.0.0.2:443": listeners.WEB.format(by="by TLS")}
    said = {one.text.partition(": ")[0]: one for one in listeners.found(sockets, known)}
    assert {where: one.verdict for where, one in said.items()} == {
        "3 udp ports of 127.0.0.1, this machine": Severity.OK,
        "udp 10.0.0.2:4, a private network": Severity.WARN,
        "udp 8.8.8.8:5, the internet": Severity.FAIL,
        "tcp 10.0.0.2:4711, a private network": Severity.WARN,
        "tcp 10.0.0.2:443, a private network": Severity.OK,
        "tcp 127.0.0.1:99, this machine": Severity.FAIL,
    }


def test_who_can_reach_an_address_is_told() -> None:
    said = {text: exposure(ipaddress.ip_address(text)) for text in ("127.0.0.1", "::", "10.0.0.1", "8.8.8.8")}
    assert said == {
        "127.0.0.1": "this machine",
        "::": "every network of this machine",
        "10.0.0.1": "a private network",
        "8.8.8.8": "the internet",
    }


def test_systemd_is_told_and_nobody_else(tmp_path: Path) -> None:
    tell_manager("READY=1", {})
    tell_manager("READY=1", {"NOTIFY_SOCKET": str(tmp_path / "nowhere")})
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        tell_manager("READY=1", {"NOTIFY_SOCKET": str(tmp_path / "notify")})
        assert manager.recv(64) == b"READY=1"


def test_every_class_that_the_plan_names_exists_and_has_the_role_that_it_is_named_for() -> None:
    setup = Setup(
        settings=Settings(
            limits=LimitsSettings(live_cases=3, idle_workers=1), modem=(Modem(name="a", trunk="public"),)
        )
    )
    made = plan(setup)
    for name in class_names(made):
        module, _, attribute = name.rpartition(".")
        assert hasattr(importlib.import_module(module), attribute), name
    for spec in made.actors:
        assert isinstance(spec, ActorSpec)
        module, _, attribute = spec.cls.rpartition(".")
        assert getattr(importlib.import_module(module), attribute).role is spec.role
    assert made.workers is not None
    assert (made.workers.live, made.workers.idle) == (3, 1)
    for name in preloaded(made, "postgresql://"):
        module, _, function = name.partition(":")
        loaded = importlib.import_module(module)
        assert not function or callable(getattr(loaded, function)), name
