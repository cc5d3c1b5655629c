"""The app's page: its files, and the list of them that lets it open without a network."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import msgspec
from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from gateways.static import VENDOR, Files, digest_of

STATIC: Final = Path(__file__).parent / "static"
PERMISSIONS: Final = "geolocation=(self), camera=(), microphone=(), payment=()"
VENDORED: Final = ("lit.js", "lit.LICENSE.txt", "inter-latin.woff2", "inter.LICENSE.txt")
"""Of what is not ours, all that this page needs."""
WORKER: Final = "sw.js"
SHELL: Final = "shell.js"
DISGUISED: Final = "calculator.html"
"""The page at `/app/calculator`: for browser and home screen a calculator from its first byte."""
_AS_CALCULATOR: Final = (
    (b"<title>securWoman</title>", b"<title>Calcolatrice</title>"),
    (b'"/app/icon.svg"', b'"/app/calculator/icon.svg"'),
    (b'"/app/apple-touch-icon.png"', b'"/app/calculator/apple-touch-icon.png"'),
    (b'"/app/manifest.webmanifest"', b'"/app/calculator/it.webmanifest"'),
)
_NOT_OPENED: Final = {WORKER, SHELL, "index.html"}
"""What the worker does not keep under its own name; the page itself is kept by its two addresses."""


_NOT_KEPT: Final = (".txt", ".md", ".png")
"""Licences, and the icons, which the phone keeps itself."""


def app_files(elsewhere: Callable[[], tuple[str, ...]] = tuple) -> Files:
    """All files of the app, with `shell.js`: which of them the worker keeps, and which version they are."""
    files = Files(STATIC, permissions=PERMISSIONS, elsewhere=elsewhere)
    for name in VENDORED:
        files.add(f"vendor/{name}", (VENDOR / name).read_bytes())
    page = (STATIC / "index.html").read_bytes()
    for own, other in _AS_CALCULATOR:
        page = page.replace(own, other)
    kept = [name for name in files.names() if name not in _NOT_OPENED and not name.endswith(_NOT_KEPT)]
    files.add(DISGUISED, page)
    shell = msgspec.json.encode({"version": files.version(), "files": kept})
    files.add(SHELL, b"self.SHELL = " + shell + b";\n")
    return files


def app_routes(elsewhere: Callable[[], tuple[str, ...]] = tuple) -> list[HTTPRouteHandler]:
    """`/app` is the page, `/app/calculator` the same in disguise; below are the files.

    `elsewhere`: the other nodes, which it may ask, too.
    """
    files = app_files(elsewhere)

    @get("/app", include_in_schema=False, audit="the same for everybody")
    async def app(request: Request[Any, Any, Any]) -> Response[bytes]:
        return files.answer(request, "index.html")

    @get("/app/{path:path}", include_in_schema=False, audit="the same for everybody")
    async def app_file(request: Request[Any, Any, Any], path: FromPath[str]) -> Response[bytes]:
        name = path.lstrip("/")
        response = files.answer(request, DISGUISED if name == "calculator" else name)
        if name == SHELL and (others := elsewhere()) and response.content:
            # What the worker keeps of the page has its policy: with another list it is kept anew.
            response.content += b'self.SHELL.version += "-%s";\n' % digest_of(others).encode()
        if name == WORKER:
            # The page is `/app`, which lies above the folder of its worker.
            response.headers["service-worker-allowed"] = "/app"
        return response

    return [app, app_file]
