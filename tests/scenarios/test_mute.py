"""The operator's muting, through the whole center."""

from __future__ import annotations

import pytest

from messages.ids import OperatorCommand, Party, Role
from tests.scenarios.mixer import SilentBridgeActor
from tests.scenarios.test_flow import ends, joined, to_talking
from tests.scenarios.world import World

pytestmark = pytest.mark.scenario


def unheard(world: World) -> set[Party]:
    """Whom the bridge spares the others."""
    owner = world.case.owner
    assert owner is not None
    bridge = world.system.actor(Role.CONFERENCE_BRIDGE, owner.crew, SilentBridgeActor)
    legs = world.case.legs.values()
    return set() if bridge is None else {leg.party for leg in legs if leg.leg in bridge.unheard}


@pytest.mark.parametrize("killed", [Role.CONFERENCE_BRIDGE, Role.ALERT_CASE, Role.CALL_LEG])
def test_muted_is_muted_whoever_dies_meanwhile(world: World, killed: Role) -> None:
    to_talking(world)
    assert unheard(world) == set()
    world.order(OperatorCommand.MUTE)
    world.until("the bridge has it", lambda: unheard(world) == {Party.OPERATOR})
    world.kill(killed)
    world.until("the bridge has it again", lambda: unheard(world) == {Party.OPERATOR})
    world.until("they are joined", lambda: len(joined(world)) == 2)
    assert unheard(world) == {Party.OPERATOR}
    world.order(OperatorCommand.UNMUTE)
    world.until("she is heard again", lambda: unheard(world) == set())
    ends(world)
