"""Runs a command and sees to it that no process of its survives it.

The command's descendants are adopted by this process when their parents end (it is a *child subreaper*,
prctl(2)), so that even one that detached itself is found. What is still there once the command has ended,
after a moment of grace, is a fault of whoever started it: it is named, killed by its pid, and the exit status
is 1. It must not touch any process that it did not inherit.
"""

import ctypes
import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
GRACE_S = 2.0
POLL_S = 0.05


def prctl(option: int, value: int) -> None:
    """prctl(2) with one argument; raises OSError."""
    if ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), f"prctl({option}, {value})")


def children() -> dict[int, str]:
    """Our children that run, as pid → command line. Grandchildren become ours when their parents end."""
    found: dict[int, str] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            # The name stands in parentheses and may hold anything; what follows the last one is regular.
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
            command = (stat.parent / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue  # gone while we looked
        if int(parent) == os.getpid() and state != "Z":
            found[int(stat.parent.name)] = command.strip()
    return found


def reap() -> None:
    """Collects the children that have ended, so that none stays a zombie."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def leftovers() -> dict[int, str]:
    """What outlives the grace, killed generation by generation until nothing is left."""
    deadline = time.monotonic() + GRACE_S
    while children() and time.monotonic() < deadline:
        reap()
        time.sleep(POLL_S)
    killed: dict[int, str] = {}
    while living := children():
        killed |= living
        for pid in living:
            os.kill(pid, signal.SIGKILL)  # not reaped yet, so the pid cannot mean another process
        for pid in living:
            os.waitpid(pid, 0)
    reap()
    return killed


def main(command: list[str]) -> int:
    """Runs `command`; returns its exit status (128 + n for signal n), or 1 for what was left."""
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    prctl(PR_SET_PDEATHSIG, signal.SIGTERM)  # a script that is ended takes its tests along
    pid = os.posix_spawnp(command[0], command, os.environ)

    def hand_on(signum: int, _frame: FrameType | None) -> None:
        os.kill(pid, signum)

    signal.signal(signal.SIGTERM, hand_on)
    signal.signal(signal.SIGHUP, hand_on)
    # Ctrl-C reaches the whole foreground group by itself; twice would cut the command's own clean-up short.
    signal.signal(signal.SIGINT, lambda *_: None)
    while True:
        ended, status = os.waitpid(-1, 0)
        if ended == pid:
            break
    for signum in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, signal.SIG_IGN)  # the pid is free again; what is left to do is short
    code = os.waitstatus_to_exitcode(status)
    left = leftovers()
    for stray, line in left.items():
        print(f"left running, now killed: {stray} {line}", file=sys.stderr)
    if code == 0:
        return 1 if left else 0
    return code if code > 0 else 128 - code


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
