"""Orders that come late: to a modem, which after a restart does not know what has been before, and from an
operator whose request a frozen node has read only when it woke; and orders that are lost.
"""

from __future__ import annotations

from itertools import pairwise

import pytest
from thespian.actors import ActorAddress

from actors.conference_bridge.actor import ConferenceBridgeActor
from gateways.http.routes.staff.commands import order
from gateways.http.wire.bodies import CommandBody
from gateways.http.wire.errors import Refused, RequestError
from messages.bridge import SetMembers
from messages.calls import DialCall, HangUpCall
from messages.envelope import Body, Envelope, encode
from messages.ids import SECOND, Instant, LegId, OperatorCommand, Party, Role
from runtime import addresses
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.test_flow import joined, to_conference, to_talking
from tests.scenarios.test_listening import unheard
from tests.scenarios.world import PSAP, World

pytestmark = pytest.mark.scenario

LINE = "sim5"
LEG = LegId("a1:psap")
DIAL = DialCall(leg=LEG, attempt=1, number=PSAP)


def say(world: World, body: Body, *, ago_s: float = 0.0, line: str = LINE) -> None:
    entry = world.env.directory.find(Role.GSM_MODEM, line)
    assert entry is not None
    said = Envelope(
        id=f"late/{ago_s}/{type(body).__name__}",
        role=Role.CALL_LEG,
        key="c00/psap",
        incarnation=1,
        at_us=Instant(world.clock.now_us() - round(ago_s * SECOND)),
        body=body,
    )
    world.system.deliver(addresses.from_bytes(entry.address), encode(said))
    world.advance(2)


def test_a_fresh_dial_is_dialled_once(make_world: MakeWorld) -> None:
    world = make_world(public=4, emergency=2)
    say(world, DIAL, ago_s=1)
    say(world, DIAL, ago_s=1)
    assert len(world.calls(PSAP)) == 1


def test_a_dial_that_its_leg_has_given_up_by_now_is_not_dialled(make_world: MakeWorld) -> None:
    world = make_world(public=4, emergency=2)
    say(world, DIAL, ago_s=5)
    assert world.calls(PSAP) == []


def test_a_dial_that_comes_after_the_order_to_hang_up_is_not_dialled(make_world: MakeWorld) -> None:
    world = make_world(public=4, emergency=2)
    say(world, HangUpCall(leg=LEG, attempt=1, number=PSAP))
    say(world, DIAL)
    assert world.calls(PSAP) == []
    say(world, DialCall(leg=LEG, attempt=2, number=PSAP))
    assert len(world.calls(PSAP)) == 1


def pressed(world: World, command: OperatorCommand, press: str, seen: int) -> RequestError | None:
    """The request arrives at a web: why it is refused, or None where it is taken."""
    body, sheet = CommandBody(command=command, id=press, seen=seen), world.sheet
    refused = world.journal.transact(
        lambda transaction: order(transaction, sheet, body, world.operators[0], world.settings)
    )
    world.advance(5)
    return refused


@pytest.mark.parametrize("late", [OperatorCommand.CALL_PSAP, OperatorCommand.DECLARE_FALSE_ALARM])
def test_a_key_of_before_112_was_told_calls_nobody_again_and_ends_no_conversation(
    world: World, late: OperatorCommand
) -> None:
    to_talking(world)
    seen = world.case.version
    assert pressed(world, OperatorCommand.CALL_PSAP, "press-2", seen) is None
    world.until("112 is joined", lambda: len(joined(world)) == 3)
    world.network.hang_up(PSAP)
    world.until("112 has hung up", lambda: joined(world) == {Party.OPERATOR, Party.USER})
    refused = pressed(world, late, "press-1", seen)
    assert isinstance(refused, Refused)
    assert refused.code == "out_of_date"
    assert len(world.calls(PSAP)) == 1
    assert joined(world) == {Party.OPERATOR, Party.USER}


def test_the_same_press_at_two_nodes_calls_112_once(world: World) -> None:
    to_talking(world)
    press = (OperatorCommand.CALL_PSAP, "press-1", world.case.version)
    assert pressed(world, *press) is None
    world.until("112 is joined", lambda: len(joined(world)) == 3)
    world.network.hang_up(PSAP)
    world.until("112 has hung up", lambda: joined(world) == {Party.OPERATOR, Party.USER})
    assert pressed(world, *press) is None
    assert len(world.calls(PSAP)) == 1


def test_an_order_that_is_lost_in_a_conference_is_repeated_every_two_seconds(
    make_world: MakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = make_world(public=4, emergency=2)
    to_conference(world)
    world.advance(5)
    received: list[float] = []
    receive = ConferenceBridgeActor.receive

    def lose_the_first(self: ConferenceBridgeActor, envelope: Envelope, sender: ActorAddress) -> None:
        mutes = isinstance(envelope.body, SetMembers) and any(one.muted for one in envelope.body.members)
        if mutes:
            received.append(world.clock.now_us() / SECOND)
        if not mutes or len(received) > 1:
            receive(self, envelope, sender)

    monkeypatch.setattr(ConferenceBridgeActor, "receive", lose_the_first)
    world.order(OperatorCommand.MUTE).until(
        "the operator is muted", lambda: unheard(world) == {Party.OPERATOR}
    )
    world.advance(10)
    pauses = [after - before for before, after in pairwise(received)]
    assert max(pauses) <= 2.5
    assert len(received) <= 8, "so often only while a step waits for an order"
