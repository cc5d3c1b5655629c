"""The flow over modems that give no voice to the host: one line, on which the network joins the parties."""

from __future__ import annotations

from typing import Final

import pytest

from messages import events as ev
from messages.base import Joins
from messages.ids import E164, Advice, OperatorCommand, Outcome, Party, Role, ShiftState
from model.orders.effects import refusal
from model.orders.refusals import Refusal
from simulator.network.call import CallState
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.test_flow import ends, everything_is_over, joined, voice_alert
from tests.scenarios.test_modems import ready
from tests.scenarios.world import LEFT_S, OPERATORS, PSAP, SETTINGS, USER, World
from tests.support.depth import WHOLE
from tests.support.settings import changed

pytestmark = pytest.mark.scenario

FAMILIES: Final[dict[str, dict[str, object]]] = {
    "sim800": {},
    "simcom_a76xx": {},
    "tdscdma": {},
    "balong": {},
    "ericsson": {},
    "ublox": {},
    "cinterion": {},
    "telit": {},
    "zte": {},
    "wavecom": {},
    # A firmware without voice, and a modem of which no second port is known.
    "huawei": {"voiceless": True},
    "quectel_ec2x": {"voiceless": True},
    "quectel_ec2x collapsed": {"voiceless": True, "everywhere": "collapsed_conference = true"},
}
"""What gives no voice to the host, and how the world is told so."""
SOME: Final = ("sim800", "simcom_a76xx", "huawei", "quectel_ec2x collapsed")
"""Each holds, joins and drops in its own way, and finds its calls again: its driver's tests show that."""
any_family = pytest.mark.parametrize("family", FAMILIES if WHOLE else SOME)
any_at_night = pytest.mark.parametrize("family", FAMILIES if WHOLE else SOME[:1])
"""For what is made of these ways, each of which `any_family` goes through."""


def of_family(make_world: MakeWorld, family: str, **options: object) -> World:
    """A world of such modems alone."""
    return make_world(dialects=(family.partition(" ")[0],), **FAMILIES[family], **options)


def to_talking(world: World) -> None:
    """As anywhere; but an operator whose modem says "answered" too early has to say *I am there*."""
    world.send()
    until_joined(world, Party.OPERATOR, Party.USER)


def until_joined(world: World, *parties: Party, within_s: float = 90) -> None:
    """Until these and nobody else hear each other, with the operators' own words as they are needed."""

    def are_joined() -> bool:
        they_say_so(world)
        return joined(world) == set(parties)

    world.until(f"{parties} are joined", are_joined, within_s)


def they_say_so(world: World) -> None:
    """The word of each operator who has answered, where the modem's proves nothing."""
    for leg in world.case.of(Party.OPERATOR):
        up = any(call.state in (CallState.ACTIVE, CallState.HELD) for call in world.calls(leg.number))
        if leg.in_doubt and leg.operator is not None and up and not world.case.unread:
            world.order(OperatorCommand.TAKE, by=leg.operator)


def to_ringing(world: World) -> None:
    world.send()
    world.until("her phone rings", lambda: they_say_so(world) or world.case.rang_at is not None)


def lines(world: World) -> set[str]:
    """On which lines the alert's calls are."""
    return {leg.line for leg in world.case.legs.values() if leg.live}


def hear_each_other(world: World) -> set[str]:
    """Who is in conversation on the alert's line, by the carrier's own account."""
    (line,) = lines(world)
    return {call.to for call in world.network.carrier.modem(line).line.calls_in_conversation()}


@any_family
def test_s04_to_s09_operator_and_user_are_joined_on_one_line_and_112_is_the_third(
    make_world: MakeWorld, family: str
) -> None:
    world = of_family(make_world, family)
    to_talking(world)
    assert len(lines(world)) == 1
    assert {leg.joins for leg in world.case.legs.values()} == {Joins.NETWORK}
    assert hear_each_other(world) == {OPERATORS[0], USER}
    world.order(OperatorCommand.CALL_PSAP)
    until_joined(world, Party.OPERATOR, Party.USER, Party.PSAP)
    assert len(lines(world)) == 1
    assert hear_each_other(world) == {OPERATORS[0], USER, PSAP}
    world.order(OperatorCommand.LEAVE)
    until_joined(world, Party.USER, Party.PSAP)
    assert hear_each_other(world) == {USER, PSAP}
    world.advance(LEFT_S)
    world.network.hang_up(PSAP)
    everything_is_over(world)
    assert world.case.outcome is Outcome.HANDED_OVER


@any_at_night
def test_case_05_no_answer_and_112_is_briefed(make_world: MakeWorld, family: str) -> None:
    world = of_family(make_world, family, behaviours={USER: "no_answer"})
    to_ringing(world)
    world.until("a second attempt", lambda: len(world.calls(USER)) == 2, 60)
    world.until("it has been given up", lambda: len(world.live_calls()) == 1, 60)
    world.until("the operator is off hold", lambda: hear_each_other(world) == {OPERATORS[0]})
    world.order(OperatorCommand.CALL_PSAP)
    until_joined(world, Party.OPERATOR, Party.PSAP)
    world.order(OperatorCommand.BRIEFING_GIVEN).order(OperatorCommand.LEAVE)
    everything_is_over(world)
    assert world.case.outcome is Outcome.BRIEFED


@any_at_night
def test_s02_whoever_calls_in_is_the_first_and_the_operator_the_second_on_the_user_s_line(
    make_world: MakeWorld, family: str
) -> None:
    world = of_family(make_world, family)
    voice_alert(world)
    until_joined(world, Party.OPERATOR, Party.USER)
    assert lines(world) == {"sim1"}, "the line that users call"
    assert [call.to for call in world.calls()][1:] == [OPERATORS[0]], "she is called once, and beside her"
    assert len(world.network.carrier.modem("sim1").line.calls_in_conversation()) == 2
    ends(world)


@any_at_night
def test_case_18_a_modem_pulled_out_in_mid_call_is_another_line_for_all(
    make_world: MakeWorld, family: str
) -> None:
    world = of_family(make_world, family, operators=2)
    to_talking(world)
    (first,) = lines(world)
    world.network.unplug(first)
    world.until("its calls are known to be lost", lambda: first not in lines(world))
    until_joined(world, Party.OPERATOR, Party.USER)
    assert first not in lines(world)
    assert len(lines(world)) == 1
    world.network.plug(first)
    ends(world)


@pytest.mark.parametrize(
    ("family", "role"),
    [
        *((family, Role.GSM_MODEM) for family in (FAMILIES if WHOLE else SOME[::3])),
        *(("sim800", role) for role in (Role.CALL_LEG, Role.ALERT_CASE, Role.TRUNK_POOL)),
    ],
)
def test_s13_killed_in_the_conference_nobody_is_called_again(
    make_world: MakeWorld, family: str, role: Role
) -> None:
    world = of_family(make_world, family)
    to_talking(world)
    before = len(world.calls())
    world.kill(role).advance(5)
    assert joined(world) == {Party.OPERATOR, Party.USER}
    assert hear_each_other(world) == {OPERATORS[0], USER}
    assert len(world.calls()) == before
    world.order(OperatorCommand.CALL_PSAP)
    until_joined(world, Party.OPERATOR, Party.USER, Party.PSAP)
    world.order(OperatorCommand.LEAVE)
    until_joined(world, Party.USER, Party.PSAP)


@any_at_night
def test_s13_a_modem_s_actor_killed_while_the_second_is_called_joins_all_the_same(
    make_world: MakeWorld, family: str
) -> None:
    world = of_family(make_world, family)
    to_ringing(world)
    world.kill(Role.GSM_MODEM)
    until_joined(world, Party.OPERATOR, Party.USER)
    assert [call.to for call in world.calls()] == [OPERATORS[0], USER]


@any_at_night
def test_whoever_hangs_up_the_user_is_called_again_and_the_operator_replaced_on_the_line(
    make_world: MakeWorld, family: str
) -> None:
    world = of_family(make_world, family, operators=2)
    to_talking(world)
    (line,) = lines(world)
    first = world.calls()[0].to
    world.network.hang_up(USER)
    world.until("the user is called again", lambda: len(world.calls(USER)) == 2)
    until_joined(world, Party.OPERATOR, Party.USER)
    assert len(world.calls(first)) == 1
    world.network.hang_up(first)
    world.until("the operator is gone", lambda: world.case.operator is None)
    until_joined(world, Party.OPERATOR, Party.USER)
    assert lines(world) == {line}
    assert len(world.calls(USER)) == 2


def test_112_itself_is_called_on_another_phone(make_world: MakeWorld) -> None:
    settings = changed(SETTINGS, {"psap.number": E164("112")})
    world = make_world(dialects=("sim800",), settings=settings)
    to_talking(world)
    refused = refusal(world.case, OperatorCommand.CALL_PSAP, world.operators[0], settings)
    assert refused == Refusal.PSAP_ON_ANOTHER_PHONE
    assert refusal(world.case, OperatorCommand.LEAVE, world.operators[0], settings)
    world.order(OperatorCommand.BRIEFING_GIVEN).order(OperatorCommand.LEAVE)
    everything_is_over(world)
    assert world.case.outcome is Outcome.BRIEFED
    assert world.calls("112") == []


def test_a_case_is_handed_over_within_the_network_s_conference(make_world: MakeWorld) -> None:
    world = make_world(dialects=("sim800",), operators=2)
    to_talking(world)
    who = world.case.operator
    world.order(OperatorCommand.HAND_OVER)
    world.until("another has the case", lambda: world.case.operator not in (None, who), 60)
    world.until("the two are joined", lambda: joined(world) == {Party.OPERATOR, Party.USER})
    world.until("the first is gone", lambda: len(world.live_calls()) == 2)
    assert len(lines(world)) == 1
    assert len(world.calls(USER)) == 1


def test_s11_one_modem_is_enough_for_an_alert(make_world: MakeWorld) -> None:
    world = make_world(dialects=("sim800",), public=1, emergency=0)
    to_talking(world)
    assert world.case.advice is Advice.WAIT, "nobody is sent to 112 for want of a line"
    world.order(OperatorCommand.CALL_PSAP)
    until_joined(world, Party.OPERATOR, Party.USER, Party.PSAP)
    assert lines(world) == {"sim1"}


def test_s08_112_is_called_while_the_user_s_phone_rings(make_world: MakeWorld) -> None:
    world = make_world(dialects=("sim800",), behaviours={USER: "no_answer"})
    to_ringing(world)
    world.advance(1).order(OperatorCommand.CALL_PSAP)
    until_joined(world, Party.OPERATOR, Party.PSAP, within_s=10)
    world.advance(40)
    assert len(world.calls(USER)) == 1, "nobody is put on hold for her but by the operator's word"
    world.order(OperatorCommand.REDIAL_USER).until("she is called", lambda: len(world.calls(USER)) == 2)
    until_joined(world, Party.OPERATOR, Party.PSAP)


def test_s11_a_user_called_for_the_deadline_is_joined_by_whoever_answers(make_world: MakeWorld) -> None:
    world = make_world(dialects=("sim800",), operators=2, behaviours={OPERATORS[0]: "no_answer"})
    second = world.operators[1]
    world.shift(second, ShiftState.PAUSED)
    world.send()
    world.until("she is called", lambda: bool(world.calls(USER)), 50)
    world.until("she has answered", lambda: world.case.confirmed_answered(Party.USER) is not None)
    world.shift(second, ShiftState.READY)
    until_joined(world, Party.OPERATOR, Party.USER)
    assert world.case.operator == second
    assert len(world.calls(USER)) == 1


@pytest.mark.parametrize("again", [True, False], ids=["another line", "it answers again"])
def test_a_modem_that_falls_silent_is_told_of_and_the_operator_may_call_all_on_another_line(
    make_world: MakeWorld, again: bool
) -> None:
    world = of_family(make_world, "sim800")
    to_talking(world)
    (silent,) = lines(world)
    modem = world.network.carrier.modem(silent)
    assert refusal(world.case, OperatorCommand.ANOTHER_LINE, world.operators[0], world.settings) is not None
    modem.mute(world.network.now_s)

    def unheard() -> set[Party]:
        return {leg.party for leg in world.case.legs.values() if leg.unheard_at is not None}

    world.until("it is told of both", lambda: unheard() == {Party.OPERATOR, Party.USER}, 40)
    assert joined(world) == {Party.OPERATOR, Party.USER}, "nothing is ended by itself"
    assert b"CFUN=1,1" not in world.network.written[silent]
    if not again:
        modem.unmute()
        world.until("it is taken back", lambda: unheard() == set(), 40)
        assert len(world.events(ev.LegOriginating)) == 2
        return
    for phone in (OPERATORS[0], USER):
        # They have heard nothing for a while; the modem does not say so.
        world.network.hang_up(phone)
    world.order(OperatorCommand.ANOTHER_LINE)
    world.until("nobody is on it", lambda: lines(world).isdisjoint({silent}), 15)
    until_joined(world, Party.OPERATOR, Party.USER, within_s=40)
    assert unheard() == set()
    assert len(world.events(ev.LegOriginating)) == 4, "each is called once more"
    modem.unmute()
    world.until("the line is of use again", lambda: ready(world, silent), 60)
    assert joined(world) == {Party.OPERATOR, Party.USER}
