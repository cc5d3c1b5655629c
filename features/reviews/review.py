"""Selection of an operator's calls to be reviewed in a month, and the content of a review. Pure.

Two a month, selected without human choice: of the operator's real alerts with a conversation, those with the
smallest digests; drills only if there is no real alert. A repeated selection has the same result.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from hashlib import sha256
from typing import Final

from messages.ids import OperatorId
from model.figures import AlertRow, Review

CALLS: Final = 2
"""Number of calls for each operator and month."""
MARKS: Final = (1, 2, 3, 4)
NOT_APPLICABLE: Final = 0


class NotReviewed(StrEnum):
    """Reason that a review is refused."""

    NOT_DRAWN = "not_drawn"
    OWN_CALL = "own_call"
    """The reviewer had a part in the call."""
    REVIEWED = "reviewed"
    FORGOTTEN = "forgotten"
    """The words of the alert are erased: a review could not be kept."""


def review_of(row: AlertRow, operator: OperatorId) -> Review | None:
    """Return the review of this operator's part in the alert; None if not reviewed."""
    return next((one for one in row.reviews if one.operator == operator), None)


def drawn(rows: Sequence[AlertRow], month: str, operator: OperatorId) -> list[AlertRow]:
    """Return the operator's calls among the month's alerts that are reviewed, or are to be reviewed.

    During the month a later alert may replace one that is not reviewed yet.
    """
    had = [row for row in rows if operator in row.operators and row.closed_us is not None]
    done = [row for row in had if review_of(row, operator) is not None]
    spoken = [row for row in had if _was_spoken_to(row) and row not in done]
    real = [row for row in spoken if not row.test]
    drills = spoken if not real and all(row.test for row in done) else []

    def place(row: AlertRow) -> bytes:
        return sha256(f"{month} {operator} {row.alert}".encode()).digest()

    rest = sorted(real or drills, key=place)[: max(0, CALLS - len(done))]
    return sorted((*done, *rest), key=place)


def why_not(
    rows: Sequence[AlertRow], month: str, row: AlertRow, operator: OperatorId, by: OperatorId
) -> NotReviewed | None:
    """Return the reason that `by` cannot review this operator's call; None if a review is allowed."""
    if by in row.operators:
        return NotReviewed.OWN_CALL
    if review_of(row, operator) is not None:
        return NotReviewed.REVIEWED
    if row not in drawn(rows, month, operator):
        return NotReviewed.NOT_DRAWN
    return None


def _was_spoken_to(row: AlertRow) -> bool:
    return row.answered_us is not None or row.reached_us is not None or row.psap_us is not None


def written(marks: Mapping[str, int]) -> str:
    """Format the marks by question for an event: `greeted=4 place=0`, 0 if not applicable."""
    return " ".join(f"{question}={mark}" for question, mark in marks.items())


def read(text: str) -> dict[str, int]:
    """Parse formatted marks; empty for erased ones."""
    return {question: int(mark) for question, _, mark in (one.partition("=") for one in text.split())}
