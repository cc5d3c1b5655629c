"""The console's page and the way to it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import msgspec
from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect

from gateways.console.timeline import ITEMS
from gateways.static import Files
from model.alarms.table import KINDS

STATIC: Final = Path(__file__).parent / "static"
ALARMS: Final = "data/alarms.json"
"""What each alarm means and asks for: made of the center's own table, and there before anybody signs on."""
EVENTS: Final = "data/events.json"
"""The rows of the console's list by the event's type, made of what stands beside its definition."""
PERMISSIONS: Final = "geolocation=(), camera=(), payment=(), microphone=(self)"


def page_routes(elsewhere: Callable[[], tuple[str, ...]] = tuple) -> list[HTTPRouteHandler]:
    """`/` leads to `/console/`; below it are the files. `elsewhere`: other nodes, which it may look for."""
    files = Files(STATIC, permissions=PERMISSIONS, elsewhere=elsewhere)
    files.add(ALARMS, msgspec.json.encode(KINDS))
    files.add(EVENTS, msgspec.json.encode(ITEMS))

    @get("/", include_in_schema=False, audit="the same for everybody")
    async def root() -> Redirect:
        return Redirect("/console/", status_code=307)

    @get("/console", include_in_schema=False, audit="the same for everybody")
    async def index(request: Request[Any, Any, Any]) -> Response[bytes]:
        return files.answer(request, "index.html")

    @get("/console/{path:path}", include_in_schema=False, audit="the same for everybody")
    async def file(request: Request[Any, Any, Any], path: FromPath[str]) -> Response[bytes]:
        return files.answer(request, path.lstrip("/"))

    return [root, index, file]
