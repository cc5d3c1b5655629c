"""State of this node's backups, their runs, and orders by staff.

An order runs the same command as a timer does. The service may not write to the folder of the backups
(`deploy/securwoman.service`): the order is then a file that a permitted systemd unit watches. If the service
may write there, as in a checkout or a container, the command is started beside the web.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import msgspec

from application.errors import SettingsError
from application.settings.file import load
from application.settings.where import config_in_use
from application.state.processes import ProcessId, identity, is_alive
from application.state.state_dir import StateDir, write_kept
from features.backup.records import Run, Work, backups, file_of, run_of, said, wanted_file
from features.backup.settings import BackupSettings
from features.backup.status import BackupRun, BackupStanding, BackupWrong, kept, who, wrong
from messages.ids import SECOND, Instant
from runtime.published.file import publish

UNHEARD_US: Final = 15 * SECOND
"""Age of a waiting order after which no systemd unit is assumed to watch for orders."""
TIMERS_S: Final = 30.0
"""Maximal age of the known timer states: each refresh starts a process."""
COMMAND_LINE: Final = str(Path(sys.executable).with_name("securwoman"))
_COMMANDS: Final = {Work.BACKUP: ("backup",), Work.CHECK: ("restore", "--check")}
TIMERS: Final = {Work.BACKUP: "securwoman-backup.timer", Work.CHECK: "securwoman-check.timer"}
_RUNS: Final = Path("/run/systemd/system")
_PATIENCE_S: Final = 3.0


def next_by_timer(runs: Path = _RUNS) -> dict[Work, Instant] | None:
    """Return when systemd's timers start the next run of each work. None if systemd does not run this
    machine, or does not answer.
    """
    if not runs.is_dir():
        return None
    found: dict[Work, Instant] = {}
    for work, timer in TIMERS.items():
        command = ["systemctl", "show", timer, "--timestamp=unix", "--value", "-P", "NextElapseUSecRealtime"]
        with suppress(OSError, subprocess.SubprocessError, ValueError):
            told = subprocess.run(command, capture_output=True, timeout=_PATIENCE_S, check=True).stdout
            found[work] = Instant(int(told.decode().strip().removeprefix("@")) * SECOND)
    return found or None


class OwnBackups:
    """The backups of the node of one state directory. Thread-safe; each method may wait for a disk."""

    def __init__(
        self, state: StateDir, timers: Callable[[], dict[Work, Instant] | None] = next_by_timer
    ) -> None:
        self._state = state
        self._timers = timers
        self._asked_s = float("-inf")
        self._next: dict[Work, Instant] | None = None
        self._begun: dict[Work, tuple[Instant, subprocess.Popen[bytes]]] = {}
        self._order = threading.Lock()

    def standing(self) -> BackupStanding:
        """Read the current state from files and settings. Raises OSError."""
        try:
            wish = BackupSettings.of(load(config_in_use(self._state)))
        except SettingsError:
            return BackupStanding(wrong=(BackupWrong.SETTINGS,))
        made = backups(self._state.path)
        found = {work: self._run(work, wish.file) for work in Work}
        runs = {work: run for work, run in found.items() if run is not None}
        now_s = time.monotonic()
        if now_s - self._asked_s > TIMERS_S:
            self._asked_s, self._next = now_s, self._timers()
        return BackupStanding(
            file=wish.file,
            to=tuple(map(who, wish.to)),
            kept=tuple(kept(made)),
            runs=runs,
            next=self._next or {},
            wrong=tuple(wrong(self._state, wish, made, runs, timers=bool(self._next), now_us=_now())),
        )

    def begin(self, work: Work) -> bool:
        """Order the work, or start it; return False if it is already running or ordered. Raises OSError."""
        with self._order:
            return self._begin(work)

    def _begin(self, work: Work) -> bool:
        wanted = wanted_file(self._state.path, work)
        run = self._run(work, "")
        if run is not None and (run.running or (run.waits and not run.unheard)):
            return False
        if work is Work.BACKUP and not self._may_write():
            publish(wanted, b"")
            return True
        wanted.unlink(missing_ok=True)
        command = [COMMAND_LINE, *_COMMANDS[work], "--state", str(self._state.path)]
        with (self._state.path / "logs" / f"{work}.log").open("wb") as log:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        self._begun[work] = _now(), process
        # The HTTP request is answered long before the end of the process, and the process must be reaped.
        threading.Thread(target=process.wait, name=f"{work}-ends", daemon=True).start()
        return True

    def _may_write(self) -> bool:
        with suppress(SettingsError):
            file = BackupSettings.of(load(config_in_use(self._state))).file
            folder = Path(file).parent
            # The command itself reports a missing folder.
            return not file or not folder.is_dir() or os.access(folder, os.W_OK)
        return True

    def _run(self, work: Work, file: str) -> BackupRun | None:
        wanted = wanted_file(self._state.path, work)
        with suppress(OSError):
            at = Instant(wanted.stat().st_mtime_ns // 1000)
            return BackupRun(began_at=at, waits=True, unheard=_is_unheard(wanted))
        run = run_of(self._state.path, work)
        at, process = self._begun.get(work, (Instant(0), None))
        if process is not None and process.poll() is None and (run is None or run.pid != process.pid):
            return BackupRun(began_at=at, waits=True)  # the process takes a second to note its run
        if run is None:
            return None
        running = is_running(run)
        return BackupRun(
            began_at=run.began_at,
            ended_at=run.ended_at,
            running=running,
            cut_off=not running and run.ended_at is None,
            failed=run.failed,
            bytes=_written(Path(file)) if running and work is Work.BACKUP and file else 0,
        )


def is_running(run: Run | None) -> bool:
    """Return True if the process of the run is alive and the run has not ended."""
    return run is not None and run.ended_at is None and is_alive(ProcessId(pid=run.pid, started=run.started))


@contextmanager
def noted(state: StateDir, work: Work) -> Iterator[None]:
    """Record the enclosed work as its last run; record nothing while another process does the same work."""
    wanted_file(state.path, work).unlink(missing_ok=True)
    own = identity(os.getpid())
    if own is None or not state.path.is_dir() or is_running(run_of(state.path, work)):
        yield
        return
    run = Run(began_at=_now(), pid=own.pid, started=own.started)
    _write(state, work, run)
    try:
        yield
    except BaseException as error:
        told = str(error) or type(error).__name__
        _write(state, work, msgspec.structs.replace(run, ended_at=_now(), failed=told))
        raise
    _write(state, work, msgspec.structs.replace(run, ended_at=_now()))


def _write(state: StateDir, work: Work, run: Run) -> None:
    # A full state disk must not prevent a backup: backups lie on another disk.
    with suppress(OSError):
        write_kept(file_of(state.path, work), said(run))


def _written(file: Path) -> int:
    """Return the bytes written so far of all parts of a backup in progress."""
    found = 0
    for part in file.parent.glob(f".{file.name}*.new"):
        with suppress(OSError):
            found += part.stat().st_size
    return found


def _is_unheard(wanted: Path) -> bool:
    with suppress(OSError):
        return _now() > wanted.stat().st_mtime_ns // 1000 + UNHEARD_US
    return False


def _now() -> Instant:
    return Instant(time.time_ns() // 1000)
