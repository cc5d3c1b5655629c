"""The state of a center's backups: which files are kept, when the next is due, and their faults."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Final

import msgspec

from application.recordings import DAY_US
from application.state.state_dir import StateDir
from features.backup.remembered import Backups, Made, Work, backups
from features.backup.settings import BackupSettings
from messages.ids import Instant
from model.bounds import overdue
from model.settings import Settings
from store.journal.journal import Journal

TRIED_US: Final = 8 * DAY_US
"""A week, and a day for a machine that was off."""
_SHOWN: Final = 12


class BackupWrong(StrEnum):
    """A fault of the backups that the staff have to mend; the pages have the words of each fault."""

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
    """`FILE.keys` is not beside the backup: a restored center would have no people, staff or keys."""
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
    """The run is ordered and not begun."""
    unheard: bool = False
    """The ordered run will not begin: no systemd unit of the machine looks for orders."""
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


def keys_of(file: Path) -> Path:
    """The other part of this backup."""
    return file.with_name(f"{file.name}.keys")


def kept(made: Backups) -> Iterator[BackupKept]:
    """Those that were made, newest first."""
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
    """One to whom it is encrypted, as people tell them apart: `age1qy…7k2m`, the file's name."""
    if recipient.startswith("ssh-"):
        kind, key, *comment = recipient.split()
        return f"{kind} {comment[0] if comment else f'…{key[-_SHOWN:]}'}"
    if recipient.startswith("age1"):
        return f"{recipient[:_SHOWN]}…{recipient[-4:]}"
    return Path(recipient).name


def untried(made: Made, now_us: Instant) -> bool:
    """Whether it was never restored for trial, or long ago."""
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
    """What somebody has to see to, the worst first. `timers`: one of this machine makes them."""
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
    if overdue(last.made_at, now_us):
        yield BackupWrong.OLD
    if not file.is_file():
        yield BackupWrong.GONE
    elif not keys_of(file).is_file():
        yield BackupWrong.NO_KEYS
    if untried(last, now_us):
        yield BackupWrong.UNTRIED


def late(settings: Settings, state: Path, now_us: Instant) -> str | None:
    """Why there is no good backup, for the alarm; empty where there is, None where none is to be made."""
    file = BackupSettings.of(settings).file
    if not file:
        return None
    made = backups(state).get(file)
    return overdue(None if made is None else made.made_at, now_us)


def is_written(state: StateDir, settings: Settings, journal: Journal) -> bool:
    """Whether the last one is there, and new enough."""
    return late(settings, state.path, _now()) == "" and Path(BackupSettings.of(settings).file).is_file()


def is_tried(state: StateDir, settings: Settings, journal: Journal) -> bool:
    """Whether one was restored for trial lately."""
    made = backups(state.path).get(BackupSettings.of(settings).file)
    return made is not None and not untried(made, _now())


def _now() -> Instant:
    return Instant(time.time_ns() // 1000)
