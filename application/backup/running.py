"""Writes down that a backup is being made or tried, and what came of it: for the page that shows it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import msgspec

from application.state.processes import ProcessId, identity, is_alive
from application.state.state_dir import StateDir, write_kept
from messages.ids import Instant
from runtime.published.backup_runs import Run, Work, file_of, run_of, said, wanted_file


def is_running(run: Run | None) -> bool:
    """Whether it is still at work."""
    return run is not None and run.ended_at is None and is_alive(ProcessId(pid=run.pid, started=run.started))


@contextmanager
def noted(state: StateDir, work: Work) -> Iterator[None]:
    """What is done within is the last run of this work; not where another process is at it already."""
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
    # A full disk is no reason to leave a backup out: its folder is another one.
    with suppress(OSError):
        write_kept(file_of(state.path, work), said(run))


def _now() -> Instant:
    return Instant(time.time_ns() // 1000)
