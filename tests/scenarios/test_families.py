"""The flow over each family of modem that gives its voice to the host, and over one that behaves badly."""

from __future__ import annotations

import pytest

from messages import events as ev
from messages.base import HangupCause
from messages.ids import OperatorCommand, Outcome, Party
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.test_flow import everything_is_over, joined, to_conference, to_talking, voice_alert
from tests.scenarios.world import PSAP, USER, World

pytestmark = pytest.mark.scenario

FAMILIES = ("huawei", "simcom7600", "quectel_ec2x")
any_family = pytest.mark.parametrize("family", FAMILIES)


@any_family
def test_s04_to_s09_from_the_alert_to_user_and_112_alone(make_world: MakeWorld, family: str) -> None:
    world = make_world(dialects=(family,))
    to_conference(world)
    world.order(OperatorCommand.LEAVE)
    world.until("user and 112 are alone", lambda: joined(world) == {Party.USER, Party.PSAP})
    world.network.carrier.phone_hang_up(PSAP, world.network.now_s)
    world.network.pump()
    everything_is_over(world)
    assert world.case.outcome is Outcome.HANDED_OVER
    assert [call.to for call in world.calls()].count(PSAP) == 1


@any_family
def test_case_05_no_answer_is_told_to_the_operator_and_112_is_called(
    make_world: MakeWorld, family: str
) -> None:
    world = make_world(dialects=(family,), behaviours={USER: "no_answer"})
    world.send()
    world.until("her phone rings", lambda: world.case.reached_at is not None)
    world.until("a second attempt", lambda: len(world.calls(USER)) == 2, 60)
    world.order(OperatorCommand.CALL_PSAP)
    world.until("112 is joined", lambda: {Party.OPERATOR, Party.PSAP} <= joined(world))
    world.order(OperatorCommand.BRIEFING_GIVEN)
    world.order(OperatorCommand.LEAVE)
    everything_is_over(world)


@any_family
def test_s02_a_user_who_calls_in_is_answered(make_world: MakeWorld, family: str) -> None:
    world = make_world(dialects=(family,))
    voice_alert(world)
    world.until("operator and user are joined", lambda: len(joined(world)) == 2)
    assert world.case.phone == USER
    world.order(OperatorCommand.DECLARE_FALSE_ALARM)
    everything_is_over(world)


@any_family
def test_case_18_a_modem_pulled_out_in_mid_call_is_another_line_and_comes_back(
    make_world: MakeWorld, family: str
) -> None:
    world = make_world(dialects=(family,))
    to_talking(world)
    hers = user_line(world)
    world.network.unplug(hers)
    world.until(
        "she is back on another line", lambda: len(joined(world)) == 2 and user_line(world) != hers, 60
    )
    assert [leg.cause for leg in world.events(ev.LegReleased)] == [HangupCause.LINE_LOST]
    world.network.plug(hers)
    world.order(OperatorCommand.DECLARE_FALSE_ALARM)
    everything_is_over(world)
    world.advance(30)
    world.network.carrier.phone_call(USER, number_of(world, hers), world.network.now_s)
    world.network.pump()
    world.until("its line takes a call again", lambda: bool(world.network.carrier.calls[-1].answered_at_s))


@any_family
def test_a_modem_that_falls_mute_before_the_dial_costs_seconds_and_no_alert(
    make_world: MakeWorld, family: str
) -> None:
    world = make_world(dialects=(family,))
    world.network.carrier.modem("sim2").mute(world.network.now_s)
    world.advance(0.5)
    to_talking(world)
    assert {leg.line for leg in world.case.legs.values() if leg.joined} == {"sim3", "sim4"}
    world.order(OperatorCommand.DECLARE_FALSE_ALARM)
    everything_is_over(world)


def user_line(world: World) -> str:
    """Which line she is on, or was last."""
    return world.case.of(Party.USER)[-1].line


def number_of(world: World, line: str) -> str:
    """The number of its SIM."""
    return world.network.carrier.modem(line).config.number
