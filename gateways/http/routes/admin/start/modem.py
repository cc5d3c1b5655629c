"""POST /v1/admin/start/modem: a line of a modem that is plugged in, written into center.toml."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import msgspec
from litestar import Response, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody

from gateways.http.parts.context import Web
from gateways.http.routes.admin.listing import COMMON
from gateways.http.routes.admin.refusing import refusing
from gateways.http.wire.answers import OPERATORS, AnyRequest, Problem, said
from gateways.http.wire.decoding import Strict
from model.settings_edits import Add, Row
from store.audit.entry import Action
from store.registry.people import StaffRole

Text = Annotated[str, msgspec.Meta(max_length=200)]


class NewModem(msgspec.Struct, frozen=True, kw_only=True):
    """A `[[modem]]` of the settings; what is empty is left to be found. `emergency`: reserved for 112."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=32)]
    port: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    voice_port: Text = ""
    number: Text = ""
    emergency: bool = False


def modem_route(web: Web, path: str) -> HTTPRouteHandler:
    """The route."""

    def trunk(*, emergency: bool) -> str:
        """The first of its kind, by the name that lines have it; else that of the shipped settings."""
        named = (str(line.trunk) for line in web.settings.lines if line.emergency == emergency)
        return next(named, "emergency" if emergency else "public")

    common: dict[int, Any] = {
        **COMMON,
        400: said(Problem, "Not understood, or `settings_faulty` with the key at fault."),
        409: said(Problem, "`not_writable`: somebody with the machine writes the file."),
    }

    @post(
        f"{path}/modem",
        dto=Strict[NewModem],
        return_dto=None,
        status_code=204,
        guards=[web.auth.require_role(StaffRole.ADMIN)],
        summary="Add a line",
        description="It is there after a restart.",
        operation_id="admin_add_modem",
        audit=Action.CHANGE_SETTINGS,
        tags=["admin"],
        security=OPERATORS,
        responses=common,
    )
    async def add(request: AnyRequest, data: JSONBody[NewModem]) -> Response[None]:
        row: Row = {"name": data.name, "trunk": trunk(emergency=data.emergency), "port": data.port.strip()}
        row |= {
            key: text.strip()
            for key, text in (("voice_port", data.voice_port), ("number", data.number))
            if text.strip()
        }
        with refusing():
            await asyncio.to_thread(web.settings_file.change, [Add("modem", row)])
        await web.audit.note(request, detail=f"modem added: {data.name}")
        return Response(None, status_code=204)

    return add
