"""First steps of a forked process of the actor system: drop everything inherited from the parent.

A fork inherits every open file: the node's lock, the web's sockets, a test's pipes. An actor that keeps these
files occupies a port and blocks a reader long after the opener has ended.
"""

from __future__ import annotations

import faulthandler
import gc
import os
import resource
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

from runtime import pidfd

FIRST_FD: Final = 3
LAST_FD: Final = 2**31 - 1
MANY_FILES: Final = 65536
LOGGER_NAME: Final = "actors.logger"
"""Name of the file with pid and birth of the library's logger, which is no actor of the center."""


def leave_parent_behind() -> None:
    """Close every inherited file except standard input, output and error."""
    # The parent's objects would close descriptors by number when collected; those numbers are in use here.
    gc.freeze()
    faulthandler.disable()
    os.closerange(FIRST_FD, LAST_FD)
    faulthandler.enable(file=2, all_threads=True)


def output_to(path: Path) -> None:
    """Redirect standard output and error to this file, and standard input to /dev/null.

    The reader of a pipe must not have to wait until the last actor has ended.
    """
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    try:
        out = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    except OSError:
        # A full or read-only disk must not prevent a start.
        out = os.open(os.devnull, os.O_WRONLY)
    os.dup2(out, 1)
    os.dup2(out, 2)
    for fd in (null, out):
        if fd >= FIRST_FD:
            os.close(fd)
    # The parent's objects may write to a file that is closed by now.
    sys.stdout = open(1, "w", buffering=1, closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", buffering=1, closefd=False)  # noqa: SIM115


def die_with(parent: int) -> None:
    """Let the kernel kill this process when `parent`, which forked it, dies. End at once if it is dead
    already.
    """
    pidfd.die_with_parent(True)
    if os.getppid() != parent:
        os._exit(0)


def allow_many_files() -> int:
    """Raise the soft limit of open files as far as useful and allowed; return the new limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MANY_FILES if hard == resource.RLIM_INFINITY else min(MANY_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    return soft


def say_logger(run: Path) -> None:
    """Record this process as the actor system's logger."""
    # A full disk must not prevent its start.
    with suppress(OSError):
        (run / LOGGER_NAME).write_text(f"{os.getpid()} {pidfd.start_time_of(os.getpid())}\n")


def logger_of(run: Path) -> tuple[int, int]:
    """Return the living logger of the actor system as pid and birth; (0, 0) if there is none."""
    try:
        pid, born = map(int, (run / LOGGER_NAME).read_text().split())
    except (OSError, ValueError):
        return 0, 0
    return (pid, born) if pidfd.alive(pid, born) else (0, 0)
