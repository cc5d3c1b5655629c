"""Pseudo-terminal that behaves like a modem's USB serial port. The content of the data is not handled here.

The simulator holds the master; the host opens the slave through a stable symlink. The slave is never kept
open here: the kernel reports the absence of a host (POLLHUP) only while it is closed everywhere. HUPCL is set
at creation, as on a ttyUSB; its state can be read on the master, even after the host has closed the slave.
"""

from __future__ import annotations

import contextlib
import os
import select
import termios
import tty
from pathlib import Path

READ_SIZE = 16384
AT_ONCE = 4095
"""Size of one read from a terminal with at least that much data."""
CONTROL_FLAGS = 2
"""Index of c_cflag in the result of tcgetattr."""


class Pty:
    """Port; `close` removes it like unplugging: a host with the port open reads end-of-file or EIO."""

    def __init__(self, link: Path) -> None:
        self.link = link
        self.fd, slave = os.openpty()
        try:
            tty.setraw(slave)
            attributes = termios.tcgetattr(slave)
            attributes[CONTROL_FLAGS] |= termios.HUPCL
            termios.tcsetattr(slave, termios.TCSANOW, attributes)
            self.path = os.ttyname(slave)
        finally:
            os.close(slave)
        os.set_blocking(self.fd, False)
        self._unsent = b""
        self._given = False
        _replace_link(link, self.path)

    def close(self) -> None:
        """Close the port, and remove its link unless the link already leads to another port."""
        os.close(self.fd)
        with contextlib.suppress(OSError):
            if os.readlink(self.link) == self.path:
                self.link.unlink()

    def hupcl(self) -> bool:
        """Return True if DTR falls when the last host closes the port."""
        return bool(termios.tcgetattr(self.fd)[CONTROL_FLAGS] & termios.HUPCL)

    def read(self) -> bytes | None:
        """Return the host's input; empty if there is none, None if no host has the port open."""
        try:
            return os.read(self.fd, READ_SIZE)
        except BlockingIOError:
            return b""
        except OSError:
            return None

    def send(self, data: bytes) -> None:
        """Write the data, now or by a later `send`; the surplus beyond a host's unread limit is lost."""
        self._unsent = (self._unsent + data)[-READ_SIZE:]
        self._unsent = self._unsent[self.send_or_drop(self._unsent) :] if self._unsent else b""

    def send_or_drop(self, data: bytes) -> int:
        """Write as much as there is room for; return the number of bytes."""
        self._given = True
        try:
            return os.write(self.fd, data)
        except OSError:
            return 0

    def drop_unread(self) -> None:
        """Drop unread output after the host has gone: it is not for the next host."""
        self._unsent = b""
        if not self._given:
            return
        self._given = False
        # Flushing the master drops only the data that have not reached the slave, possibly none.
        with contextlib.suppress(OSError, termios.error):
            slave = os.open(self.path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
            try:
                termios.tcflush(slave, termios.TCIFLUSH)
            finally:
                os.close(slave)


class PortPoll:
    """Watch on many ports: ports without a host, and ports with input.

    A port without a host is polled each time. A port with a host is not: a poll of a terminal with input on
    the way waits in the kernel for the worker that moves the input (`tty_buffer_flush_work`). On a busy
    machine that takes a tenth of a second, and all voices stall. Edge-triggered, the worker itself signals
    new input.
    """

    def __init__(self) -> None:
        self._poll = select.poll()
        self._told = select.epoll()
        self._without: set[int] = set()
        self._with: set[int] = set()
        self._unread: set[int] = set()
        """Ports with input that is not completely read."""

    def close(self) -> None:
        """Stop watching."""
        self._told.close()

    def add(self, port: Pty) -> None:
        self._poll.register(port.fd, select.POLLIN)
        self._without.add(port.fd)

    def remove(self, port: Pty) -> None:
        self._unread.discard(port.fd)
        if port.fd in self._with:
            self._with.remove(port.fd)
            self._told.unregister(port.fd)
        else:
            self._without.remove(port.fd)
            self._poll.unregister(port.fd)

    def poll(self) -> tuple[set[int], set[int]]:
        """Return the descriptors without a host, and those with input."""
        events = dict(self._poll.poll(0))
        self._unread |= {fd for fd, event in events.items() if event & select.POLLIN}
        for fd in [fd for fd in self._without if not events.get(fd, 0) & select.POLLHUP]:
            self._poll.unregister(fd)
            self._without.remove(fd)
            self._told.register(fd, select.EPOLLIN | select.EPOLLET)
            self._with.add(fd)
        for fd, event in self._told.poll(0):
            if event & select.EPOLLIN:
                self._unread.add(fd)
            if event & select.EPOLLHUP:
                self._told.unregister(fd)
                self._with.remove(fd)
                self._poll.register(fd, select.POLLIN)
                self._without.add(fd)
        return set(self._without), set(self._unread)

    def read(self, port: Pty) -> bytes:
        """Return the host's input at a port with data."""
        data = port.read() or b""
        if len(data) < AT_ONCE:
            self._unread.discard(port.fd)
        return data


def _replace_link(link: Path, target: str) -> None:
    new = link.with_name(f".{link.name}.{os.getpid()}")
    new.unlink(missing_ok=True)
    new.symlink_to(target)
    new.replace(link)
