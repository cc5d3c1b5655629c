"""`operator.line = "headset"`: reached in the browser, at once; without it by phone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from messages import events as ev
from messages.base import HangupCause
from messages.ids import OperatorCommand, OperatorLine, Party
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.headsets import Headsets
from tests.scenarios.own_lines import speaks, to_talking
from tests.scenarios.test_flow import ends, everything_is_over, joined
from tests.scenarios.world import LEFT_S, OPERATORS, PSAP, SETTINGS, USER, World
from tests.support.settings import changed

pytestmark = pytest.mark.scenario
ON_HEADSETS = changed(SETTINGS, {"operator.line": OperatorLine.HEADSET})


@pytest.fixture
def connected() -> Iterator[list[Headsets]]:
    made: list[Headsets] = []
    yield made
    for each in made:
        each.close()


@pytest.fixture
def headsets(make_world: MakeWorld, connected: list[Headsets]) -> tuple[World, Headsets]:
    """Two operators, both with their headsets on."""
    world = make_world(operators=2, settings=ON_HEADSETS)
    there = Headsets(world.env.run)
    connected.append(there)
    for operator in world.operators:
        there.connect(operator)
    world.advance(1.5)
    return world, there


def test_s04_the_operator_is_on_the_line_as_soon_as_the_alert_is_there(
    headsets: tuple[World, Headsets],
) -> None:
    world, _ = headsets
    world.send()
    world.advance(0.2)
    leg = world.case.of(Party.OPERATOR)[0]
    assert leg.answered
    assert not leg.confirmed
    assert leg.voice is not None
    assert (leg.voice.kind, leg.voice.rate_hz, leg.voice.frame_bytes) == ("unix", 16_000, 640)
    assert leg.line == f"headset:{leg.operator}"
    assert world.journal.read(f"line-{leg.line}") == []
    assert world.calls(OPERATORS[0]) == []
    assert world.calls(OPERATORS[1]) == []


def test_s06_s08_s09_the_whole_flow_takes_no_line_of_the_operator_s(headsets: tuple[World, Headsets]) -> None:
    world, _ = headsets
    to_talking(world)
    world.order(OperatorCommand.CALL_PSAP).until("112 is joined", lambda: len(joined(world)) == 3)
    assert {call.to for call in world.calls()} == {USER, PSAP}
    world.order(OperatorCommand.LEAVE)
    world.until("the operator has gone", lambda: joined(world) == {Party.USER, Party.PSAP}).advance(LEFT_S)
    for number in (PSAP, USER):
        world.network.hang_up(number)
    everything_is_over(world)


def test_a_headset_that_has_just_gone_costs_no_alert(headsets: tuple[World, Headsets]) -> None:
    """Nobody knows of it yet when the operator is called, who has not failed to answer."""
    world, there = headsets
    for operator in world.operators:
        there.disconnect(operator)
    to_talking(world)
    assert world.events(ev.OperatorNotAnswering) == []


def test_s17_a_headset_that_blinks_does_not_lose_the_operator_the_case(
    headsets: tuple[World, Headsets],
) -> None:
    world, there = headsets
    to_talking(world)
    had_it = world.case.operator
    assert had_it is not None
    there.disconnect(had_it)
    world.advance(2.0)
    there.connect(had_it)
    world.advance(10)
    assert world.case.operator == had_it
    assert world.events(ev.OperatorLeft) == []
    ends(world)


def test_s17_a_headset_that_stays_away_loses_the_operator_and_the_next_one_has_it(
    headsets: tuple[World, Headsets],
) -> None:
    world, there = headsets
    to_talking(world)
    had_it = world.case.operator
    assert had_it is not None
    there.disconnect(had_it)
    world.until("another is called", lambda: len(world.events(ev.OperatorReserved)) >= 2, within_s=5)
    speaks(world)
    world.until("another has it", lambda: world.case.operator not in (None, had_it), within_s=10)
    lost = next(one for one in world.recorded if isinstance(one.event, ev.LegReleased))
    assert isinstance(lost.event, ev.LegReleased)
    assert lost.event.cause == HangupCause.LINE_LOST
    assert len(world.calls(USER)) == 1, "the user stays on the line"


def test_s17_a_web_that_is_killed_leaves_its_files_and_nobody_is_called_on_them(
    headsets: tuple[World, Headsets],
) -> None:
    world, there = headsets
    there.kill_web()
    world.advance(7)
    to_talking(world)
    assert world.case.operator_leg is not None
    assert len(world.calls(str(world.case.operator_leg.number))) == 1
