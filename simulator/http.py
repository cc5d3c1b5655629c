"""Minimal HTTP/1.1 for a control API on loopback: one request a connection. The meaning of requests is not
handled here.

The standard library's server would need a thread, and a web framework half a second to start.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from simulator.errors import BadRequest

HEAD_LIMIT = 16384
BODY_LIMIT = 65536
REQUEST_TIMEOUT_S = 10.0

log = logging.getLogger("simulator")


@dataclass(frozen=True, slots=True)
class Request:
    """Request: method, path in decoded segments, body, and query parameters."""

    method: str
    path: tuple[str, ...]
    body: bytes
    query: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Response:
    """Response to a request."""

    status: HTTPStatus
    body: bytes
    content_type: str = "application/json"

    def encoded(self) -> bytes:
        """Return the response as bytes of HTTP/1.1."""
        head = (
            f"HTTP/1.1 {self.status.value} {self.status.phrase}\r\n"
            f"Content-Type: {self.content_type}\r\nContent-Length: {len(self.body)}\r\n"
            "Cache-Control: no-store\r\nConnection: close\r\n\r\n"
        )
        return head.encode() + self.body


Handler = Callable[[Request], Response]


async def serve(handler: Handler, host: str, port: int) -> asyncio.Server:
    """Listen; the handler answers every request in the loop's own thread. Raises OSError."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.TimeoutError, asyncio.IncompleteReadError):
            writer.write((await _answer(handler, reader)).encoded())
            await writer.drain()
        writer.close()

    return await asyncio.start_server(connected, host, port, limit=HEAD_LIMIT)


async def _answer(handler: Handler, reader: asyncio.StreamReader) -> Response:
    try:
        request = await asyncio.wait_for(_read(reader), REQUEST_TIMEOUT_S)
    except (BadRequest, ValueError, asyncio.LimitOverrunError) as error:
        return Response(HTTPStatus.BAD_REQUEST, str(error).encode(), "text/plain")
    try:
        return handler(request)
    except Exception:
        log.exception("%s %s", request.method, request.path)
        return Response(HTTPStatus.INTERNAL_SERVER_ERROR, b"", "text/plain")


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, _, rest = head[0].partition(" ")
    target, _, version = rest.partition(" ")
    if not version.startswith("HTTP/1."):
        raise BadRequest("HTTP/1.1 is spoken here")
    headers = {
        name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])
    }
    length = headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > BODY_LIMIT or "transfer-encoding" in headers:
        raise BadRequest("a body of at most 64 KiB, with its Content-Length")
    body = await reader.readexactly(int(length))
    asked = urllib.parse.urlsplit(target)
    path = tuple(urllib.parse.unquote(part) for part in asked.path.split("/") if part)
    return Request(method, path, body, tuple(urllib.parse.parse_qsl(asked.query)))
