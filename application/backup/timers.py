"""When systemd's timers make and try the next backup."""

from __future__ import annotations

import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Final

from messages.ids import SECOND, Instant
from runtime.published.backup_runs import Work

TIMERS: Final = {Work.BACKUP: "securwoman-backup.timer", Work.CHECK: "securwoman-check.timer"}
_RUNS: Final = Path("/run/systemd/system")
_PATIENCE_S: Final = 3.0


def next_by_timer(runs: Path = _RUNS) -> dict[Work, Instant] | None:
    """Of each work that one is set for; None where systemd does not run this machine, or does not say."""
    if not runs.is_dir():
        return None
    found: dict[Work, Instant] = {}
    for work, timer in TIMERS.items():
        command = ["systemctl", "show", timer, "--timestamp=unix", "--value", "-P", "NextElapseUSecRealtime"]
        with suppress(OSError, subprocess.SubprocessError, ValueError):
            told = subprocess.run(command, capture_output=True, timeout=_PATIENCE_S, check=True).stdout
            found[work] = Instant(int(told.decode().strip().removeprefix("@")) * SECOND)
    return found or None
