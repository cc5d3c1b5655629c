"""Runner of a command that leaves no process behind.

Orphaned descendants of the command are adopted by this process (a *child subreaper*, prctl(2)), so that even
a detached process is found. A process that is still alive after the end of the command and a moment of grace
is a fault of its starter: the process is named and killed by its pid, and the exit status is 1. Other
processes are never touched.
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
    """Call prctl(2) with one argument. Raises OSError."""
    if ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), f"prctl({option}, {value})")


def children() -> dict[int, str]:
    """Return the running children, as pid → command line. Grandchildren become children when their parents
    end.
    """
    found: dict[int, str] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            # The name is in parentheses and may hold anything; the fields after the last parenthesis are
            # regular.
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
            command = (stat.parent / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue  # gone meanwhile
        if int(parent) == os.getpid() and state != "Z":
            found[int(stat.parent.name)] = command.strip()
    return found


def reap() -> None:
    """Collect the children that have ended, so that no zombie remains."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def leftovers() -> dict[int, str]:
    """Return the processes that outlive the grace, killed generation by generation until no child is left."""
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
    """Run `command`; return its exit status (128 + n for signal n), or 1 if processes were left."""
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    prctl(PR_SET_PDEATHSIG, signal.SIGTERM)  # if this script is ended, the command ends too
    pid = os.posix_spawnp(command[0], command, os.environ)

    def hand_on(signum: int, _frame: FrameType | None) -> None:
        os.kill(pid, signum)

    signal.signal(signal.SIGTERM, hand_on)
    signal.signal(signal.SIGHUP, hand_on)
    # Ctrl-C reaches the whole foreground group by itself; a second signal would cut the command's clean-up
    # short.
    signal.signal(signal.SIGINT, lambda *_: None)
    while True:
        ended, status = os.waitpid(-1, 0)
        if ended == pid:
            break
    for signum in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, signal.SIG_IGN)  # the pid is free again; the remaining work is short
    code = os.waitstatus_to_exitcode(status)
    left = leftovers()
    for stray, line in left.items():
        print(f"left running, now killed: {stray} {line}", file=sys.stderr)
    if code == 0:
        return 1 if left else 0
    return code if code > 0 else 128 - code


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
