"""Modems that refuse, or do not let go: an alert writes little, other lines are used, nobody is held up."""

from __future__ import annotations

from messages import events as ev
from messages.ids import SECOND, Advice, OperatorCommand, Party
from messages.lines import Lack
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.test_flow import to_talking
from tests.scenarios.world import PSAP, USER, World

LINES = tuple(f"sim{n}" for n in range(1, 7))
MOST = 200


def busiest(world: World) -> int:
    """The most events of any minute of the alert."""
    at = [one.at_us for one in world.recorded]
    return max(sum(first <= one < first + 60 * SECOND for one in at) for first in at)


def test_where_every_dial_fails_an_alert_writes_little_and_the_app_is_told(make_world: MakeWorld) -> None:
    world = make_world(public=4, emergency=2, operators=2)
    for line in LINES:
        world.network.vices(line, fails_after_s=0.5)
    world.send()
    world.advance(30.0)
    assert world.case.advice is Advice.CALL_112_NOW
    world.advance(40.0)
    assert busiest(world) <= MOST
    assert world.events(ev.OperatorNotAnswering) == []
    for line in LINES:
        world.network.vices(line, fails_after_s=0)
    world.until("an operator is there", lambda: world.case.operator is not None, within_s=180.0)


def test_case_09_a_modem_that_cannot_end_a_call_holds_up_neither_the_alert_nor_its_end(
    make_world: MakeWorld,
) -> None:
    world = make_world(public=4, emergency=2)
    to_talking(world)
    line = world.case.confirmed_answered(Party.USER).line  # type: ignore[union-attr]
    world.network.vices(line, ignores=["+CHUP", "H", "+CHLD", "+CFUN", "+CVHU"])
    world.order(OperatorCommand.MARK_MACHINE)
    world.until("another line is tried", lambda: world.case.active(Party.USER) is not None, within_s=15.0)
    assert world.case.active(Party.USER).line != line  # type: ignore[union-attr]
    assert len(world.calls(USER)) >= 1


def test_112_that_every_emergency_line_refuses_is_tried_on_and_little_is_written(
    make_world: MakeWorld,
) -> None:
    world = make_world(public=4, emergency=2)
    to_talking(world)
    for line in ("sim5", "sim6"):
        world.network.vices(line, refuses=["D"])
    world.order(OperatorCommand.CALL_PSAP).advance(1.0)
    assert world.case.to_112.no_line == Lack.FAILING, "both lines have been tried"
    world.advance(61.0)
    assert len(world.events(ev.PsapLineLacking)) == 1
    assert busiest(world) <= MOST
    for line in ("sim5", "sim6"):
        world.network.vices(line, refuses=[])
    world.until("112 rings", lambda: any(leg.ringing_at for leg in world.case.of(Party.PSAP)), within_s=120.0)
    assert world.calls(PSAP)
    assert world.case.to_112.no_line == ""
