"""Directory of actors: role and key to address, process and incarnation.

The Supervisor alone writes the file, whole and atomically. Readers: every actor at every message (one `stat`;
content only after a change), `ps`, and the next Supervisor or node, which finds the living actors. If the
file is damaged, readers keep the last content and the Supervisor writes the file again. The file also holds
the last incarnation of each role and key, so that incarnations only grow.
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
"""Name of a file; its time of modification is the Supervisor's last sign of life."""
PLACES_NAME: Final = "directory.places"
"""Name of a file; its time of modification changes when an actor is added, removed or moved."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """Actor or process of the node, alive as far as the Supervisor knows."""

    role: Role
    key: str
    address: bytes
    """Address for `runtime.addresses.from_bytes`; empty for a process without an actor."""
    pid: int
    incarnation: int
    born: int = 0
    """Kernel's start time of the process (`runtime.pidfd.born`), which excludes a later process with its
    pid.
    """
    alert: AlertId | None = None
    """Alert in hand."""
    since_us: Instant = Instant(0)
    """Start of this incarnation."""
    restarts: int = 0
    """Number of restarts since the node started."""
    ready: bool = False
    """True if the actor has reported its start. Earlier messages wait in its mailbox."""


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """Directory at one moment."""

    entries: tuple[Entry, ...] = ()
    incarnations: dict[str, int] = {}
    """Last incarnation by `role/key`, dead actors included."""


class Directory(ABC):
    """Lookup of actors. `find` and `all_of` return the last published state."""

    def __init__(self) -> None:
        self._snapshot = Snapshot()
        self._by_name: dict[tuple[Role, str], Entry] = {}

    @abstractmethod
    def _refresh(self) -> None:
        """Read newly published content."""

    def _refresh_places(self) -> None:
        """Read newly published content if an actor was added, removed or moved; the alerts in hand change all
        the time.
        """
        self._refresh()

    @abstractmethod
    def _write(self, snapshot: Snapshot) -> None:
        """Publish the snapshot."""

    def _take(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._by_name = {(entry.role, entry.key): entry for entry in snapshot.entries}

    def read(self) -> tuple[Entry, ...]:
        """Return all entries."""
        self._refresh()
        return self._snapshot.entries

    def find(self, role: Role, key: str = "") -> Entry | None:
        """Return the entry of this role and key; its `alert` may be outdated; None for an unknown actor."""
        self._refresh_places()
        return self._by_name.get((role, key))

    def all_of(self, role: Role) -> tuple[Entry, ...]:
        """Return all entries of this role with their present alerts."""
        return tuple(entry for entry in self.read() if entry.role is role)

    def places_of(self, role: Role) -> tuple[Entry, ...]:
        """Return all entries of this role; their alerts may be outdated, as with `find`."""
        self._refresh_places()
        return tuple(entry for entry in self._snapshot.entries if entry.role is role)

    def incarnations(self) -> Mapping[str, int]:
        """Return the last incarnation of each `role/key`."""
        self._refresh()
        return self._snapshot.incarnations

    def last_incarnation(self, role: Role, key: str = "") -> int:
        """Return the last incarnation of this role and key; 0 if there was none."""
        return self.incarnations().get(name_of(role, key), 0)

    def is_as_published(self) -> bool:
        """Return True if the published content is still the content written here."""
        return True

    @abstractmethod
    def beat(self, now_us: Instant) -> None:
        """Publish the Supervisor's sign of life."""

    @abstractmethod
    def beaten_us(self) -> Instant:
        """Return the time of the Supervisor's last sign of life; 0 if there was none."""

    def publish(self, entries: Iterable[Entry], given: Mapping[str, int] | None = None) -> None:
        """Publish these entries; for the Supervisor, and for the node without one.

        `given`: incarnations of actors without an entry yet. No incarnation ever decreases.
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
    """Return role and key as one text: `CallLeg/c00/user`, `TrunkPool/`."""
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
    """Directory for the actor system in one process."""

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
    """Directory for a node: `run/directory.msgpack`, readable by its owner alone."""

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
            # Read after the stat: the content is at least as new as the stamp.
            self._take(self._decoder.decode(content_of(Path(self._path))))
        except (OSError, *MALFORMED) as error:
            # Retried at the next read: a full disk may have left half of the content.
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
        """Notify all readers. If the stamp cannot be set it is removed, and readers read at every change."""
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
        # No fsync: after a power cut these processes are gone too. Growing incarnations would then still
        # matter, but the journal fences by its own versions and does not depend on this file.
        data = self._encoder.encode(snapshot)
        self._take(snapshot)
        try:
            self._seen = self._wrote = self._write_beside(data)
        except OSError:
            # A full disk must not hide a restarted actor.
            self._seen = self._wrote = self._write_over(data)

    def _write_beside(self, data: bytes) -> tuple[int, int]:
        publish(Path(self._path), data)
        stat = os.stat(self._path)
        return stat.st_ino, stat.st_mtime_ns

    def _write_over(self, data: bytes) -> tuple[int, int] | None:
        """Overwrite the file in place. A reader at that moment finds no valid directory, and reads again."""
        try:
            return _written(self._path, data)
        except OSError as error:
            logs.get("directory").error("the actor directory cannot be written", error=str(error))
            return self._seen
