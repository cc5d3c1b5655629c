"""The port of one line's modem, open or being searched: its place, reading and writing.

Errors report the state of the port; their consequences for calls are decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from gateways.gsm.errors import GsmError, PortLost
from gateways.gsm.port.modem_location import ModemLocation
from gateways.gsm.port.serial_port import Port


class Watcher(Protocol):
    """The caller of a callback when a descriptor can be read: an actor."""

    def watch(self, fd: int, callback: Callable[[], None]) -> None:
        """Call back whenever `fd` can be read."""

    def unwatch(self, fd: int) -> None:
        """Stop watching `fd`; call before the descriptor is closed."""


class ModemPort:
    """The command port of one line. `on_readable` is called when the modem has sent bytes,
    `on_probe_readable` when a port probed in the search has sent bytes.
    """

    def __init__(
        self,
        location: ModemLocation,
        open_port: Callable[[str], Port],
        watcher: Watcher,
        *,
        on_readable: Callable[[], None],
        on_probe_readable: Callable[[], None],
    ) -> None:
        self._location = location
        self._open_port = open_port
        self._watcher = watcher
        self._on_readable = on_readable
        self._on_probe_readable = on_probe_readable
        self._port: Port | None = None
        self._fd: int | None = None
        self._probed_fds: list[int] = []
        self.path = ""
        """Path where the port was opened last."""

    @property
    def is_open(self) -> bool:
        """True if the modem's port is open."""
        return self._port is not None

    def open(self, now_s: float) -> None:
        """Open the port, or continue the search for the modem. Raises GsmError, its text for the operator."""
        path = self._location.path()
        if not path and not self._search(now_s):
            raise PortLost(self._location.text())
        self.path = path or self._location.path()
        try:
            self._port = self._open_port(self.path)
            self._fd = self._port.fileno()
        except GsmError:
            self._port = None
            raise
        if self._fd is not None:
            self._watcher.watch(self._fd, self._on_readable)

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
        self._unwatch_probed()
        self._location.end_search()
        self.close()

    def _search(self, now_s: float) -> bool:
        """Search the present ports for the modem; return True once its place is known."""
        self._unwatch_probed()
        found = self._location.search(now_s)
        for fd in () if found else self._location.fds():
            self._probed_fds.append(fd)
            self._watcher.watch(fd, self._on_probe_readable)
        return found

    def _unwatch_probed(self) -> None:
        # The descriptors must still be open here.
        for fd in self._probed_fds:
            self._watcher.unwatch(fd)
        self._probed_fds.clear()
