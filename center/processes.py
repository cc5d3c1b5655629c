"""Processes as the node and the command line meet them: who is alive, whose is this pid, ending by pid.

A pid alone means nothing after its process has ended: a process is known by pid *and* start time,
and is signalled through a pidfd that was opened before the two were compared.
A center's own processes carry `MARK` in their environment, which a fork inherits and which the
kernel shows unchanged whatever the process does, so that they are found even when nothing was written down.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import msgspec

MARK: Final = "SECURWOMAN_PROCESS_OF"
"""Environment variable of every process of a node (not of the carrier): its state directory."""


class ProcessId(msgspec.Struct, frozen=True, kw_only=True):
    """One process, for ever."""

    pid: int
    started: int
    """Its start in clock ticks since the machine's, field 22 of proc(5)'s stat."""


def identity(pid: int) -> ProcessId | None:
    """The process that has this pid now. None: there is none, or it is a zombie."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (OSError, UnicodeDecodeError):
        return None
    # The command stands in parentheses and may hold any character; the rest is regular.
    fields = stat.rpartition(")")[2].split()
    if fields[0] in ("Z", "X"):
        return None
    return ProcessId(pid=pid, started=int(fields[19]))


def is_alive(process: ProcessId) -> bool:
    """Whether this very process still runs."""
    return identity(process.pid) == process


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
    with contextlib.ExitStack() as stack:
        try:
            pidfd = os.pidfd_open(process.pid)
        except OSError:
            return False
        stack.callback(os.close, pidfd)
        if not is_alive(process):
            return False
        try:
            signal.pidfd_send_signal(pidfd, signum)
        except ProcessLookupError:
            return False
    return True


def wait_ended(processes: Iterable[ProcessId], within_s: float) -> list[ProcessId]:
    """Waits until all have ended; returns those that have not after `within_s` seconds."""
    until = time.monotonic() + within_s
    poll = select.poll()
    watched: dict[int, ProcessId] = {}
    try:
        for process in processes:
            try:
                pidfd = os.pidfd_open(process.pid)
            except OSError:
                continue
            if is_alive(process):
                watched[pidfd] = process
                poll.register(pidfd, select.POLLIN)
            else:
                os.close(pidfd)
        living = dict(watched)
        while living and (left_s := until - time.monotonic()) > 0:
            for pidfd, _ in poll.poll(left_s * 1000):
                poll.unregister(pidfd)
                del living[pidfd]
        return list(living.values())
    finally:
        for pidfd in watched:
            os.close(pidfd)


def end(process: ProcessId, gently_s: float) -> None:
    """Ends it: SIGTERM and up to `gently_s` seconds, then SIGKILL, and returns when it is gone.

    Raises TimeoutError where even that does not end it (a process in an uninterruptible wait).
    """
    if gently_s > 0 and send_signal(process, signal.SIGTERM) and not wait_ended([process], gently_s):
        return
    send_signal(process, signal.SIGKILL)
    if wait_ended([process], 5.0):
        raise TimeoutError(f"process {process.pid} does not end")


def end_marked(state: Path) -> list[ProcessId]:
    """Kills whatever an earlier node of this state directory left running; returns what it was.

    Without a word to them first: what was to be ended in order has had its chance, calls stay up
    in the modems, and the journal is made for it. Looks again until nobody is left, since what is
    killed may have been forking. Raises TimeoutError as `end` does.
    """
    ended: list[ProcessId] = []
    until = time.monotonic() + 10.0
    while living := list(marked(state)):
        if time.monotonic() > until:
            raise TimeoutError(f"processes {', '.join(str(p.pid) for p in living)} do not end")
        for process in living:
            send_signal(process, signal.SIGKILL)
        wait_ended(living, 5.0)
        ended += [process for process in living if process not in ended]
    return ended
