"""Pages of the other nodes may ask here what an app asks, and nothing else: CORS, for those addresses alone.

An app's page lives at the address from which it was opened, and has to reach the other nodes when that one is
lost; a console looks whether another node answers before it goes there. No cookie is ever sent across.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from litestar.types import ASGIApp, Message, Receive, Scope, Send

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


def across_nodes(origins: Callable[[], tuple[str, ...]]) -> Callable[[ASGIApp], ASGIApp]:
    """The middleware. `origins`: the other nodes' addresses as they are now."""

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
