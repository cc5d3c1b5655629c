"""Processes of the node and the command line: liveness, identity, and termination.

A pid alone means nothing after its process has ended: a process is identified by pid *and* start time, and is
signalled through a pidfd that was opened before the two were compared (`runtime.pidfd`).

A center's own processes carry `MARK` in their environment, which a fork inherits and the kernel shows
unchanged. So the processes are found even without a record.
"""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

import msgspec

from runtime import pidfd

MARK: Final = "SECURWOMAN_PROCESS_OF"
"""Environment variable of every process of a node (except the carrier): the node's state directory."""


class ProcessId(msgspec.Struct, frozen=True, kw_only=True):
    """Permanent identity of a process."""

    pid: int
    started: int
    """Start in clock ticks since the start of the machine, field 22 of proc(5)'s stat."""


def identity(pid: int) -> ProcessId | None:
    """Return the process with this pid now; None if there is none, or it is a zombie."""
    started = pidfd.start_time_of(pid)
    return ProcessId(pid=pid, started=started) if started else None


def is_alive(process: ProcessId) -> bool:
    """Return True if this very process still runs."""
    return pidfd.alive(process.pid, process.started)


def marked(state: Path) -> Iterator[ProcessId]:
    """Yield the live processes of any node of this state directory, except this one."""
    wanted = f"{MARK}={state}".encode()
    for directory in Path("/proc").iterdir():
        if not directory.name.isdecimal() or int(directory.name) == os.getpid():
            continue
        try:
            environment = (directory / "environ").read_bytes()
        except OSError:
            continue  # ended meanwhile, or of another user
        if wanted in environment.split(b"\0") and (process := identity(int(directory.name))) is not None:
            yield process


def send_signal(process: ProcessId, signum: int) -> bool:
    """Send a signal to this very process; return False if it has ended."""
    return pidfd.kill(process.pid, process.started, signum)


def wait_ended(processes: Iterable[ProcessId], within_s: float) -> list[ProcessId]:
    """Wait until all processes have ended; return those that have not after `within_s` seconds."""
    until = time.monotonic() + within_s
    poll = select.poll()
    watched: dict[int, ProcessId] = {}
    try:
        for process in processes:
            # Zombies are awaited too: their last thread may still hold resources.
            if pidfd.start_time_of(process.pid) not in (process.started, 0):
                continue
            try:
                fd = os.pidfd_open(process.pid)
            except OSError:
                continue
            watched[fd] = process
            poll.register(fd, select.POLLIN)
        living = dict(watched)
        while living and (left_s := until - time.monotonic()) > 0:
            for fd, _ in poll.poll(left_s * 1000):
                poll.unregister(fd)
                del living[fd]
        return list(living.values())
    finally:
        for fd in watched:
            os.close(fd)


def end(process: ProcessId, gently_s: float) -> None:
    """End the process: SIGTERM and up to `gently_s` seconds, then SIGKILL. Returns when the process has
    ended.

    Raises TimeoutError if SIGKILL does not end it (a process in an uninterruptible wait).
    """
    if gently_s > 0 and send_signal(process, signal.SIGTERM) and not wait_ended([process], gently_s):
        return
    send_signal(process, signal.SIGKILL)
    if wait_ended([process], 5.0):
        raise TimeoutError(f"process {process.pid} does not end")


def end_marked(state: Path, spare: Callable[[int], bool] = lambda _: False) -> list[ProcessId]:
    """Kill all processes that an earlier node of this state directory has left; return them. `spare`: returns
    True for pids to leave alone.

    SIGKILL is sent at once: an orderly end has had its chance, calls stay up in the modems, and the journal
    tolerates it. Repeats until no process is left, because killed processes may have been forking. Raises
    TimeoutError as `end` does.
    """
    ended: list[ProcessId] = []
    until = time.monotonic() + 10.0
    while living := [process for process in marked(state) if not spare(process.pid)]:
        if time.monotonic() > until:
            raise TimeoutError(f"processes {', '.join(str(p.pid) for p in living)} do not end")
        for process in living:
            send_signal(process, signal.SIGKILL)
        wait_ended(living, 5.0)
        ended += [process for process in living if process not in ended]
    return ended
