"""/v1/admin/keys, for admins: the keys by which apps raise alerts."""

from __future__ import annotations

import asyncio
from typing import Final

from litestar import Response, delete, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from gateways.http.parts.context import Web
from gateways.http.routes.admin.answers import KeyIssued, KeysView, NewKey, told_key
from gateways.http.routes.admin.listing import COMMON, UNCHANGED, for_admins, listed
from gateways.http.routes.admin.refusing import NotThere, Why, refusing
from gateways.http.wire.answers import AnyRequest, Problem, answer, no_store, said
from gateways.http.wire.decoding import Strict
from gateways.http.wire.errors import BadBody
from store.audit.entry import Action
from store.registry.access.app_keys import revoke_key
from store.registry.access.credentials import fingerprint
from store.registry.registry import Registry

PATH: Final = "/v1/admin/keys"


def keys_routes(web: Web, registry: Registry) -> list[HTTPRouteHandler]:
    """The routes."""
    admins = for_admins(web)

    @get(
        PATH,
        summary="The app keys that open",
        description=UNCHANGED,
        operation_id="admin_keys",
        audit="keys have names, and are no person's",
        responses={200: said(KeysView, "Oldest first."), **COMMON},
        **admins,
    )
    async def show(request: AnyRequest) -> Response[bytes]:
        found = await asyncio.to_thread(registry.app_keys)
        return await listed(web, request, KeysView(keys=[told_key(one) for one in found]))

    @post(
        PATH,
        dto=Strict[NewKey],
        return_dto=None,
        status_code=201,
        summary="Issue an app key",
        description="Beside those that are there: they go on opening.",
        operation_id="admin_issue_key",
        audit=Action.CHANGE_KEY,
        responses={201: said(KeyIssued, "Told once."), 400: said(Problem, "Not understood."), **COMMON},
        **admins,
    )
    async def issue(request: AnyRequest, data: JSONBody[NewKey]) -> Response[bytes]:
        name = data.name.strip()
        if not name or not name.isprintable():
            raise BadBody("a key needs a name", "$.name", Why.EMPTY)
        key = await asyncio.to_thread(registry.issue_app_key, name)
        made = next(one for one in await asyncio.to_thread(registry.app_keys) if one.hash == fingerprint(key))
        await web.audit.note(request, detail=f"app key issued: {made.name} {made.sign}")
        return no_store(answer(request, KeyIssued(row=told_key(made), key=key), 201))

    @delete(
        f"{PATH}/{{sign:str}}",
        status_code=204,
        summary="Revoke an app key",
        description="It opens nothing within a second. The last one is not revoked.",
        operation_id="admin_revoke_key",
        audit=Action.CHANGE_KEY,
        responses={
            **COMMON,
            404: said(Problem, "No such key."),
            409: said(Problem, "`last_key`: issue another one first."),
        },
        **admins,
    )
    async def revoke(request: AnyRequest, sign: FromPath[str]) -> Response[None]:
        with refusing():
            found = await web.writing.run(lambda tx: revoke_key(tx, sign))
        if found is None:
            raise NotThere("no such key")
        await web.audit.note(request, detail=f"app key revoked: {found.name} {found.sign}")
        return Response(None, status_code=204)

    return [show, issue, revoke]
