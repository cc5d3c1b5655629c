"""Limits on requests: time to arrive, size of headers, connections of one address.

uvicorn's own protocol waits without a limit for the end of a header or a body. The limits leave complete
requests alone: a pending response (a long poll), a connection idle between two requests, a WebSocket.

The total of connections is unlimited: a full total would shut out alerts. If an address has reached its
limit, its oldest connection without a request gives way to the next connection. A client that shares the
address with a holder of many open connections therefore still gets through.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any, Final

import msgspec
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from gateways.http.security.response_headers import written
from gateways.http.security.throttle import network
from runtime.clock import Clock

CLOSED_WITHIN_S: Final = 1.0
"""Seconds until a connection is aborted if the client does not read the last response."""
_PIECE: Final = 64 * 1024
_SWEPT_AT: Final = 4096


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Limits on one request and on one address."""

    header_s: float = 10.0
    """Seconds from the first byte of a request, or the start of the connection, to the end of the headers."""
    body_s: float = 30.0
    """Seconds from the end of the headers to the end of the body."""
    header_bytes: int = 16 * 1024
    per_address: int = 256
    """Connections of one address: a carrier's phones share an address, and all the center's operators."""


Spares = Callable[[str], bool]
"""Function that returns True if an address is not counted: a trusted proxy, or this machine."""


def is_loopback(address: str) -> bool:
    """Return True if the address is a loopback address of this machine."""
    try:
        return ip_address(address.partition("%")[0]).is_loopback
    except ValueError:
        return False


def limited(limits: Limits, spares: Spares, clock: Clock) -> type[HttpToolsProtocol]:
    """Return the protocol class with these limits, for one server. `clock`: the center's, for `Date`."""
    guests = _Connections(limits.per_address, spares)

    class Limited(_Limited):
        _limits = limits
        _guests = guests
        _clock = clock

    return Limited


class _Connections:
    """Open connections by network, oldest first."""

    def __init__(self, most: int, spares: Spares) -> None:
        self._most = most
        self._spares = spares
        self._of: dict[str, dict[_Limited, None]] = {}
        self._count = 0

    def admit(self, one: _Limited) -> bool:
        """Return True if the connection is admitted. A full network admits the connection in place of its
        oldest connection without a request.
        """
        if one.client is None or self._spares(one.client[0]):
            return True
        if self._count >= _SWEPT_AT:
            for name in list(self._of):
                self._sweep(name)
        name = network(one.client[0])
        if len(self._of.get(name, ())) >= self._most:
            self._sweep(name)
        there = self._of.setdefault(name, {})
        if len(there) >= self._most:
            resting = next((other for other in there if other.rests), None)
            if resting is None:
                return False
            resting.transport.abort()
            self.release(resting)
        # `gone` removes the network's entry together with the last connection.
        self._of.setdefault(name, there)[one] = None
        self._count += 1
        return True

    def release(self, one: _Limited) -> None:
        """Remove a closed connection."""
        if one.client is not None:
            name = network(one.client[0])
            there = self._of.get(name)
            if there is not None and one in there:
                del there[one]
                self._count -= 1
                if not there:
                    del self._of[name]

    def _sweep(self, name: str) -> None:
        """Remove a network's closed connections: the end of a WebSocket is not reported to this protocol."""
        for one in [one for one in self._of.get(name, ()) if one.transport.is_closing()]:
            self.release(one)


class _Limited(HttpToolsProtocol):
    """HTTP connection under the limits."""

    _limits: Limits
    _guests: _Connections
    _clock: Clock

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._timer: asyncio.TimerHandle | None = None
        self._in_header = True
        self._header_bytes = 0

    @property
    def rests(self) -> bool:
        """True if no request is being received or answered."""
        return self._in_header and (self.cycle is None or self.cycle.response_complete)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if self._guests.admit(self):
            self._begin_header()
        else:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop()
        self._guests.release(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._timer is None:
            self._begin_header()
        while data and not self.transport.is_closing() and self._is_ours():
            most = _PIECE
            if self._in_header:
                most = self._limits.header_bytes - self._header_bytes
                if most <= 0:
                    self._end(b"431 Request Header Fields Too Large")
                    return
            piece, data = data[:most], data[most:]
            self._header_bytes += len(piece)
            super().data_received(piece)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._timer is None:
            self._begin_header()

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        self._in_header = False
        self._start(self._limits.body_s)

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._stop()
        self._in_header, self._header_bytes = True, 0

    def handle_websocket_upgrade(self) -> None:
        self._stop()
        super().handle_websocket_upgrade()

    def _is_ours(self) -> bool:
        """Return True if the connection still carries HTTP."""
        return self.transport.get_protocol() is self

    def _begin_header(self) -> None:
        self._in_header, self._header_bytes = True, 0
        self._start(self._limits.header_s)

    def _start(self, seconds: float) -> None:
        self._stop()
        self._timer = self.loop.call_later(seconds, self._late, seconds)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def send_400_response(self, msg: str) -> None:
        self.transport.write(written(b"400 Bad Request", self._clock))
        self.transport.close()

    def _late(self, seconds: float) -> None:
        if self.flow.read_paused:
            # The server itself has paused reading: an earlier request is still being answered.
            self._start(seconds)
            return
        self._end(b"408 Request Timeout")

    def _end(self, status: bytes) -> None:
        """Send the status unless a response has begun, and close."""
        self._stop()
        if self.transport.is_closing():
            return
        begun = self.cycle is not None and (
            self.cycle.response_started if not self._in_header else not self.cycle.response_complete
        )
        if not begun:
            self.transport.write(written(status, self._clock))
        self.transport.close()
        self.loop.call_later(CLOSED_WITHIN_S, self.transport.abort)
