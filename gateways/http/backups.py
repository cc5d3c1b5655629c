"""How the center's backups stand, as the administration shows it; found out by the composition root."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

import msgspec

from messages.ids import Instant
from runtime.published.backup_runs import Work


class BackupWrong(StrEnum):
    """What somebody has to see to; the pages have its words."""

    SETTINGS = "settings"
    """They cannot be read: nothing else is known."""
    NO_PLACE = "no_place"
    """`[backup] file` is not set: none is made."""
    NOBODY = "nobody"
    """`[backup] to` is not set: it could not be encrypted, and is not made."""
    NO_FOLDER = "no_folder"
    SAME_DISK = "same_disk"
    """It lies on the disk that it is a backup of."""
    NEVER = "never"
    OLD = "old"
    GONE = "gone"
    """The last one is not where it was written to."""
    NO_KEYS = "no_keys"
    """`FILE.keys` is not beside it: nobody would come back."""
    NO_TRIAL_KEY = "no_trial_key"
    """`[backup] identity` is not set: this machine cannot try its own backups."""
    UNTRIED = "untried"
    """Never restored for trial, or long ago."""
    FAILED = "failed"
    CHECK_FAILED = "check_failed"
    NO_TIMER = "no_timer"
    """Nothing on this machine makes one by itself."""


class BackupKept(msgspec.Struct, frozen=True, kw_only=True):
    """One backup that this center has made: the last good one in its place."""

    file: str
    made_at: Instant
    events: int
    bytes: int
    seconds: float
    checked_at: Instant | None
    """When it, or one before it in its place, was last restored for trial."""
    check_seconds: float
    is_there: bool


class BackupRun(msgspec.Struct, frozen=True, kw_only=True):
    """The last time that one was made, or tried: as it is now."""

    began_at: Instant
    ended_at: Instant | None = None
    waits: bool = False
    """It is ordered, and nobody has begun it."""
    unheard: bool = False
    """And nobody will: no unit of this machine looks for orders."""
    running: bool = False
    cut_off: bool = False
    """Its process has ended without a word."""
    failed: str = ""
    """The command's own words."""
    bytes: int = 0
    """Written so far."""


class BackupStanding(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known of them at this node."""

    file: str = ""
    """Where the settings have it written; empty: nowhere."""
    to: tuple[str, ...] = ()
    """To whom it is encrypted; a public key is cut short."""
    kept: tuple[BackupKept, ...] = ()
    """Newest first."""
    runs: dict[Work, BackupRun] = {}
    next: dict[Work, Instant] = {}
    """When a timer of this machine begins the next one."""
    wrong: tuple[BackupWrong, ...] = ()


class Backups(Protocol):
    """What the web knows of backups, and has done. Each method raises OSError, and may wait for a disk."""

    def standing(self) -> BackupStanding:
        """As it is now."""
        ...

    def begin(self, work: Work) -> bool:
        """Have it done beside the center; False where it is being done already."""
        ...
