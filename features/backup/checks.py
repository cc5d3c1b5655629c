"""Checks of the backups: place, age, and the last trial restore."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from application.checks import CheckCondition, check_row
from application.errors import CenterError, NotFound
from application.settings.in_use import settings_in_use
from application.state.state_dir import StateDir
from application.times import local
from features.backup.records import backups
from features.backup.settings import BackupSettings
from features.backup.signed import own_fingerprint
from features.backup.status import backups_not_checked
from messages.ids import Instant
from messages.proofs import ProofWhy, Shown, StepResult
from messages.rows import Sentence
from model.bounds import OLDEST_BACKUP_S, why_backup_is_overdue
from model.checks import Finding, fail, ok, warn
from model.settings import Settings
from store.errors import StoreError


def backup(state: StateDir, settings: Settings, *, simulated: bool) -> Iterator[Finding]:
    """Check the backup named by the settings; warn if none is set."""
    yield from _signature(state)
    file, now_us = BackupSettings.of(settings).file, Instant(time.time_ns() // 1000)
    if not file:
        told = ok if simulated else warn
        yield told(
            "backup", "backup.file is not set: a failure of the disk loses all data; set [backup] file"
        )
        return
    made = backups(state.path).get(file)
    if why := why_backup_is_overdue(None if made is None else made.made_at, now_us):
        yield warn("backup", f"{file}: {why}")
    if made is None:
        return
    if not Path(file).is_file():
        yield warn("backup", f"{file} does not exist: check that its disk is mounted")
    if not why:
        size = f"{made.events} events, {made.bytes / 1e6:.1f} MB in {made.seconds:.1f} s"
        yield ok("backup", f"{file}: of {local(made.made_at)}, {size}")
    if made.checked_at is None or backups_not_checked(made, now_us):
        last = "never" if made.checked_at is None else f"last on {local(made.checked_at)[:10]}"
        yield warn("backup", f"{last} restored for trial: securwoman restore --check")
    else:
        yield ok("backup", f"restored for trial on {local(made.checked_at)}, in {made.check_seconds:.1f} s")


def _signature(state: StateDir) -> Iterator[Finding]:
    try:
        own = own_fingerprint(state)
    except CenterError as error:
        yield fail("backup", f"backups cannot be signed: {error}")
        return
    if own:
        yield ok(
            "backup",
            f"signed by {own}: keep this fingerprint elsewhere, a restore on another machine needs it",
        )


def prove_backup(state: StateDir) -> Shown:
    """Restore the last backup for trial in the state directory; return the result as a step of a proof."""
    from features.backup import age, restoring, signed
    from features.backup.orders import noted
    from features.backup.records import Work
    from features.backup.restoring import RestoreRequest

    wish = BackupSettings.of(settings_in_use(state))
    if not wish.file or not wish.identity:
        return Shown(result=StepResult.LEFT_OUT, why=ProofWhy.NOT_SET)
    try:
        with noted(state, Work.CHECK):
            wanted = RestoreRequest(
                file=Path(wish.file),
                identities=age.identities(Path(wish.identity)),
                keys=None,
                signed_by=signed.trusted(state),
            )
            report = restoring.check(state.path, wanted)
            restoring.note_check(state, report)
    except (CenterError, StoreError, OSError) as error:
        print(error, file=sys.stderr)
        whys: dict[type[Exception], ProofWhy] = {
            age.Damaged: ProofWhy.DAMAGED,
            signed.ForeignSignature: ProofWhy.DAMAGED,
            NotFound: ProofWhy.MISSING,
        }
        return Shown(result=StepResult.FAILED, why=whys.get(type(error), ProofWhy.TROUBLE))
    figures = {"seconds": report.seconds, "age_s": float(report.age_s), "events": float(report.events)}
    if report.age_s > OLDEST_BACKUP_S:
        return Shown(result=StepResult.FAILED, why=ProofWhy.OLD, figures=figures)
    return Shown(result=StepResult.OK, figures=figures)


CHECKS: Final = (
    check_row(
        "backup",
        Sentence(
            "Path and age of the backup, and its last trial restore",
            "Il backup: dove, di quando, e se è stato provato",
        ),
        Sentence("Run securwoman backup, then restore --check", "securwoman backup; restore --check"),
        lambda around: backup(around.state, around.settings, simulated=around.simulated),
        CheckCondition.SETTINGS,
        CheckCondition.STATE,
    ),
)
