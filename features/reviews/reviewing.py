"""Views of reviews: a month's selection (`review.py`), reviews of a call, the form (`config/review.toml`)."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Final

import msgspec

from features.reviews.review import NotReviewed, drawn, read, review_of
from messages.events import CallReviewed
from messages.ids import AlertId, Instant, OperatorId, Outcome
from model.figures import AlertRow
from store import streams
from store.journal.journal import Journal

FILE: Final = Path(__file__).resolve().parents[2] / "config" / "review.toml"
_Sentence = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]


class Ask(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A question in the operators' languages."""

    it: _Sentence
    en: _Sentence


class ReviewQuestion(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A question of the form, marked 1 to 4; 0 if not applicable."""

    id: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9_]{1,40}$(?!\n)")]
    ask: Ask


class ReviewForm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All questions, in their order."""

    question: Annotated[tuple[ReviewQuestion, ...], msgspec.Meta(min_length=1, max_length=12)]


@cache
def review_form() -> ReviewForm:
    """Read the installed form."""
    return msgspec.convert(tomllib.loads(FILE.read_text(encoding="utf-8")), ReviewForm)


class DrawnCall(msgspec.Struct, frozen=True, kw_only=True):
    """A selected call. `by`, `at_us`: the review; null before. `why`: reason that the reader
    cannot review.
    """

    alert: AlertId
    received_us: Instant
    test: bool
    missed: bool
    outcome: Outcome | None
    by: OperatorId | None
    at_us: Instant | None
    why: NotReviewed | None


class DrawnOf(msgspec.Struct, frozen=True, kw_only=True):
    """The selected calls of one operator."""

    operator: OperatorId
    calls: list[DrawnCall]


class ReviewsView(msgspec.Struct, frozen=True, kw_only=True):
    """A month's selection. `over`: the selection is final."""

    month: str
    over: bool
    drawn: int
    reviewed: int
    form: ReviewForm
    operators: list[DrawnOf]


class GivenReview(msgspec.Struct, frozen=True, kw_only=True):
    """A review of a call. Marks by question, 0: not applicable; empty: erased."""

    alert: AlertId
    received_us: Instant
    test: bool
    operator: OperatorId
    by: OperatorId
    at_us: Instant
    marks: dict[str, int]
    text: str


class GivenReviews(msgspec.Struct, frozen=True, kw_only=True):
    """Reviews, newest first, and the form."""

    form: ReviewForm
    reviews: list[GivenReview]


def drawn_view(rows: Sequence[AlertRow], month: str, me: OperatorId, *, over: bool) -> ReviewsView:
    """Return the month's selection for `me`. `rows`: alerts of the month."""
    had: dict[OperatorId, list[AlertRow]] = defaultdict(list)
    for row in rows:
        for operator in row.operators:
            had[operator].append(row)
    made = [
        DrawnOf(operator=operator, calls=[_call(row, operator, me) for row in theirs])
        for operator, rows_of in sorted(had.items())
        if (theirs := drawn(rows_of, month, operator))
    ]
    calls = [call for one in made for call in one.calls]
    return ReviewsView(
        month=month,
        over=over,
        drawn=len(calls),
        reviewed=sum(call.by is not None for call in calls),
        form=review_form(),
        operators=made,
    )


def _call(row: AlertRow, operator: OperatorId, me: OperatorId) -> DrawnCall:
    given = review_of(row, operator)
    return DrawnCall(
        alert=row.alert,
        received_us=row.received_us,
        test=row.test,
        missed=row.missed,
        outcome=row.outcome,
        by=None if given is None else given.by,
        at_us=None if given is None else given.at_us,
        why=NotReviewed.OWN_CALL if me in row.operators else None if given is None else NotReviewed.REVIEWED,
    )


def given(journal: Journal, row: AlertRow) -> list[GivenReview]:
    """Return the reviews of this call, newest first. Raises JournalError."""
    found = [one for one in journal.read(streams.inbox(row.alert)) if isinstance(one.event, CallReviewed)]
    return [
        GivenReview(
            alert=row.alert,
            received_us=row.received_us,
            test=row.test,
            operator=one.event.operator,
            by=one.event.by,
            at_us=one.at_us,
            marks=read(one.event.marks),
            text=one.event.text,
        )
        for one in reversed(found)
        if isinstance(one.event, CallReviewed)
    ]
