"""A modem's command port: pyserial made harmless, with the dial guard on the only way to write.

HUPCL is cleared before anything else, so that the death of this process does not drop DTR and with it the
user's call. Every error that means a lost port (SerialException, OSError, and termios.error, which is no
OSError) becomes PortLost.
"""

from __future__ import annotations

import fcntl
import os
import termios
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Final, Protocol, final

import serial

from gateways.gsm.errors import PortBusy, PortLost
from gateways.gsm.port.dial_guard import DialGuard

BAUD: Final = 115_200
_READ_BYTES: Final = 4096
_CFLAG: Final = 2
_GONE: Final = (OSError, termios.error, serial.SerialException, TypeError)
# TypeError: pyserial reads from a descriptor that another thread or a hot-unplug has set to None.


class Port(Protocol):
    """The port operations that the gateway needs; an in-memory pipe may replace a tty."""

    def fileno(self) -> int | None:
        """Return a descriptor to select on; None for a port in memory."""

    def read(self) -> bytes:
        """Return the bytes received so far, at once; empty without any. Raises PortLost."""

    def write(self, data: bytes) -> None:
        """Write through the dial guard. Raises DialRefused (and writes nothing) and PortLost."""

    def flush_pending(self) -> bool:
        """Write the bytes not yet accepted by the kernel; return True if none is left. Raises PortLost."""

    def close(self) -> None:
        """Close the port; never raises."""


class GuardedPort(ABC):
    """A port that writes only through the dial guard."""

    def __init__(self, guard: DialGuard) -> None:
        self.guard: Final = guard
        self._unwritten = bytearray()

    @final
    def write(self, data: bytes) -> None:
        """Write through the dial guard. Raises DialRefused (and writes nothing) and PortLost."""
        self._unwritten += self.guard.pass_through(data)
        self.flush_pending()

    @final
    def flush_pending(self) -> bool:
        """Write the bytes not yet accepted by the kernel; return True if none is left. Raises PortLost."""
        while self._unwritten:
            written = self._write_some(bytes(self._unwritten))
            if not written:
                return False
            del self._unwritten[:written]
        return True

    @abstractmethod
    def _write_some(self, data: bytes) -> int:
        """Write without blocking; return the number of bytes accepted. Raises PortLost."""


class SerialPort(GuardedPort):
    """A tty, real or pseudo. Raises PortBusy and PortLost on opening."""

    def __init__(self, path: str, guard: DialGuard, *, baud: int = BAUD) -> None:
        super().__init__(guard)
        self.path: Final = path
        first = _open_without_hang_up(path)
        try:
            self._serial = serial.Serial(path, baud, timeout=0, write_timeout=0, exclusive=True)
        except serial.SerialException as error:
            if "lock" in str(error).lower():
                raise PortBusy(f"{path}: another process has the port open") from error
            raise PortLost(f"{path}: {error}") from error
        except _GONE as error:
            raise PortLost(f"{path}: {error}") from error
        finally:
            os.close(first)
        try:
            # pyserial has configured the line again: the flag must be off in any case.
            _clear_hupcl(self._serial.fileno())
        except _GONE as error:
            self.close()
            raise PortLost(f"{path}: {error}") from error

    def fileno(self) -> int:
        """Return the descriptor to select on. Raises PortLost."""
        try:
            return int(self._serial.fileno())
        except _GONE as error:
            raise PortLost(f"{self.path}: {error}") from error

    def read(self) -> bytes:
        """Return the bytes received so far; empty without any. Raises PortLost."""
        try:
            return bytes(self._serial.read(_READ_BYTES))
        except _GONE as error:
            raise PortLost(f"{self.path}: {error}") from error

    def close(self) -> None:
        """Close the port; never raises."""
        try:
            self._serial.close()
        except _GONE:
            # The port is lost already.
            return

    def _write_some(self, data: bytes) -> int:
        try:
            return os.write(self._serial.fileno(), data)
        except BlockingIOError:
            return 0
        except _GONE as error:
            raise PortLost(f"{self.path}: {error}") from error


def stable_name(path: str) -> str:
    """Return a name of the tty that survives renumbering, if udev made one; otherwise the path itself."""
    for directory in (Path("/dev/serial/by-id"), Path("/dev/serial/by-path")):
        if directory.is_dir():
            for link in sorted(directory.iterdir()):
                if link.resolve() == Path(path).resolve():
                    return str(link)
    return path


def _open_without_hang_up(path: str) -> int:
    """Open a descriptor on the tty with HUPCL off, before pyserial opens the tty. Raises PortLost.

    This descriptor stays open while pyserial opens its own, so that there is no last close in between.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    except OSError as error:
        raise PortLost(f"{path}: {error.strerror}") from error
    try:
        _clear_hupcl(descriptor)
    except (OSError, termios.error) as error:
        os.close(descriptor)
        raise PortLost(f"{path}: {error}") from error
    return descriptor


def _clear_hupcl(descriptor: int) -> None:
    attributes = termios.tcgetattr(descriptor)
    if attributes[_CFLAG] & termios.HUPCL:
        attributes[_CFLAG] &= ~termios.HUPCL
        termios.tcsetattr(descriptor, termios.TCSANOW, attributes)
    flags = fcntl.fcntl(descriptor, fcntl.F_GETFD)
    fcntl.fcntl(descriptor, fcntl.F_SETFD, flags | fcntl.FD_CLOEXEC)
