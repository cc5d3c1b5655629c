"""Which calls of an operator are reviewed in a month, and what a review says. Pure.

Two a month, drawn by nobody's choice: of the real alerts that the operator had and in which somebody was
spoken to, those whose digests come first; drills only where there is none. Who draws again draws the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from hashlib import sha256
from typing import Final

from messages.ids import OperatorId
from model.figures import Review, Row

CALLS: Final = 2
"""Of each operator in a month."""
MARKS: Final = (1, 2, 3, 4)
NOT_APPLICABLE: Final = 0


class NotReviewed(StrEnum):
    """Why a review is not taken."""

    NOT_DRAWN = "not_drawn"
    OWN_CALL = "own_call"
    """Nobody judges a call that was the own one, too."""
    REVIEWED = "reviewed"
    FORGOTTEN = "forgotten"
    """What is written of the alert is gone: the review could not be kept."""


def review_of(row: Row, operator: OperatorId) -> Review | None:
    """How this operator's part in the alert was reviewed; None where it was not."""
    return next((one for one in row.reviews if one.operator == operator), None)


def drawn(rows: Sequence[Row], month: str, operator: OperatorId) -> list[Row]:
    """The calls of this operator among the month's alerts that were reviewed, or are to be.

    While the month lasts, one that is not reviewed yet may give its place to a later one.
    """
    had = [row for row in rows if operator in row.operators and row.closed_us is not None]
    done = [row for row in had if review_of(row, operator) is not None]
    spoken = [row for row in had if _was_spoken_to(row) and row not in done]
    real = [row for row in spoken if not row.test]
    drills = spoken if not real and all(row.test for row in done) else []

    def place(row: Row) -> bytes:
        return sha256(f"{month} {operator} {row.alert}".encode()).digest()

    rest = sorted(real or drills, key=place)[: max(0, CALLS - len(done))]
    return sorted((*done, *rest), key=place)


def why_not(
    rows: Sequence[Row], month: str, row: Row, operator: OperatorId, by: OperatorId
) -> NotReviewed | None:
    """Why `by` cannot review how this operator handled this call; None where it may be."""
    if by in row.operators:
        return NotReviewed.OWN_CALL
    if review_of(row, operator) is not None:
        return NotReviewed.REVIEWED
    if row not in drawn(rows, month, operator):
        return NotReviewed.NOT_DRAWN
    return None


def _was_spoken_to(row: Row) -> bool:
    return row.answered_us is not None or row.reached_us is not None or row.psap_us is not None


def written(marks: Mapping[str, int]) -> str:
    """The marks by question, as an event keeps them: `greeted=4 place=0`, 0 where it does not apply."""
    return " ".join(f"{question}={mark}" for question, mark in marks.items())


def read(text: str) -> dict[str, int]:
    """What was written so; empty: forgotten."""
    return {question: int(mark) for question, _, mark in (one.partition("=") for one in text.split())}
