"""The port of one line's modem, open or being searched: its place, reading and writing.

Errors report the state of the port; their consequences for calls are decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from gateways.gsm.errors import GsmError, PortLost
from gateways.gsm.port.serial_port import Port
from gateways.gsm.port.whereabouts import ModemLocation


class Watcher(Protocol):
    """The caller of a callback when a descriptor can be read: an actor."""

    def watch(self, fd: int, callback: Callable[[], None]) -> None:
        """Call back whenever `fd` can be read."""

    def unwatch(self, fd: int) -> None:
        """Stop watching `fd`; call before the descriptor is closed."""


class ModemPort:
    """The command port of one line. `readable` is called when the modem has sent bytes, `told` when a port
    probed in the search has sent bytes.
    """

    def __init__(
        self,
        where: ModemLocation,
        open_port: Callable[[str], Port],
        watcher: Watcher,
        *,
        readable: Callable[[], None],
        told: Callable[[], None],
    ) -> None:
        self._where = where
        self._open_port = open_port
        self._watcher = watcher
        self._readable = readable
        self._told = told
        self._port: Port | None = None
        self._fd: int | None = None
        self._asked_fds: list[int] = []
        self.path = ""
        """Path where the port was opened last."""

    @property
    def is_open(self) -> bool:
        """True if the modem's port is open."""
        return self._port is not None

    def open(self, now_s: float) -> None:
        """Open the port, or continue the search for the modem. Raises GsmError, its text for the operator."""
        path = self._where.path()
        if not path and not self._find(now_s):
            raise PortLost(self._where.text())
        self.path = path or self._where.path()
        try:
            self._port = self._open_port(self.path)
            self._fd = self._port.fileno()
        except GsmError:
            self._port = None
            raise
        if self._fd is not None:
            self._watcher.watch(self._fd, self._readable)

    def read(self) -> bytes:
        """Return the bytes from the modem; empty without a port. Raises PortLost."""
        return b"" if self._port is None else self._port.read()

    def write(self, data: bytes) -> bool:
        """Write bytes to the modem, or with empty `data` the rest of earlier bytes; return True if no bytes
        are left. Raises DialRefused, and then writes nothing, and PortLost.
        """
        if self._port is None:
            return True
        if data:
            self._port.write(data)
            return True
        return self._port.flush_pending()

    def close(self) -> None:
        """Release the modem; its calls stay up."""
        if self._port is not None:
            if self._fd is not None:
                self._watcher.unwatch(self._fd)
            self._port.close()
            self._port, self._fd = None, None

    def stop(self) -> None:
        """Release the modem and end the search, for good."""
        self._stop_waiting()
        self._where.give_up()
        self.close()

    def _find(self, now_s: float) -> bool:
        """Search the present ports for the modem; return True once its place is known."""
        self._stop_waiting()
        found = self._where.look(now_s)
        for fd in () if found else self._where.fds():
            self._asked_fds.append(fd)
            self._watcher.watch(fd, self._told)
        return found

    def _stop_waiting(self) -> None:
        # The descriptors must still be open here.
        for fd in self._asked_fds:
            self._watcher.unwatch(fd)
        self._asked_fds.clear()
