"""The VoiceIngest: the process that receives the users' microphones.

Nothing else of the center lives in this process, and no other process waits for it: a hostile packet can end
the microphones of this node, for the tenths of a second until the next VoiceIngest has the port.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from typing import ClassVar, Final

from features.ear.ingest import Ingest
from features.ear.settings import EarSettings
from features.ear.webrtc.session import Address
from messages.ids import Instant, Role
from model.setup import Setup
from runtime.actor import CenterActor

RECEIVE_BUFFER: Final = 1 << 20
"""Buffer of the UDP port in bytes: a second of sixty voices."""


class VoiceIngestActor(CenterActor):
    """Actor with the UDP port of the microphones. Its sound runs on a thread."""

    role: ClassVar[Role] = Role.FEATURE

    def started(self) -> None:
        """Open the port, or try again each second."""
        own = EarSettings.of(self.env.settings_as(Setup).settings)
        self._port = own.port or 0
        self._addresses: list[Address] = [(address, self._port) for address in own.addresses]
        self._fault = ""
        self._thread: threading.Thread | None = None
        self._serve()

    def tick(self, now_us: Instant) -> None:
        """Serve again after a fault."""
        if self._thread is not None and not self._thread.is_alive():
            raise RuntimeError("the loop of the microphones has ended")
        if self._thread is None:
            self._serve()

    def _serve(self) -> None:
        try:
            udp = _bound(self._port)
        except OSError as error:
            if str(error) != self._fault:
                self._fault = str(error)
                self.log.error(
                    "the port of the microphones cannot be opened", port=self._port, error=str(error)
                )
            return
        ingest = Ingest(self.env.run, udp, self._addresses)
        self._thread = threading.Thread(target=self._run, args=(ingest,), name="ear", daemon=True)
        self._thread.start()

    def _run(self, ingest: Ingest) -> None:
        try:
            asyncio.run(ingest.run(self._ready))
        except Exception:
            # Without its loop the process is useless: the next tick ends it, and another is started.
            self.log.exception("the loop of the microphones fails")

    def _ready(self) -> None:
        self._fault = ""
        self.log.info("microphones are received", port=self._port)


def _bound(port: int) -> socket.socket:
    """Return a socket for both families where the machine has IPv6, else for IPv4. Raises OSError."""
    try:
        made = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        where = "::"
    except OSError:
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
        where = "0.0.0.0"
    try:
        made.setblocking(False)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        made.bind((where, port))
    except OSError:
        made.close()
        raise
    return made
