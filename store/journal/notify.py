"""Tells those who follow the journal that it has grown, without anybody polling.

Each listener has a Unix datagram socket of its own in one folder; after a commit the writer
sends one datagram to every socket there. The writer never waits: a full socket has been told
already, a dead one is removed. What is said is a hint: the journal itself is what is read.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import socket
import struct
import threading
from pathlib import Path
from typing import Final, Protocol

from store.errors import StoreMisuse

_SEQ: Final = struct.Struct(">Q")
_DEAD: Final = (errno.ECONNREFUSED, errno.ENOENT, errno.ENOTSOCK, errno.EPROTOTYPE)
_SUFFIX: Final = ".sock"


class Ear(Protocol):
    """One listener. Its descriptor is readable from a commit until `drain`."""

    def fileno(self) -> int:
        """What to watch for reading."""

    def drain(self) -> bool:
        """Take what was said; whether anything was."""

    def poke(self) -> None:
        """Become readable by oneself: there is more to read than was taken."""

    def close(self) -> None:
        """Listen no more."""


class Notifier(Protocol):
    """Where commits are told, and where one listens to them."""

    def committed(self, seq: int) -> None:
        """Say that the journal has grown up to `seq`. Neither waits nor fails."""

    def listen(self) -> Ear:
        """A new listener; hears every commit from now on."""


class SocketNotifier:
    """Between processes: a folder of sockets, `run/notify` of the state directory."""

    def __init__(self, folder: Path) -> None:
        """Make nothing yet; the folder is made by the first who listens."""
        self._folder: Final = folder
        self._lock = threading.Lock()
        self._out: socket.socket | None = None
        self._pid = os.getpid()

    def committed(self, seq: int) -> None:
        """Send one datagram to every listener."""
        if self._pid != os.getpid():
            # After a fork: the lock may have been taken by a thread that is not here.
            self._lock, self._out, self._pid = threading.Lock(), None, os.getpid()
        with self._lock:
            try:
                # By descriptor: a socket's address has 107 bytes at most, a path here may have more.
                folder = os.open(self._folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
            except OSError:
                return
            try:
                self._tell(folder, _SEQ.pack(seq))
            finally:
                os.close(folder)

    def _tell(self, folder: int, text: bytes) -> None:
        base = f"/proc/self/fd/{folder}"
        try:
            names = os.listdir(base)
        except OSError:
            return
        for name in names:
            if not name.endswith(_SUFFIX):
                continue
            try:
                self._socket().sendto(text, socket.MSG_DONTWAIT, f"{base}/{name}")
            except OSError as error:
                if error.errno in _DEAD:
                    with contextlib.suppress(OSError):
                        os.unlink(f"{base}/{name}")

    def _socket(self) -> socket.socket:
        if self._out is None:
            self._out = socket.socket(
                socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC
            )
        return self._out

    def listen(self) -> SocketEar:
        """A new socket in the folder, which is made if need be. Raises StoreMisuse where it cannot be."""
        return SocketEar(self._folder)


class SocketEar:
    """A listener's socket. Its file goes with it, or, when its process dies, with the next commit."""

    def __init__(self, folder: Path) -> None:
        self._socket = socket.socket(
            socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC
        )
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Stays open: the socket is removed through it, wherever the folder is by then.
            self._folder = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            self._socket.close()
            raise StoreMisuse(f"{folder} cannot hold sockets: {error.strerror}") from error
        self._address = f"/proc/self/fd/{self._folder}/{os.getpid()}-{secrets.token_hex(6)}{_SUFFIX}"
        self._owner = os.getpid()
        try:
            self._socket.bind(self._address)
        except OSError as error:
            self._socket.close()
            os.close(self._folder)
            raise StoreMisuse(f"{folder} cannot hold sockets: {error.strerror}") from error

    def fileno(self) -> int:
        """The socket; -1 after `close`."""
        return self._socket.fileno()

    def drain(self) -> bool:
        """Take all that is there."""
        heard = False
        while True:
            try:
                self._socket.recv(_SEQ.size)
            except (BlockingIOError, InterruptedError):
                return heard
            except OSError:
                return heard
            heard = True

    def poke(self) -> None:
        """Send oneself a datagram; when the socket is full it is readable anyway."""
        with contextlib.suppress(OSError):
            self._socket.sendto(_SEQ.pack(0), socket.MSG_DONTWAIT, self._address)

    def close(self) -> None:
        """Remove the socket; again does nothing. A forked child closes its copy only."""
        if self._socket.fileno() < 0:
            return
        self._socket.close()
        if self._owner == os.getpid():
            with contextlib.suppress(OSError):
                os.unlink(self._address)
        os.close(self._folder)


class LocalNotifier:
    """Within one process: the whole center in a test, or a program that is alone with its journal."""

    def __init__(self) -> None:
        """Nobody listens yet."""
        self._ears: list[LocalEar] = []
        self._lock = threading.Lock()

    def committed(self, seq: int) -> None:
        """Tell every listener."""
        del seq
        with self._lock:
            for ear in self._ears:
                ear.poke()

    def listen(self) -> LocalEar:
        """A new listener."""
        ear = LocalEar(self)
        with self._lock:
            self._ears.append(ear)
        return ear

    def forget(self, ear: LocalEar) -> None:
        """It listens no more."""
        with self._lock:
            if ear in self._ears:
                self._ears.remove(ear)


class LocalEar:
    """A counter in the kernel (eventfd), so that it can be watched like a socket."""

    def __init__(self, notifier: LocalNotifier) -> None:
        self._notifier = notifier
        self._fd = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)

    def fileno(self) -> int:
        """The counter; -1 after `close`."""
        return self._fd

    def drain(self) -> bool:
        """Set it back."""
        try:
            return os.eventfd_read(self._fd) > 0
        except BlockingIOError:
            return False

    def poke(self) -> None:
        """Count one."""
        with contextlib.suppress(BlockingIOError):
            os.eventfd_write(self._fd, 1)

    def close(self) -> None:
        """Listen no more; again does nothing."""
        if self._fd < 0:
            return
        self._notifier.forget(self)
        os.close(self._fd)
        self._fd = -1
