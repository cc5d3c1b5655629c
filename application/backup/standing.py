"""What is there of this center's backups, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from actors.recording_keeper.decider import DAY_US, overdue
from application.backup.writing import keys_of
from application.state.state_dir import StateDir
from gateways.http.backups import BackupKept, BackupRun, BackupWrong
from messages.ids import Instant
from model.settings.kept import BackupSettings
from runtime.published.backup_file import Backups, Made
from runtime.published.backup_runs import Work

TRIED_US: Final = 8 * DAY_US
"""A week, and a day for a machine that was off."""
_SHOWN: Final = 12


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
