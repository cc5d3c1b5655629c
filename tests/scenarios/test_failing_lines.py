"""Modems that refuse what is dialled, or let no call go: no alert is held up, and no call is left up."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs
from structlog.typing import EventDict

from messages import events as ev
from messages.ids import SECOND, Advice, OperatorCommand, Party, Role
from messages.lines import Lack, LineState
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.pipe import Door
from tests.scenarios.test_flow import ends, joined, to_talking
from tests.scenarios.test_modems import alarms, state
from tests.scenarios.world import PSAP, USER, World

pytestmark = pytest.mark.scenario

DEAF = '"+CHUP", "H", "+CHLD=1x", "+CHLD=1"'


@pytest.fixture
def logged() -> Iterator[list[EventDict]]:
    """The log's lines of this test."""
    with capture_logs() as lines:
        yield lines


def dials(world: World, line: str) -> int:
    return world.network.written[line].count(b"ATD")


@pytest.mark.parametrize(
    "door",
    [Door(), Door(says=b"Device open failure: No such file or directory\r\n"), Door(closes=False)],
    ids=["closes", "says why and closes", "says nothing"],
)
def test_a_port_that_opens_and_is_no_modem_any_more_is_as_good_as_gone(
    make_world: MakeWorld, door: Door, logged: list[EventDict]
) -> None:
    world = make_world(public=4, emergency=2)
    to_talking(world)
    user = world.leg(Party.USER)
    opened = world.network.openings[user.line]
    world.network.doors[user.line] = door
    world.network.unplug(user.line)
    lost_us = world.clock.now_us()
    world.until("the call is given up", lambda: world.events(ev.LegReleased), within_s=7)
    assert 5 <= (world.clock.now_us() - lost_us) / SECOND <= 6.5
    world.until("joined on another line", lambda: len(joined(world)) == 2, within_s=10)
    again = world.leg(Party.USER)
    assert again.line != user.line
    world.until("it is told", lambda: state(world, user.line) is not LineState.READY).advance(20)
    assert world.network.openings[user.line] - opened < 36
    assert [line["event"] for line in logged].count("the port of the modem is lost") == 1
    world.network.take_door_away(user.line)
    world.network.plug(user.line)
    world.until("it is back", lambda: state(world, user.line) is LineState.READY)


def test_a_line_that_was_mute_in_its_proof_is_called_on_last_also_after_the_pools_death(
    make_world: MakeWorld,
) -> None:
    world = make_world(public=4, emergency=2)
    mute = ev.AlarmRaised(alarm="proof.line_mute", subject="sim2", text="x")
    world.note(mute).advance(2)
    to_talking(world)
    assert {call.line for call in world.calls()} == {"sim3", "sim4"}
    world.kill(Role.TRUNK_POOL)
    ends(world)
    world.advance(130)
    to_talking(world)
    assert {call.line for call in world.calls()} == {"sim3", "sim4"}


def test_a_users_call_that_does_not_end_costs_the_user_one_line_and_not_the_alert(
    make_world: MakeWorld,
) -> None:
    world = make_world(
        public=4, emergency=2, everywhere=f"ignores = [{DEAF}]", behaviours={str(USER): "no_answer"}
    )
    world.send()
    world.until(
        "she is called again", lambda: any(leg.attempt > 1 for leg in world.case.of(Party.USER)), within_s=90
    )
    first, second = [
        one.line
        for one in world.events(ev.LegOriginating)
        if isinstance(one, ev.LegOriginating) and one.party is Party.USER
    ][:2]
    assert first != second
    world.until("it is told", lambda: ("raised", "line.stray_call", first) in alarms(world), within_s=2)
    world.until(
        "the radio is switched off for it, and on",
        lambda: ("cleared", "line.stray_call", first) in alarms(world),
        within_s=60,
    )
    assert b"AT+CFUN=4\r" in world.network.written[first]


def test_a_call_under_another_number_is_its_legs_after_its_modems_process_has_died(
    make_world: MakeWorld,
) -> None:
    world = make_world(public=4, emergency=2, everywhere='shows_number = "+390612345678"')
    to_talking(world)
    user = world.leg(Party.USER)
    assert world.system.kill(Role.GSM_MODEM, user.line)
    world.advance(30)
    assert len(joined(world)) == 2
    assert world.events(ev.LegReleased) == []


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
