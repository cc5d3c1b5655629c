"""A web on a real port, in a thread of this process, served as the center does it; and connections to it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import uvicorn

from gateways.http.app import build
from gateways.http.parts.construction import parts
from gateways.http.security.limits import Limits, Spares, is_loopback
from gateways.http.server import configured, listen
from tests.gateways.http.place import Place
from tests.waiting import wait_until

PATIENCE_S = 20.0


class Raw:
    """A connection on which bytes are said as they are."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)
        self.heard = b""

    def say(self, data: bytes) -> Raw:
        """Send it; a center that has closed already is no fault of this side's."""
        with suppress(OSError):
            self.socket.sendall(data)
        return self

    def until(self, mark: bytes) -> bytes:
        """What is heard until these bytes have come. Raises AssertionError at the end of the connection."""
        while mark not in self.heard:
            more = self._more()
            assert more, self.heard
            self.heard += more
        return self.heard

    def to_the_end(self) -> bytes:
        """All that is heard until the center closes. Raises TimeoutError where it does not."""
        while more := self._more():
            self.heard += more
        return self.heard

    def _more(self) -> bytes:
        try:
            return self.socket.recv(65536)
        except ConnectionError:
            return b""

    def close(self) -> None:
        """Hang up."""
        self.socket.close()


class Served:
    """See the module."""

    def __init__(self, place: Place, limits: Limits, spares: Spares) -> None:
        web = parts(place.settings())
        self._server = uvicorn.Server(configured(build(web), web.clock, limits=limits, spares=spares))
        listener = listen("127.0.0.1", 0)
        self.port: int = listener.getsockname()[1]
        self._opened: list[Raw] = []
        self._thread = threading.Thread(target=self._server.run, args=([listener],))
        self._thread.start()
        wait_until(lambda: self._server.started, within_s=PATIENCE_S, what="the web listening")

    def connect(self) -> Raw:
        """One more connection; closed at the end, whatever happens."""
        opened = Raw(self.port)
        self._opened.append(opened)
        return opened

    def at_work(self) -> int:
        """How many connections have a request that is being answered, or is coming."""
        return sum(not getattr(one, "rests", True) for one in list(self._server.server_state.connections))

    def stop(self) -> None:
        """End it in order."""
        for raw in self._opened:
            raw.close()
        self._server.should_exit = True
        self._thread.join(PATIENCE_S)


@contextmanager
def served(place: Place, limits: Limits | None = None, spares: Spares = is_loopback) -> Iterator[Served]:
    """A web with these limits."""
    made = Served(place, limits or Limits(), spares)
    try:
        yield made
    finally:
        made.stop()
