"""The console's page, its generated data files and its routes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import msgspec
from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect

from gateways.console import guide
from gateways.console.timeline import ITEMS
from gateways.static import Files
from messages.ids import OperatorCommand
from model.alarms.table import kinds
from model.feature import installed, orders_left_out
from model.orders.refusals import Refusal
from model.orders.row import ConsoleKey
from model.orders.table import ORDERS as ROWS

STATIC: Final = Path(__file__).parent / "static"
WORDS: Final = Path(__file__).parent / "words"
"""A folder for each language but English; each file maps English sentences to their translations."""
CATALOGUES: Final = "data/words.json"
"""File with all translations, so that the language can be changed at any moment, without a request."""
ALARMS: Final = "data/alarms.json"
"""File with the meaning and advice of each alarm, made from the center's own table. Readable
before sign-on.
"""
ORDERS: Final = "data/orders.json"
"""File with the key and words of each order, and the sentence of each refusal, made from their rows."""
EVENTS: Final = "data/events.json"
"""File with the rows of the console's list by event type, made from the definitions of the events."""
FEATURES: Final = "js/features.js"
"""Module with the list of installed features that have pages, for the frame of the console."""
PERMISSIONS: Final = "geolocation=(), camera=(), payment=(), microphone=(self)"


class OrderTables(msgspec.Struct, frozen=True):
    """Tables of orders and refusals, which the console reads before drawing anything."""

    orders: dict[OperatorCommand, ConsoleKey]
    refusals: dict[Refusal, str]


def encoded_orders() -> bytes:
    """Return these tables as JSON, with the orders that the center has."""
    orders = {command: row.console for command, row in ROWS.items() if command not in orders_left_out()}
    return msgspec.json.encode(OrderTables(orders, {one: one.at_console for one in Refusal}))


def encoded_words() -> bytes:
    """Return the translations: by language, by the English sentence. English itself has none."""
    found: dict[str, dict[str, str]] = {}
    for file in sorted(WORDS.glob("*/*.json")):
        found.setdefault(file.parent.name, {}).update(msgspec.json.decode(file.read_bytes()))
    for pages in pages_of_features().values():
        for file in sorted((pages / "words").glob("*.json")):
            found.setdefault(file.stem, {}).update(msgspec.json.decode(file.read_bytes()))
    return msgspec.json.encode(found)


def pages_of_features() -> dict[str, Path]:
    """Return the page folders of the installed features, by feature name."""
    return {one.name: one.pages for one in installed() if one.pages is not None}


def encoded_features() -> bytes:
    """Return the module that imports the pages of each feature."""
    names = tuple(pages_of_features())
    lines = [f"import * as {name} from '../features/{name}/feature.js';" for name in names]
    said = "// The pages of the features that this center has: made by it (`gateways/console/page.py`)."
    listed = f"/** @type {{FeaturePages[]}} */\nexport const FEATURES = [{', '.join(names)}];"
    return "\n".join((said, *lines, listed, "")).encode()


def page_routes(elsewhere: Callable[[], tuple[str, ...]] = tuple) -> list[HTTPRouteHandler]:
    """Return the routes. `/` redirects to `/console/`, which has the files. `elsewhere` returns the other
    nodes to which the page may connect.
    """
    files = Files(STATIC, permissions=PERMISSIONS, elsewhere=elsewhere)
    files.add(ALARMS, msgspec.json.encode(kinds()))
    files.add(ORDERS, encoded_orders())
    files.add(CATALOGUES, encoded_words())
    files.add(EVENTS, msgspec.json.encode(ITEMS))
    files.add(FEATURES, encoded_features())
    for name, pages in pages_of_features().items():
        files.add_all(pages, f"features/{name}/")

    @get("/", include_in_schema=False, audit="the same for everybody")
    async def root() -> Redirect:
        return Redirect("/console/", status_code=307)

    @get("/console", include_in_schema=False, audit="the same for everybody")
    async def index(request: Request[Any, Any, Any]) -> Response[bytes]:
        return files.answer(request, "index.html")

    @get("/console/{path:path}", include_in_schema=False, audit="the same for everybody")
    async def file(request: Request[Any, Any, Any], path: FromPath[str]) -> Response[bytes]:
        return files.answer(request, path.lstrip("/"))

    @get("/console/guide/{page:str}", include_in_schema=False, audit="the same for everybody")
    async def of_guide(request: Request[Any, Any, Any], page: FromPath[str]) -> Response[bytes]:
        language = request.query_params.get("lang", request.headers.get("accept-language", ""))
        found = await asyncio.to_thread(guide.files, PERMISSIONS)
        return found.answer(request, guide.name_of(page, language))

    return [root, index, file, of_guide]
