"""From where which paths are asked, two middlewares. /metrics and /schema: by this machine, or at the address
that is for them alone. And what an app asks: by pages of the other nodes as well, and nothing else (CORS).

An app's page lives at the address from which it was opened, and has to reach the other nodes when that one is
lost; a console looks whether another node answers before it goes there. No cookie is ever sent across.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from litestar.exceptions import NotFoundException
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from gateways.http.door.proxies import address_of

FIGURES: Final = re.compile(r"/(metrics|schema)(/.*)?")
_BESIDES: Final = ("/healthz", "/readyz")
PATHS: Final = re.compile(
    r"/healthz|/v1/nodes|/v1/alerts(/[^/]+(/position|/ringing|/cancel|/messages(/seen)?)?)?|/v1/devices(/.*)?|/v1/pins"
    r"|/v1/me/record(/pictures(/[^/]+)?)?"
)
"""What `docs/api.md` has for apps."""
_ALLOWED: Final = (
    (b"access-control-allow-methods", b"GET, POST, PUT, DELETE"),
    (
        b"access-control-allow-headers",
        b"accept, authorization, content-type, content-digest, signature, signature-input, if-match, sw-pin",
    ),
    (b"access-control-max-age", b"600"),
)


def apart(metrics: tuple[str, int] | None, *, behind_proxy: bool) -> Callable[[ASGIApp], ASGIApp]:
    """Of /metrics and /schema. `metrics`: the address where nothing else is answered, if there is one."""

    def answers(scope: Scope) -> bool:
        path, client, server = scope["path"], scope.get("client"), scope.get("server")
        is_figures = FIGURES.fullmatch(path) is not None
        if metrics is not None and server is not None and (server[0], server[1]) == metrics:
            return is_figures or path in _BESIDES
        if not is_figures or client is None:
            # Whoever has no address has come by this user's own socket.
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


def across_nodes(origins: Callable[[], tuple[str, ...]]) -> Callable[[ASGIApp], ASGIApp]:
    """Of what an app asks. `origins`: the other nodes' addresses as they are now."""

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
                    # The app's clock is set by it.
                    exposed = (b"access-control-expose-headers", b"date")
                    message["headers"] = [*message["headers"], *allowed, exposed]
                await send(message)

            await app(scope, receive, told)

        return answered

    return around


def _origin(scope: Scope) -> bytes:
    """Of a request that may come from another page; empty for all others."""
    for name, value in scope["headers"]:
        if name == b"origin":
            return value if PATHS.fullmatch(scope["path"]) else b""
    return b""
