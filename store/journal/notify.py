"""Tells those who follow the journal that it has grown, without anybody polling.

Each listener has a Unix datagram socket of its own in one folder, whose name says what it wants to hear of:
everything, one kind of stream or one stream. After a commit the writer sends one datagram to each whom it
concerns. The writer never waits: a full socket has been told already, a dead one is removed. A datagram can
be lost, so that every listener looks once in a while all the same: the journal itself is what is read.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import socket
import struct
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Protocol

from store.errors import StoreMisuse

_SEQ: Final = struct.Struct(">Q")
_DEAD: Final = (errno.ECONNREFUSED, errno.ENOENT, errno.ENOTSOCK, errno.EPROTOTYPE)
_SUFFIX: Final = ".sock"
_ABOUT_MAX: Final = 56
"""A socket's address has 107 bytes; a longer name is cut, and hears of all streams that begin so."""


def kind(streams: str) -> str:
    """All streams of a kind, for `listen`."""
    return f"{streams}-"


NEWS_MAX: Final = 7999
"""Bytes that PostgreSQL takes with a notification."""


def news(node: str, seq: int, streams: Collection[str]) -> str:
    """A commit, as nodes say it to each other; without the streams where they are too many."""
    said = "\n".join((f"{node} {seq}", *streams))
    return said if len(said.encode()) <= NEWS_MAX else f"{node} {seq}"


def read_news(said: str) -> tuple[str, int, frozenset[str]]:
    """The node, up to where it has written, and in which streams. What is not understood is `seq` 0."""
    first, *streams = said.split("\n")
    node, _, seq = first.rpartition(" ")
    return (node, int(seq), frozenset(streams)) if seq.isdecimal() else (node, 0, frozenset())


def _topics(streams: Collection[str]) -> frozenset[str]:
    """What those want to hear of whom a commit to these streams concerns."""
    kinds = (kind(stream.partition("-")[0]) for stream in streams)
    return frozenset((*(stream[:_ABOUT_MAX] for stream in streams), *kinds))


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

    def committed(self, seq: int, streams: Collection[str] = ()) -> None:
        """Say that the journal has grown up to `seq` in these streams; none: it may be any. Neither waits
        nor fails. What is no stream, and yet makes an actor look, is told in the same way, at `seq` 0.
        """

    def listen(self, about: str = "") -> Ear:
        """A new listener: from now on it hears of every commit, or of those to this stream or `kind`."""

    def heard(self, about: str) -> bool:
        """Whether anybody listens who has asked for this."""


class SocketNotifier:
    """Between processes: a folder of sockets, `run/notify` of the state directory."""

    def __init__(self, folder: Path) -> None:
        """Make nothing yet; the folder is made by the first who listens."""
        self._folder: Final = folder
        self._lock = threading.Lock()
        self._out: socket.socket | None = None
        self._pid = os.getpid()

    def committed(self, seq: int, streams: Collection[str] = ()) -> None:
        """Send one datagram to every listener whom it concerns."""
        if self._pid != os.getpid():
            # After a fork: the lock may have been taken by a thread that is not here.
            self._lock, self._out, self._pid = threading.Lock(), None, os.getpid()
        topics, text = _topics(streams), _SEQ.pack(seq)
        with self._lock, self._sockets() as found:
            for address, about in found:
                if topics and about and about not in topics:
                    continue
                try:
                    self._send(text, address)
                except OSError as error:
                    _remove_dead(address, error)

    def _send(self, text: bytes, address: str) -> None:
        """Raises OSError; BlockingIOError where the listener has enough to read."""
        if self._out is not None:
            with contextlib.suppress(BlockingIOError):
                self._out.sendto(text, socket.MSG_DONTWAIT, address)
                return
            # What a listener that sleeps has not read is counted as this socket's, by which nobody is sent
            # anything once it is full: at 277 datagrams, where each listener may have 512 (SO_SNDBUF).
            self._out.close()
        self._out = _socket()
        self._out.sendto(text, socket.MSG_DONTWAIT, address)

    def listen(self, about: str = "") -> SocketEar:
        """A new socket in the folder, which is made if need be. Raises StoreMisuse where it cannot be."""
        if not about:
            # Whom no commit concerns any more is found dead by none.
            self.heard("")
        return SocketEar(self._folder, about[:_ABOUT_MAX])

    def heard(self, about: str) -> bool:
        """Asks the kernel, which knows whether a socket's process lives."""
        alive = []
        with self._sockets() as found:
            for address, wanted in found:
                if about not in ("", wanted):
                    continue
                try:
                    with _socket() as knocking:
                        knocking.connect(address)
                        alive.append(address)
                except OSError as error:
                    _remove_dead(address, error)
        return bool(alive)

    @contextmanager
    def _sockets(self) -> Iterator[Iterator[tuple[str, str]]]:
        """The address of each, and what it wants to hear of, while the context lasts."""
        try:
            # By descriptor: a socket's address has 107 bytes at most, a path here may have more.
            folder = os.open(self._folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError:
            yield iter(())
            return
        try:
            base, names = f"/proc/self/fd/{folder}", list[str]()
            with contextlib.suppress(OSError):
                names = [name for name in os.listdir(base) if name.endswith(_SUFFIX)]
            yield ((f"{base}/{name}", name.removesuffix(_SUFFIX).partition(".")[2]) for name in names)
        finally:
            os.close(folder)


def _socket() -> socket.socket:
    return socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)


def _remove_dead(address: str, error: OSError) -> None:
    if error.errno in _DEAD:
        with contextlib.suppress(OSError):
            os.unlink(address)


class SocketEar:
    """A listener's socket. Its file goes with it, or, when its process dies, with the next commit to it."""

    def __init__(self, folder: Path, about: str = "") -> None:
        self._socket = _socket()
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Stays open: the socket is removed through it, wherever the folder is by then.
            self._folder = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            self._socket.close()
            raise StoreMisuse(f"{folder} cannot hold sockets: {error.strerror}") from error
        name = f"{os.getpid()}-{secrets.token_hex(6)}{'.' if about else ''}{about}{_SUFFIX}"
        self._address = f"/proc/self/fd/{self._folder}/{name}"
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

    def committed(self, seq: int, streams: Collection[str] = ()) -> None:
        """Tell every listener whom it concerns."""
        topics = _topics(streams)
        with self._lock:
            for ear in self._ears:
                if not topics or not ear.about or ear.about in topics:
                    ear.poke()

    def listen(self, about: str = "") -> LocalEar:
        """A new listener."""
        ear = LocalEar(self, about[:_ABOUT_MAX])
        with self._lock:
            self._ears.append(ear)
        return ear

    def heard(self, about: str) -> bool:
        """Whether one of them has asked for this."""
        return any(about in ("", ear.about) for ear in self._ears)

    def forget(self, ear: LocalEar) -> None:
        """It listens no more."""
        with self._lock:
            if ear in self._ears:
                self._ears.remove(ear)


class LocalEar:
    """A counter in the kernel (eventfd), so that it can be watched like a socket."""

    def __init__(self, notifier: LocalNotifier, about: str) -> None:
        self._notifier = notifier
        self.about: Final = about
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
