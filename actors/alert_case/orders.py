"""What lies in the inbox and has not been acted upon: the operator's orders, and the deadline. Pure."""

from __future__ import annotations

from actors.alert_case.hand import NOTHING, Decided, Hand, Step, hang_up
from messages import events as ev
from messages.ids import Instant, OperatorCommand, Party
from model.allowed import refusal
from model.case import Case
from model.evolve import apply
from model.policy import Policy
from model.psap import psap_number


def read_inbox(case: Case, _hand: Hand, policy: Policy, now_us: Instant) -> Step:
    """What follows from every unread entry, in order; together with the mark that they have been read."""
    if not case.unread:
        return NOTHING
    made: list[Decided] = []
    state = case
    for entry in case.unread:
        for event in _act(state, entry.event, policy):
            made.append(event)
            state = apply(state, event, now_us)
    made.append(ev.InboxRead(upto=case.unread[-1].version))
    return Step(events=tuple(made))


def _act(case: Case, fact: ev.InboxEvent, policy: Policy) -> tuple[ev.CaseEvent, ...]:
    match fact:
        case ev.CommandGiven():
            return _obey(case, fact, policy)
        case ev.DeadlineMissed():
            if case.talking(Party.USER) is None and case.reached_at is None and not case.presumed_calling_112:
                return (ev.UserPresumedCallingPsap(reason="deadline"),)
            return ()
        case _:
            return ()


def _obey(case: Case, order: ev.CommandGiven, policy: Policy) -> tuple[ev.CaseEvent, ...]:
    reason = refusal(case, order.command, order.by, policy)
    if reason is not None:
        return (ev.CommandRefused(command=order.command, by=order.by, reason=reason),)
    by = order.by
    match order.command:
        case OperatorCommand.TAKE:
            return (ev.TakeRequested(by=by),)
        case OperatorCommand.DECLARE_FALSE_ALARM:
            return (ev.FalseAlarmDeclared(by=by, text=order.text),)
        case OperatorCommand.CALL_PSAP:
            number = psap_number(case, policy)
            return () if number is None else (ev.PsapRequested(by=by, number=number),)
        case OperatorCommand.LEAVE:
            return (ev.LeaveRequested(by=by, handed_over=case.talking(Party.USER) is not None),)
        case OperatorCommand.REDIAL_USER:
            return (ev.RedialRequested(by=by),)
        case OperatorCommand.MARK_MACHINE:
            user = case.going(Party.USER)
            if user is None:
                return ()
            return (ev.MachineMarked(by=by), hang_up(user, "machine"))
        case OperatorCommand.BRIEFING_GIVEN:
            return (ev.BriefingGiven(by=by),)
        case OperatorCommand.CLOSE:
            return (ev.CloseRequested(by=by),)
        case OperatorCommand.NOTE:
            return ()
