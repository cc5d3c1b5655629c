"""A modem's command port over TCP, and the opening of any port by its name.

Works like a tty, apart from the features that TCP lacks: HUPCL and the exclusive lock. The server of the port
may accept two clients, which then read each other's answers. On this machine a name in the abstract namespace
therefore locks the port, and is released with its process (unix(7)). A connection closed by the server counts
as unplugged.

pyserial's own socket:// is not used: it waits five seconds for a connection, and an actor that hangs for two
seconds is killed.
"""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import Final

from gateways.gsm.errors import PortBusy, PortLost
from gateways.gsm.port.dial_guard import DialGuard
from gateways.gsm.port.serial_port import GuardedPort, SerialPort
from model.settings.port_names import is_address, one_name, tcp_address

CONNECT_S: Final = 0.5
"""Longest wait for a connection, in seconds. The whole actor waits; a slower link could not carry calls."""
_READ_BYTES: Final = 4096
_OPTIONS: Final = (
    (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),
    # A peer without power is silent: it is probed after 5 s of silence, every 2 s, three times.
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 5),
    (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 2),
    (socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3),
    (socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 10_000),
)


class TcpPort(GuardedPort):
    """A port at `socket://HOST:PORT`. Raises PortBusy and PortLost on opening."""

    def __init__(self, url: str, guard: DialGuard) -> None:
        super().__init__(guard)
        self.path: Final = url
        self._lock = _lock(url)
        try:
            self._socket = socket.create_connection(tcp_address(url), timeout=CONNECT_S)
        except (OSError, ValueError) as error:
            self._lock.close()
            raise PortLost(f"{url}: {error}") from error
        try:
            for option in _OPTIONS:
                self._socket.setsockopt(*option)
            self._socket.setblocking(False)
        except OSError as error:
            self.close()
            raise PortLost(f"{url}: {error}") from error

    def fileno(self) -> int:
        """Return the descriptor to select on. Raises PortLost."""
        descriptor = self._socket.fileno()
        if descriptor < 0:
            raise PortLost(f"{self.path}: closed")
        return descriptor

    def read(self) -> bytes:
        """Return the bytes received so far; empty without any. Raises PortLost."""
        try:
            data = self._socket.recv(_READ_BYTES)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise PortLost(f"{self.path}: {error}") from error
        if not data:
            raise PortLost(f"{self.path}: the other side has closed the connection")
        return data

    def close(self) -> None:
        """Close the port; never raises."""
        with suppress(OSError):
            self._socket.close()
        self._lock.close()

    def _write_some(self, data: bytes) -> int:
        try:
            return self._socket.send(data)
        except BlockingIOError:
            return 0
        except OSError as error:
            raise PortLost(f"{self.path}: {error}") from error


def _lock(url: str) -> socket.socket:
    """Lock the port on this machine; the holder of the lock has the port. Raises PortBusy."""
    lock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        lock.bind(f"\0securwoman modem {one_name(url)}")
    except OSError as error:
        lock.close()
        raise PortBusy(f"{url}: another process has the port open") from error
    return lock


def open_port(name: str, guard: DialGuard) -> SerialPort | TcpPort:
    """Open the port of this name: a tty's path, or `socket://HOST:PORT`. Raises PortBusy and PortLost."""
    return TcpPort(name, guard) if is_address(name) else SerialPort(name, guard)
