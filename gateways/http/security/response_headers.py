"""Headers of every response, be the response by a route, Litestar, uvicorn or the library of WebSockets."""

from __future__ import annotations

from email.utils import formatdate
from http import HTTPStatus
from typing import Any, Final

from litestar.types import BeforeMessageSendHookHandler, Message, Scope
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Response

from gateways.http.security.proxies import HSTS, Proxies
from messages.ids import SECOND
from runtime.clock import Clock

_POLICY: Final = b"content-security-policy"
SAID: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    # For responses that are no page: whatever type a browser assumes, the content runs nothing.
    (_POLICY, b"default-src 'none'; frame-ancestors 'none'"),
)


def common_headers(proxies: Proxies, clock: Clock) -> BeforeMessageSendHookHandler:
    """Return the hook that adds the security headers and `Date` to every response of the application.

    Responses without a route are included. A page (HTML, status below 400) has a content policy of its own.
    `Date` (RFC 9110, 6.6.1) is the center's clock in the second in which the response begins: apps set their
    clocks by `Date`. uvicorn's own `Date` is the system's clock, up to a second old, and older under load.
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
        headers.append((b"date", _date(clock).encode()))
        if proxies.secure(scope):
            headers.append((b"strict-transport-security", HSTS))
        message["headers"] = headers

    return told


def _date(clock: Clock) -> str:
    return formatdate(clock.now_us() // SECOND, usegmt=True)


def written(status: bytes, clock: Clock) -> bytes:
    """Return a complete error response to a malformed or late request. The connection closes after it."""
    said = ((b"date", _date(clock).encode()), *SAID)
    told = b"".join(name + b": " + value + b"\r\n" for name, value in said)
    return b"HTTP/1.1 " + status + b"\r\n" + told + b"connection: close\r\ncontent-length: 0\r\n\r\n"


def socket_protocol(clock: Clock) -> type[WebSocketsSansIOProtocol]:
    """Return the protocol class of WebSockets, for one server."""

    class Protocol(_SocketProtocol):
        _clock = clock

    return Protocol


class _SocketProtocol(WebSocketsSansIOProtocol):
    """uvicorn's WebSocket protocol, with the common headers also in the response to a refused handshake."""

    _clock: Clock

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        reject = self.conn.reject

        def refused(status: HTTPStatus | int, text: str) -> Response:
            response = reject(status, text)
            del response.headers["Date"]  # the system's clock
            response.headers["Date"] = _date(self._clock)
            for name, value in SAID:
                response.headers[name.decode()] = value.decode()
            return response

        self.conn.reject = refused  # type: ignore[method-assign]
