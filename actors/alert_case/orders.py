"""What lies in the inbox and has not been acted upon: the operator's orders, and the deadline. Pure."""

from __future__ import annotations

from actors.alert_case.hand import NOTHING, Decided, Hand, Step
from messages import events as ev
from messages.ids import Instant, Party
from model.case import Case
from model.evolve import apply
from model.orders import events_of
from model.policy import Policy


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
            return events_of(case, fact, policy)
        case ev.DeadlineMissed():
            if case.there(Party.USER) is None and case.met_at is None and not case.presumed_calling_112:
                return (ev.UserPresumedCallingPsap(reason="deadline"),)
            return ()
        case _:
            return ()
