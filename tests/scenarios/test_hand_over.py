"""A case is handed from one operator to another, through the whole center; and the notes after it."""

from __future__ import annotations

from itertools import product

import pytest

from messages import events as ev
from messages.ids import E164, SECOND, OperatorCommand, OperatorId, Party, Role
from model.rules.proof import CLAIMED
from model.rules.vouching import may_have_last, rank
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.test_flow import ends, joined, to_talking
from tests.scenarios.world import OPERATORS, USER, World
from tests.support.depth import every

pytestmark = pytest.mark.scenario


def hand_over(world: World, to: OperatorId | None = None) -> None:
    """H, and a name or none."""
    by = world.case.operator
    assert by is not None
    world.fact(ev.CommandGiven(command=OperatorCommand.HAND_OVER, by=by, to=to))


def phones_in_a_call(world: World) -> list[str]:
    """The operators' phones."""
    return [call.to for call in world.live_calls() if call.to in OPERATORS]


def handed_to(world: World, operator: OperatorId) -> None:
    """This operator has it alone, and the one before is free."""
    world.until("the other one has the case", lambda: world.case.operator == operator)
    world.until("the one before is free", lambda: world.case.reserved == (operator,))
    at = world.operators.index(operator)
    assert phones_in_a_call(world) == [OPERATORS[at]]


def test_a_case_is_handed_over_and_the_user_hears_no_gap(make_world: MakeWorld) -> None:
    world = make_world(public=4, emergency=2, operators=2)
    to_talking(world)
    hand_over(world, world.operators[1])
    world.until("her phone rings", lambda: len(phones_in_a_call(world)) == 2)
    assert world.case.operator == world.operators[0]
    handed_to(world, world.operators[1])
    assert joined(world) == {Party.OPERATOR, Party.USER}
    assert len(world.calls(USER)) == 1
    ends(world)


@pytest.mark.parametrize(
    ("role", "when"),
    every(
        3,
        product(
            (Role.ALERT_CASE, Role.CALL_LEG, Role.CONFERENCE_BRIDGE, Role.OPERATOR_POOL, Role.GSM_MODEM),
            ("ordered", "ringing", "answered"),
        ),
    ),
)
def test_whoever_is_killed_in_the_middle_it_ends_with_one_operator_and_no_call_is_lost(
    make_world: MakeWorld, role: Role, when: str
) -> None:
    world = make_world(public=4, emergency=2, operators=2)
    to_talking(world)
    hand_over(world, world.operators[1])
    if when == "ringing":
        world.until("her phone rings", lambda: _newcomer(world, ev.LegRinging))
    elif when == "answered":
        world.until("she answers", lambda: _newcomer(world, ev.LegAnswered))
    world.kill(role)
    handed_to(world, world.operators[1])
    world.until("all hear each other", lambda: joined(world) == {Party.OPERATOR, Party.USER})
    assert len(world.calls(USER)) == 1
    for to in OPERATORS[:2]:
        assert len(world.calls(to)) == 1, "and nobody is called twice"


def _newcomer(world: World, kind: type[ev.LegRinging | ev.LegAnswered]) -> bool:
    return any(getattr(event, "leg", "").endswith(":op2") for event in world.events(kind))


# ---------------------------------------------------------------- notes


def wrapping_up(make_world: MakeWorld, operators: int) -> World:
    """The first operator has just ended a case."""
    world = make_world(operators=operators)
    to_talking(world)
    ends(world)
    return world


def test_a_real_alert_is_worth_more_than_notes_and_a_test_is_not(make_world: MakeWorld) -> None:
    world = wrapping_up(make_world, 1)
    begun_us = world.clock.now_us()
    world.send(E164("+393331112298"), test=True)
    world.advance(25)
    assert world.case.reserved == ()
    world.until("she has written them", lambda: world.case.reserved == (world.operators[0],), 10)
    assert world.clock.now_us() - begun_us > 25 * SECOND


def test_who_is_in_a_test_takes_the_real_alert_that_nobody_has_though_somebody_talks_in_the_test(
    make_world: MakeWorld,
) -> None:
    world = make_world(operators=1, public=6, behaviours={"+393331112298": "answer"})
    test = world.send(E164("+393331112298"), test=True)
    world.until("operator and user are joined", lambda: len(joined(world)) == 2)
    assert rank(world.case) == CLAIMED, "whoever is heard in it keeps it its operator, and gives it no other"
    assert not may_have_last(world.case, world.clock.now_us())
    real = world.send()
    world.advance(5)
    assert world.case.reserved == (), "it is not asked of a test in which somebody was heard"
    world.order(OperatorCommand.TAKE, world.operators[0])
    world.until("the operator is called for it", lambda: world.case.reserved == (world.operators[0],), 5)
    world.until("the operator has it", lambda: world.case.operator == world.operators[0], 10)
    world.alert = test
    assert (world.case.operator, world.case.closed_at) == (None, None), "the test is open, and waits"
    assert {one.reason for one in world.events(ev.OperatorLeft)} == {"given up"}
    world.alert = real
    world.until("user and operator talk", lambda: len(joined(world)) == 2)
