"""Notification of followers that the journal has grown, without polling.

Each listener has a Unix datagram socket of its own in one folder. The socket's name states its topic:
everything, one kind of stream, or one stream. After a commit the writer sends one datagram to each matching
listener. The writer never waits: a full socket has a notification already, a dead one is removed. A datagram
can be lost, so that every listener also polls once in a while: the journal itself is what is read.
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
"""Maximum length of a topic, as a socket's address has 107 bytes; a cut topic matches all its extensions."""


def topic_of_kind(streams: str) -> str:
    """Return the topic of all streams of a kind, for `listen`."""
    return f"{streams}-"


NEWS_MAX: Final = 7999
"""Size limit of PostgreSQL for a notification, in bytes."""


def encode_commit(node: str, seq: int, streams: Collection[str]) -> str:
    """Return a commit as text for other nodes; without the streams if these are too many."""
    said = "\n".join((f"{node} {seq}", *streams))
    return said if len(said.encode()) <= NEWS_MAX else f"{node} {seq}"


def decode_commit(said: str) -> tuple[str, int, frozenset[str]]:
    """Return the node, its last written seq and the streams; an unreadable text gives seq 0."""
    first, *streams = said.split("\n")
    node, _, seq = first.rpartition(" ")
    return (node, int(seq), frozenset(streams)) if seq.isdecimal() else (node, 0, frozenset())


def _topics(streams: Collection[str]) -> frozenset[str]:
    """Return the topics that match a commit to these streams."""
    kinds = (topic_of_kind(stream.partition("-")[0]) for stream in streams)
    return frozenset((*(stream[:_ABOUT_MAX] for stream in streams), *kinds))


class NotificationListener(Protocol):
    """Listener. Its descriptor is readable from a commit until `drain`."""

    def fileno(self) -> int:
        """Return the descriptor to watch for reading."""

    def drain(self) -> bool:
        """Read all pending notifications; return True if there were any."""

    def poke(self) -> None:
        """Make the own descriptor readable: more remains to be read."""

    def close(self) -> None:
        """Stop listening."""


class Notifier(Protocol):
    """Publisher of commits to listeners."""

    def committed(self, seq: int, streams: Collection[str] = ()) -> None:
        """Notify the listeners that the journal has grown up to `seq` in these streams; none: any stream.
        Never waits or raises. Also used, at seq 0, for changes outside the journal that an actor must react
        to.
        """

    def listen(self, about: str = "") -> NotificationListener:
        """Return a new listener for every commit, or for those to this stream or `topic_of_kind`."""

    def heard(self, about: str) -> bool:
        """Return True if a listener of this topic exists."""


class SocketNotifier:
    """Notifier between processes: a folder of sockets, `run/notify` of the state directory."""

    def __init__(self, folder: Path) -> None:
        """Set the path; the first listener creates the folder."""
        self._folder: Final = folder
        self._lock = threading.Lock()
        self._out: socket.socket | None = None
        self._pid = os.getpid()

    def committed(self, seq: int, streams: Collection[str] = ()) -> None:
        """Send one datagram to every matching listener."""
        if self._pid != os.getpid():
            # After a fork: a thread that does not exist here may hold the lock.
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
        """Send a datagram. Raises OSError; BlockingIOError if the listener has enough to read."""
        if self._out is not None:
            with contextlib.suppress(BlockingIOError):
                self._out.sendto(text, socket.MSG_DONTWAIT, address)
                return
            # Unread datagrams of a sleeping listener count against this socket, and a full socket sends to no
            # listener: at 277 datagrams, while each listener may have 512 (SO_SNDBUF).
            self._out.close()
        self._out = _socket()
        self._out.sendto(text, socket.MSG_DONTWAIT, address)

    def listen(self, about: str = "") -> SocketListener:
        """Return a new socket in the folder, which is created if needed. Raises StoreMisuse if that fails."""
        if not about:
            # Remove dead sockets: those that no commit concerns would remain.
            self.heard("")
        return SocketListener(self._folder, about[:_ABOUT_MAX])

    def heard(self, about: str) -> bool:
        """Return True if a live process listens to this topic, by a question to the kernel."""
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
        """Yield address and topic of each socket, valid within the context."""
        try:
            # By descriptor: a socket's address has at most 107 bytes, and a path here may be longer.
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


class SocketListener:
    """Listener's socket. Its file goes on close or, if its process dies, with the next commit to it."""

    def __init__(self, folder: Path, about: str = "") -> None:
        self._socket = _socket()
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Kept open: the socket is removed through it, even if the folder has been moved.
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
        """Return the socket's descriptor; -1 after `close`."""
        return self._socket.fileno()

    def drain(self) -> bool:
        """Read all pending datagrams; return True if there were any."""
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
        """Send a datagram to the own socket; a full socket is readable anyway."""
        with contextlib.suppress(OSError):
            self._socket.sendto(_SEQ.pack(0), socket.MSG_DONTWAIT, self._address)

    def close(self) -> None:
        """Remove the socket; a second call does nothing. A forked child closes only its copy."""
        if self._socket.fileno() < 0:
            return
        self._socket.close()
        if self._owner == os.getpid():
            with contextlib.suppress(OSError):
                os.unlink(self._address)
        os.close(self._folder)


class LocalNotifier:
    """Notifier within one process: a whole center in a test, or a program alone with its journal."""

    def __init__(self) -> None:
        """Start without listeners."""
        self._ears: list[LocalListener] = []
        self._lock = threading.Lock()

    def committed(self, seq: int, streams: Collection[str] = ()) -> None:
        """Notify every matching listener."""
        topics = _topics(streams)
        with self._lock:
            for ear in self._ears:
                if not topics or not ear.about or ear.about in topics:
                    ear.poke()

    def listen(self, about: str = "") -> LocalListener:
        """Return a new listener."""
        ear = LocalListener(self, about[:_ABOUT_MAX])
        with self._lock:
            self._ears.append(ear)
        return ear

    def heard(self, about: str) -> bool:
        """Return True if a listener of this topic exists."""
        return any(about in ("", ear.about) for ear in self._ears)

    def forget(self, ear: LocalListener) -> None:
        """Remove a listener."""
        with self._lock:
            if ear in self._ears:
                self._ears.remove(ear)


class LocalListener:
    """Listener on a counter in the kernel (eventfd), which can be watched like a socket."""

    def __init__(self, notifier: LocalNotifier, about: str) -> None:
        self._notifier = notifier
        self.about: Final = about
        self._fd = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)

    def fileno(self) -> int:
        """Return the counter's descriptor; -1 after `close`."""
        return self._fd

    def drain(self) -> bool:
        """Reset the counter; return True if it was set."""
        try:
            return os.eventfd_read(self._fd) > 0
        except BlockingIOError:
            return False

    def poke(self) -> None:
        """Increment the counter."""
        with contextlib.suppress(BlockingIOError):
            os.eventfd_write(self._fd, 1)

    def close(self) -> None:
        """Stop listening; a second call does nothing."""
        if self._fd < 0:
            return
        self._notifier.forget(self)
        os.close(self._fd)
        self._fd = -1
