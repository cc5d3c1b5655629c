"""/v1/admin/start, for admins: how it stands with each need, what people confirm, and the authority."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from litestar import Response, delete, get, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from gateways.http.door.auth import OPERATOR
from gateways.http.parts.context import Web
from gateways.http.routes.admin.listing import COMMON, UNCHANGED, for_admins, listed
from gateways.http.routes.admin.refusing import NotDone, NotThere, Why
from gateways.http.routes.admin.start.answers import Confirmation, StartView
from gateways.http.routes.admin.start.looking import AUTHORITY, Looking
from gateways.http.routes.admin.start.modem import modem_route
from gateways.http.wire.answers import AnyRequest, Problem, answer, no_store, said
from gateways.http.wire.decoding import Strict
from model.first_run import Need, is_a_persons
from store.audit.entry import Action
from store.confirmations import confirm, take_back
from store.registry.registry import Registry

PATH: Final = "/v1/admin/start"


def start_routes(web: Web, registry: Registry) -> list[HTTPRouteHandler]:
    """The routes."""
    looking = Looking(web, registry)
    admins = for_admins(web)
    changed: dict[int, Any] = {200: said(StartView, "As it stands now."), **COMMON}

    async def view(request: AnyRequest) -> StartView:
        return await asyncio.to_thread(looking.view, request.state[OPERATOR])

    @get(
        PATH,
        summary="What is still missing before real use",
        description=UNCHANGED,
        operation_id="admin_start",
        audit="the center's own parts",
        responses={200: said(StartView, "All needs, in their order."), **COMMON},
        **admins,
    )
    async def show(request: AnyRequest) -> Response[bytes]:
        return await listed(web, request, await view(request))

    @put(
        f"{PATH}/{{need:str}}/confirmation",
        dto=Strict[Confirmation],
        return_dto=None,
        summary="Confirm what no measurement tells",
        description="With the name of who does, and the moment. 409 `measured` for what is measured.",
        operation_id="admin_confirm_need",
        audit=Action.CHANGE_SETTINGS,
        responses={
            **changed,
            400: said(Problem, "Not understood."),
            404: said(Problem, "No such need."),
            409: said(Problem, "`measured`: it is so once it is found so."),
        },
        **admins,
    )
    async def put_confirmation(
        request: AnyRequest, need: FromPath[str], data: JSONBody[Confirmation]
    ) -> Response[bytes]:
        one, by = named(need), request.state[OPERATOR]
        if not is_a_persons(one, await asyncio.to_thread(looking.measured)):
            raise NotDone("it is measured: nobody has to confirm it", Why.MEASURED)
        note = " ".join(data.note.split())
        await web.writing.run(lambda tx: confirm(tx, one, by, note))
        await web.audit.note(request, detail=f"confirmed: {one}")
        return no_store(answer(request, await view(request)))

    @delete(
        f"{PATH}/{{need:str}}/confirmation",
        status_code=200,
        summary="Take a confirmation back",
        operation_id="admin_take_back_need",
        audit=Action.CHANGE_SETTINGS,
        responses={**changed, 404: said(Problem, "No such need.")},
        **admins,
    )
    async def take_back_confirmation(request: AnyRequest, need: FromPath[str]) -> Response[bytes]:
        one = named(need)
        await web.writing.run(lambda tx: take_back(tx, one))
        await web.audit.note(request, detail=f"taken back: {one}")
        return no_store(answer(request, await view(request)))

    @get(AUTHORITY, include_in_schema=False, audit="the same for everybody")
    async def authority() -> Response[bytes]:
        found = None if web.measures is None else await asyncio.to_thread(web.measures.authority)
        if found is None:
            raise NotThere("this center has no authority of its own")
        return Response(found, media_type="application/x-x509-ca-cert", headers={"cache-control": "no-cache"})

    return [show, put_confirmation, take_back_confirmation, modem_route(web, PATH), authority]


def named(need: str) -> Need:
    """The need of this name. Raises NotThere."""
    try:
        return Need(need)
    except ValueError:
        raise NotThere("no such need") from None
