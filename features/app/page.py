"""Files of the web app, and the list of files that the service worker keeps for use without a network."""

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
"""Third-party files that the app needs."""
AUDIT: Final = "the same for everybody"
WORKER: Final = "sw.js"
SHELL: Final = "shell.js"
DISGUISED: Final = "calculator.html"
"""The page at `/app/calculator`: browser and home screen identify it as a calculator from its first byte."""
_AS_CALCULATOR: Final = (
    (b"<title>securWoman</title>", b"<title>Calcolatrice</title>"),
    (b'"/app/icon.svg"', b'"/app/calculator/icon.svg"'),
    (b'"/app/apple-touch-icon.png"', b'"/app/calculator/apple-touch-icon.png"'),
    (b'"/app/manifest.webmanifest"', b'"/app/calculator/it.webmanifest"'),
)
_NOT_OPENED: Final = {WORKER, SHELL, "index.html"}
"""Files that the worker does not keep under their own names; the page is kept by its two addresses."""


_NOT_KEPT: Final = (".txt", ".md", ".png")
"""Suffixes of files that the worker does not keep: licences, and icons, which the phone keeps itself."""


def app_files(elsewhere: Callable[[], tuple[str, ...]] = tuple) -> Files:
    """Return the files of the app, with `shell.js`: the files for the worker to keep and their version."""
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
    # The app's requests may go to the other nodes, too.
    return app_files(web.nodes.elsewhere)


def load() -> None:
    """Read the files at start, before the first request."""
    app_files()


@route(GET, "/app", by=ANYBODY, audit=AUDIT, described=False)
async def app(web: Web, who: Caller) -> Response[bytes]:
    """Return the app's page."""
    return _files(web).answer(who.request, "index.html")


@route(GET, "/app/{path:path}", by=ANYBODY, audit=AUDIT, described=False)
async def app_file(web: Web, who: Caller, path: str) -> Response[bytes]:
    """Return a file of the app; `/app/calculator` is the app's page in disguise."""
    name = path.lstrip("/")
    response = _files(web).answer(who.request, DISGUISED if name == "calculator" else name)
    if name == SHELL and (others := web.nodes.elsewhere()) and response.content:
        # The worker keeps the page with its policy: a new list of other nodes changes the version.
        response.content += b'self.SHELL.version += "-%s";\n' % digest_of(others).encode()
    if name == WORKER:
        # The service worker is served from `/app/` and needs this header to control the page `/app`.
        response.headers["service-worker-allowed"] = "/app"
    return response
