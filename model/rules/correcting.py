"""Whether the outcome of an alert may be corrected: a false alarm that was found after the end, say. Pure.

Nothing is done about it any more: neither the phone nor 112 is told, and the alert stays closed as it was.
"""

from __future__ import annotations

from enum import StrEnum

from messages.ids import Outcome, PersonalKind
from model.alert.case import Case


class NotCorrected(StrEnum):
    """Why it is not."""

    NOT_CLOSED = "not_closed"
    IS_TEST = "is_test"
    """A test has no other outcome, and is in no figure."""
    FORGOTTEN = "forgotten"
    """What is written of the alert is gone: the reason could not be kept."""
    CHANGED_MEANWHILE = "changed_meanwhile"


def counts_as(case: Case) -> Outcome | None:
    """The outcome by which the alert counts; None while it is open."""
    return case.outcome if case.corrected is None else case.corrected.outcome


def why_not(case: Case, was: Outcome, now: Outcome) -> NotCorrected | None:
    """Why it cannot be corrected from what was seen to what is wanted; None where it can."""
    if case.closed_at is None:
        return NotCorrected.NOT_CLOSED
    if case.test or now is Outcome.TEST_DONE:
        return NotCorrected.IS_TEST
    if case.erased is not None and PersonalKind.WORDS in case.erased.kinds:
        return NotCorrected.FORGOTTEN
    if counts_as(case) is not was or now is was:
        return NotCorrected.CHANGED_MEANWHILE
    return None
