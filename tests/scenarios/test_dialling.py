"""Numbers that the center does not call by itself, in a whole center with a carrier that counts its calls."""

from __future__ import annotations

import pytest

from messages import events as ev
from messages.ids import E164, Advice, OperatorCommand, Party, Role
from model.orders.effects import refusal
from model.settings.alerts import VoiceAlert
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.test_flow import to_attended
from tests.scenarios.world import OPERATORS, SETTINGS, World
from tests.support.settings import changed

PREMIUM = E164("+39899123456")
LINE = E164("+390200000003")


def to_withheld(world: World, phone: E164, *, test: bool = False) -> None:
    """An alert from that number, whose operator has the case, and whose user is not called."""
    to_attended(world, phone, test=test)
    world.until("it is said", lambda: world.case.dial_withheld).advance(10)
    assert world.calls(phone) == []
    assert world.stuck() == []
    assert len(world.events(ev.DialWithheld)) == 1


@pytest.mark.parametrize(
    ("phone", "reason", "test"),
    [(PREMIUM, "kind", True), (LINE, "own_line", False), (OPERATORS[1], "operator", False)],
)
def test_what_is_not_called_by_itself_is_an_alert_all_the_same(
    make_world: MakeWorld, phone: E164, reason: str, test: bool
) -> None:
    world = make_world(operators=2)
    to_withheld(world, phone, test=test)
    assert world.events(ev.DialWithheld) == [ev.DialWithheld(number=phone, reason=reason)]
    assert world.case.advice is Advice.CALL_112_NOW, "nobody can promise when she is called"


def test_an_operator_s_order_calls_it_and_from_then_on_it_is_called_as_any_other(
    make_world: MakeWorld,
) -> None:
    world = make_world(behaviours={PREMIUM: "no_answer"})
    to_withheld(world, PREMIUM)
    world.order(OperatorCommand.REDIAL_USER).until("it rings", lambda: len(world.calls(PREMIUM)) == 1)
    assert world.case.dial_withheld == ""
    world.until("and once more, as it has not answered", lambda: len(world.calls(PREMIUM)) == 2)
    assert len(world.events(ev.DialWithheld)) == 1


def test_the_center_s_own_numbers_are_not_called_on_an_order_either(world: World) -> None:
    to_withheld(world, LINE)
    operator = world.case.operator
    assert operator is not None
    assert refusal(world.case, OperatorCommand.REDIAL_USER, operator, world.settings)
    # Whatever lets an order through, the pool does not.
    world.fact(ev.CommandGiven(command=OperatorCommand.REDIAL_USER, by=operator)).advance(10)
    assert world.calls(LINE) == []


def test_so_many_numbers_of_one_range_are_called_and_a_restart_forgets_none(make_world: MakeWorld) -> None:
    world = make_world(public=4, settings=changed(SETTINGS, {"dialling.per_hour": 2}))
    numbers = [E164(f"+3712000000{n}") for n in range(4)]
    for n, number in enumerate(numbers):
        world.send(number)
        world.until("it is called, or not", lambda: world.case.dial_withheld or world.case.of(Party.USER), 70)
        assert world.case.dial_withheld == ("" if n < 2 else "range")
        world.until(
            "nothing is up", lambda: not world.case.of(Party.USER) or not world.case.active(Party.USER), 60
        )
        if n == 2:
            world.kill(Role.TRUNK_POOL).advance(5)
    assert [len(world.calls(number)) > 0 for number in numbers] == [True, True, False, False]


@pytest.mark.parametrize("mode", VoiceAlert)
def test_who_calls_in_is_answered_whatever_the_number(make_world: MakeWorld, mode: VoiceAlert) -> None:
    world = make_world(settings=changed(SETTINGS, {"voice_alert": mode}), behaviours={PREMIUM: "answer"})
    world.network.call_in(PREMIUM)
    world.until("an alert", world.alerts)
    world.until(
        "both are joined",
        lambda: world.case.confirmed_answered(Party.USER) and world.case.confirmed_answered(Party.OPERATOR),
    )
    assert world.calls(PREMIUM) == []
