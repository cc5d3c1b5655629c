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
    """Which of many ports have a host, and which have something to read, in one system call."""

    def __init__(self) -> None:
        self._poll = select.poll()

    def add(self, port: Pty) -> None:
        self._poll.register(port.fd, select.POLLIN)

    def remove(self, port: Pty) -> None:
        self._poll.unregister(port.fd)

    def look(self) -> tuple[set[int], set[int]]:
        """The descriptors without a host, and those with data."""
        events = self._poll.poll(0)
        return (
            {fd for fd, event in events if event & select.POLLHUP},
            {fd for fd, event in events if event & select.POLLIN},
        )


def _replace_link(link: Path, target: str) -> None:
    new = link.with_name(f".{link.name}.{os.getpid()}")
    new.unlink(missing_ok=True)
    new.symlink_to(target)
    new.replace(link)
