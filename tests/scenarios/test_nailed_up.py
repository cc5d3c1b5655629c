"""`operator.line = "nailed_up"`: one call to the operator's phone stands all through the shift."""

from __future__ import annotations

import pytest

from actors.operator_lines.actor import OperatorLinesActor
from messages import events as ev
from messages.ids import OperatorCommand, OperatorId, OperatorLine, Party, Role, ShiftState
from store.alarms import read_active_alarms
from store.journal.following import FollowedFolds
from store.journal.projections import Lines
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.own_lines import speaks, to_talking
from tests.scenarios.test_flow import joined
from tests.scenarios.world import OPERATORS, SETTINGS, USER, World
from tests.support.settings import changed

pytestmark = pytest.mark.scenario
NAILED_UP = changed(SETTINGS, {"operator.line": OperatorLine.NAILED_UP})


def nailed(world: World, n: int = 0) -> bool:
    """Whether the operator's call stands."""
    return any(call.to == OPERATORS[n] and call.answered_at_s is not None for call in world.live_calls())


def held(world: World) -> list[OperatorId]:
    """Who has a line of the center's for a shift, by the journal."""
    lines = Lines()
    FollowedFolds(world.journal, lines).close()
    return [hold.operator for hold in lines.lines.values() if hold.operator is not None]


def up(make_world: MakeWorld, **options: object) -> World:
    """A world in which the calls of those on shift stand."""
    world = make_world(settings=NAILED_UP, **{"public": 6, **options})
    world.until("her call stands", lambda: nailed(world), within_s=15).advance(1.5)
    return world


def test_one_call_stands_through_the_operator_s_shift_and_ends_with_it(make_world: MakeWorld) -> None:
    world = up(make_world)
    world.advance(30)
    assert len(world.calls(OPERATORS[0])) == 1
    assert held(world) == [world.operators[0]]
    world.shift(world.operators[0], ShiftState.PAUSED).advance(5)
    assert nailed(world)
    world.shift(world.operators[0], ShiftState.OFF)
    world.until("it is hung up", lambda: not world.live_calls(), within_s=10)
    world.until("the line is nobody's", lambda: held(world) == [], within_s=10).advance(20)
    assert len(world.calls(OPERATORS[0])) == 1


def test_s04_the_operator_is_on_the_line_as_soon_as_the_alert_is_there(make_world: MakeWorld) -> None:
    world = up(make_world)
    world.send()
    world.advance(0.2)
    leg = world.case.of(Party.OPERATOR)[0]
    assert (leg.answered, leg.confirmed, leg.line) == (True, False, f"nailed:{world.operators[0]}")
    assert leg.voice is not None
    assert leg.voice.path.endswith(".voice")


def test_s09_the_alert_lets_go_of_the_operator_and_the_call_stands(make_world: MakeWorld) -> None:
    world = up(make_world)
    for _ in range(2):
        to_talking(world)
        world.order(OperatorCommand.DECLARE_FALSE_ALARM)
        world.until("it is closed", lambda: world.case.closed_at is not None)
    world.advance(5)
    assert [call.to for call in world.live_calls()] == [OPERATORS[0]]
    assert len(world.calls(OPERATORS[0])) == 1


def test_s17_a_call_that_drops_in_an_alert_loses_the_operator_and_the_operator_is_called_on_the_phone(
    make_world: MakeWorld,
) -> None:
    world = up(make_world)
    to_talking(world)
    world.network.hang_up(OPERATORS[0])
    world.until("she is lost", lambda: bool(world.events(ev.OperatorLeft)))
    world.until("she has it again", lambda: world.case.operator is not None, within_s=20)
    assert len(world.calls(USER)) == 1, "the user stays on the line"
    assert world.case.operator_leg is not None
    assert not world.case.operator_leg.line.startswith("nailed:")
    world.order(OperatorCommand.DECLARE_FALSE_ALARM)
    world.until("it is closed", lambda: world.case.closed_at is not None)
    world.until("her call stands again", lambda: nailed(world), within_s=20).advance(5)
    assert held(world) == [world.operators[0]]


def test_an_alert_that_comes_while_the_phone_rings_for_it_has_the_operator_who_answers(
    make_world: MakeWorld,
) -> None:
    world = make_world(settings=NAILED_UP, public=6)
    world.until("her phone rings", lambda: len(world.calls(OPERATORS[0])) == 1, within_s=15)
    world.send()
    world.until("she is on the line", lambda: any(leg.answered for leg in world.case.of(Party.OPERATOR)))
    speaks(world)
    world.until("operator and user are joined", lambda: len(joined(world)) == 2)
    assert len(world.calls(OPERATORS[0])) == 1
    world.order(OperatorCommand.DECLARE_FALSE_ALARM)
    world.until("it is closed", lambda: world.case.closed_at is not None)


def test_a_phone_that_does_not_answer_is_called_again_and_again_and_told_in_an_alarm(
    make_world: MakeWorld,
) -> None:
    world = make_world(settings=NAILED_UP, public=6, behaviours={OPERATORS[0]: "busy"}).advance(120)
    calls = world.calls(OPERATORS[0])
    assert 4 <= len(calls) <= 8
    assert len({call.line for call in calls}) > 1
    ((alarm, words),) = read_active_alarms(world.journal, world.env.node).items()
    assert alarm == ("operator.line_lost", world.operators[0])
    assert "busy" in words


@pytest.mark.parametrize("role", [Role.OPERATOR_LINES, Role.TRUNK_POOL])
def test_s13_killed_between_alerts_nothing_ends(make_world: MakeWorld, role: Role) -> None:
    world = up(make_world)
    world.alert = ev.AlertId("none")
    world.kill(role).advance(30)
    assert len(world.calls(OPERATORS[0])) == 1
    assert nailed(world)
    to_talking(world)
    assert len(world.calls(OPERATORS[0])) == 1


@pytest.mark.parametrize("role", [Role.OPERATOR_LINES, Role.GSM_MODEM, Role.CALL_LEG])
def test_s13_killed_in_an_alert_nothing_ends(make_world: MakeWorld, role: Role) -> None:
    world = up(make_world)
    to_talking(world)
    world.kill(role).advance(20)
    assert world.events(ev.LegReleased) == []
    assert len(joined(world)) == 2
    world.order(OperatorCommand.DECLARE_FALSE_ALARM)
    world.until("it is closed", lambda: world.case.closed_at is not None)
    assert len(world.calls(OPERATORS[0])) == 1


def test_what_was_nailed_up_is_let_go_where_the_settings_want_it_no_more(make_world: MakeWorld) -> None:
    world = up(make_world)
    lines = world.system.actor(Role.OPERATOR_LINES, "", OperatorLinesActor)
    assert lines is not None
    lines._mode = OperatorLine.ON_DEMAND
    everything_ends = lambda: held(world) == [] and not world.live_calls()  # noqa: E731
    world.until("the line is nobody's", everything_ends, within_s=10)


def test_case_09_a_line_that_is_only_waited_on_gives_way_to_a_user_who_cannot_be_called(
    make_world: MakeWorld,
) -> None:
    """Three lines: one for callers, one nailed up. The third breaks just when the user is to be called."""
    world = up(make_world, public=3, operators=2)
    first = held(world)
    assert len(first) == 1
    spare = next(one for one in ("sim2", "sim3") if one not in {call.line for call in world.live_calls()})
    for operator in world.operators:
        world.shift(operator, ShiftState.PAUSED)
    world.network.unplug(spare)
    world.advance(5)
    world.send()
    world.until("her phone rings", lambda: world.case.rang_at is not None, within_s=50)
    assert held(world) == []
    assert world.case.missed_at is None
    world.network.plug(spare)
    for operator in world.operators:
        world.shift(operator, ShiftState.READY)
    world.until("an operator has it", lambda: speaks(world) or world.case.operator is not None)
    world.order(OperatorCommand.DECLARE_FALSE_ALARM)
    world.until("it is closed", lambda: world.case.closed_at is not None)


def test_case_02_who_calls_in_on_the_operator_s_line_is_called_back_on_another_and_the_call_stands(
    make_world: MakeWorld,
) -> None:
    """Users know one number; it may be any that takes calls."""
    world = up(make_world, public=3)
    (nailed_line,) = [call.line for call in world.live_calls()]
    assert nailed_line is not None
    number = f"+3902000000{int(nailed_line.removeprefix('sim')):02d}"
    world.network.call_in(USER, number)
    world.until("an alert", world.alerts)
    world.until("she is on the line", lambda: any(leg.answered for leg in world.case.of(Party.OPERATOR)))
    speaks(world)
    world.until("operator and user are joined", lambda: len(joined(world)) == 2).advance(10)
    assert len(world.calls(OPERATORS[0])) == 1
    assert held(world) == [world.operators[0]]
    world.order(OperatorCommand.DECLARE_FALSE_ALARM)
    world.until("it is closed", lambda: world.case.closed_at is not None)
