"""What a modem does with orders that come late: after a restart it does not know what has been before."""

from __future__ import annotations

import pytest

from messages.calls import DialCall, HangUpCall
from messages.envelope import Envelope, encode
from messages.ids import SECOND, Instant, LegId, Role
from messages.union import Body
from runtime import addresses
from tests.scenarios.conftest import MakeWorld
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
    world = make_world()
    say(world, DIAL, ago_s=1)
    say(world, DIAL, ago_s=1)
    assert len(world.calls(PSAP)) == 1


def test_a_dial_that_its_leg_has_given_up_by_now_is_not_dialled(make_world: MakeWorld) -> None:
    world = make_world()
    say(world, DIAL, ago_s=5)
    assert world.calls(PSAP) == []


def test_a_dial_that_comes_after_the_order_to_hang_up_is_not_dialled(make_world: MakeWorld) -> None:
    world = make_world()
    say(world, HangUpCall(leg=LEG, attempt=1, number=PSAP))
    say(world, DIAL)
    assert world.calls(PSAP) == []
    say(world, DialCall(leg=LEG, attempt=2, number=PSAP))
    assert len(world.calls(PSAP)) == 1
