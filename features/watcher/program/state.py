"""Persistent state of a watcher: one small file, replaced whole, and two files of rows.

The rows are its callouts, and the minutes of its probes that no center has yet.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final, Generic, TypeVar

import msgspec

from application.state.state_dir import write_kept
from features.watcher.beat import Unable
from features.watcher.heartbeat_state import HeartbeatState
from features.watcher.program.probing import KEPT_MINUTES, CenterProbe
from messages.base import MALFORMED
from messages.events import Event
from messages.ids import Instant, NodeId
from messages.journal import Recorded
from model.callouts.callout import Callout, Callouts
from runtime import logs
from store import streams

T = TypeVar("T")

FILE: Final = "watch.json"
CALLOUTS: Final = "watch-callouts.jsonl"
PROBES: Final = "watch-probes.jsonl"
TryName = tuple[str, int]
"""Id of a callout, and number of an attempt."""
STORIES: Final = 2_000
"""Number of stored events of callouts."""
SPARE: Final = 1_000
"""Number of stale lines tolerated before the file is rewritten."""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """The persistent state."""

    at: Instant = Instant(0)
    """Time of writing; 0: by a watcher that has ended."""
    unable: tuple[Unable, ...] = ()
    """Reasons that phoning was impossible then."""
    hearings: dict[str, HeartbeatState] = {}
    """State by the center's name."""


def read(folder: Path) -> Kept:
    """Read the state; empty if there is no file. An unreadable file is set aside and logged: the watcher
    starts without a state.
    """
    file, aside = folder / FILE, folder / f"{FILE}.unreadable"
    try:
        return msgspec.json.decode(file.read_bytes(), type=Kept)
    except FileNotFoundError:
        return Kept()
    except (OSError, *MALFORMED) as error:
        logs.get("watch").error(
            "the state of the watcher cannot be read and is set aside", error=str(error), aside=str(aside)
        )
        with suppress(OSError):
            file.replace(aside)
        return Kept()


def write(folder: Path, kept: Kept) -> None:
    """Write the state. Raises OSError."""
    write_kept(folder / FILE, msgspec.json.encode(kept))


def callouts_in(folder: Path) -> AppendedFile[Recorded]:
    """Return the file of the watcher's callouts."""
    return AppendedFile(folder / CALLOUTS, Recorded, STORIES)


def probes_in(folder: Path) -> AppendedFile[CenterProbe]:
    """Return the file of the probes' minutes, each with the name of the center."""
    return AppendedFile(folder / PROBES, CenterProbe, KEPT_MINUTES)


class AppendedFile(Generic[T]):
    """Append-only file of rows, one JSON line each: writing a row costs the same at any size. An unreadable
    line (torn by a power cut, or in a lost block of a card) is skipped and logged. Rows that could not be
    written are written with the next ones, so a row may occur twice. Not thread-safe.
    """

    def __init__(self, path: Path, row: type[T], most: int) -> None:
        """Nothing is read yet. `most`: maximal number of rows waiting to be written."""
        self._path = path
        self._decoder = msgspec.json.Decoder(row)
        self._lines = 0
        self._waiting: deque[bytes] = deque(maxlen=most)
        self._torn = False

    def read(self) -> list[T]:
        """Return the rows, the oldest first; empty without a file."""
        try:
            lines = self._path.read_bytes().split(b"\n")
        except FileNotFoundError:
            return []
        except OSError as error:
            self._unread(str(error))
            return []
        found: list[T] = []
        faults: list[str] = []
        for line in filter(None, lines):
            try:
                found.append(self._decoder.decode(line))
            except MALFORMED as error:
                faults.append(str(error))
        self._lines = len(found) + len(faults)
        self._torn = lines[-1] != b""
        if faults:
            self._unread(faults[0], lines=len(faults))
        return found

    def append(self, rows: Iterable[T], needed: int, whole: Callable[[], Iterable[T]]) -> None:
        """Append these rows, in one flush; rewrite the file if most of it is stale.

        `needed`: number of rows required at the next start, these included; `whole`: returns those rows.
        Raises OSError: the rows then wait.
        """
        self._waiting.extend(msgspec.json.encode(row) for row in rows)
        if not self._waiting:
            return
        if self._lines + len(self._waiting) > 2 * needed + SPARE:
            lines = [msgspec.json.encode(row) for row in whole()]
            write_kept(self._path, b"".join(line + b"\n" for line in lines))
            self._lines, self._torn = len(lines), False
        else:
            self._append(b"".join(line + b"\n" for line in self._waiting))
            self._lines += len(self._waiting)
        self._waiting.clear()

    def _append(self, lines: bytes) -> None:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        # Appended to a torn line these rows would be lost with it.
        content = b"\n" + lines if self._torn else lines
        with os.fdopen(os.open(self._path, flags, 0o600), "wb", buffering=0) as file:
            self._torn = True
            if file.write(content) != len(content):
                raise OSError(f"{self._path}: the disk is full")
            os.fsync(file.fileno())
        self._torn = False

    def _unread(self, fault: str, lines: int | None = None) -> None:
        logs.get("watch").error(
            "rows of the watcher's log cannot be read", file=str(self._path), lines=lines, error=fault
        )


class Story:
    """The watcher's own callouts, in the form of a center's events."""

    def __init__(self, name: str, recorded: Iterable[Recorded]) -> None:
        self._node = NodeId(name)
        self.recorded = deque(recorded, maxlen=STORIES)
        self._callouts = Callouts()
        for one in self.recorded:
            self._callouts.apply(one)

    def add(self, event: Event, now_us: Instant) -> Recorded:
        """Record an event."""
        version = self._callouts.version + 1
        one = Recorded(
            seq=version,
            stream=streams.DUTY,
            version=version,
            at_us=now_us,
            node=self._node,
            epoch=0,
            event=event,
        )
        self.recorded.append(one)
        self._callouts.apply(one)
        return one

    def of(self, subject: str) -> Callout | None:
        """Return the newest callout about this center, open or ended; None if there was none."""
        about = [
            one
            for one in (*self._callouts.ended, *self._callouts.open)
            if any(alarm.subject == subject for alarm in one.alarms)
        ]
        return max(about, key=lambda one: one.opened_at, default=None)

    @property
    def open(self) -> list[Callout]:
        """The open callouts."""
        return self._callouts.open
