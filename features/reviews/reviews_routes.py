"""Judgements of supervisors on ended alerts: reviews of an operator's call, and corrected outcomes.

`review.py` selects the calls to be reviewed, two of each operator a month; a review is an event of the alert,
encrypted with the alert's words.
"""

from __future__ import annotations

import asyncio
from calendar import monthrange
from datetime import date
from typing import Annotated, ClassVar, Final

import msgspec
from litestar.params import QueryParameter

from features.reviews.review import MARKS, NOT_APPLICABLE, NotReviewed, review_of, written
from features.reviews.review import why_not as why_not_reviewed
from features.reviews.reviewing import GivenReviews, ReviewsView, drawn_view, given, review_form
from gateways.console.tally import Period
from gateways.http.parts.context import Web
from gateways.http.routing.permissions import OPERATOR, SUPERVISOR, Caller
from gateways.http.routing.route import GET, POST, Answer, route
from gateways.http.wire.answers import Kept
from gateways.http.wire.errors import BadBody, NoSuchAlert, RequestError
from messages.events import AlertErased, CallReviewed, OutcomeCorrected
from messages.ids import AlertId, OperatorId, Outcome, PersonalKind
from model.alert.evolve import fold
from model.figures import AlertRow
from model.filtering import Filter
from model.rules.correcting import NotCorrected, counts_as
from model.rules.correcting import why_not as why_not_corrected
from store import streams
from store.audit.entry import Action
from store.journal.journal import Append, Transaction

TEXT_MAX: Final = 2000
OWN_DAYS: Final = 366
_MONTH: Final = r"^20[0-9]{2}-(0[1-9]|1[0-2])$"
_UNREVIEWED: Final = {
    NotReviewed.NOT_DRAWN: "this call was not drawn for this operator",
    NotReviewed.OWN_CALL: "who reviews had the call as well",
    NotReviewed.REVIEWED: "this call is reviewed already",
    NotReviewed.FORGOTTEN: "what was written of this alert is forgotten: no review can be kept",
}
REASON_MAX: Final = 500
_UNCORRECTED: Final = {
    NotCorrected.NOT_CLOSED: "the alert is open",
    NotCorrected.IS_TEST: "a test has no other outcome, and is in no figure",
    NotCorrected.FORGOTTEN: "what was written of this alert is forgotten: no reason can be kept",
    NotCorrected.CHANGED_MEANWHILE: "the outcome is not what was seen, or is so already",
}


class ReviewBody(msgspec.Struct, frozen=True, kw_only=True):
    """A review: each question of the form has a mark, 1 to 4, or 0 if not applicable."""

    operator: Annotated[str, msgspec.Meta(max_length=100)]
    marks: dict[str, Annotated[int, msgspec.Meta(ge=NOT_APPLICABLE, le=max(MARKS))]]
    text: Annotated[str, msgspec.Meta(max_length=TEXT_MAX)] = ""


class Unreviewed(RequestError):
    """The review is refused."""

    status: ClassVar[int] = 409
    codes = NotReviewed

    def __init__(self, why: NotReviewed) -> None:
        super().__init__(_UNREVIEWED[why])
        self.code = why


class OutcomeBody(msgspec.Struct, frozen=True, kw_only=True):
    """`was` is the outcome that was seen, `now` the true outcome."""

    was: Outcome
    now: Outcome
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=REASON_MAX)]


class Uncorrected(RequestError):
    """The correction of the outcome is refused."""

    status: ClassVar[int] = 409
    codes = NotCorrected

    def __init__(self, why: NotCorrected, is_now: Outcome | None) -> None:
        super().__init__(_UNCORRECTED[why], "$.was" if why is NotCorrected.CHANGED_MEANWHILE else "")
        self.code = why
        self.is_now = "" if is_now is None else is_now.value


@route(
    GET,
    "/v1/reviews",
    by=SUPERVISOR,
    audit=Action.READ_STAFF,
    says="By operator.",
    refuses=((400, "No month."),),
)
def reviews(
    web: Web,
    who: Caller,
    month: Annotated[
        str | None, QueryParameter(pattern=_MONTH, description="`2026-11`; without it this one.")
    ] = None,
) -> Answer[ReviewsView]:
    """Return the calls of a month selected for review.

    Two of each operator, of the real alerts with a conversation; a drill only if there is no real alert.
    During the month another call may replace one that is not reviewed yet.
    """
    now = f"{web.tally.today():%Y-%m}"
    asked = month or now
    view = drawn_view(_rows_of(web, asked), asked, who.operator, over=asked < now)
    drawn = [call.alert for one in view.operators for call in one.calls]
    return Answer(view, drawn, f"reviews of {asked}")


@route(GET, "/v1/reviews/mine", by=OPERATOR, audit=Action.READ_STAFF, says="Newest first.")
def own_reviews(web: Web, who: Caller) -> Answer[GivenReviews]:
    """Return the reviews of the reader's own calls.

    Those of a year, newest first.
    """
    me = who.operator
    wanted = web.tally.last(OWN_DAYS).around(Filter(operator=me))
    rows = [row for row in web.tally.rows(wanted) if review_of(row, me) is not None]
    found = [one for row in rows for one in given(web.journal, row) if one.operator == me]
    told = GivenReviews(form=review_form(), reviews=found)
    return Answer(told, [one.alert for one in found], "own reviews")


@route(
    GET,
    "/v1/alerts/{alert}/reviews",
    by=SUPERVISOR,
    audit=Action.READ_STAFF,
    says="Newest first.",
    refuses=(NoSuchAlert,),
)
def alert_reviews(web: Web, alert: AlertId) -> Answer[GivenReviews]:
    """Return the reviews of a call."""
    row = web.tally.row(alert)
    if row is None:
        raise NoSuchAlert
    found = given(web.journal, row)
    told = GivenReviews(form=review_form(), reviews=found)
    return Answer(told, (row.alert, *(one.operator for one in found)), "review")


@route(
    POST,
    "/v1/alerts/{alert}/reviews",
    by=SUPERVISOR,
    audit=Action.CHANGE_ALERT,
    status=201,
    says="In the journal.",
    refuses=((400, "Not understood, or not every question is marked."), NoSuchAlert, Unreviewed),
)
async def review(web: Web, who: Caller, alert: AlertId, data: ReviewBody) -> Answer[GivenReviews]:
    """Review how an operator handled a selected call."""
    by, operator = who.operator, OperatorId(data.operator)
    if list(data.marks) != [one.id for one in review_form().question]:
        raise BadBody("`marks` must hold one mark for each question of the form, in their order", "$.marks")

    def check() -> None:
        row = web.tally.row(alert)
        if row is None:
            raise NoSuchAlert
        month = f"{web.tally.day_of(row):%Y-%m}"
        if (no := why_not_reviewed(_rows_of(web, month), month, row, operator, by)) is not None:
            raise Unreviewed(no)

    await asyncio.to_thread(check)
    event = CallReviewed(by=by, operator=operator, marks=written(data.marks), text=data.text.strip())
    await web.writing.run(lambda tx: _append(tx, alert, event))
    row = await asyncio.to_thread(web.tally.row, alert)
    found = [] if row is None else await asyncio.to_thread(given, web.journal, row)
    return Answer(GivenReviews(form=review_form(), reviews=found), (alert, operator), "reviewed")


@route(
    POST,
    "/v1/alerts/{alert}/outcome",
    by=SUPERVISOR,
    audit=Action.CHANGE_ALERT,
    says="In the journal.",
    refuses=(NoSuchAlert, Uncorrected),
)
async def correct_outcome(web: Web, who: Caller, alert: AlertId, data: OutcomeBody) -> Answer[Kept]:
    """Correct the outcome of a closed alert.

    Figures count the corrected outcome; the first outcome and the reason stay in the story. Neither the phone
    nor 112 is notified.
    """
    by, reason = who.operator, data.reason.strip()
    if not reason:
        raise BadBody("a reason is required", "$.reason")
    await web.writing.run(lambda tx: _correct(tx, alert, by, data.was, data.now, reason))
    kept = Kept(alert=alert, durable=web.journal.durable)
    return Answer(kept, (alert,), f"outcome {data.was} corrected to {data.now}")


def _rows_of(web: Web, month: str) -> list[AlertRow]:
    return web.tally.rows(_period(month).around(Filter()))


def _period(month: str) -> Period:
    year, number = int(month[:4]), int(month[5:])
    return Period(first=date(year, number, 1), days=monthrange(year, number)[1])


def _append(tx: Transaction, alert: AlertId, event: CallReviewed) -> None:
    """Append the review; of two simultaneous ones the second is refused. Raises Unreviewed, NoSuchAlert (also
    during a failure of the disk).
    """
    told = tx.read(streams.inbox(alert))
    if not told:
        raise NoSuchAlert
    for one in told:
        if isinstance(one.event, CallReviewed) and one.event.operator == event.operator:
            raise Unreviewed(NotReviewed.REVIEWED)
        if isinstance(one.event, AlertErased) and PersonalKind.WORDS in one.event.kinds:
            raise Unreviewed(NotReviewed.FORGOTTEN)
    tx.append(Append(streams.inbox(alert), told[-1].version, (event,)))


def _correct(
    tx: Transaction, alert: AlertId, by: OperatorId, was: Outcome, now: Outcome, reason: str
) -> None:
    """Append the correction. Raises NoSuchAlert, Uncorrected."""
    told = (*tx.read(streams.inbox(alert)), *tx.read(streams.case(alert)))
    case = fold(sorted(told, key=lambda one: one.seq))
    if case is None:
        raise NoSuchAlert
    no = why_not_corrected(case, was, now)
    if no is not None:
        raise Uncorrected(no, counts_as(case))
    event = OutcomeCorrected(by=by, outcome=now, reason=reason)
    tx.append(Append(streams.inbox(alert), case.inbox_version, (event,)))
