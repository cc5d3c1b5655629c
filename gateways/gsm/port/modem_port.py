"""The port of one line's modem, open or looked for: where it is, what can be read and written there.

It tells what became of it by what it raises; what follows from that for calls is not its business.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from gateways.gsm.errors import GsmError, PortLost
from gateways.gsm.port.serial_port import Port
from gateways.gsm.port.whereabouts import Whereabouts


class Watcher(Protocol):
    """Whoever calls back when a descriptor can be read: an actor."""

    def watch(self, fd: int, callback: Callable[[], None]) -> None:
        """Call back whenever `fd` can be read."""

    def unwatch(self, fd: int) -> None:
        """No longer; to be said before the descriptor is closed."""


class ModemPort:
    """See the module. `readable` is called when the modem has said something, `told` when one that was asked
    whether it is the modem looked for has.
    """

    def __init__(
        self,
        where: Whereabouts,
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
        """Where it was opened last."""

    @property
    def is_open(self) -> bool:
        """Whether the modem can be spoken to."""
        return self._port is not None

    def open(self, now_s: float) -> None:
        """Open it, or look on for where it is. Raises GsmError, with words for the person on duty."""
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
        """What the modem has said; empty without a port. Raises PortLost."""
        return b"" if self._port is None else self._port.read()

    def write(self, data: bytes) -> bool:
        """Say it to the modem, or what is left of what was said before; whether nothing is left. Raises
        DialRefused, and then nothing is written, and PortLost.
        """
        if self._port is None:
            return True
        if data:
            self._port.write(data)
            return True
        return self._port.flush_pending()

    def close(self) -> None:
        """Let go of the modem; its calls stay up."""
        if self._port is not None:
            if self._fd is not None:
                self._watcher.unwatch(self._fd)
            self._port.close()
            self._port, self._fd = None, None

    def stop(self) -> None:
        """Let go of everything, for good."""
        self._stop_waiting()
        self._where.give_up()
        self.close()

    def _find(self, now_s: float) -> bool:
        """Look for the modem at the ports there are; True once it is known where it is."""
        self._stop_waiting()
        found = self._where.look(now_s)
        for fd in () if found else self._where.fds():
            self._asked_fds.append(fd)
            self._watcher.watch(fd, self._told)
        return found

    def _stop_waiting(self) -> None:
        # Before the descriptors are closed.
        for fd in self._asked_fds:
            self._watcher.unwatch(fd)
        self._asked_fds.clear()
