"""Who reads /metrics and /schema: this machine, or whoever reaches the address that is for them alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from litestar.exceptions import NotFoundException
from litestar.types import ASGIApp, Receive, Scope, Send

from gateways.http.door.proxies import address_of

FIGURES: Final = re.compile(r"/(metrics|schema)(/.*)?")
_BESIDES: Final = ("/healthz", "/readyz")


def apart(metrics: tuple[str, int] | None, *, behind_proxy: bool) -> Callable[[ASGIApp], ASGIApp]:
    """The middleware. `metrics`: the address where nothing else is answered, if there is one."""

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
