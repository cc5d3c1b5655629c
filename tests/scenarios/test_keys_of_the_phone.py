"""Keys that the user presses on the phone, through the whole center: told once each, in their order."""

from __future__ import annotations

import pytest

from messages import events as ev
from messages.ids import Party, Role
from tests.scenarios.mixer import SilentBridgeActor
from tests.scenarios.test_flow import joined
from tests.scenarios.world import World

pytestmark = pytest.mark.scenario


def press(world: World, digit: str) -> None:
    """The user presses a key, once a bridge has the call."""
    leg = world.leg(Party.USER)

    def bridge() -> SilentBridgeActor | None:
        owner = world.case.owner
        found = owner and world.system.actor(Role.CONFERENCE_BRIDGE, owner.crew, SilentBridgeActor)
        return found if found and found.has(leg.leg) else None

    world.until("a bridge has the call", lambda: bridge() is not None)
    found = bridge()
    assert found is not None
    found.hear(leg.leg, digit)
    world.system.run()


@pytest.mark.parametrize("killed", [Role.CONFERENCE_BRIDGE, Role.ALERT_CASE])
def test_each_key_is_told_once_whoever_dies_between_two(world: World, killed: Role) -> None:
    world.send()
    world.until("they talk", lambda: joined(world) >= {Party.USER, Party.OPERATOR})
    for digit in ("1", "1", "2"):
        press(world, digit)
        world.advance(3.0)  # the wish is told again, and answered
        world.kill(killed)
        world.advance(3.0)
    assert [one.digit for one in world.events(ev.LegPressed)] == ["1", "1", "2"]
