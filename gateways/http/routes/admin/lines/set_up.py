"""How a line is set up, and the switch for the real 112: written to `center.toml`. And the PIN of a SIM."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, Final

import msgspec
from litestar import Response, patch, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody
from msgspec import UNSET

from gateways.http.parts.context import Web
from gateways.http.routes.admin.lines.answers import (
    LineChange,
    LineFields,
    LineWritten,
    LiveChange,
    PinTyped,
)
from gateways.http.routes.admin.lines.listing import PATH, line_called
from gateways.http.routes.admin.listing import COMMON, for_admins
from gateways.http.routes.admin.refusing import NotDone, Why, refusing
from gateways.http.wire.answers import AnyRequest, Problem, answer, no_store, said
from gateways.http.wire.decoding import Strict
from gateways.http.wire.errors import BadBody
from model.policy import LineSpec
from runtime.published.file import publish
from runtime.published.pins import pin_typed
from store.audit.entry import Action
from store.errors import NumberRefused
from store.registry import numbers

SENTENCES: Final = ("CHIAMA IL 112 VERO", "CALL THE REAL 112")
"""One of them turns the switch on."""


def set_up_routes(web: Web) -> list[HTTPRouteHandler]:
    """The routes, for admins."""
    admins = for_admins(web)
    common: dict[int, Any] = {
        **COMMON,
        400: said(Problem, "Not understood, or the center could not start with it."),
        404: said(Problem, "No such line, or the file has none of this name."),
        409: said(Problem, "Not as things are now; `code` says why."),
    }

    def own(name: str) -> LineSpec:
        spec, node = line_called(web, name)
        if node != web.nodes.node:
            raise NotDone("another node has this line: ask at that one's console", Why.LINE_ELSEWHERE)
        return spec

    @patch(
        f"{PATH}/{{line:str}}",
        dto=Strict[LineChange],
        return_dto=None,
        summary="Change how a line is set up",
        description="In `center.toml`; counts after a restart. Only where each field still is as `was` says, "
        "else 409 `changed_meanwhile` with what it is in `is_now`, as JSON.",
        operation_id="admin_set_up_line",
        audit=Action.CHANGE_SETTINGS,
        responses={200: said(LineWritten, "Written."), **common},
        **admins,
    )
    async def alter(request: AnyRequest, line: FromPath[str], data: JSONBody[LineChange]) -> Response[bytes]:
        spec = own(line)
        was, now = _fields(data.was), _fields(data.now)
        if was.keys() != now.keys():
            raise BadBody("`was` and `now` have to have the same fields", "$")
        if isinstance(number := now.get("number"), str) and number.strip():
            now["number"] = _number(number, web.settings.policy.region)
        with refusing():
            await asyncio.to_thread(web.settings_file.set_line, spec.line, was, now)
        await web.audit.note(request, detail=f"center.toml: line {spec.line}, {', '.join(sorted(now))}")
        with refusing():
            written = await asyncio.to_thread(web.settings_file.lines)
        told = LineWritten(line=spec.line, **msgspec.structs.asdict(written.lines[spec.line]))
        return no_store(answer(request, told))

    @put(
        "/v1/admin/psap-live",
        dto=Strict[LiveChange],
        return_dto=None,
        status_code=204,
        summary="Whether the real 112 may be called",
        description=f"`psap.live` of `center.toml`; counts after a restart. To turn it on `typed` is "
        f"`{SENTENCES[0]}` or `{SENTENCES[1]}`. The other switch is the trunk's `emergency`.",
        operation_id="admin_psap_live",
        audit=Action.CHANGE_SETTINGS,
        responses=common,
        **admins,
    )
    async def switch(request: AnyRequest, data: JSONBody[LiveChange]) -> Response[None]:
        if data.now and " ".join(data.typed.split()).upper() not in SENTENCES:
            raise BadBody("the sentence is not typed", "$.typed", Why.NOT_TYPED_LIVE)
        with refusing():
            await asyncio.to_thread(web.settings_file.set_switch, "live", data.was, data.now)
        await web.audit.note(request, detail=f"center.toml: psap.live {'on' if data.now else 'off'}")
        return Response(None, status_code=204)

    @put(
        f"{PATH}/{{line:str}}/pin",
        dto=Strict[PinTyped],
        return_dto=None,
        status_code=204,
        summary="The PIN of a line's SIM",
        description="Written to the line's `pin_file`, else beside its other files, for the center's account "
        "alone. The SIM is given it once; what it has refused is not given again. Nobody is told it.",
        operation_id="admin_line_pin",
        audit=Action.CHANGE_LINE,
        responses=common,
        **admins,
    )
    async def pin(request: AnyRequest, line: FromPath[str], data: JSONBody[PinTyped]) -> Response[None]:
        spec = own(line)
        file = Path(spec.pin_file) if spec.pin_file else pin_typed(Path(web.settings.state), spec.line)
        try:
            await asyncio.to_thread(_write, file, data.pin)
        except OSError as error:
            raise NotDone(f"{file} cannot be written: {error.strerror}", Why.NOT_WRITABLE) from error
        await web.audit.note(request, detail=f"PIN of line {spec.line}")
        return Response(None, status_code=204)

    return [alter, switch, pin]


def _write(file: Path, pin: str) -> None:
    """Raises OSError."""
    file.parent.mkdir(mode=0o700, exist_ok=True)
    publish(file, f"{pin}\n".encode())


def _fields(fields: LineFields) -> dict[str, Any]:
    return {name: value for name, value in msgspec.structs.asdict(fields).items() if value is not UNSET}


def _number(text: str, region: str) -> str:
    """Raises BadBody."""
    try:
        return numbers.of_a_person(text, region)
    except NumberRefused as error:
        raise BadBody(str(error), "$.now.number", Why.NUMBER_REFUSED) from error
