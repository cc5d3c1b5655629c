"""Orders that end or continue an alert: leave, false alarm, close, put away, reopen. Rows and rules."""

from __future__ import annotations

from typing import Final

from messages import events as ev
from messages.ids import OperatorCommand, Party
from model.alert import answers
from model.alert.case import Case
from model.alert.parts import Matter
from model.orders.refusals import Refusal
from model.orders.row import (
    ConsoleKey,
    EnterKey,
    Order,
    OrderContext,
    OrderGiver,
    RequiredState,
    single_event,
)
from model.rules.calls.joining import psap_is_alone
from model.rules.calls.psap import has_psap, must_use_another_phone
from model.rules.calls.silent_and_duress import (
    is_psap_informed,
    may_app_dial_psap,
    must_not_ring,
    was_never_heard,
    was_user_on_line,
)
from model.rules.calls.user_due import why_attempts_continue
from model.rules.vouching import is_vouched
from model.settings import Settings

Made = tuple[ev.CaseEvent, ...]
_ENDS: Final = frozenset({Matter.END, Matter.CALL_TO_112, Matter.OPERATOR, Matter.USERS_CALL})
"""An order that ends a conversation rests on every order about the conversation."""


def _why_not_leave(asked: OrderContext) -> Refusal | None:
    case = asked.case
    told_elsewhere = case.to_112.elsewhere_at is not None and case.psap is None
    if not told_elsewhere and must_use_another_phone(case, asked.settings):
        return Refusal.NOT_BRIEFED
    if not told_elsewhere and not case.answered(Party.PSAP):
        return Refusal.PSAP_ABSENT
    if case.answered(Party.USER) or case.briefing_at is not None:
        return None
    return Refusal.USER_ABSENT_NOT_BRIEFED


def _left(case: Case, order: ev.CommandGiven, _: Settings) -> Made:
    together = case.answered(Party.USER) is not None and case.answered(Party.PSAP) is not None
    together = together and not psap_is_alone(case)
    # Without a briefing the operator leaves two parties who are talking.
    who = (Party.PSAP, Party.USER) if case.briefing_at is None else (Party.PSAP,)
    return (*answers.confirm_spoken_parties(case, *who), ev.LeaveRequested(by=order.by, handed_over=together))


def _why_no_false_alarm(asked: OrderContext) -> Refusal | None:
    case = asked.case
    if case.duress:
        return Refusal.DURESS
    if case.psap is not None or case.answered(Party.PSAP):
        return Refusal.PSAP_CALLED
    if case.briefing_at is not None:
        return Refusal.PSAP_BRIEFED
    if case.answered(Party.USER) is None and not was_user_on_line(case):
        return Refusal.USER_NOT_ANSWERED
    return Refusal.USER_NOT_HEARD if was_never_heard(case) else None


def _false_alarm(case: Case, order: ev.CommandGiven, _: Settings) -> Made:
    declared = ev.FalseAlarmDeclared(by=order.by, text=order.text)
    return (*answers.confirm_spoken_parties(case, Party.USER), declared)


def _why_not_close(asked: OrderContext) -> Refusal | None:
    """Return why the alert may not be closed now.

    An alert that 112 knows may be closed. Without 112, a supervisor may close the alert if the user was
    spoken to or could not be reached by any means. Other operators may close a test, or an alert about which
    the app or the user presumably informed 112. A false alarm is a separate order.
    """
    case, by, settings = asked.case, asked.by, asked.settings
    if case.operator not in (None, by):
        return Refusal.ANOTHER_OPERATOR
    talkers = [leg for leg in case.legs.values() if leg.live and leg.party in (Party.USER, Party.PSAP)]
    if talkers or (not case.parties_released and case.operator != by):
        return Refusal.CALL_UP
    if case.psap is not None:
        return Refusal.PSAP_BEING_CALLED
    # In a storm an alert may pass its deadline before any operator is free: the app has called 112, unless a
    # cancel was tried there, and the alert may be closed.
    left_to_app = not case.legs and case.missed_at is not None and may_app_dial_psap(case)
    if is_psap_informed(case) or left_to_app:
        return None
    untold = has_psap(case, settings) and not (case.test or case.presumed_calling_112)
    if untold and not asked.supervisor:
        return Refusal.PSAP_NOT_TOLD
    if was_user_on_line(case) or must_not_ring(case, settings):
        return None
    return why_attempts_continue(case, settings)


def _why_not_put_away(asked: OrderContext) -> Refusal | None:
    """Return why the alert may not be put away.

    Only an alert that nothing vouches for, and only by a supervisor unless a test: a real unsigned alert
    looks like a forged one if the user declines or cannot talk, and 112 would never be informed.
    """
    case = asked.case
    if is_vouched(case):
        return Refusal.HEARD_OR_PROVED
    if case.active(Party.USER) is not None:
        return Refusal.CALL_UP
    untold = has_psap(case, asked.settings) and not case.test
    return Refusal.PSAP_NOT_TOLD if untold and not asked.supervisor else None


def _put_away(_: Case, order: ev.CommandGiven, _settings: Settings) -> Made:
    return (ev.CloseRequested(by=order.by, put_away=True),)


OF_ENDING: Final = (
    Order(
        command=OperatorCommand.DECLARE_FALSE_ALARM,
        italian="falso allarme",
        why_not=_why_no_false_alarm,
        makes=_false_alarm,
        changes=Matter.END,
        rests_on=_ENDS,
        console=ConsoleKey(key="F", whenever=True, enter=EnterKey.ALWAYS, label="False alarm"),
    ),
    Order(
        command=OperatorCommand.LEAVE,
        italian="lasciare la conferenza",
        why_not=_why_not_leave,
        makes=_left,
        changes=Matter.END,
        rests_on=_ENDS,
        console=ConsoleKey(key="L", whenever=True, enter=EnterKey.SOMETIMES, label="Leave"),
    ),
    Order(
        command=OperatorCommand.CLOSE,
        italian="chiudere",
        by=OrderGiver.ANYBODY,
        says_role=True,
        why_not=_why_not_close,
        makes=single_event(ev.CloseRequested),
        changes=Matter.END,
        rests_on=_ENDS,
        console=ConsoleKey(
            key="X", whenever=True, enter=EnterKey.ALWAYS, listed="Close, after 112; put away what is forged"
        ),
    ),
    Order(
        command=OperatorCommand.PUT_AWAY,
        italian="mettere da parte",
        says_role=True,
        why_not=_why_not_put_away,
        makes=_put_away,
        changes=Matter.END,
        rests_on=_ENDS,
        console=ConsoleKey(key="X", enter=EnterKey.ALWAYS, waiting="Put it away, without 112"),
    ),
    Order(
        command=OperatorCommand.REOPEN,
        italian="riaprire",
        takes=frozenset({"party"}),
        parties=(Party.PSAP,),
        by=OrderGiver.ANYBODY,
        when=RequiredState.CLOSED,
        had_it=True,
        rests_on=frozenset({Matter.END}),
        console=ConsoleKey(key="R", enter=EnterKey.ALWAYS, label="Reopen", listed="Reopen a closed alert"),
    ),
)
