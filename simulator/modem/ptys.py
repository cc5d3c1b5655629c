"""One pseudo-terminal that behaves as a USB serial port of a modem does. It must not know what passes
through.

The master is ours, the slave is the host's, reached by a stable symlink. We never keep the slave open: the
kernel tells that no host has it (POLLHUP) only while nobody does. HUPCL is set at creation, as on a ttyUSB;
whether the host has cleared it can be read on the master, even after the host has gone.
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
"""A terminal that has as much as that or more gives so much at a time."""
CONTROL_FLAGS = 2
"""The place of c_cflag in what tcgetattr gives."""


class Pty:
    """A port; `close` takes it away as unplugging does: a host that has it open reads end-of-file or EIO."""

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
        """Gone, with its link if that is still ours."""
        os.close(self.fd)
        with contextlib.suppress(OSError):
            if os.readlink(self.link) == self.path:
                self.link.unlink()

    def hupcl(self) -> bool:
        """DTR falls when the last host closes the port."""
        return bool(termios.tcgetattr(self.fd)[CONTROL_FLAGS] & termios.HUPCL)

    def read(self) -> bytes | None:
        """What the host has written; empty when there is nothing, None when no host has the port open."""
        try:
            return os.read(self.fd, READ_SIZE)
        except BlockingIOError:
            return b""
        except OSError:
            return None

    def send(self, data: bytes) -> None:
        """Write all of it, now or by a later `send`; more than a host ever leaves unread is lost."""
        self._unsent = (self._unsent + data)[-READ_SIZE:]
        self._unsent = self._unsent[self.send_or_drop(self._unsent) :] if self._unsent else b""

    def send_or_drop(self, data: bytes) -> int:
        """Write what there is room for; the rest is the caller's, or lost."""
        self._given = True
        try:
            return os.write(self.fd, data)
        except OSError:
            return 0

    def forget(self) -> None:
        """The host has gone: what it did not read is not for the next one."""
        self._unsent = b""
        if not self._given:
            return
        self._given = False
        # Flushing the master empties only what has not reached the slave; that may be none of it.
        with contextlib.suppress(OSError, termios.error):
            slave = os.open(self.path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
            try:
                termios.tcflush(slave, termios.TCIFLUSH)
            finally:
                os.close(slave)


class Watch:
    """Which of many ports have a host, and which have something to read.

    A port without a host is asked each time. One that has a host is not: to ask a terminal whose bytes are on
    their way waits in the kernel for the worker that brings them (`tty_buffer_flush_work`), on a busy machine
    for a tenth of a second, and everybody's voice stands still meanwhile. By edge the worker itself says that
    it has brought something.
    """

    def __init__(self) -> None:
        self._ask = select.poll()
        self._told = select.epoll()
        self._without: set[int] = set()
        self._with: set[int] = set()
        self._unread: set[int] = set()
        """Something was brought to them, and not all of it has been read."""

    def close(self) -> None:
        """Nothing is watched any more."""
        self._told.close()

    def add(self, port: Pty) -> None:
        self._ask.register(port.fd, select.POLLIN)
        self._without.add(port.fd)

    def remove(self, port: Pty) -> None:
        self._unread.discard(port.fd)
        if port.fd in self._with:
            self._with.remove(port.fd)
            self._told.unregister(port.fd)
        else:
            self._without.remove(port.fd)
            self._ask.unregister(port.fd)

    def look(self) -> tuple[set[int], set[int]]:
        """The descriptors without a host, and those with data."""
        events = dict(self._ask.poll(0))
        self._unread |= {fd for fd, event in events.items() if event & select.POLLIN}
        for fd in [fd for fd in self._without if not events.get(fd, 0) & select.POLLHUP]:
            self._ask.unregister(fd)
            self._without.remove(fd)
            self._told.register(fd, select.EPOLLIN | select.EPOLLET)
            self._with.add(fd)
        for fd, event in self._told.poll(0):
            if event & select.EPOLLIN:
                self._unread.add(fd)
            if event & select.EPOLLHUP:
                self._told.unregister(fd)
                self._with.remove(fd)
                self._ask.register(fd, select.POLLIN)
                self._without.add(fd)
        return set(self._without), set(self._unread)

    def read(self, port: Pty) -> bytes:
        """What the host has written to a port that has data."""
        data = port.read() or b""
        if len(data) < AT_ONCE:
            self._unread.discard(port.fd)
        return data


def _replace_link(link: Path, target: str) -> None:
    new = link.with_name(f".{link.name}.{os.getpid()}")
    new.unlink(missing_ok=True)
    new.symlink_to(target)
    new.replace(link)
