"""Keys that cost a call, and alerts that end, through the whole center."""

from __future__ import annotations

import pytest

from messages import events as ev
from messages.ids import OperatorCommand, Outcome, Party, ShiftState
from model.orders.effects import refusal
from model.orders.refusals import Refusal
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.test_flow import everything_is_over, joined, to_conference, to_talking
from tests.scenarios.world import OPERATORS, PSAP, USER, World

pytestmark = pytest.mark.scenario


def why_not(world: World, command: OperatorCommand) -> str | None:
    return refusal(world.case, command, world.operators[0], world.policy)


def marked(world: World, calls: int) -> None:
    """The operator marks what has answered this call as a machine."""
    world.until(
        "it has answered",
        lambda: len(world.calls(USER)) == calls and world.case.answered(Party.USER) is not None,
    )
    world.order(OperatorCommand.MARK_MACHINE)
    world.until("its call is over", lambda: len(world.calls(USER)) > calls or not _user_is_up(world))


def _user_is_up(world: World) -> bool:
    return any(leg.live for leg in world.case.of(Party.USER))


def test_machine_twice_and_close_ends_nothing(make_world: MakeWorld) -> None:
    world = make_world(behaviours={USER: "voicemail"})
    world.send()
    marked(world, 1)
    marked(world, 2)
    assert why_not(world, OperatorCommand.CLOSE) == Refusal.PSAP_NOT_TOLD
    assert why_not(world, OperatorCommand.DECLARE_FALSE_ALARM) == Refusal.USER_NOT_ANSWERED
    world.order(OperatorCommand.REDIAL_USER)
    marked(world, 3)
    assert why_not(world, OperatorCommand.CLOSE) == Refusal.PSAP_NOT_TOLD
    close = ev.CommandGiven(command=OperatorCommand.CLOSE, by=world.operators[0], supervisor=True)
    world.fact(close)
    everything_is_over(world)
    assert world.case.outcome is Outcome.NO_CONTACT


def test_a_machine_is_let_go_beside_112_and_the_user_called_again_joins_both(make_world: MakeWorld) -> None:
    world = make_world()
    to_conference(world)
    world.order(OperatorCommand.MARK_MACHINE)
    world.until("112 and operator remain", lambda: joined(world) == {Party.OPERATOR, Party.PSAP})
    world.until("all three are joined", lambda: len(joined(world)) == 3)
    assert len(world.calls(PSAP)) == 1


def test_112_that_was_called_by_mistake_does_not_ring_for_long(make_world: MakeWorld) -> None:
    world = make_world()
    to_talking(world)
    world.order(OperatorCommand.CALL_PSAP)
    world.until("it is dialled", lambda: bool(world.calls(PSAP)))
    world.order(OperatorCommand.WITHDRAW_PSAP)
    world.until("it is hung up", lambda: world.calls(PSAP)[0].ended_at_s is not None)
    assert world.calls(PSAP)[0].answered_at_s is None
    world.advance(20)
    assert len(world.calls(PSAP)) == 1
    assert joined(world) == {Party.OPERATOR, Party.USER}
    world.order(OperatorCommand.DECLARE_FALSE_ALARM)
    everything_is_over(world)


def test_an_alert_that_nobody_has_is_taken_by_an_operator_who_pauses(make_world: MakeWorld) -> None:
    world = make_world(operators=1)
    world.shift(world.operators[0], ShiftState.PAUSED)
    world.advance(2)
    world.send()
    world.advance(5)
    assert world.calls(OPERATORS[0]) == [], "who pauses is not called"
    world.order(OperatorCommand.TAKE, by=world.operators[0])
    world.until("operator and user are joined", lambda: len(joined(world)) == 2)
    assert world.case.operator == world.operators[0]
    assert world.after_s(ev.OperatorJoined) < 15
