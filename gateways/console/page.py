"""The page's files: read once, served with a policy that lets in nothing from elsewhere.

No inline script or style, no other host, no frame around it. Every file is named by the folder; no
path of a request ever reaches the file system.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, Final

from litestar import Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect

STATIC: Final = Path(__file__).parent / "static"
_TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
    ".md": "text/plain; charset=utf-8",
}
HEADERS: Final = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
    "img-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "geolocation=(), camera=(), payment=()",
}


class _File:
    def __init__(self, path: Path) -> None:
        self.content = path.read_bytes()
        self.media_type = _TYPES[path.suffix]
        self.etag = f'"{hashlib.sha256(self.content).hexdigest()[:32]}"'


def page_routes() -> list[HTTPRouteHandler]:
    """`/` leads to `/console/`; below it are the files."""
    files = {
        path.relative_to(STATIC).as_posix(): _File(path)
        for path in sorted(STATIC.rglob("*"))
        if path.is_file() and path.suffix in _TYPES
    }

    @get("/", include_in_schema=False)
    async def root() -> Redirect:
        return Redirect("/console/", status_code=307)

    def serve(request: Request[Any, Any, Any], name: str) -> Response[bytes]:
        found = files.get(name)
        if found is None:
            raise NotFoundException("no such file")
        headers = {**HEADERS, "etag": found.etag, "cache-control": "no-cache"}
        if request.headers.get("if-none-match") == found.etag:
            return Response(b"", status_code=304, headers=headers, media_type=found.media_type)
        return Response(found.content, headers=headers, media_type=found.media_type)

    @get("/console", include_in_schema=False)
    async def index(request: Request[Any, Any, Any]) -> Response[bytes]:
        return serve(request, "index.html")

    @get("/console/{path:path}", include_in_schema=False)
    async def file(request: Request[Any, Any, Any], path: FromPath[str]) -> Response[bytes]:
        return serve(request, path.lstrip("/"))

    return [root, index, file]
