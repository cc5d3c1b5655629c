"""112 is wanted and no line can carry the call: what is said, and what the operator and the user can do."""

from __future__ import annotations

import pytest

from messages import events as ev
from messages.ids import Advice, LineId, OperatorCommand, Outcome, Party, Role
from messages.lines import Lack
from model.orders.effects import refusal
from model.settings.psap import LastResort
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.test_flow import to_attended, to_talking
from tests.scenarios.world import PSAP, SETTINGS, World
from tests.support.settings import changed

EMERGENCY = (LineId("sim5"), LineId("sim6"))


def unplugged(world: World) -> None:
    for line in EMERGENCY:
        world.network.unplug(line)
    world.advance(1.0)


def alarms(world: World, subject: str) -> list[str]:
    """What stands, and what stood: raised and cleared, in order."""
    return [said for said, *about in world.alarms() if about == ["psap.no_line", subject]]


def test_with_both_emergency_lines_unplugged_it_is_said_at_once_that_112_is_not_being_called(
    make_world: MakeWorld,
) -> None:
    world = make_world(public=4, emergency=2)
    to_talking(world)
    unplugged(world)
    world.order(OperatorCommand.CALL_PSAP).advance(0.2)
    assert world.case.to_112.no_line == Lack.OUT_OF_USE
    assert alarms(world, world.alert) == ["raised"]
    world.advance(20.0)
    assert len(world.events(ev.PsapLineLacking)) == 1
    assert world.case.psap is not None, "it is tried on"
    assert world.calls(PSAP) == []


def test_a_line_that_is_back_is_used_at_once(make_world: MakeWorld) -> None:
    world = make_world(public=4, emergency=2)
    to_talking(world)
    unplugged(world)
    world.order(OperatorCommand.CALL_PSAP).advance(5.0)
    world.network.plug(EMERGENCY[1])
    world.until("112 is called", lambda: world.calls(PSAP), within_s=15.0)
    assert world.case.to_112.no_line == ""
    assert alarms(world, world.alert) == ["raised", "cleared"]


def test_the_operator_who_has_called_112_from_another_phone_may_leave_and_the_outcome_says_so(
    make_world: MakeWorld,
) -> None:
    world = make_world(public=4, emergency=2)
    to_talking(world)
    unplugged(world)
    assert refusal(world.case, OperatorCommand.CALLED_ELSEWHERE, world.operators[0], world.settings)
    world.order(OperatorCommand.CALL_PSAP).advance(2.0)
    assert refusal(world.case, OperatorCommand.LEAVE, world.operators[0], world.settings)
    world.order(OperatorCommand.CALLED_ELSEWHERE).advance(0.2)
    assert world.case.psap is None
    assert world.case.briefing_at is not None
    assert refusal(world.case, OperatorCommand.DECLARE_FALSE_ALARM, world.operators[0], world.settings)
    assert alarms(world, world.alert) == ["raised", "cleared"]
    world.advance(10.0)
    assert world.case.confirmed_answered(Party.USER), "she is not let go for it"
    world.order(OperatorCommand.LEAVE).until("it is over", lambda: world.case.closed_at is not None)
    assert world.case.outcome is Outcome.BRIEFED
    assert world.calls(PSAP) == []


def test_what_was_done_elsewhere_can_be_said_when_112_is_being_called_here_again(
    make_world: MakeWorld,
) -> None:
    world = make_world(public=4, emergency=2, behaviours={PSAP: "no_answer"})
    to_talking(world)
    unplugged(world)
    world.order(OperatorCommand.CALL_PSAP).advance(2.0)
    world.network.plug(EMERGENCY[0])
    world.until("112 rings", lambda: [leg for leg in world.case.of(Party.PSAP) if leg.ringing_at])
    world.order(OperatorCommand.CALLED_ELSEWHERE)
    world.until("its call is ended", lambda: not any(leg.live for leg in world.case.of(Party.PSAP)))
    world.advance(10.0)
    assert len(world.calls(PSAP)) == 1


def test_under_duress_the_app_is_not_told_to_call_and_112_is_not_asked_for_twice(
    make_world: MakeWorld,
) -> None:
    world = make_world(public=4, emergency=2)
    unplugged(world)
    world.send()
    world.fact(ev.AlertCancelled(duress=True)).until("it is said", lambda: world.case.to_112.no_line)
    world.advance(5.0)
    assert world.case.advice is Advice.WAIT
    world.order(OperatorCommand.CALLED_ELSEWHERE).advance(10.0)
    assert len(world.events(ev.PsapRequested)) == 1
    world.order(OperatorCommand.LEAVE).until("it is over", lambda: world.case.closed_at is not None)
    assert world.case.outcome is Outcome.BRIEFED


@pytest.mark.parametrize("silent", [False, True])
def test_a_user_who_is_not_on_the_line_is_told_to_call_112_but_for_a_silent_alert(
    make_world: MakeWorld, silent: bool
) -> None:
    world = make_world(public=4, emergency=2, behaviours={"+393331112223": "no_answer"})
    unplugged(world)
    to_attended(world, silent=silent)
    world.order(OperatorCommand.CALL_PSAP).advance(0.5)
    assert world.case.to_112.no_line == Lack.OUT_OF_USE
    assert world.case.advice is (Advice.WAIT if silent else Advice.CALL_112_NOW)


def test_lines_that_others_need_are_taken_and_that_is_said_too(make_world: MakeWorld) -> None:
    world = make_world(operators=2, emergency=1, public=6)
    to_talking(world)
    world.order(OperatorCommand.CALL_PSAP)
    world.until("112 is there", lambda: world.case.confirmed_answered(Party.PSAP))
    first = world.alert
    second = world.send("+393331112224")
    assert second != first
    world.until("an operator is there", lambda: world.case.operator is not None)
    world.order(OperatorCommand.CALL_PSAP).advance(0.2)
    assert world.case.to_112.no_line == Lack.TAKEN


def test_as_the_last_resort_112_is_dialled_on_a_public_line_where_the_settings_say_so(
    make_world: MakeWorld,
) -> None:
    world = make_world(
        public=4, emergency=2, settings=changed(SETTINGS, {"psap.last_resort": LastResort.PUBLIC})
    )
    to_talking(world)
    unplugged(world)
    world.order(OperatorCommand.CALL_PSAP)
    world.until("112 is there", lambda: world.case.confirmed_answered(Party.PSAP))
    assert world.case.active(Party.PSAP).trunk == "public"  # type: ignore[union-attr]
    assert world.events(ev.PsapLineLacking) == []


def test_a_modem_that_is_only_started_again_is_waited_for_in_silence(make_world: MakeWorld) -> None:
    world = make_world(public=4, emergency=1)
    to_talking(world)
    assert world.system.kill(Role.GSM_MODEM, "sim5")
    world.system.run()
    world.order(OperatorCommand.CALL_PSAP)
    world.until("112 is there", lambda: world.case.confirmed_answered(Party.PSAP))
    assert world.events(ev.PsapLineLacking) == []


def test_the_alarm_of_the_center_stands_as_long_as_no_emergency_line_can_carry_a_call(
    make_world: MakeWorld,
) -> None:
    world = make_world(public=4, emergency=2)
    world.network.unplug(EMERGENCY[0])
    world.advance(30.0)
    assert alarms(world, "emergency") == []
    world.network.unplug(EMERGENCY[1])
    world.advance(5.0)
    assert alarms(world, "emergency") == [], "it may be back in a moment"
    world.advance(10.0)
    assert alarms(world, "emergency") == ["raised"]
    world.network.plug(EMERGENCY[0])
    world.advance(20.0)
    assert alarms(world, "emergency") == ["raised", "cleared"]


def test_a_modem_s_process_that_dies_raises_no_alarm_of_the_center(make_world: MakeWorld) -> None:
    world = make_world(public=4, emergency=1)
    world.system.kill(Role.GSM_MODEM, "sim5")
    for _ in range(100):
        world.advance(0.1)
    assert alarms(world, "emergency") == []
