"""/v1/reviews and /v1/alerts/ID/reviews: two calls of each operator a month, judged by a supervisor.

Which ones, `model.review` draws; what is said of them is an event of the alert, sealed with its words.
"""

from __future__ import annotations

import asyncio
from calendar import monthrange
from datetime import date
from typing import Annotated, Any, ClassVar, Final

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody, QueryParameter

from gateways.console.ended.review_form import review_form
from gateways.console.ended.reviewing import GivenReview, GivenReviews, ReviewsView, drawn_view, given
from gateways.console.ended.tally import Period, Tally
from gateways.http.door.auth import OPERATOR
from gateways.http.parts.context import Web
from gateways.http.routes.app.alerts import checked
from gateways.http.wire.answers import OPERATORS, AnyRequest, Problem, answer, no_store, said
from gateways.http.wire.decoding import Strict
from gateways.http.wire.errors import BadBody, NoSuchAlert, RequestError
from messages.events import AlertErased, CallReviewed
from messages.ids import AlertId, OperatorId, PersonalKind
from model.figures import Row
from model.filtering import Filter
from model.review import MARKS, NOT_APPLICABLE, NotReviewed, review_of, why_not, written
from store import streams
from store.audit.entry import Action
from store.journal.journal import Append, Transaction
from store.registry.people import StaffRole

TEXT_MAX: Final = 2000
OWN_DAYS: Final = 366
_MONTH: Final = r"^20[0-9]{2}-(0[1-9]|1[0-2])$"
_SENTENCES: Final = {
    NotReviewed.NOT_DRAWN: "this call was not drawn for this operator",
    NotReviewed.OWN_CALL: "who reviews had the call as well",
    NotReviewed.REVIEWED: "this call is reviewed already",
    NotReviewed.FORGOTTEN: "what was written of this alert is forgotten: no review can be kept",
}


class ReviewBody(msgspec.Struct, frozen=True, kw_only=True):
    """A review: each question of the form has a mark, 1 to 4, or 0 where it does not apply."""

    operator: Annotated[str, msgspec.Meta(max_length=100)]
    marks: dict[str, Annotated[int, msgspec.Meta(ge=NOT_APPLICABLE, le=max(MARKS))]]
    text: Annotated[str, msgspec.Meta(max_length=TEXT_MAX)] = ""


class Unreviewed(RequestError):
    """The review is not taken."""

    status: ClassVar[int] = 409

    def __init__(self, why: NotReviewed) -> None:
        super().__init__(_SENTENCES[why])
        self.code = why


def review_routes(web: Web, tally: Tally) -> list[HTTPRouteHandler]:
    """The routes."""
    supervisors: dict[str, Any] = {
        "guards": [web.auth.require_role(StaffRole.SUPERVISOR)],
        "tags": ["operator"],
        "security": OPERATORS,
    }
    common: dict[int, Any] = {
        401: said(Problem, "No operator's token, no session."),
        403: said(Problem, "Neither supervisor nor admin."),
    }

    def rows_of(month: str) -> list[Row]:
        return tally.rows(_period(month).around(Filter()))

    @get(
        "/v1/reviews",
        summary="The calls of a month that are drawn for review",
        description="Two of each operator, of the real alerts in which somebody was spoken to; a drill only "
        "where there is none. While the month lasts, one that is not reviewed may give its place to another.",
        operation_id="reviews",
        audit=Action.READ_STAFF,
        responses={200: said(ReviewsView, "By operator."), 400: said(Problem, "No month."), **common},
        **supervisors,
    )
    async def show(
        request: AnyRequest,
        month: Annotated[
            str | None, QueryParameter(pattern=_MONTH, description="`2026-11`; without it this one.")
        ] = None,
    ) -> Response[bytes]:
        me, today = request.state[OPERATOR], tally.today()
        asked = month or f"{today:%Y-%m}"
        rows = await asyncio.to_thread(rows_of, asked)
        view = drawn_view(rows, asked, me, over=asked < f"{today:%Y-%m}")
        alerts = (call.alert for one in view.operators for call in one.calls)
        await web.audit.note(request, alerts, detail=f"reviews of {asked}")
        return no_store(answer(request, view))

    @get(
        "/v1/reviews/mine",
        guards=[web.auth.require_role(StaffRole.OPERATOR)],
        summary="How one's own calls were reviewed",
        description="Those of a year, newest first.",
        operation_id="own_reviews",
        audit=Action.READ_STAFF,
        tags=["operator"],
        security=OPERATORS,
        responses={200: said(GivenReviews, "Newest first."), 401: common[401]},
    )
    async def mine(request: AnyRequest) -> Response[bytes]:
        me: OperatorId = request.state[OPERATOR]
        wanted = tally.last(OWN_DAYS).around(Filter(operator=me))

        def found() -> list[GivenReview]:
            rows = [row for row in tally.rows(wanted) if review_of(row, me) is not None]
            return [one for row in rows for one in given(web.journal, row) if one.operator == me]

        reviews = await asyncio.to_thread(found)
        await web.audit.note(request, (one.alert for one in reviews), detail="own reviews")
        return no_store(answer(request, GivenReviews(form=review_form(), reviews=reviews)))

    @get(
        "/v1/alerts/{alert:str}/reviews",
        summary="How a call was reviewed",
        operation_id="alert_reviews",
        audit=Action.READ_STAFF,
        responses={
            200: said(GivenReviews, "Newest first."),
            404: said(Problem, "No such alert."),
            **common,
        },
        **supervisors,
    )
    async def of_alert(request: AnyRequest, alert: FromPath[str]) -> Response[bytes]:
        row = await asyncio.to_thread(tally.row, checked(alert))
        if row is None:
            raise NoSuchAlert("no such alert")
        reviews = await asyncio.to_thread(given, web.journal, row)
        who = (row.alert, *(one.operator for one in reviews))
        await web.audit.note(request, who, detail="review")
        return no_store(answer(request, GivenReviews(form=review_form(), reviews=reviews)))

    @post(
        "/v1/alerts/{alert:str}/reviews",
        dto=Strict[ReviewBody],
        return_dto=None,
        status_code=201,
        summary="Review how an operator handled a call that was drawn",
        operation_id="review",
        audit=Action.CHANGE_ALERT,
        responses={
            201: said(GivenReviews, "In the journal."),
            400: said(Problem, "Not understood, or not every question is marked."),
            404: said(Problem, "No such alert."),
            409: said(Problem, f"`code` is one of {', '.join(NotReviewed)}."),
            **common,
        },
        **supervisors,
    )
    async def give(request: AnyRequest, alert: FromPath[str], data: JSONBody[ReviewBody]) -> Response[bytes]:
        known, by = checked(alert), request.state[OPERATOR]
        who = OperatorId(data.operator)
        if list(data.marks) != [one.id for one in review_form().question]:
            raise BadBody("each question of the form has a mark, in its order", "$.marks")

        def check() -> None:
            row = tally.row(known)
            if row is None:
                raise NoSuchAlert("no such alert")
            month = f"{tally.day_of(row):%Y-%m}"
            if (no := why_not(rows_of(month), month, row, who, by)) is not None:
                raise Unreviewed(no)

        await asyncio.to_thread(check)
        event = CallReviewed(by=by, operator=who, marks=written(data.marks), text=data.text.strip())
        await web.writing.run(lambda tx: _append(tx, known, event))
        await web.audit.note(request, (known, who), detail="reviewed")
        row = await asyncio.to_thread(tally.row, known)
        reviews = [] if row is None else await asyncio.to_thread(given, web.journal, row)
        return no_store(answer(request, GivenReviews(form=review_form(), reviews=reviews), 201))

    return [show, mine, of_alert, give]


def _period(month: str) -> Period:
    year, number = int(month[:4]), int(month[5:])
    return Period(first=date(year, number, 1), days=monthrange(year, number)[1])


def _append(tx: Transaction, alert: AlertId, event: CallReviewed) -> None:
    """Of two at once the second is refused. Raises Unreviewed, NoSuchAlert (while the disk fails, say)."""
    told = tx.read(streams.inbox(alert))
    if not told:
        raise NoSuchAlert("no such alert")
    for one in told:
        if isinstance(one.event, CallReviewed) and one.event.operator == event.operator:
            raise Unreviewed(NotReviewed.REVIEWED)
        if isinstance(one.event, AlertErased) and PersonalKind.WORDS in one.event.kinds:
            raise Unreviewed(NotReviewed.FORGOTTEN)
    tx.append(Append(streams.inbox(alert), told[-1].version, (event,)))
