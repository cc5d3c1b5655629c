"""Two middlewares that limit paths by the origin of a request.

`apart`: /metrics and /schema are for this machine, or for the address reserved for them. `cors_of_nodes`: the
app's paths are open to pages of the other nodes as well (CORS). A page of the app belongs to the node that
served the page, and must reach the other nodes if that node is lost. A console checks that another node
answers before moving there. No cookie is ever sent to another node.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from litestar.exceptions import NotFoundException
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from gateways.http.security.proxies import address_of

FIGURES: Final = re.compile(r"/(metrics|schema)(/.*)?")
_BESIDES: Final = ("/healthz", "/readyz")
PATHS: Final = re.compile(
    r"/healthz|/v1/nodes|/v1/alerts(/[^/]+(/position|/ringing|/cancel|/messages(/seen)?)?)?|/v1/devices(/.*)?|/v1/pins"
    r"|/v1/me/record(/pictures(/[^/]+)?)?"
)
"""Paths for apps, as `docs/api.md` describes."""
_ALLOWED: Final = (
    (b"access-control-allow-methods", b"GET, POST, PUT, DELETE"),
    (
        b"access-control-allow-headers",
        b"accept, authorization, content-type, content-digest, signature, signature-input, if-match, sw-pin",
    ),
    (b"access-control-max-age", b"600"),
)


def restricted_paths(metrics: tuple[str, int] | None, *, behind_proxy: bool) -> Callable[[ASGIApp], ASGIApp]:
    """Return the middleware that restricts /metrics and /schema. `metrics`: the address that serves these
    paths and the health checks only, if configured. An unavailable path raises NotFoundException.
    """

    def answers(scope: Scope) -> bool:
        path, client, server = scope["path"], scope.get("client"), scope.get("server")
        is_figures = FIGURES.fullmatch(path) is not None
        if metrics is not None and server is not None and (server[0], server[1]) == metrics:
            return is_figures or path in _BESIDES
        if not is_figures or client is None:
            # A client without an address has used this user's own socket.
            return True
        if metrics is not None or behind_proxy:
            return False
        address = address_of(client[0])
        return address is None or address.is_loopback

    def around(app: ASGIApp) -> ASGIApp:
        async def answered(scope: Scope, receive: Receive, send: Send) -> None:
            if not answers(scope):
                raise NotFoundException
            await app(scope, receive, send)

        return answered

    return around


def cors_of_nodes(origins: Callable[[], tuple[str, ...]]) -> Callable[[ASGIApp], ASGIApp]:
    """Return the middleware for CORS on the app's paths. `origins` returns the other nodes' addresses."""

    def around(app: ASGIApp) -> ASGIApp:
        async def answered(scope: Scope, receive: Receive, send: Send) -> None:
            origin = _origin(scope)
            if not origin or origin.decode("latin-1") not in origins():
                await app(scope, receive, send)
                return
            allowed = ((b"access-control-allow-origin", origin), (b"vary", b"origin"))
            if scope.get("method") == "OPTIONS":
                await send({"type": "http.response.start", "status": 204, "headers": [*allowed, *_ALLOWED]})
                await send({"type": "http.response.body", "body": b"", "more_body": False})
                return

            async def told(message: Message) -> None:
                if message["type"] == "http.response.start":
                    # The app sets its clock by `Date`.
                    exposed = (b"access-control-expose-headers", b"date")
                    message["headers"] = [*message["headers"], *allowed, exposed]
                await send(message)

            await app(scope, receive, told)

        return answered

    return around


def _origin(scope: Scope) -> bytes:
    """Return the `Origin` of a request for one of the app's paths; empty for any other request."""
    for name, value in scope["headers"]:
        if name == b"origin":
            return value if PATHS.fullmatch(scope["path"]) else b""
    return b""
