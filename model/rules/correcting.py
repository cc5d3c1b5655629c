"""Correction of an alert's outcome, such as a false alarm detected after the end. Pure.

A correction has no further effect: neither the phone nor 112 is informed, and the alert stays closed.
"""

from __future__ import annotations

from enum import StrEnum

from messages.ids import Outcome, PersonalKind
from model.alert.case import Case


class NotCorrected(StrEnum):
    """Reason for refusing a correction."""

    NOT_CLOSED = "not_closed"
    IS_TEST = "is_test"
    """A test has no other outcome, and enters no statistics."""
    FORGOTTEN = "forgotten"
    """The alert's words were erased: the reason could not be kept."""
    CHANGED_MEANWHILE = "changed_meanwhile"


def counts_as(case: Case) -> Outcome | None:
    """Return the outcome by which the alert counts; None while open."""
    return case.outcome if case.corrected is None else case.corrected.outcome


def why_not(case: Case, was: Outcome, now: Outcome) -> NotCorrected | None:
    """Return why the outcome cannot be corrected from `was` to `now`; None if it can."""
    if case.closed_at is None:
        return NotCorrected.NOT_CLOSED
    if case.test or now is Outcome.TEST_DONE:
        return NotCorrected.IS_TEST
    if case.erased is not None and PersonalKind.WORDS in case.erased.kinds:
        return NotCorrected.FORGOTTEN
    if counts_as(case) is not was or now is was:
        return NotCorrected.CHANGED_MEANWHILE
    return None
