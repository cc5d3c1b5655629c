"""State of a center's backups: kept files, next run, and faults."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Final

import msgspec

from application.recordings import DAY_US
from application.state.state_dir import StateDir
from features.backup.records import BackupRecord, Backups, Work, backups
from features.backup.settings import BackupSettings
from messages.ids import Instant
from model.bounds import why_backup_is_overdue
from model.settings import Settings
from store.journal.journal import Journal

TRIED_US: Final = 8 * DAY_US
"""A week, and a day for a machine that was off."""
_SHOWN: Final = 12


class BackupWrong(StrEnum):
    """A fault of the backups for the staff to repair; the pages have the words of each fault."""

    SETTINGS = "settings"
    """The settings cannot be read: nothing else is known."""
    NO_PLACE = "no_place"
    """`[backup] file` is not set: no backup is made."""
    NOBODY = "nobody"
    """`[backup] to` is not set: the backup could not be encrypted, and is not made."""
    NO_FOLDER = "no_folder"
    SAME_DISK = "same_disk"
    """The backup lies on the disk of the center itself."""
    NEVER = "never"
    OLD = "old"
    GONE = "gone"
    """The last backup is missing from its path."""
    NO_KEYS = "no_keys"
    """`FILE.keys` is missing beside the backup: a restored center would have no people, staff or keys."""
    NO_TRIAL_KEY = "no_trial_key"
    """`[backup] identity` is not set: this machine cannot try its own backups."""
    UNTRIED = "untried"
    """Never restored for trial, or long ago."""
    FAILED = "failed"
    CHECK_FAILED = "check_failed"
    NO_TIMER = "no_timer"
    """No timer of this machine makes backups."""


class BackupKept(msgspec.Struct, frozen=True, kw_only=True):
    """The last good backup of this center at one path."""

    file: str
    made_at: Instant
    events: int
    bytes: int
    seconds: float
    checked_at: Instant | None
    """Time of the last trial restore of a backup at this path, an earlier backup included."""
    check_seconds: float
    is_there: bool


class BackupRun(msgspec.Struct, frozen=True, kw_only=True):
    """State of the last run of a backup or a trial."""

    began_at: Instant
    ended_at: Instant | None = None
    waits: bool = False
    """The run is ordered and not begun."""
    unheard: bool = False
    """The ordered run will not begin: no systemd unit of the machine watches for orders."""
    running: bool = False
    cut_off: bool = False
    """The process ended without a result."""
    failed: str = ""
    """Message of the command."""
    bytes: int = 0
    """Bytes written so far."""


class BackupStanding(msgspec.Struct, frozen=True, kw_only=True):
    """State of all backups of this node."""

    file: str = ""
    """Path set in the settings; empty: no backup is made."""
    to: tuple[str, ...] = ()
    """Recipients; a public key is shortened."""
    kept: tuple[BackupKept, ...] = ()
    """Newest first."""
    runs: dict[Work, BackupRun] = {}
    next: dict[Work, Instant] = {}
    """Next start by a timer of this machine."""
    wrong: tuple[BackupWrong, ...] = ()


def keys_of(file: Path) -> Path:
    """Return the path of the keys' part of this backup."""
    return file.with_name(f"{file.name}.keys")


def kept(made: Backups) -> Iterator[BackupKept]:
    """Yield the backups made by this center, newest first."""
    for path in sorted(made, key=lambda one: -made[one].made_at):
        one = made[path]
        yield BackupKept(
            file=path,
            made_at=one.made_at,
            events=one.events,
            bytes=one.bytes,
            seconds=one.seconds,
            checked_at=one.checked_at,
            check_seconds=one.check_seconds,
            is_there=Path(path).is_file(),
        )


def who(recipient: str) -> str:
    """Return a short name of a recipient that people can distinguish: `age1qy…7k2m`, or the file's name."""
    if recipient.startswith("ssh-"):
        kind, key, *comment = recipient.split()
        return f"{kind} {comment[0] if comment else f'…{key[-_SHOWN:]}'}"
    if recipient.startswith("age1"):
        return f"{recipient[:_SHOWN]}…{recipient[-4:]}"
    return Path(recipient).name


def backups_not_checked(made: BackupRecord, now_us: Instant) -> bool:
    """Return True if the backup was never restored for trial, or long ago."""
    return made.checked_at is None or now_us - made.checked_at > TRIED_US


def wrong(
    state: StateDir,
    wish: BackupSettings,
    made: Backups,
    runs: Mapping[Work, BackupRun],
    *,
    timers: bool,
    now_us: Instant,
) -> Iterator[BackupWrong]:
    """Yield the faults, the worst first. `timers`: True if a timer of this machine makes backups."""
    for work, what in ((Work.BACKUP, BackupWrong.FAILED), (Work.CHECK, BackupWrong.CHECK_FAILED)):
        if (run := runs.get(work)) is not None and (run.failed or run.cut_off or run.unheard):
            yield what
    if not wish.file:
        yield BackupWrong.NO_PLACE
        return
    file = Path(wish.file)
    last = made.get(wish.file)
    if not file.parent.is_dir():
        yield BackupWrong.NO_FOLDER
    elif file.parent.stat().st_dev == state.path.stat().st_dev:
        yield BackupWrong.SAME_DISK
    if not wish.to:
        yield BackupWrong.NOBODY
    if not timers:
        yield BackupWrong.NO_TIMER
    if not wish.identity:
        yield BackupWrong.NO_TRIAL_KEY
    if last is None:
        yield BackupWrong.NEVER
        return
    if why_backup_is_overdue(last.made_at, now_us):
        yield BackupWrong.OLD
    if not file.is_file():
        yield BackupWrong.GONE
    elif not keys_of(file).is_file():
        yield BackupWrong.NO_KEYS
    if backups_not_checked(last, now_us):
        yield BackupWrong.UNTRIED


def late(settings: Settings, state: Path, now_us: Instant) -> str | None:
    """Return why there is no recent backup, for the alarm; empty if all is well, None if none is set."""
    file = BackupSettings.of(settings).file
    if not file:
        return None
    made = backups(state).get(file)
    return why_backup_is_overdue(None if made is None else made.made_at, now_us)


def is_written(state: StateDir, settings: Settings, journal: Journal) -> bool:
    """Return True if the last backup exists and is recent enough."""
    return late(settings, state.path, _now()) == "" and Path(BackupSettings.of(settings).file).is_file()


def is_tried(state: StateDir, settings: Settings, journal: Journal) -> bool:
    """Return True if a backup was recently restored for trial."""
    made = backups(state.path).get(BackupSettings.of(settings).file)
    return made is not None and not backups_not_checked(made, _now())


def _now() -> Instant:
    return Instant(time.time_ns() // 1000)
