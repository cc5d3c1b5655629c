"""What a watcher remembers over its own restarts: one small file, whole or not at all, and two of rows: its
callouts, and the minutes of its probes that no center has yet.
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
from features.watcher.hearing import Hearing
from features.watcher.program.probing import KEPT_MINUTES, ProbedOf
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
"""A callout's id, and the number of a try of it."""
STORIES: Final = 2_000
"""Events of callouts that are kept."""
SPARE: Final = 1_000
"""Stale lines that may stay, so that the file is not written anew for a few."""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """All of it."""

    at: Instant = Instant(0)
    """When it was written; 0: by a watcher that has ended."""
    unable: tuple[Unable, ...] = ()
    """Why nobody could be phoned then."""
    hearings: dict[str, Hearing] = {}
    """By the center's name."""


def read(folder: Path) -> Kept:
    """What was remembered; nothing where there is none. One that cannot be read is put aside, and said in the
    log: all begins anew.
    """
    file, aside = folder / FILE, folder / f"{FILE}.unreadable"
    try:
        return msgspec.json.decode(file.read_bytes(), type=Kept)
    except FileNotFoundError:
        return Kept()
    except (OSError, *MALFORMED) as error:
        logs.get("watch").error("what was remembered cannot be read", error=str(error), aside=str(aside))
        with suppress(OSError):
            file.replace(aside)
        return Kept()


def write(folder: Path, kept: Kept) -> None:
    """Raises OSError."""
    write_kept(folder / FILE, msgspec.json.encode(kept))


def callouts_in(folder: Path) -> AppendedFile[Recorded]:
    """The events of the watcher's callouts."""
    return AppendedFile(folder / CALLOUTS, Recorded, STORIES)


def probes_in(folder: Path) -> AppendedFile[ProbedOf]:
    """The minutes of its probes, each with the name of the center."""
    return AppendedFile(folder / PROBES, ProbedOf, KEPT_MINUTES)


class AppendedFile(Generic[T]):
    """A file of rows, a line of JSON each, that only grows at its end: a row costs a row, however many there
    are.

    A line that cannot be read (a power cut has torn the last one, a card has lost a block) is left out, and
    said in the log. Rows that could not be written are written with the next ones; so a row may stand there
    twice. Not for two threads at once.
    """

    def __init__(self, path: Path, row: type[T], most: int) -> None:
        """Read nothing yet. `most`: as many rows as ever wait to be written."""
        self._path = path
        self._decoder = msgspec.json.Decoder(row)
        self._lines = 0
        self._waiting: deque[bytes] = deque(maxlen=most)
        self._torn = False

    def read(self) -> list[T]:
        """The rows, the oldest first; none where there is no file."""
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
        """Write these rows behind the others, in one flush; the file anew where most of it is of no more use.

        `needed`: how many rows a next start has to find, these among them; `whole`: those rows. Raises
        OSError: the rows wait then.
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
        # Behind half a line these would be lost with it.
        content = b"\n" + lines if self._torn else lines
        with os.fdopen(os.open(self._path, flags, 0o600), "wb", buffering=0) as file:
            self._torn = True
            if file.write(content) != len(content):
                raise OSError(f"{self._path}: the disk is full")
            os.fsync(file.fileno())
        self._torn = False

    def _unread(self, fault: str, lines: int | None = None) -> None:
        logs.get("watch").error("rows cannot be read", file=str(self._path), lines=lines, error=fault)


class Story:
    """The watcher's own callouts, written as a center writes them."""

    def __init__(self, name: str, recorded: Iterable[Recorded]) -> None:
        self._node = NodeId(name)
        self.recorded = deque(recorded, maxlen=STORIES)
        self._callouts = Callouts()
        for one in self.recorded:
            self._callouts.apply(one)

    def add(self, event: Event, now_us: Instant) -> Recorded:
        """It has happened."""
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
        """The newest about this center, over or not."""
        about = [
            one
            for one in (*self._callouts.ended, *self._callouts.open)
            if any(alarm.subject == subject for alarm in one.alarms)
        ]
        return max(about, key=lambda one: one.opened_at, default=None)

    @property
    def open(self) -> list[Callout]:
        """Those that are not over."""
        return self._callouts.open
