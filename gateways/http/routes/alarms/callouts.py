"""/v1/callouts: an operator says who sees to what is wrong, so that nobody else is called for it."""

from __future__ import annotations

import asyncio
from functools import partial

from litestar import Response, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from gateways.http.door.auth import OPERATOR
from gateways.http.parts.context import Web
from gateways.http.routes.admin.refusing import NotDone, NotThere, Why
from gateways.http.routes.alarms.alarms import COMMON
from gateways.http.wire.answers import OPERATORS, AnyRequest, Problem, said
from store.callouts import callouts_of, take
from store.registry.people import StaffRole


def take_route(web: Web) -> HTTPRouteHandler:
    """The route."""

    @post(
        "/v1/callouts/{callout:str}/take",
        guards=[web.auth.require_role(StaffRole.OPERATOR)],
        status_code=204,
        summary="See to what people on duty are called for",
        description="Nobody else is called for it. A notice's link leads to the page that asks for this.",
        operation_id="callout_take",
        audit="alarms are the center's own; the journal has who has taken a callout",
        tags=["operator"],
        security=OPERATORS,
        responses={
            **COMMON,
            404: said(Problem, "There is no such callout, or it was long ago."),
            409: said(Problem, "`taken`: somebody sees to it already, or nobody is called any more."),
        },
    )
    async def taken(request: AnyRequest, callout: FromPath[str]) -> Response[None]:
        if not await web.writing.run(partial(take, callout=callout, operator=request.state[OPERATOR])):
            known = await asyncio.to_thread(callouts_of, web.journal)
            if known.get(callout) is None:
                raise NotThere("there is no such callout, or it was long ago")
            raise NotDone("somebody sees to it already, or nobody is called any more", Why.TAKEN)
        return Response(None, status_code=204)

    return taken
