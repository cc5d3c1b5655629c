"""The alerts that there were, for the console: a list with a search, and the whole story of one."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Final

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, QueryParameter

from gateways.console.past import PastAlert, Users, found, listed, story
from gateways.console.views import CaseView
from gateways.http.alerts import checked
from gateways.http.answers import AnyRequest, Problem, answer, said
from gateways.http.auth import OPERATOR
from gateways.http.context import Web
from gateways.http.errors import NoSuchAlert
from gateways.http.figures import OPERATORS, no_store
from messages.events import PersonalDataRead
from messages.ids import AlertId, OperatorId
from store import streams
from store.journal import Append
from store.people import StaffRole

LIMIT: Final = 50
LIMIT_MAX: Final = 200
_END: Final = 2**62


class PastAlerts(msgspec.Struct, frozen=True, kw_only=True):
    """Alerts, newest first. `more`: there are older ones; ask with `before` the last one's `seq`."""

    alerts: list[PastAlert]
    more: bool


def history_routes(web: Web, users: Users) -> list[HTTPRouteHandler]:
    """The routes."""
    common: dict[int, Any] = {
        401: said(Problem, "No operator's token, no session."),
        403: said(Problem, "No operator any more."),
    }

    def look(search: str, limit: int, before: int) -> PastAlerts:
        some = found(web.journal, users, search, before=before, limit=limit + 1)
        alerts = [listed(web.journal, web.people, seq, alert) for seq, alert in some[:limit]]
        return PastAlerts(alerts=[one for one in alerts if one is not None], more=len(some) > limit)

    @get(
        "/v1/alerts",
        guards=[web.auth.require_role(StaffRole.OPERATOR)],
        summary="The alerts that there were and are",
        description="`search` is the end of a telephone number (three digits at least), a part of a name, or "
        "the beginning of an alert's id; empty finds all.",
        operation_id="alerts",
        tags=["operator"],
        security=OPERATORS,
        responses={
            200: said(PastAlerts, "Newest first."),
            400: said(Problem, "A parameter is not understood."),
            **common,
        },
    )
    async def alerts(
        request: AnyRequest,
        search: Annotated[str, QueryParameter(max_length=100)] = "",
        limit: Annotated[int, QueryParameter(ge=1, le=LIMIT_MAX)] = LIMIT,
        before: Annotated[
            int, QueryParameter(ge=0, le=_END, description="A `seq` of the page before.")
        ] = _END,
    ) -> Response[bytes]:
        page = await asyncio.to_thread(look, search.strip(), limit, min(before, web.journal.last_seq() + 1))
        return no_store(answer(request, page))

    @get(
        "/v1/alerts/{alert:str}/story",
        guards=[web.auth.require_role(StaffRole.OPERATOR)],
        summary="The whole story of an alert",
        description="As the console's WebSocket tells a case, with every entry of its timeline. Who has seen "
        "it is noted in the person's stream.",
        operation_id="story",
        tags=["operator"],
        security=OPERATORS,
        responses={
            200: said(CaseView, "As the journal says."),
            404: said(Problem, "No such alert."),
            **common,
        },
    )
    async def whole_story(request: AnyRequest, alert: FromPath[str]) -> Response[bytes]:
        known = checked(alert)
        view = await asyncio.to_thread(story, web.journal, web.people, known)
        if view is None:
            raise NoSuchAlert("no such alert")
        if view.person is not None:
            await _note(web, request.state[OPERATOR], known)
        return no_store(answer(request, view))

    return [alerts, whole_story]


async def _note(web: Web, by: OperatorId, alert: AlertId) -> None:
    case = web.following.case(alert)
    if case is None or case.user is None:
        return
    event = PersonalDataRead(by=by, why=f"story of alert {alert}")
    append = Append(streams.user(case.user), None, (event,))
    await web.writing.run(lambda transaction: transaction.append(append))
