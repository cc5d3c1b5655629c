"""What a watcher remembers over its own restarts: one small file, whole or not at all, and two of rows
(`features.watcher.program.appended`): its callouts, and the minutes of its probes that no center has yet."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from application.state.state_dir import write_kept
from features.watcher.beat import Unable
from features.watcher.hearing import Hearing
from features.watcher.program.appended import AppendedFile
from features.watcher.program.probing import KEPT_MINUTES, ProbedOf
from messages.base import MALFORMED
from messages.events import Event
from messages.ids import Instant, NodeId
from messages.journal import Recorded
from model.callouts.callout import Callout, Callouts
from runtime import logs
from store import streams

FILE: Final = "watch.json"
CALLOUTS: Final = "watch-callouts.jsonl"
PROBES: Final = "watch-probes.jsonl"
TryName = tuple[str, int]
"""A callout's id, and the number of a try of it."""
STORIES: Final = 2_000
"""Events of callouts that are kept."""


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
