"""Modems that say "answered" when the phone only rings, through the whole center."""

from __future__ import annotations

import pytest

from messages import events as ev
from messages.ids import OperatorCommand, Outcome, Party, Role
from model.alert.leg import Leg
from model.alert.phase import Phase, phase
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.mixer import MixedVoice
from tests.scenarios.test_flow import everything_is_over, joined
from tests.scenarios.test_listening import unheard
from tests.scenarios.world import LEFT_S, OPERATORS, PSAP, World

pytestmark = pytest.mark.scenario


def in_doubt(world: World, party: Party) -> Leg | None:
    """The party's call that is said to be answered, and no more."""
    leg = world.case.answered(party)
    return leg if leg is not None and leg.in_doubt else None


def rings(world: World, party: Party) -> Leg:
    """Until the modem says that this party has answered."""
    world.until(f"{party} is said to have answered", lambda: in_doubt(world, party) is not None)
    leg = in_doubt(world, party)
    assert leg is not None
    return leg


def speaks(world: World, party: Party, digit: str = "") -> None:
    """Until the phone is really answered and in the conference; then somebody speaks, or presses a key."""
    leg = rings(world, party)
    call = world.calls(leg.number)[-1]
    world.until(
        f"{party} is there", lambda: call.answered_at_s is not None and world.case.legs[leg.leg].joined
    )
    owner = world.case.owner
    assert owner is not None
    bridge = MixedVoice(world.system, owner.worker)
    bridge.hear(leg.leg, digit)
    world.system.run()


def to_talking(world: World) -> None:
    world.send()
    speaks(world, Party.OPERATOR)
    speaks(world, Party.USER)


def confirmations(world: World) -> list[tuple[str, str]]:
    return [(one.leg.rpartition(":")[2], one.by) for one in world.events(ev.LegConfirmed)]


def test_the_whole_flow_by_voice_alone(make_world: MakeWorld) -> None:
    world = make_world(early=True)
    to_talking(world)
    assert phase(world.case) is Phase.TALKING
    world.order(OperatorCommand.CALL_PSAP)
    speaks(world, Party.PSAP)
    assert world.events(ev.PsapJoined) == [ev.PsapJoined(leg=world.case.of(Party.PSAP)[0].leg)]
    world.order(OperatorCommand.LEAVE)
    world.until("user and 112 are alone", lambda: joined(world) == {Party.USER, Party.PSAP}).advance(LEFT_S)
    world.network.hang_up(PSAP)
    everything_is_over(world)
    assert world.case.outcome is Outcome.HANDED_OVER
    assert confirmations(world) == [("op1", "voice"), ("user", "voice"), ("psap", "voice")]


def test_an_operators_phone_that_only_rings_does_not_give_the_operator_the_case(
    make_world: MakeWorld,
) -> None:
    world = make_world(public=4, emergency=2, early=True, operators=2, behaviours={OPERATORS[0]: "no_answer"})
    world.send()
    first = rings(world, Party.OPERATOR)
    world.until("its voice is in the conference", lambda: world.case.legs[first.leg].joined)
    assert unheard(world) == {Party.OPERATOR}
    assert (world.case.operator, world.case.of(Party.USER)) == (None, ())
    world.until("the next one is called as well", lambda: len(world.calls(OPERATORS[1])) == 1, 10)
    other = world.case.of(Party.OPERATOR)[-1]
    world.until("the other one is there", lambda: world.calls(OPERATORS[1])[0].answered_at_s is not None)
    assert world.case.operator is None
    world.order(OperatorCommand.TAKE, by=world.operators[1])
    assert world.case.operator == world.operators[1]
    assert confirmations(world) == [(other.leg.rpartition(":")[2], "word")]
    world.until("the silent phone is let go", lambda: world.calls(OPERATORS[0])[0].ended_at_s is not None)
    assert world.events(ev.OperatorNotAnswering) == [ev.OperatorNotAnswering(operator=world.operators[0])]
    assert unheard(world) == set()


@pytest.mark.parametrize("killed", [Role.ALERT_CASE, Role.MIXER, Role.CALL_LEG, Role.GSM_MODEM])
def test_whoever_dies_a_phone_that_rings_is_not_taken_for_an_answer(
    make_world: MakeWorld, killed: Role
) -> None:
    world = make_world(early=True, behaviours={OPERATORS[0]: "no_answer"})
    world.send()
    rings(world, Party.OPERATOR)
    world.kill(killed).advance(8.0)
    assert world.case.operator is None
    assert confirmations(world) == []
