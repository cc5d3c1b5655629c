"""POST /v1/alerts/ID/outcome, for supervisors and admins: how an alert has ended in truth."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Final

import msgspec
from litestar import Response, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from gateways.http.door.auth import OPERATOR
from gateways.http.parts.context import Web
from gateways.http.routes.app.alerts import checked
from gateways.http.wire.answers import OPERATORS, AnyRequest, Kept, Problem, answer, said
from gateways.http.wire.decoding import Strict
from gateways.http.wire.errors import BadBody, NoSuchAlert, RequestError
from messages.events import OutcomeCorrected
from messages.ids import AlertId, OperatorId, Outcome
from model.alert.evolve import fold
from model.rules.correcting import NotCorrected, counts_as, why_not
from store import streams
from store.audit.entry import Action
from store.journal.journal import Append, Transaction
from store.registry.people import StaffRole

REASON_MAX: Final = 500
_SENTENCES: Final = {
    NotCorrected.NOT_CLOSED: "the alert is open",
    NotCorrected.IS_TEST: "a test has no other outcome, and is in no figure",
    NotCorrected.FORGOTTEN: "what was written of this alert is forgotten: no reason can be kept",
    NotCorrected.CHANGED_MEANWHILE: "the outcome is not what was seen, or is so already",
}


class OutcomeBody(msgspec.Struct, frozen=True, kw_only=True):
    """`was` is the outcome that was seen, `now` the one that is true."""

    was: Outcome
    now: Outcome
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=REASON_MAX)]


class Uncorrected(RequestError):
    """The outcome cannot be corrected so."""

    status: ClassVar[int] = 409

    def __init__(self, why: NotCorrected, is_now: Outcome | None) -> None:
        super().__init__(_SENTENCES[why], "$.was" if why is NotCorrected.CHANGED_MEANWHILE else "")
        self.code = why
        self.is_now = "" if is_now is None else is_now.value


def correcting_route(web: Web) -> HTTPRouteHandler:
    """The route."""
    common: dict[int, Any] = {
        401: said(Problem, "No operator's token, no session."),
        403: said(Problem, "Neither supervisor nor admin."),
    }

    @post(
        "/v1/alerts/{alert:str}/outcome",
        guards=[web.auth.require_role(StaffRole.SUPERVISOR)],
        dto=Strict[OutcomeBody],
        return_dto=None,
        status_code=200,
        summary="Correct the outcome of a closed alert",
        description="The figures count what is corrected; the first outcome and the reason stay in the "
        "story. Neither the phone nor 112 is told.",
        operation_id="correct_outcome",
        audit=Action.CHANGE_ALERT,
        tags=["operator"],
        security=OPERATORS,
        responses={
            200: said(Kept, "In the journal."),
            400: said(Problem, "Not understood."),
            404: said(Problem, "No such alert."),
            409: said(Problem, f"`code` is one of {', '.join(NotCorrected)}."),
            **common,
        },
    )
    async def correct(
        request: AnyRequest, alert: FromPath[str], data: JSONBody[OutcomeBody]
    ) -> Response[bytes]:
        known, by = checked(alert), request.state[OPERATOR]
        reason = data.reason.strip()
        if not reason:
            raise BadBody("a reason is needed", "$.reason")
        await web.writing.run(lambda tx: _correct(tx, known, by, data.was, data.now, reason))
        await web.audit.note(request, (known,), detail=f"outcome {data.was} corrected to {data.now}")
        return answer(request, Kept(alert=known, durable=web.journal.durable))

    return correct


def _correct(
    tx: Transaction, alert: AlertId, by: OperatorId, was: Outcome, now: Outcome, reason: str
) -> None:
    """Raises NoSuchAlert, Uncorrected."""
    told = (*tx.read(streams.inbox(alert)), *tx.read(streams.case(alert)))
    case = fold(sorted(told, key=lambda one: one.seq))
    if case is None:
        raise NoSuchAlert("no such alert")
    no = why_not(case, was, now)
    if no is not None:
        raise Uncorrected(no, counts_as(case))
    event = OutcomeCorrected(by=by, outcome=now, reason=reason)
    tx.append(Append(streams.inbox(alert), case.inbox_version, (event,)))
