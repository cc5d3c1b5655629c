"""Nobody is left alone after Leave, through every actor and the carrier (case 24)."""

from __future__ import annotations

import pytest

from messages import events as ev
from messages.ids import E164, OperatorCommand, Outcome, Party, Role, ShiftState
from model.alert.phase import Phase, phase
from model.rules.said.announcing import hears
from store.alarms import standing_now
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.test_flow import everything_is_over, joined, to_conference
from tests.scenarios.world import PSAP, USER, World

pytestmark = pytest.mark.scenario

ALARM = "ended_soon_after_leave"


def left(world: World) -> None:
    to_conference(world)
    world.order(OperatorCommand.LEAVE)
    world.until("the operator has gone", lambda: joined(world) == {Party.USER, Party.PSAP})


def hangs_up(world: World, who: E164) -> None:
    world.network.carrier.phone_hang_up(who, world.network.now_s)
    world.network.pump()


def alarm_stands(world: World) -> bool:
    """Whether the conference is said to have ended too soon, and not to be whole again."""
    return any(alarm == ALARM for alarm, _ in standing_now(world.journal, world.env.node))


def in_conference(world: World, *parties: Party) -> None:
    world.until(f"{parties} are joined", lambda: joined(world) == set(parties))


@pytest.mark.parametrize(
    ("gone", "party", "stays", "told"),
    [(USER, Party.USER, Party.PSAP, "psap_stay"), (PSAP, Party.PSAP, Party.USER, "user_stay")],
)
def test_who_remains_is_kept_and_told_and_all_come_back(
    make_world: MakeWorld, gone: E164, party: Party, stays: Party, told: str
) -> None:
    world = make_world(operators=2)
    left(world)
    world.advance(12)
    remains = world.case.answered(stays)
    assert remains is not None
    hangs_up(world, gone)
    world.until("it is known", lambda: world.case.leave.broken_at is not None)
    assert alarm_stands(world)
    world.advance(1)
    assert hears(world.case, remains.leg) == (told,)
    assert len([call for call in world.live_calls() if call.to == gone]) == 1, "called again at once"
    in_conference(world, Party.OPERATOR, Party.USER, Party.PSAP)
    now = world.case.answered(stays)
    assert now is not None
    assert now.attempt == remains.attempt, "who remained was never let go"
    assert not alarm_stands(world)
    world.order(OperatorCommand.LEAVE)
    in_conference(world, Party.USER, Party.PSAP)
    world.advance(61)
    hangs_up(world, PSAP)
    everything_is_over(world)
    assert world.case.outcome is Outcome.HANDED_OVER


def test_who_left_is_called_though_the_other_has_waited_longer(make_world: MakeWorld) -> None:
    world = make_world(operators=2)
    left(world)
    (who,) = [event.operator for event in world.events(ev.OperatorJoined)]
    hangs_up(world, USER)
    world.until("somebody is called", lambda: world.case.active(Party.OPERATOR) is not None)
    called = world.case.active(Party.OPERATOR)
    assert called is not None
    assert called.operator == who, "in the time for notes or not"


def test_the_next_one_is_called_where_who_left_has_gone_home(make_world: MakeWorld) -> None:
    world = make_world(operators=2)
    left(world)
    (who,) = [event.operator for event in world.events(ev.OperatorJoined)]
    world.shift(who, ShiftState.OFF)
    hangs_up(world, USER)
    in_conference(world, Party.OPERATOR, Party.USER, Party.PSAP)
    assert world.case.operator not in (None, who)


def test_with_no_operator_to_be_had_they_go_on_and_it_closes_by_itself(make_world: MakeWorld) -> None:
    world = make_world()
    left(world)
    world.shift(world.operators[0], ShiftState.OFF)
    hangs_up(world, USER)
    world.until("it is known", lambda: world.case.leave.broken_at is not None)
    in_conference(world, Party.USER, Party.PSAP)
    assert phase(world.case) is Phase.CONFERENCE
    world.advance(61)
    assert phase(world.case) is Phase.HANDED_OVER
    hangs_up(world, PSAP)
    everything_is_over(world)
    assert world.case.outcome is Outcome.HANDED_OVER


def test_a_modem_that_dies_long_after_is_no_end_of_a_conversation(make_world: MakeWorld) -> None:
    world = make_world(public=4, emergency=2)
    left(world)
    world.advance(120)
    user = world.case.answered(Party.USER)
    assert user is not None
    world.network.unplug(user.line)
    world.network.pump()
    world.until("it is known", lambda: world.case.leave.broken_at is not None)
    in_conference(world, Party.OPERATOR, Party.USER, Party.PSAP)
    world.network.plug(user.line)
    world.advance(8)


def test_both_lines_lost_at_once_are_called_again(make_world: MakeWorld) -> None:
    world = make_world(public=4, emergency=2)
    left(world)
    lost = [leg.line for leg in world.case.legs.values() if leg.joined]
    for line in lost:
        world.network.unplug(line)
    world.network.pump()
    world.until("it is known", lambda: world.case.leave.broken_at is not None)
    in_conference(world, Party.OPERATOR, Party.USER, Party.PSAP)
    for line in lost:
        world.network.plug(line)
    world.advance(8)


def test_on_a_line_that_joins_in_the_network_the_user_is_called_back_beside_112(
    make_world: MakeWorld,
) -> None:
    world = make_world(dialects=("sim800",), voiceless=True)
    left(world)
    hangs_up(world, USER)
    world.until("it is known", lambda: world.case.leave.broken_at is not None)
    world.until("user and 112 are together again", lambda: joined(world) >= {Party.USER, Party.PSAP})
    psap = world.case.answered(Party.PSAP)
    assert psap is not None
    assert psap.attempt == 1, "112 was kept"
    world.until("the operator is there", lambda: Party.OPERATOR in joined(world))


def test_a_crew_that_dies_while_they_are_called_again_goes_on(make_world: MakeWorld) -> None:
    world = make_world(operators=2)
    left(world)
    hangs_up(world, PSAP)
    world.until("it is known", lambda: world.case.leave.broken_at is not None)
    world.kill(Role.ALERT_CASE)
    world.kill(Role.CONFERENCE_BRIDGE)
    in_conference(world, Party.OPERATOR, Party.USER, Party.PSAP)
    assert not alarm_stands(world)
    assert len(world.calls(PSAP)) == 2
