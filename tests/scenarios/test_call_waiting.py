"""A second user calls a line that gives no voice to the host while an alert's conference stands on it."""

from __future__ import annotations

import pytest

from messages.ids import E164, OperatorCommand, Outcome, Party, Role
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.test_flow import ends, joined, voice_alert
from tests.scenarios.world import USER, World

pytestmark = pytest.mark.scenario

SECOND = E164("+393339998887")
LINE = "+390200000001"
"""Of sim1, which users call."""


def in_conference(make_world: MakeWorld, **options: object) -> World:
    """The first user has called, and talks with an operator."""
    world = make_world(dialects=("sim800",), operators=2, behaviours={SECOND: "answer"}, **options)
    voice_alert(world)
    world.until("operator and user are joined", lambda: joined(world) == {Party.OPERATOR, Party.USER})
    return world


def talking(world: World, line: str) -> set[str]:
    """Who is in conversation on this line, by the carrier's own account."""
    return {
        call.caller.number if call.to == LINE else call.to
        for call in world.network.carrier.modem(line).line.calls_in_conversation()
    }


def at_the_second(world: World) -> None:
    """From now on the world's alert is the second user's."""
    world.until("she is an alert of her own", lambda: len(world.alerts()) == 2)
    world.alert = world.alerts()[1]


def test_s02_a_second_user_is_declined_and_called_back_on_another_line(make_world: MakeWorld) -> None:
    world = in_conference(make_world)
    first = talking(world, "sim1")
    second_call = world.network.call_in(SECOND)
    at_the_second(world)
    world.until("her call is declined", lambda: second_call.ended_at_s is not None)
    assert second_call.answered_at_s is None
    world.until("she is joined", lambda: joined(world) == {Party.OPERATOR, Party.USER})
    assert [call.line for call in world.calls(SECOND)] in (["sim2"], ["sim3"], ["sim4"])
    assert talking(world, "sim1") == first, "nobody was put on hold for her"
    assert len(first) == 2


def test_case_14_a_second_user_who_withholds_the_number_is_answered_once_the_line_is_free(
    make_world: MakeWorld,
) -> None:
    world = in_conference(make_world)
    first = talking(world, "sim1")
    second_call = world.network.call_in(SECOND, withheld=True)
    world.advance(10)
    assert second_call.ended_at_s is None
    assert second_call.answered_at_s is None
    assert talking(world, "sim1") == first, "nobody was put on hold for her"
    world.order(OperatorCommand.DECLARE_FALSE_ALARM)
    world.until("the first is closed", lambda: world.case.closed_at is not None)
    at_the_second(world)
    world.until("she is joined", lambda: joined(world) == {Party.OPERATOR, Party.USER})
    assert second_call.answered_at_s is not None
    assert world.case.phone is None


@pytest.mark.parametrize(("after_s", "withheld"), [(0.6, False), (1.5, True), (4.0, False)])
def test_case_18_a_modem_s_actor_that_dies_while_the_user_waits_disturbs_nobody(
    make_world: MakeWorld, after_s: float, withheld: bool
) -> None:
    world = in_conference(make_world)
    first, conference = world.alert, talking(world, "sim1")
    second_call = world.network.call_in(SECOND, withheld=withheld)
    world.advance(after_s)
    assert world.system.kill(Role.GSM_MODEM, "sim1")
    world.advance(8)
    assert talking(world, "sim1") == conference
    assert joined(world) == {Party.OPERATOR, Party.USER}
    assert len(world.calls(USER)) == 0, "she who called first is on the line"
    world.order(OperatorCommand.DECLARE_FALSE_ALARM)
    world.until("the first is closed", lambda: world.case.closed_at is not None)
    assert world.case.outcome is Outcome.FALSE_ALARM
    at_the_second(world)
    world.until("she is joined", lambda: joined(world) == {Party.OPERATOR, Party.USER})
    assert (second_call.answered_at_s is not None) is withheld, "declined where she can be called back"
    assert world.alerts() == [first, world.alert]
    ends(world)
