"""/v1/admin/settings, for admins: what is set at this node, where it comes from, and what would change."""

from __future__ import annotations

import asyncio
from typing import Final

import msgspec
from litestar import Response, get, patch
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from gateways.http.parts.context import Web
from gateways.http.routes.admin.listing import COMMON, UNCHANGED, for_admins, listed
from gateways.http.routes.admin.nodes import NodeRow, rows
from gateways.http.routes.admin.refusing import refusing
from gateways.http.settings_file import FileView, SettingFault, SettingRow
from gateways.http.wire.answers import AnyRequest, Problem, answer, no_store, said
from gateways.http.wire.decoding import Strict
from messages.ids import NodeOrder
from model.settings_edits import Value
from store.audit.entry import Action

PATH: Final = "/v1/admin/settings"


class SettingsTold(msgspec.Struct, frozen=True, kw_only=True):
    """The file of the node that is asked. `obstacles`: why a restart that is ordered is not begun."""

    node: NodeRow
    file: FileView
    obstacles: list[SettingFault]


class SettingValue(msgspec.Struct, frozen=True, kw_only=True):
    """What the file says at the key; null: nothing, and its default counts."""

    value: Value | None


class SettingChange(msgspec.Struct, frozen=True, kw_only=True):
    """What is wanted, and what the file said when it was seen."""

    was: SettingValue
    now: SettingValue


def settings_routes(web: Web) -> list[HTTPRouteHandler]:
    """The routes."""
    admins = for_admins(web)

    @get(
        PATH,
        summary="What is set at this node",
        description=UNCHANGED,
        operation_id="admin_settings",
        audit="the center's own; what is secret is not told",
        responses={200: said(SettingsTold, "As it is now."), **COMMON},
        **admins,
    )
    async def show(request: AnyRequest) -> Response[bytes]:
        return await listed(web, request, await asyncio.to_thread(told, web))

    @patch(
        f"{PATH}/{{path:str}}",
        dto=Strict[SettingChange],
        return_dto=None,
        summary="Change what the file says",
        description="Only where it still says what `was` says (or is already as wanted); else 409 "
        "`changed_meanwhile`, with what it says in `is_now`, as JSON. Counts after a restart. What the "
        "center could not start with is not written: 400 `settings_faulty`, with the key in `path`.",
        operation_id="admin_change_setting",
        audit=Action.CHANGE_SETTINGS,
        responses={
            200: said(SettingRow, "Written."),
            400: said(Problem, "Not understood, or not valid."),
            404: said(Problem, "No such key."),
            409: said(Problem, "Not as things are now; `code` says why."),
            **COMMON,
        },
        **admins,
    )
    async def alter(
        request: AnyRequest, path: FromPath[str], data: JSONBody[SettingChange]
    ) -> Response[bytes]:
        with refusing():
            row = await asyncio.to_thread(web.settings_file.set, path, data.was.value, data.now.value)
        await web.audit.note(request, detail=f"center.toml: {path}")
        return no_store(answer(request, row))

    return [show, alter]


def told(web: Web) -> SettingsTold:
    """What the page is told. Raises JournalError."""
    node = next(row for row in rows(web) if row.here)
    waits = node.order is NodeOrder.RESTART
    return SettingsTold(
        node=node,
        file=web.settings_file.view(),
        obstacles=web.settings_file.obstacles() if waits else [],
    )
