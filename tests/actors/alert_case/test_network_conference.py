"""What the network's joining means for a case: told by the legs, since the bridge knows nothing of it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from actors.alert_case.pending import PendingOffers
from actors.alert_case.reports import events_of_report
from actors.alert_case.rules.another_line import call_again_on_one_line
from messages import events as ev
from messages.base import Joins
from messages.bridge import BridgeReport
from messages.calls import CallReport, CallState
from messages.ids import (
    E164,
    AlertId,
    BridgeId,
    Channel,
    Instant,
    LegId,
    LineId,
    OperatorCommand,
    OperatorId,
    Party,
    TrunkId,
)
from model.alert.case import Case
from model.alert.leg import Leg, LegState
from model.orders.effects import refusal
from model.orders.refusals import Refusal
from model.rules.calls.psap import must_use_another_phone, psap_number, psap_number_for
from model.settings import Settings
from model.settings.psap import PsapSettings

NOW = Instant(1_000_000)
A = AlertId("a")
SETTINGS = Settings()


def leg(place: str, party: Party, state: LegState = LegState.ANSWERED, **changes: object) -> Leg:
    one = Leg(
        leg=LegId(f"a:{place}"),
        party=party,
        attempt=1,
        state=state,
        line=LineId("sim2"),
        since=NOW,
        operator=OperatorId("anna") if party is Party.OPERATOR else None,
        joins=Joins.NETWORK,
    )
    return replace(one, **changes)


def case(*legs: Leg) -> Case:
    return Case(
        alert=A,
        channel=Channel.DATA,
        received_at=NOW,
        raised_at=NOW,
        deadline_at=NOW,
        operator=OperatorId("anna"),
        legs={one.leg: one for one in legs},
    )


def said(place: str, *, joined: bool, confirmed: bool = True) -> CallReport:
    return CallReport(
        leg=LegId(f"a:{place}"),
        line=LineId("sim1"),
        attempt=1,
        state=CallState.ANSWERED,
        confirmed=confirmed,
        joins=Joins.NETWORK,
        joined=joined,
    )


OPERATOR, USER = leg("op1", Party.OPERATOR), leg("user", Party.USER)


def test_one_report_may_say_that_112_has_answered_and_that_it_is_joined() -> None:
    ringing = leg("psap", Party.PSAP, LegState.RINGING)
    made = events_of_report(case(OPERATOR, ringing), said("psap", joined=True), SETTINGS, NOW)
    assert [type(one) for one in made] == [ev.LegAnswered, ev.BridgeJoined, ev.PsapJoined]


def test_that_the_network_has_joined_it_proves_an_answer() -> None:
    doubtful = leg("user", Party.USER, confirmed=False, answered_at=NOW)
    (joined, confirmed, reached) = events_of_report(
        case(OPERATOR, doubtful), said("user", joined=True), SETTINGS, NOW
    )
    assert isinstance(joined, ev.BridgeJoined)
    assert confirmed == ev.LegConfirmed(leg=doubtful.leg, attempt=1, by="network")
    assert isinstance(reached, ev.UserReached)


def test_on_hold_it_is_not_in_the_conference_and_the_bridge_has_no_say_in_it() -> None:
    both = case(replace(OPERATOR, joined=True), replace(USER, joined=True))
    (left,) = events_of_report(both, said("op1", joined=False), SETTINGS, NOW)
    assert left == ev.BridgeLeft(bridge=BridgeId("a"), legs=(OPERATOR.leg,))
    assert events_of_report(both, BridgeReport(bridge=BridgeId("a"), joined=()), SETTINGS, NOW) == ()


def test_an_operator_who_cannot_be_joined_with_the_user_is_called_again_beside_the_user() -> None:
    pending = PendingOffers(opened_at=NOW)
    there = replace(USER, line=LineId("sim1"))
    (let_go,) = call_again_on_one_line(case(OPERATOR, there), pending, SETTINGS, NOW).events
    assert let_go == ev.LegReleasing(leg=OPERATOR.leg, attempt=1, reason="apart")
    assert call_again_on_one_line(case(OPERATOR, USER), pending, SETTINGS, NOW).events == ()
    ours = (replace(OPERATOR, joins=Joins.HOST), replace(there, joins=Joins.HOST))
    assert call_again_on_one_line(case(*ours), pending, SETTINGS, NOW).events == ()


def test_a_user_on_a_line_with_a_voice_is_called_again_beside_an_operator_on_one_without() -> None:
    pending = PendingOffers(opened_at=NOW)
    there = replace(USER, line=LineId("sim1"), joins=Joins.HOST)
    known = replace(case(OPERATOR, there), phone=E164("+393331112223"))
    (let_go,) = call_again_on_one_line(known, pending, SETTINGS, NOW).events
    assert let_go == ev.LegReleasing(leg=USER.leg, attempt=1, reason="another line")
    # Who cannot be called again stays, and so does one who must not be.
    for other in (case(OPERATOR, there), replace(known, duress=True)):
        (let_go,) = call_again_on_one_line(other, pending, SETTINGS, NOW).events
        assert let_go == ev.LegReleasing(leg=OPERATOR.leg, attempt=1, reason="apart")


def test_a_112_that_was_left_alone_on_a_line_is_called_again_where_the_others_are() -> None:
    pending = PendingOffers(opened_at=NOW)
    alone = leg("psap", Party.PSAP, line=LineId("sim1"), trunk=TrunkId("public"))
    moved = ev.LegReleasing(leg=alone.leg, attempt=1, reason="another line")
    operator = replace(OPERATOR, trunk=TrunkId("public"))
    assert call_again_on_one_line(case(operator, alone), pending, SETTINGS, NOW).events == (moved,)
    with_voice = replace(operator, joins=Joins.HOST)
    assert call_again_on_one_line(case(with_voice, alone), pending, SETTINGS, NOW).events == (moved,)
    # On a reserved line without a voice it would be as alone with the next attempt.
    reserved = replace(alone, trunk=TrunkId("emergency"))
    assert call_again_on_one_line(case(with_voice, reserved), pending, SETTINGS, NOW).events == ()
    together = replace(alone, line=operator.line)
    assert call_again_on_one_line(case(operator, together), pending, SETTINGS, NOW).events == ()


def test_112_with_an_ordinary_number_can_be_joined_and_another_is_called_on_another_phone() -> None:
    both = case(OPERATOR, USER)
    assert must_use_another_phone(both, SETTINGS)
    ordinary = Settings(psap=PsapSettings(alternate=E164("+390200000113")))
    assert not must_use_another_phone(both, ordinary)
    assert psap_number(both, ordinary) == "+390200000113"
    assert psap_number_for(both, ordinary, 3) == "+390200000113"
    assert psap_number(case(replace(OPERATOR, joins=Joins.HOST)), ordinary) == "112"


def test_a_112_that_is_alone_on_its_line_hears_nobody() -> None:
    alone = leg("psap", Party.PSAP, line=LineId("e1"))
    ours = (replace(OPERATOR, joins=Joins.HOST), replace(USER, joins=Joins.HOST, line=LineId("sim3")))
    assert must_use_another_phone(case(*ours, alone), SETTINGS)
    assert not must_use_another_phone(case(*ours, replace(alone, joins=Joins.HOST)), SETTINGS)


@pytest.mark.parametrize(
    ("command", "by", "legs", "reason"),
    [
        (OperatorCommand.MUTE, "anna", (OPERATOR, USER), Refusal.LINE_WITHOUT_MUTE),
        (OperatorCommand.LISTEN, "dora", (OPERATOR, USER), Refusal.LINE_WITHOUT_LISTENING),
        (OperatorCommand.CALL_PSAP, "anna", (OPERATOR, USER), Refusal.PSAP_ON_ANOTHER_PHONE),
        (
            OperatorCommand.LEAVE,
            "anna",
            (
                replace(OPERATOR, joins=Joins.HOST),
                replace(USER, joins=Joins.HOST, line=LineId("sim3")),
                leg("psap", Party.PSAP, line=LineId("e1")),
            ),
            Refusal.NOT_BRIEFED,
        ),
    ],
)
def test_on_such_a_line_nobody_is_muted_listened_to_or_left_with_a_112_that_hears_nothing(
    command: OperatorCommand, by: str, legs: tuple[Leg, ...], reason: Refusal
) -> None:
    assert refusal(case(*legs), command, OperatorId(by), SETTINGS) is reason
