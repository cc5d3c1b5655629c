"""What the app asks and says of an alert it has raised: how it stands, one more position, a cancellation."""

from __future__ import annotations

import asyncio
from typing import Annotated, Final

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody, QueryParameter

from gateways.http.answers import (
    AlertState,
    AnyRequest,
    Kept,
    LegAnswer,
    Problem,
    answer,
    rfc3339,
    said,
)
from gateways.http.bodies import CancelBody, PositionBody, is_alert_id
from gateways.http.context import Web
from gateways.http.decoding import Strict
from gateways.http.errors import BadBody, NoSuchAlert, NotAllowed
from messages.events import AlertCancelled, Event, PositionUpdated
from messages.ids import SECOND, Advice, AlertId, Instant, Party
from model.case import Case
from model.leg import Leg, LegState
from model.phase import Phase, phase
from store import streams
from store.journal import Append, Transaction

WAIT_MAX_S: Final = 30.0
_APP: Final[list[dict[str, list[str]]]] = [{"appKey": []}]
_KNOWN: Final = {
    401: said(Problem, "No app key of this center."),
    404: said(Problem, "No such alert."),
}
_TAKES: Final = {
    202: said(Kept, "In the journal."),
    400: said(Problem, "Not understood."),
    503: said(Problem, "It could not be made durable."),
    **_KNOWN,
}


def state(case: Case) -> AlertState:
    """The alert for the app. Cancelled under duress it looks closed: who holds the phone reads it too."""
    hidden = case.duress
    legs = [] if hidden else sorted(_told(case), key=lambda leg: leg.since)
    closed_at: Instant | None = case.closed_at
    return AlertState(
        alert=case.alert,
        version=version(case),
        phase=Phase.CLOSED if hidden else phase(case),
        received_at=rfc3339(case.received_at),
        deadline_at=rfc3339(case.deadline_at),
        advice=Advice.WAIT if hidden else case.advice,
        operator_assigned=not hidden and case.operator is not None,
        legs=tuple(
            LegAnswer(party=leg.party, state=_state(leg), attempt=leg.attempt, since=rfc3339(leg.since))
            for leg in legs
        ),
        test=case.test,
        cancelled=case.cancelled,
        closed_at=None if hidden or closed_at is None else rfc3339(closed_at),
        outcome=None if hidden else case.outcome,
    )


def _state(leg: Leg) -> LegState:
    """An answer that nothing proves is told as a phone that rings."""
    return LegState.RINGING if leg.in_doubt else leg.state


def _told(case: Case) -> list[Leg]:
    """Who is on the line for her; one who only listens is not."""
    return [leg for leg in case.legs.values() if leg.party is not Party.LISTENER]


def version(case: Case) -> int:
    """How many events the alert has; grows with each."""
    return case.inbox_version + case.case_version


def checked(alert: str) -> AlertId:
    """The id in a path. Raises NoSuchAlert for what can be none."""
    if not is_alert_id(alert):
        raise NoSuchAlert("no such alert")
    return AlertId(alert)


async def found(web: Web, alert: AlertId, known: int = 0) -> Case:
    """The alert as it is known now. Raises NoSuchAlert.

    `known`: the version of which somebody has been told already, by the journal, behind which the picture
    may lag.
    """
    case = web.following.case(alert)
    if case is not None and version(case) < known:
        case = await asyncio.to_thread(web.following.fresh, alert)
    if case is None:
        raise NoSuchAlert("no such alert")
    return case


def alert_routes(web: Web) -> list[HTTPRouteHandler]:
    """The routes."""

    @get(
        "/v1/alerts/{alert:str}",
        guards=[web.auth.app],
        summary="How an alert stands",
        description="With `wait` the answer comes at the first change, or after so many seconds. "
        "With `since`, the `version` last seen, it comes at once when something has changed meanwhile, "
        "so that no change is missed.",
        operation_id="alert_state",
        tags=["app"],
        security=_APP,
        responses={200: said(AlertState, "As the journal says."), **_KNOWN},
    )
    async def alert_state(
        request: AnyRequest,
        alert: FromPath[str],
        wait: Annotated[
            float, QueryParameter(ge=0, le=120, description="Seconds, at most 30 of them.")
        ] = 0.0,
        since: Annotated[int | None, QueryParameter(description="The `version` last seen.")] = None,
    ) -> Response[bytes]:
        case = await found(web, checked(alert), since or 0)
        left_until = web.clock.now_us() + int(min(wait, WAIT_MAX_S) * SECOND)
        before = version(case) if since is None else since
        while version(case) == before and (left_us := left_until - web.clock.now_us()) > 0:
            if web.stopping.is_set():
                break
            await web.following.change_of(case.alert, left_us / SECOND)
            case = await found(web, case.alert, version(case))
        return answer(request, state(case))

    @post(
        "/v1/alerts/{alert:str}/position",
        guards=[web.auth.app],
        dto=Strict[PositionBody],
        return_dto=None,
        status_code=202,
        summary="One more position",
        operation_id="add_position",
        tags=["app"],
        security=_APP,
        responses=_TAKES,
    )
    async def add_position(
        request: AnyRequest, alert: FromPath[str], data: JSONBody[PositionBody]
    ) -> Response[bytes]:
        try:
            position = data.position(web.clock.now_us())
        except ValueError as error:
            raise BadBody(str(error), "$.at") from error
        known = checked(alert)
        await into_inbox(web, known, PositionUpdated(position=position))
        return answer(request, Kept(alert=known, durable=web.journal.durable), 202)

    @post(
        "/v1/alerts/{alert:str}/cancel",
        guards=[web.auth.app],
        dto=Strict[CancelBody],
        return_dto=None,
        status_code=202,
        summary="It was a mistake",
        description="An operator still calls and verifies. The duress PIN is answered in the same way.",
        operation_id="cancel_alert",
        tags=["app"],
        security=_APP,
        responses={403: said(Problem, "Not her PIN."), **_TAKES},
    )
    async def cancel_alert(
        request: AnyRequest, alert: FromPath[str], data: JSONBody[CancelBody]
    ) -> Response[bytes]:
        case = await found(web, checked(alert))
        duress = await web.pins.duress(case, data.pin)
        if duress is None:
            raise NotAllowed("not her PIN")
        await into_inbox(web, case.alert, AlertCancelled(duress=duress))
        return answer(request, Kept(alert=case.alert, durable=web.journal.durable), 202)

    return [alert_state, add_position, cancel_alert]


async def into_inbox(web: Web, alert: AlertId, event: Event) -> None:
    """Append a fact to an alert's inbox, then hint. Raises NoSuchAlert, NotDurable."""

    def work(transaction: Transaction) -> bool:
        inbox = streams.inbox(alert)
        there = transaction.version(inbox) > 0
        if there:
            transaction.append(Append(inbox, None, (event,)))
        return there

    if not await web.writing.run(work):
        raise NoSuchAlert("no such alert")
    web.hints.inbox(alert)
