"""Who is where: role and key to address, process and incarnation.

Written by the Supervisor alone, whole and atomically; read by every actor at every tell (one `stat`; read
again only after a change), by `ps`, and by the next Supervisor or node, which finds the living in it.
Where its file is damaged its readers go on with what they have read, and the Supervisor writes it anew.
It also keeps the last incarnation ever given to each role and key, so that incarnations only grow.
"""

from __future__ import annotations

import errno
import os
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from messages.base import MALFORMED
from messages.ids import AlertId, Instant, Role
from runtime import logs
from runtime.published.file import content_of, publish, say_unreadable

FILE_NAME: Final = "directory.msgpack"
BEAT_NAME: Final = "supervisor.beat"
"""Its time of modification is the Supervisor's last sign of life."""
PLACES_NAME: Final = "directory.places"
"""Its time of modification changes when somebody has come, gone or moved."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One actor or process of the node that is alive as far as the Supervisor knows."""

    role: Role
    key: str
    address: bytes
    """For `runtime.addresses.from_bytes`; empty for a process that is no actor."""
    pid: int
    incarnation: int
    born: int = 0
    """The kernel's start time of the process (`runtime.pidfd.born`), which tells it from a later one."""
    alert: AlertId | None = None
    """What it is busy with."""
    since_us: Instant = Instant(0)
    """When this incarnation was started."""
    restarts: int = 0
    """How many times it has been started again since the node began."""
    ready: bool = False
    """Whether it has said that it has started. What is told to it before waits in its mailbox."""


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """The directory at one moment."""

    entries: tuple[Entry, ...] = ()
    incarnations: dict[str, int] = {}
    """The last one given, by `role/key`, of the dead too."""


class Directory(ABC):
    """Where peers are looked up. `find` and `all_of` see what was last published."""

    def __init__(self) -> None:
        self._snapshot = Snapshot()
        self._by_name: dict[tuple[Role, str], Entry] = {}

    @abstractmethod
    def _refresh(self) -> None:
        """Take over what has been published since."""

    def _refresh_places(self) -> None:
        """The same where somebody has come, gone or moved: what they are busy with changes all the time."""
        self._refresh()

    @abstractmethod
    def _write(self, snapshot: Snapshot) -> None:
        """Make this what everybody sees."""

    def _take(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._by_name = {(entry.role, entry.key): entry for entry in snapshot.entries}

    def read(self) -> tuple[Entry, ...]:
        """Everybody."""
        self._refresh()
        return self._snapshot.entries

    def find(self, role: Role, key: str = "") -> Entry | None:
        """The one of this role and key; what it says of its being busy may be old."""
        self._refresh_places()
        return self._by_name.get((role, key))

    def all_of(self, role: Role) -> tuple[Entry, ...]:
        """All of this role, and what each is busy with."""
        return tuple(entry for entry in self.read() if entry.role is role)

    def places_of(self, role: Role) -> tuple[Entry, ...]:
        """All of this role, as fresh as `find` says."""
        self._refresh_places()
        return tuple(entry for entry in self._snapshot.entries if entry.role is role)

    def incarnations(self) -> Mapping[str, int]:
        """The last incarnation given to each `role/key`."""
        self._refresh()
        return self._snapshot.incarnations

    def last_incarnation(self, role: Role, key: str = "") -> int:
        """The last incarnation given to this role and key; 0 where there was none."""
        return self.incarnations().get(name_of(role, key), 0)

    def is_as_published(self) -> bool:
        """Return whether what everybody sees is still what was last published here."""
        return True

    @abstractmethod
    def beat(self, now_us: Instant) -> None:
        """The Supervisor's sign of life."""

    @abstractmethod
    def beaten_us(self) -> Instant:
        """When the Supervisor last gave a sign of life; 0 where it never did."""

    def publish(self, entries: Iterable[Entry], given: Mapping[str, int] | None = None) -> None:
        """Make these everybody. For the Supervisor, and for the node while there is none.

        `given` are incarnations given to those who are not among the entries yet. None ever goes back.
        """
        self._refresh()
        entries = tuple(entries)
        counters = dict(self._snapshot.incarnations)
        for name, incarnation in (given or {}).items():
            counters[name] = max(incarnation, counters.get(name, 0))
        for entry in entries:
            name = name_of(entry.role, entry.key)
            counters[name] = max(entry.incarnation, counters.get(name, 0))
        snapshot = Snapshot(entries=entries, incarnations=counters)
        self._write(snapshot)


def name_of(role: Role, key: str) -> str:
    """How a role and key are written where one text is wanted: `CallLeg/c00/user`, `TrunkPool/`."""
    return f"{role}/{key}"


def _places(snapshot: Snapshot) -> list[tuple[Role, str, bytes, int, bool]]:
    return [(one.role, one.key, one.address, one.incarnation, one.ready) for one in snapshot.entries]


def _written(path: str, data: bytes) -> tuple[int, int]:
    fd = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        if os.write(fd, data) != len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), path)
        os.ftruncate(fd, len(data))
        stat = os.fstat(fd)
    finally:
        os.close(fd)
    return stat.st_ino, stat.st_mtime_ns


class MemoryDirectory(Directory):
    """For the actor system in one process."""

    def __init__(self) -> None:
        super().__init__()
        self._beaten_us = Instant(0)

    def _refresh(self) -> None:
        pass

    def beat(self, now_us: Instant) -> None:
        self._beaten_us = now_us

    def beaten_us(self) -> Instant:
        return self._beaten_us

    def _write(self, snapshot: Snapshot) -> None:
        self._take(snapshot)


class FileDirectory(Directory):
    """For a node: `run/directory.msgpack`, readable by its owner alone."""

    def __init__(self, run: Path) -> None:
        super().__init__()
        self._path = str(run / FILE_NAME)
        self._beat_path = str(run / BEAT_NAME)
        self._places_path = str(run / PLACES_NAME)
        self._seen: tuple[int, int] | None = None
        self._wrote: tuple[int, int] | None = None
        self._places_seen_ns = 0
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder = msgspec.msgpack.Decoder(Snapshot)

    def beat(self, now_us: Instant) -> None:
        try:
            os.utime(self._beat_path, ns=(now_us * 1000, now_us * 1000))
        except FileNotFoundError:
            os.close(os.open(self._beat_path, os.O_WRONLY | os.O_CREAT, 0o600))
            os.utime(self._beat_path, ns=(now_us * 1000, now_us * 1000))

    def beaten_us(self) -> Instant:
        try:
            return Instant(os.stat(self._beat_path).st_mtime_ns // 1000)
        except FileNotFoundError:
            return Instant(0)

    def is_as_published(self) -> bool:
        return self._wrote is None or self._stamp() == self._wrote

    def _stamp(self) -> tuple[int, int] | None:
        try:
            stat = os.stat(self._path)
        except OSError:
            return None
        return stat.st_ino, stat.st_mtime_ns

    def _refresh(self) -> None:
        stamp = self._stamp()
        if stamp is None or stamp == self._seen:
            return
        try:
            # Read after the stat: what is read is at least as new as what the stamp says.
            self._take(self._decoder.decode(content_of(Path(self._path))))
        except (OSError, *MALFORMED) as error:
            # Read again at the next look: it may only be half written over on a full disk.
            say_unreadable(Path(self._path), str(error))
            return
        self._seen = stamp

    def _refresh_places(self) -> None:
        try:
            stamp_ns = os.stat(self._places_path).st_mtime_ns
        except FileNotFoundError:
            stamp_ns = 0
        if stamp_ns == 0 or stamp_ns != self._places_seen_ns:
            self._refresh()
            self._places_seen_ns = stamp_ns

    def _stamp_places(self) -> None:
        """Tell everybody to read again. A stamp that cannot be set is none, and all read at every change."""
        self._places_seen_ns = max(time.time_ns(), self._places_seen_ns + 1)
        stamp = (self._places_seen_ns, self._places_seen_ns)
        try:
            if not os.path.exists(self._places_path):
                os.close(os.open(self._places_path, os.O_WRONLY | os.O_CREAT, 0o600))
            os.utime(self._places_path, ns=stamp)
        except OSError:
            with suppress(OSError):
                os.unlink(self._places_path)

    def _write(self, snapshot: Snapshot) -> None:
        moved = not self.is_as_published() or _places(snapshot) != _places(self._snapshot)
        self._write_file(snapshot)
        if moved:
            self._stamp_places()

    def _write_file(self, snapshot: Snapshot) -> None:
        # No fsync: after a power cut the processes in it are gone too. What would then matter is that
        # incarnations grow, and the journal, which fences by its own versions, does not depend on it.
        data = self._encoder.encode(snapshot)
        self._take(snapshot)
        try:
            self._seen = self._wrote = self._write_beside(data)
        except OSError:
            # A full disk must not keep an actor that was started again from being found.
            self._seen = self._wrote = self._write_over(data)

    def _write_beside(self, data: bytes) -> tuple[int, int]:
        publish(Path(self._path), data)
        stat = os.stat(self._path)
        return stat.st_ino, stat.st_mtime_ns

    def _write_over(self, data: bytes) -> tuple[int, int] | None:
        """Into the space that the file has. Who reads at that moment finds no directory, and looks again."""
        try:
            return _written(self._path, data)
        except OSError as error:
            logs.get("directory").error("cannot be written", error=str(error))
            return self._seen
