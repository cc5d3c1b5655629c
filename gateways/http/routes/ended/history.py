"""The alerts that there were, for the console: a list with a search, and the whole story of one."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Final

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, QueryParameter

from gateways.console.ended.earlier import Earlier, earlier
from gateways.console.ended.finding import PastAlert, Users, found, listed, story
from gateways.console.ended.paper import for_paper
from gateways.console.ended.tally import Tally
from gateways.console.views.case import CaseView
from gateways.http.door.auth import OPERATOR
from gateways.http.parts.context import Web
from gateways.http.routes.admin.listing import UNCHANGED
from gateways.http.routes.admin.listing import listed as told
from gateways.http.routes.app.alerts import checked
from gateways.http.routes.ended.filtering import FILTERED, Days, Wanted
from gateways.http.wire.answers import OPERATORS, AnyRequest, Problem, answer, no_store, said
from gateways.http.wire.errors import NoSuchAlert
from messages.ids import OperatorId
from model.filtering import Filter
from store.audit.entry import Action
from store.registry.people import StaffRole

LIMIT: Final = 50
LIMIT_MAX: Final = 200
_END: Final = 2**62


class PastAlerts(msgspec.Struct, frozen=True, kw_only=True):
    """Alerts, newest first. `more`: there are older ones; ask with `before` the last one's `seq`."""

    alerts: list[PastAlert]
    more: bool


def history_routes(web: Web, users: Users, tally: Tally) -> list[HTTPRouteHandler]:
    """The routes."""
    common: dict[int, Any] = {
        401: said(Problem, "No operator's token, no session."),
        403: said(Problem, "No operator any more."),
    }

    def look(me: OperatorId, search: str, wanted: Filter, limit: int, before: int) -> PastAlerts:
        some = found(web.journal, users, tally, search, wanted, me, before=before, limit=limit + 1)
        alerts = listed(web.journal, web.people, web.room(), some[:limit], me)
        return PastAlerts(alerts=alerts, more=len(some) > limit)

    @get(
        "/v1/alerts",
        guards=[web.auth.require_role(StaffRole.OPERATOR)],
        summary="The alerts that there were and are",
        description="`search` is the end of a telephone number (three digits at least), a part of a name, or "
        "the beginning of an alert's id; empty finds all. The other parameters filter what is found. "
        "Of others' alerts neither number nor last name, and by fewer than seven digits or by a last name "
        f"they are not found. {UNCHANGED}",
        operation_id="alerts",
        audit=Action.READ_LIST,
        dependencies=FILTERED,
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
        wanted: Wanted,
        period: Days,
        search: Annotated[str, QueryParameter(max_length=100)] = "",
        limit: Annotated[int, QueryParameter(ge=1, le=LIMIT_MAX)] = LIMIT,
        before: Annotated[
            int, QueryParameter(ge=0, le=_END, description="A `seq` of the page before.")
        ] = _END,
    ) -> Response[bytes]:
        me: OperatorId = request.state[OPERATOR]
        upto = min(before, web.journal.last_seq() + 1)
        asked = wanted if period is None else period.around(wanted)
        page = await asyncio.to_thread(look, me, search.strip(), asked, limit, upto)
        # Not what was searched for: it may be a name, or a number.
        detail = "search" if search.strip() else ""
        return await told(web, request, page, [one.alert for one in page.alerts], detail)

    async def entered(request: AnyRequest, alert: str, detail: str) -> CaseView:
        """The alert, told once the audit has it. Raises NoSuchAlert."""
        known = checked(alert)
        me: OperatorId = request.state[OPERATOR]
        found = await asyncio.to_thread(story, web.journal, web.people, web.room(), known, me)
        if found is None:
            raise NoSuchAlert("no such alert")
        await web.audit.note(request, (known, found.case.user), detail=detail)
        return found.view

    @get(
        "/v1/alerts/{alert:str}/story",
        guards=[web.auth.require_role(StaffRole.OPERATOR)],
        summary="The whole story of an alert",
        description="As the console's WebSocket tells a case, with every entry of its timeline. "
        "It is entered in the audit.",
        operation_id="story",
        audit=Action.READ_ALERT,
        tags=["operator"],
        security=OPERATORS,
        responses={
            200: said(CaseView, "As the journal says."),
            404: said(Problem, "No such alert."),
            **common,
        },
    )
    async def whole_story(request: AnyRequest, alert: FromPath[str]) -> Response[bytes]:
        view = await entered(request, alert, "story")
        return no_store(answer(request, view))

    @get(
        "/v1/alerts/{alert:str}/paper",
        guards=[web.auth.require_role(StaffRole.SUPERVISOR)],
        summary="The story of an alert, to be printed",
        description="As `story`, without the person's record, operators' numbers, and what opens or names "
        "others' places. It is entered in the audit as handed out.",
        operation_id="paper",
        audit=Action.EXPORT,
        tags=["operator"],
        security=OPERATORS,
        responses={
            200: said(CaseView, "As the journal says."),
            404: said(Problem, "No such alert."),
            **common,
        },
    )
    async def on_paper(request: AnyRequest, alert: FromPath[str]) -> Response[bytes]:
        view = await entered(request, alert, "printed")
        return no_store(answer(request, for_paper(view)))

    @get(
        "/v1/alerts/{alert:str}/earlier",
        guards=[web.auth.require_role(StaffRole.OPERATOR)],
        summary="Earlier alerts of the same person",
        description="Their number and the newest three; none of a person who was erased. Fifty are looked "
        "at, at most; `more` says that there are others. It is entered in the audit.",
        operation_id="earlier",
        audit=Action.READ_LIST,
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
        await web.audit.note(
            request, (case.alert, case.user, *(one.alert for one in found.alerts)), detail="earlier"
        )
        return no_store(answer(request, found))

    return [alerts, whole_story, on_paper, earlier_ones]
