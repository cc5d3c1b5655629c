"""Orders about 112: call, withdraw, brief, announce, send a digit. Rows and rules."""

from __future__ import annotations

from typing import Final

from messages import events as ev
from messages.ids import OperatorCommand, Party
from model.alert import answers
from model.alert.case import Case
from model.alert.parts import Matter
from model.alert.reasons import ReleaseReason
from model.orders.refusals import Refusal
from model.orders.row import ConsoleKey, EnterKey, Order, OrderContext, OrderGiver
from model.rules.calls.joining import is_joined_in_network
from model.rules.calls.psap import has_psap, must_use_another_phone, psap_number
from model.rules.calls.silent_and_duress import is_in_duress
from model.rules.messages import announcements
from model.settings import Settings

Made = tuple[ev.CaseEvent, ...]


def _why_not_call(asked: OrderContext) -> Refusal | None:
    case, settings = asked.case, asked.settings
    if up := case.confirmed_answered(Party.PSAP):
        return Refusal.PSAP_ON_THE_LINE if up.unheard_at is None else Refusal.LINE_UNHEARD
    if case.psap is not None:
        return Refusal.PSAP_BEING_CALLED
    if not has_psap(case, settings):
        return Refusal.TEST_WITHOUT_PSAP
    return Refusal.PSAP_ON_ANOTHER_PHONE if must_use_another_phone(case, settings) else None


def _called(case: Case, order: ev.CommandGiven, settings: Settings) -> Made:
    number = psap_number(case, settings)
    return () if number is None else (ev.PsapRequested(by=order.by, number=number),)


def _why_not_withdraw(asked: OrderContext) -> Refusal | None:
    """Return why the call to 112 cannot be withdrawn: allowed until 112 has provably answered. A call
    reported as answered without proof may still ring.
    """
    case = asked.case
    if case.psap is None:
        return Refusal.PSAP_NOT_BEING_CALLED
    if case.confirmed_answered(Party.PSAP):
        return Refusal.PSAP_ON_THE_LINE
    return Refusal.DURESS_PSAP_FIRST if is_in_duress(case, asked.settings) else None


def _withdrawn(case: Case, order: ev.CommandGiven, _: Settings) -> Made:
    return (*_hung_up(case, ReleaseReason.WITHDRAWN), ev.PsapWithdrawn(by=order.by))


def _why_not_elsewhere(asked: OrderContext) -> Refusal | None:
    """Return why 112 cannot be reported as called elsewhere. After a lack of a line, or a failed attempt, the
    order stays allowed: later attempts do not undo a call that was made.
    """
    case = asked.case
    if must_use_another_phone(case, asked.settings):
        return None
    if case.answered(Party.PSAP):
        return Refusal.PSAP_ON_THE_LINE
    if case.psap is None:
        return Refusal.PSAP_CAN_BE_CALLED
    return None if case.to_112.no_line_at is not None or case.to_112.ends else Refusal.PSAP_BEING_CALLED


def _called_elsewhere(case: Case, order: ev.CommandGiven, _: Settings) -> Made:
    """Return the events of a call made elsewhere. One call to 112 is enough: the center's own call ends, even
    one on which 112 hears no voice.
    """
    return (*_hung_up(case, ReleaseReason.CALLED_ELSEWHERE), ev.PsapCalledElsewhere(by=order.by))


def _hung_up(case: Case, reason: ReleaseReason) -> Made:
    leg = case.active(Party.PSAP)
    return () if leg is None else (ev.LegReleasing(leg=leg.leg, attempt=leg.attempt, reason=reason),)


def _why_not_briefed(asked: OrderContext) -> Refusal | None:
    there = asked.case.answered(Party.PSAP) or must_use_another_phone(asked.case, asked.settings)
    return None if there else Refusal.PSAP_ABSENT


def _briefed(case: Case, order: ev.CommandGiven, settings: Settings) -> Made:
    if must_use_another_phone(case, settings):
        return _called_elsewhere(case, order, settings)
    return (*answers.confirm_spoken_parties(case, Party.PSAP), ev.BriefingGiven(by=order.by))


def _why_not_announce(asked: OrderContext) -> Refusal | None:
    case = asked.case
    if case.answered(Party.PSAP) is None:
        return Refusal.PSAP_ABSENT
    if case.answered(Party.USER) is None:
        return Refusal.USER_ABSENT
    if is_joined_in_network(case):
        return Refusal.LINE_WITHOUT_PLAYING
    return (
        Refusal.BEING_PLAYED
        if announcements.is_announcement_pending(case, announcements.CANNOT_SPEAK)
        else None
    )


def _announced(case: Case, order: ev.CommandGiven, _: Settings) -> Made:
    asked = ev.AnnouncementRequested(what=order.what or announcements.CANNOT_SPEAK, by=order.by)
    return (*answers.confirm_spoken_parties(case, Party.PSAP), asked)


def _why_no_digit(asked: OrderContext) -> Refusal | None:
    party = asked.party or Party.PSAP
    if asked.case.answered(party) is not None:
        return None
    return Refusal.PSAP_ABSENT if party is Party.PSAP else Refusal.NOBODY_ON_THE_LINE


def _digit(case: Case, order: ev.CommandGiven, _: Settings) -> Made:
    leg = case.answered(order.party or Party.PSAP)
    if leg is None:
        return ()
    return (ev.LegDigit(leg=leg.leg, attempt=leg.attempt, digit=order.digit, by=order.by),)


OF_PSAP: Final = (
    Order(
        command=OperatorCommand.CALL_PSAP,
        italian="chiamare il 112",
        by=OrderGiver.CALLED,
        why_not=_why_not_call,
        makes=_called,
        changes=Matter.CALL_TO_112,
        rests_on=frozenset({Matter.CALL_TO_112, Matter.END}),
        console=ConsoleKey(
            key="E", whenever=True, label="Call 112", listed="Call 112; E again, 1 to 5 s later: take it back"
        ),
    ),
    Order(
        command=OperatorCommand.WITHDRAW_PSAP,
        italian="annullare la chiamata al 112",
        by=OrderGiver.CALLED,
        why_not=_why_not_withdraw,
        makes=_withdrawn,
        changes=Matter.CALL_TO_112,
        rests_on=frozenset({Matter.CALL_TO_112}),
        console=ConsoleKey(key="E", label="Cancel the call"),
    ),
    Order(
        command=OperatorCommand.CALLED_ELSEWHERE,
        italian="112 chiamato da un altro telefono",
        why_not=_why_not_elsewhere,
        makes=_called_elsewhere,
        changes=Matter.CALL_TO_112,
        rests_on=frozenset({Matter.CALL_TO_112}),
        console=ConsoleKey(
            key="Y", enter=EnterKey.SOMETIMES, label="I have briefed 112", waiting="112 is briefed"
        ),
    ),
    Order(
        command=OperatorCommand.BRIEFING_GIVEN,
        italian="112 informato",
        why_not=_why_not_briefed,
        makes=_briefed,
        rests_on=frozenset({Matter.CALL_TO_112, Matter.PSAP_DIALLED}),
        console=ConsoleKey(key="B", whenever=True, label="I have briefed 112"),
    ),
    Order(
        command=OperatorCommand.ANNOUNCE,
        italian="un annuncio al 112",
        takes=frozenset({"what"}),
        why_not=_why_not_announce,
        makes=_announced,
        changes=Matter.ANNOUNCEMENT,
        rests_on=frozenset({Matter.ANNOUNCEMENT, Matter.PSAP_DIALLED}),
        console=ConsoleKey(key="Z", listed="Tell 112 that she cannot speak"),
    ),
    Order(
        command=OperatorCommand.SEND_DIGIT,
        italian="mandare un tasto",
        needs=frozenset({"digit"}),
        takes=frozenset({"party"}),
        parties=(Party.PSAP, Party.USER),
        why_not=_why_no_digit,
        makes=_digit,
    ),
)
