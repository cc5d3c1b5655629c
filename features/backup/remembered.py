"""What is remembered of backups: which this center has made, and how the last one and its last trial went.

`backup.json` of the state directory lasts, unlike what lies in `run/`: a backup may be replaced only by the
center that has made it. `logs/backup-run.json` and `logs/check-run.json` are written by whoever does it, by
hand, by a timer or on an admin's order, and read by the page: of one that failed at night the reason is read
in the morning.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Final

import msgspec

from messages.ids import Instant
from runtime.published.file import published

BACKUPS_FILE: Final = "backup.json"


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """The last good one in a place."""

    made_at: Instant
    events: int
    bytes: int
    seconds: float
    checked_at: Instant | None = None
    """When it, or one before it in its place, was last restored for trial."""
    check_seconds: float = 0


Backups = dict[str, Made]
"""By the absolute path of the lasting part."""

_backups: Final = msgspec.json.Decoder(Backups)


def backups(state: Path) -> Backups:
    """Those of this state directory; none where the file cannot be read."""
    return published(state / BACKUPS_FILE, _backups.decode) or {}


def backups_said(made: Backups) -> bytes:
    """The file's content."""
    return msgspec.json.format(msgspec.json.encode(made)) + b"\n"


class Work(StrEnum):
    """What is done with a backup."""

    BACKUP = "backup"
    """It is written."""
    CHECK = "check"
    """It is restored for trial."""


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """The last time that it was done, or that it is being done."""

    began_at: Instant
    pid: int
    started: int
    """The process's start, by which it is told from a later one of its pid (`runtime.pidfd`)."""
    ended_at: Instant | None = None
    failed: str = ""
    """Why it was not done, in words; empty where it was, or is being."""


_run: Final = msgspec.json.Decoder(Run)


def file_of(state: Path, work: Work) -> Path:
    """Where it is written."""
    return state / "logs" / f"{work}-run.json"


def wanted_file(state: Path, work: Work) -> Path:
    """There while it is ordered and nobody has begun it; the units of systemd look for it (`deploy/`)."""
    return state / f"{work}.wanted"


def run_of(state: Path, work: Work) -> Run | None:
    """The last one; none where it was never done, or cannot be read."""
    return published(file_of(state, work), _run.decode)


def said(run: Run) -> bytes:
    """The file's content."""
    return msgspec.json.encode(run) + b"\n"
