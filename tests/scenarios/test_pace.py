"""An idle line ticks every two seconds, and every second while it carries a call."""

from __future__ import annotations

import pytest

from gateways.gsm.line.actor import IDLE_PACE_US, GsmModemActor
from messages.ids import SECOND, Role
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.test_flow import ends, to_talking
from tests.scenarios.world import World

pytestmark = pytest.mark.scenario


def paces(world: World) -> dict[str, int]:
    """The pace of each line, as it has told the Supervisor."""
    lines = [entry.key for entry in world.env.directory.all_of(Role.GSM_MODEM)]
    modems = [world.system.actor(Role.GSM_MODEM, line, GsmModemActor) for line in lines]
    return {modem.key: modem._pace_us for modem in modems if modem is not None}


def test_only_the_lines_with_calls_tick_every_second(make_world: MakeWorld) -> None:
    world = make_world(operators=1)
    world.advance(10)
    assert set(paces(world).values()) == {IDLE_PACE_US}
    to_talking(world)
    calling = {call.line for call in world.live_calls()}
    assert {line for line, pace_us in paces(world).items() if pace_us == SECOND} == calling
    ends(world)
    world.until("all lines are idle", lambda: set(paces(world).values()) == {IDLE_PACE_US}, 10)
