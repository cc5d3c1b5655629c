"""Processes as the node and the command line meet them: who is alive, whose is this pid, ending by pid.

A pid alone means nothing after its process has ended: a process is known by pid *and* start time,
and is signalled through a pidfd that was opened before the two were compared (`runtime.pidfd`).
A center's own processes carry `MARK` in their environment, which a fork inherits and which the
kernel shows unchanged whatever the process does, so that they are found even when nothing was written down.
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
"""Environment variable of every process of a node (not of the carrier): its state directory."""


class ProcessId(msgspec.Struct, frozen=True, kw_only=True):
    """One process, for ever."""

    pid: int
    started: int
    """Its start in clock ticks since the machine's, field 22 of proc(5)'s stat."""


def identity(pid: int) -> ProcessId | None:
    """The process that has this pid now. None: there is none, or it is a zombie."""
    started = pidfd.born(pid)
    return ProcessId(pid=pid, started=started) if started else None


def is_alive(process: ProcessId) -> bool:
    """Whether this very process still runs."""
    return pidfd.alive(process.pid, process.started)


def marked(state: Path) -> Iterator[ProcessId]:
    """The living processes of whatever node has run in this state directory, ourselves excepted."""
    wanted = f"{MARK}={state}".encode()
    for directory in Path("/proc").iterdir():
        if not directory.name.isdecimal() or int(directory.name) == os.getpid():
            continue
        try:
            environment = (directory / "environ").read_bytes()
        except OSError:
            continue  # ended meanwhile, or another user's
        if wanted in environment.split(b"\0") and (process := identity(int(directory.name))) is not None:
            yield process


def send_signal(process: ProcessId, signum: int) -> bool:
    """Signals this very process. False: it has ended."""
    return pidfd.kill(process.pid, process.started, signum)


def wait_ended(processes: Iterable[ProcessId], within_s: float) -> list[ProcessId]:
    """Waits until all have ended; returns those that have not after `within_s` seconds."""
    until = time.monotonic() + within_s
    poll = select.poll()
    watched: dict[int, ProcessId] = {}
    try:
        for process in processes:
            # A zombie is waited for, too: its last thread may still hold what is waited for.
            if pidfd.born(process.pid) not in (process.started, 0):
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
    """Ends it: SIGTERM and up to `gently_s` seconds, then SIGKILL, and returns when it is gone.

    Raises TimeoutError where even that does not end it (a process in an uninterruptible wait).
    """
    if gently_s > 0 and send_signal(process, signal.SIGTERM) and not wait_ended([process], gently_s):
        return
    send_signal(process, signal.SIGKILL)
    if wait_ended([process], 5.0):
        raise TimeoutError(f"process {process.pid} does not end")


def end_marked(state: Path, spare: Callable[[int], bool] = lambda _: False) -> list[ProcessId]:
    """Kills whatever an earlier node of this state directory left running; returns what it was.

    Left alone are pids that `spare` says.

    Without a word to them first: what was to be ended in order has had its chance, calls stay up
    in the modems, and the journal is made for it. Looks again until nobody is left, since what is
    killed may have been forking. Raises TimeoutError as `end` does.
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
