"""Records of backups: the backups made by this center, the last run and the last trial.

`backup.json` of the state directory lasts, unlike files in `run/`: only the center that has made a backup may
replace it. Each run, by hand, by a timer or by an admin's order, writes `logs/backup-run.json` or
`logs/check-run.json`; the page shows them, with the reason of a failure in the night.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Final

import msgspec

from messages.ids import Instant
from runtime.published.file import published

BACKUPS_FILE: Final = "backup.json"


class BackupRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The last good backup at one path. `seconds`, `check_seconds`: durations of the backup and of its trial
    restore.
    """

    made_at: Instant
    events: int
    bytes: int
    seconds: float
    checked_at: Instant | None = None
    """Time of the last trial restore of a backup at this path, an earlier backup included."""
    check_seconds: float = 0


Backups = dict[str, BackupRecord]
"""Keyed by the absolute path of the lasting part."""

_backups: Final = msgspec.json.Decoder(Backups)


def backups(state: Path) -> Backups:
    """Read the backups of this state directory; empty if the file cannot be read."""
    return published(state / BACKUPS_FILE, _backups.decode) or {}


def backups_said(made: Backups) -> bytes:
    """Encode the content of `backup.json`."""
    return msgspec.json.format(msgspec.json.encode(made)) + b"\n"


class Work(StrEnum):
    """Kind of work on a backup."""

    BACKUP = "backup"
    """Write the backup."""
    CHECK = "check"
    """Restore the backup for trial."""


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """The last run of a work, ended or in progress."""

    began_at: Instant
    pid: int
    started: int
    """Start time of the process; distinguishes a later process of the same pid (`runtime.pidfd`)."""
    ended_at: Instant | None = None
    failed: str = ""
    """Reason of a failure, in words; empty for success or while running."""


_run: Final = msgspec.json.Decoder(Run)


def file_of(state: Path, work: Work) -> Path:
    """Return the path of the record of the last run."""
    return state / "logs" / f"{work}-run.json"


def wanted_file(state: Path, work: Work) -> Path:
    """Return the path of the order file, present until the run begins; systemd watches it (`deploy/`)."""
    return state / f"{work}.wanted"


def run_of(state: Path, work: Work) -> Run | None:
    """Read the last run; None if there was none or it cannot be read."""
    return published(file_of(state, work), _run.decode)


def said(run: Run) -> bytes:
    """Encode the content of the run's file."""
    return msgspec.json.encode(run) + b"\n"
