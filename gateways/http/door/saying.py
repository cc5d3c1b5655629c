"""What is said with every answer, be it of our routes, Litestar, uvicorn or the library of WebSockets."""

from __future__ import annotations

from email.utils import formatdate
from http import HTTPStatus
from typing import Any, Final

from litestar.types import BeforeMessageSendHookHandler, Message, Scope
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Response

from gateways.http.door.proxies import HSTS, Proxies
from messages.ids import SECOND
from runtime.clock import Clock

_POLICY: Final = b"content-security-policy"
SAID: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    # Of what is no page: whatever a browser takes it for, nothing of it runs.
    (_POLICY, b"default-src 'none'; frame-ancestors 'none'"),
)


def said_with_every_answer(proxies: Proxies, clock: Clock) -> BeforeMessageSendHookHandler:
    """Also with those that no route gives; a page has a policy of its own.

    `Date` (RFC 9110, 6.6.1) is the center's clock in the second in which the answer begins: apps set theirs
    by it. uvicorn's own is the system's clock, as it was up to a second before, and longer under load.
    """

    async def told(message: Message, scope: Scope) -> None:
        if message["type"] != "http.response.start":
            return
        headers = list(message["headers"])
        given = dict(headers)
        is_page = given.get(b"content-type", b"").startswith(b"text/html") and message["status"] < 400
        headers += [
            (name, value) for name, value in SAID if name not in given and not (is_page and name == _POLICY)
        ]
        headers.append((b"date", formatdate(clock.now_us() // SECOND, usegmt=True).encode()))
        if proxies.secure(scope):
            headers.append((b"strict-transport-security", HSTS))
        message["headers"] = headers

    return told


def written(status: bytes) -> bytes:
    """The whole answer to what is no request; the connection ends with it."""
    said = ((b"date", formatdate(usegmt=True).encode()), *SAID)
    told = b"".join(name + b": " + value + b"\r\n" for name, value in said)
    return b"HTTP/1.1 " + status + b"\r\n" + told + b"connection: close\r\ncontent-length: 0\r\n\r\n"


class SocketProtocol(WebSocketsSansIOProtocol):
    """uvicorn's, which says it also where no WebSocket comes of it."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        reject = self.conn.reject

        def refused(status: HTTPStatus | int, text: str) -> Response:
            response = reject(status, text)
            for name, value in SAID:
                response.headers[name.decode()] = value.decode()
            return response

        self.conn.reject = refused  # type: ignore[method-assign]
