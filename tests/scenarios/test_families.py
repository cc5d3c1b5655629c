"""The flow over each family of modem that gives its voice to the host, and over one that behaves badly."""

from __future__ import annotations

import pytest

from messages import events as ev
from messages.base import HangupCause
from messages.ids import Channel, OperatorCommand, Outcome, Party
from model.alert.phase import Phase, phase
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.test_flow import ends, everything_is_over, joined, to_conference, to_talking, voice_alert
from tests.scenarios.test_modems import port
from tests.scenarios.world import LEFT_S, OPERATORS, PSAP, USER, World
from tests.support.depth import every

pytestmark = pytest.mark.scenario

FAMILIES = ("huawei", "simcom7600", "quectel_ec2x")
any_family = pytest.mark.parametrize("family", FAMILIES)
any_at_night = pytest.mark.parametrize("family", every(3, FAMILIES))
"""For what is made of ways that `any_family` goes through."""


@any_family
def test_s04_to_s09_from_the_alert_to_user_and_112_alone(make_world: MakeWorld, family: str) -> None:
    world = make_world(public=4, emergency=2, dialects=(family,))
    to_conference(world)
    assert phase(world.case) is Phase.CONFERENCE
    assert [call.to for call in world.calls()] == [OPERATORS[0], USER, PSAP]
    assert world.after_s(ev.UserRang) < 10
    assert [call.line for call in world.calls(PSAP)] in (["sim5"], ["sim6"]), "the reserved trunk"
    world.order(OperatorCommand.LEAVE)
    world.until("user and 112 are alone", lambda: joined(world) == {Party.USER, Party.PSAP}).advance(LEFT_S)
    assert {call.to for call in world.live_calls()} == {USER, PSAP}
    world.network.hang_up(PSAP)
    everything_is_over(world)
    assert world.case.outcome is Outcome.HANDED_OVER
    assert [call.to for call in world.calls()].count(PSAP) == 1


@any_family
def test_s02_a_user_who_calls_in_is_answered(make_world: MakeWorld, family: str) -> None:
    world = make_world(dialects=(family,))
    voice_alert(world)
    world.until("operator and user are joined", lambda: len(joined(world)) == 2)
    assert (world.case.channel, world.case.phone, world.case.user) == (Channel.VOICE, USER, world.user.id)
    assert (world.case.reached_by, world.case.rang_at) == ("answer", None)
    assert world.after_s(ev.UserReached) < 3
    assert world.calls(USER) == [], "nobody calls who is on the line"
    ends(world)


@any_family
def test_case_18_a_modem_pulled_out_in_mid_call_is_another_line_and_comes_back(
    make_world: MakeWorld, family: str
) -> None:
    world = make_world(public=4, emergency=2, dialects=(family,))
    to_talking(world)
    first_line = user_line(world)
    world.network.unplug(first_line)
    world.until(
        "she is back on another line", lambda: len(joined(world)) == 2 and user_line(world) != first_line, 60
    )
    assert [leg.cause for leg in world.events(ev.LegReleased)] == [HangupCause.LINE_LOST]
    world.network.plug(first_line)
    ends(world)
    world.advance(30)
    calls_in(world, number_of(world, first_line))


@any_at_night
def test_a_modem_that_falls_mute_before_the_dial_costs_seconds_and_no_alert(
    make_world: MakeWorld, family: str
) -> None:
    world = make_world(public=4, emergency=2, dialects=(family,))
    world.network.carrier.modem("sim2").mute(world.network.now_s)
    world.advance(0.5)
    to_talking(world)
    assert {leg.line for leg in world.case.legs.values() if leg.joined} == {"sim3", "sim4"}
    ends(world)


@any_at_night
def test_two_modems_that_change_places_in_mid_call_are_not_confused(
    make_world: MakeWorld, family: str
) -> None:
    world = make_world(dialects=(family,), operators=2, by_imei=("sim2", "sim3"))
    to_talking(world)
    assert {call.line for call in world.live_calls()} == {"sim2", "sim3"}
    swap(world, "sim2", "sim3")
    world.until("both calls are known to be lost", lambda: joined(world) == set())
    world.until("they are in conversation again", lambda: len(joined(world)) == 2, 60)
    world.until("both are back", lambda: (port(world, "sim2"), port(world, "sim3")) == ("sim3", "sim2"))
    ends(world)
    calls_in(world, number_of(world, "sim2"))


@any_at_night
def test_two_modems_change_places_while_others_are_in_a_call_and_disturb_nobody(
    make_world: MakeWorld, family: str
) -> None:
    lines = ("sim1", "sim2", "sim3", "sim4")
    world = make_world(public=4, dialects=(family,), operators=2, by_imei=lines)
    to_talking(world)
    calling = {call.line for call in world.live_calls()}
    one, other = sorted(set(lines) - calling)
    asked = {line: world.network.written[line].count(b"AT+CGSN") for line in calling}
    swap(world, one, other)
    world.until("both are back", lambda: (port(world, one), port(world, other)) == (other, one))
    assert {line: world.network.written[line].count(b"AT+CGSN") for line in calling} == asked
    assert len(joined(world)) == 2
    assert len(world.calls()) == 2
    ends(world)
    calls_in(world, number_of(world, one))


def swap(world: World, one: str, other: str) -> None:
    """Both modems are pulled out, and each is put in where the other was."""
    for name in (one, other):
        world.network.unplug(name)
    world.advance(0.5)
    world.network.plug(one, other)
    world.network.plug(other, one)


def calls_in(world: World, number: str) -> None:
    """Somebody calls this number, and is answered."""
    world.network.call_in(USER, number)
    call = world.network.carrier.calls[-1]
    world.until("she is answered", lambda: call.answered_at_s is not None)


def user_line(world: World) -> str:
    """Which line the user is on, or was last."""
    return world.case.of(Party.USER)[-1].line


def number_of(world: World, line: str) -> str:
    """The number of its SIM."""
    return world.network.carrier.modem(line).config.number
