"""Phase of an alert, as reported to the app (GET /v1/alerts/ID)."""

from __future__ import annotations

from enum import StrEnum

from messages.ids import Party
from model.alert.case import Case
from model.rules.calls.silent_and_duress import is_hushed


class Phase(StrEnum):
    """Phase of an alert, in the usual order."""

    RECEIVED = "received"
    CALLING_OPERATOR = "calling_operator"
    CALLING_USER = "calling_user"
    TALKING = "talking"
    CALLING_112 = "calling_112"
    CONFERENCE = "conference"
    HANDED_OVER = "handed_over"
    CLOSED = "closed"


def phase(case: Case) -> Phase:
    """Return the phase of the case."""
    if case.closed_at is not None:
        return Phase.CLOSED
    if case.leave.at is not None:
        return Phase.HANDED_OVER
    awaited = case.operator is None or case.active(Party.USER) is not None
    if case.leave.broken_at is not None and case.confirmed_answered(Party.USER) is None and awaited:
        return Phase.CALLING_USER
    if case.confirmed_answered(Party.PSAP):
        return Phase.CONFERENCE
    if case.psap is not None:
        return Phase.CALLING_112
    user = case.active(Party.USER)
    if user is not None and user.confirmed_answered and case.operator is not None:
        return Phase.TALKING
    if user is not None:
        return Phase.CALLING_USER
    if case.operator is not None and not is_hushed(case):
        return Phase.CALLING_USER
    # Between two calls to operators there is a pause, and the search continues. The operator of a silent
    # alert calls no one before 112, unless ordered.
    begun = case.operator is not None or case.of(Party.OPERATOR)
    return Phase.CALLING_OPERATOR if begun else Phase.RECEIVED
