"""The alerts that there were, for the console: a list with a search, and the whole story of one."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Final

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, QueryParameter

from gateways.console.earlier import Earlier, earlier
from gateways.console.past import PastAlert, Users, found, listed, story
from gateways.console.views import CaseView
from gateways.http.answers import AnyRequest, Problem, answer, said
from gateways.http.context import Web
from gateways.http.door.auth import OPERATOR
from gateways.http.errors import NoSuchAlert
from gateways.http.routes.alerts import checked
from gateways.http.routes.figures import OPERATORS, no_store
from messages.events import PersonalDataRead
from messages.ids import OperatorId
from model.alert.case import Case
from store import streams
from store.journal.journal import Append
from store.registry.people import StaffRole

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
        found = await asyncio.to_thread(story, web.journal, web.people, known)
        if found is None:
            raise NoSuchAlert("no such alert")
        if found.view.person is not None:
            await _note(web, request.state[OPERATOR], found.case, f"story of alert {known}")
        return no_store(answer(request, found.view))

    @get(
        "/v1/alerts/{alert:str}/earlier",
        guards=[web.auth.require_role(StaffRole.OPERATOR)],
        summary="Earlier alerts of the same person",
        description="Their number and the newest three; none of a person who was erased. Fifty are looked "
        "at, at most; `more` says that there are others. Who has seen them is noted in the person's stream.",
        operation_id="earlier",
        tags=["operator"],
        security=OPERATORS,
        responses={
            200: said(Earlier, "As the journal says."),
            404: said(Problem, "No such alert."),
            **common,
        },
    )
    async def earlier_ones(request: AnyRequest, alert: FromPath[str]) -> Response[bytes]:
        # As the journal has it, and not the picture: who she is may be in it this very moment.
        case = await asyncio.to_thread(web.following.fresh, checked(alert))
        if case is None:
            raise NoSuchAlert("no such alert")
        found = await asyncio.to_thread(earlier, web.journal, users, case)
        if found.count:
            await _note(web, request.state[OPERATOR], case, f"earlier alerts, in alert {case.alert}")
        return no_store(answer(request, found))

    return [alerts, whole_story, earlier_ones]


async def _note(web: Web, by: OperatorId, case: Case, why: str) -> None:
    """`case`: the one that is told of. The picture may not know yet who she is."""
    if case.user is None:
        return
    append = Append(streams.user(case.user), None, (PersonalDataRead(by=by, why=why),))
    await web.writing.run(lambda transaction: transaction.append(append))
