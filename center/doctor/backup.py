"""The doctor's look at the backups: where, how old, and whether they were tried."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from application.backup.signed import own_fingerprint
from application.backup.standing import untried
from application.errors import CenterError
from application.state.state_dir import StateDir
from application.times import local
from messages.ids import Instant
from model.checks import Finding, fail, ok, warn
from model.proof.bounds import overdue
from model.settings import Settings
from runtime.published.backup_file import backups


def backup(state: StateDir, settings: Settings, *, simulated: bool) -> Iterator[Finding]:
    """The one of the settings; without it, that there is none."""
    yield from _signature(state)
    file, now_us = settings.backup.file, Instant(time.time_ns() // 1000)
    if not file:
        told = ok if simulated else warn
        yield told("backup", "backup.file is not set: a disk that dies takes everything along")
        return
    made = backups(state.path).get(file)
    if why := overdue(None if made is None else made.made_at, now_us):
        yield warn("backup", f"{file}: {why}")
    if made is None:
        return
    if not Path(file).is_file():
        yield warn("backup", f"{file} is not there: is its disk mounted?")
    if not why:
        size = f"{made.events} events, {made.bytes / 1e6:.1f} MB in {made.seconds:.1f} s"
        yield ok("backup", f"{file}: of {local(made.made_at)}, {size}")
    if made.checked_at is None or untried(made, now_us):
        last = "never" if made.checked_at is None else f"last on {local(made.checked_at)[:10]}"
        yield warn("backup", f"{last} restored for trial: securwoman restore --check")
    else:
        yield ok("backup", f"restored for trial on {local(made.checked_at)}, in {made.check_seconds:.1f} s")


def _signature(state: StateDir) -> Iterator[Finding]:
    try:
        own = own_fingerprint(state)
    except CenterError as error:
        yield fail("backup", f"no backup can be signed: {error}")
        return
    if own:
        yield ok("backup", f"signed by {own}: keep it elsewhere, a restore on another machine asks for it")
