"""A silent alert through the whole center: no call makes the user's phone ring that nobody has ordered."""

from __future__ import annotations

import pytest

from messages import events as ev
from messages.ids import Advice, OperatorCommand, Outcome, Party
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.test_flow import everything_is_over, joined, voice_alert
from tests.scenarios.world import PSAP, USER

pytestmark = pytest.mark.scenario


@pytest.mark.parametrize("test", [False, True])
def test_case_21_the_phone_is_still_until_an_operator_orders_the_call(
    make_world: MakeWorld, test: bool
) -> None:
    world = make_world(public=6)
    world.send(silent=True, test=test)
    world.until("an operator has it", lambda: world.case.operator is not None)
    world.advance(70)
    assert world.calls(USER) == []
    assert (world.case.missed_at, world.case.advice) == (None, Advice.WAIT)
    world.order(OperatorCommand.CALL_ALOUD)
    world.until("operator and user are joined", lambda: len(joined(world)) == 2)
    world.order(OperatorCommand.DECLARE_FALSE_ALARM)
    everything_is_over(world)


def test_case_21_112_is_briefed_while_the_phone_is_still(make_world: MakeWorld) -> None:
    world = make_world()
    world.send(silent=True)
    world.until("an operator has it", lambda: world.case.operator is not None)
    world.order(OperatorCommand.CALL_PSAP)
    world.until("112 is joined", lambda: joined(world) == {Party.OPERATOR, Party.PSAP})
    world.order(OperatorCommand.BRIEFING_GIVEN)
    world.order(OperatorCommand.LEAVE)
    everything_is_over(world)
    assert world.case.outcome is Outcome.BRIEFED
    assert (len(world.calls(PSAP)), world.calls(USER)) == (1, [])


def test_case_21_a_phone_that_rings_is_still_when_the_alert_turns_silent(make_world: MakeWorld) -> None:
    world = make_world(behaviours={USER: "no_answer"})
    world.send()
    world.until("the phone rings", lambda: world.case.rang_at is not None)
    world.send(id=world.alert, silent=True)
    world.advance(3)
    assert [call for call in world.live_calls() if call.to == USER] == []
    world.advance(60)
    assert len(world.calls(USER)) == 1


def test_case_21_a_call_of_the_users_own_is_answered_as_ever(make_world: MakeWorld) -> None:
    world = make_world()
    world.send(silent=True)
    world.until("an operator has it", lambda: world.case.operator is not None)
    voice_alert(world)
    world.until("operator and user are joined", lambda: joined(world) == {Party.OPERATOR, Party.USER})
    assert world.calls(USER) == []


def test_case_21_with_nobody_on_shift_the_app_is_told_and_the_phone_is_still(make_world: MakeWorld) -> None:
    world = make_world(operators=0)
    world.send(silent=True)
    world.advance(60)
    assert world.case.advice is Advice.CALL_112_NOW
    assert world.events(ev.DeadlineMissed)
    assert world.calls(USER) == []
