"""`logs/backup-run.json`, `logs/check-run.json`: how the last backup went, and its last trial.

Written by whoever does it, by hand, by a timer or on an admin's order; read by the page that shows it. It
lasts: of one that failed at night the reason is read in the morning.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Final

import msgspec

from messages.ids import Instant
from runtime.published.file import published


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


_decoder: Final = msgspec.json.Decoder(Run)


def file_of(state: Path, work: Work) -> Path:
    """Where it is written."""
    return state / "logs" / f"{work}-run.json"


def wanted_file(state: Path, work: Work) -> Path:
    """There while it is ordered and nobody has begun it; the units of systemd look for it (`deploy/`)."""
    return state / f"{work}.wanted"


def run_of(state: Path, work: Work) -> Run | None:
    """The last one; none where it was never done, or cannot be read."""
    return published(file_of(state, work), _decoder.decode)


def said(run: Run) -> bytes:
    """The file's content."""
    return msgspec.json.encode(run) + b"\n"
