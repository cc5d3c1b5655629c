"""The app's page: its files, and the list of them that lets it open without a network."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec
from litestar import Response

from gateways.http.parts.context import Web, once
from gateways.http.routing.permissions import ANYBODY, Caller
from gateways.http.routing.route import GET, route
from gateways.static import VENDOR, Files, digest_of

STATIC: Final = Path(__file__).parent / "static"
PERMISSIONS: Final = "geolocation=(self), camera=(), microphone=(), payment=()"
VENDORED: Final = ("lit.js", "lit.LICENSE.txt", "inter-latin.woff2", "inter.LICENSE.txt")
"""Of what is not ours, all that this page needs."""
AUDIT: Final = "the same for everybody"
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


@once
def _files(web: Web) -> Files:
    # The other nodes it may ask, too.
    return app_files(web.nodes.elsewhere)


def load() -> None:
    """Read the files, for webs to come."""
    app_files()


@route(GET, "/app", by=ANYBODY, audit=AUDIT, described=False)
async def app(web: Web, who: Caller) -> Response[bytes]:
    """The page."""
    return _files(web).answer(who.request, "index.html")


@route(GET, "/app/{path:path}", by=ANYBODY, audit=AUDIT, described=False)
async def app_file(web: Web, who: Caller, path: str) -> Response[bytes]:
    """A file of it; `/app/calculator` is the same page in disguise."""
    name = path.lstrip("/")
    response = _files(web).answer(who.request, DISGUISED if name == "calculator" else name)
    if name == SHELL and (others := web.nodes.elsewhere()) and response.content:
        # What the worker keeps of the page has its policy: with another list it is kept anew.
        response.content += b'self.SHELL.version += "-%s";\n' % digest_of(others).encode()
    if name == WORKER:
        # The page is `/app`, which lies above the folder of its worker.
        response.headers["service-worker-allowed"] = "/app"
    return response
