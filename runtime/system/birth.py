"""The first thing that a process of the actor system does after the fork: leave behind what was its parent's.

A fork inherits every open file: the node's lock, the web's sockets, a test's pipes. An actor that keeps them
keeps a port taken and a reader waiting long after the one who opened them has ended.
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
"""Where the library's own logger, which is no actor of ours, says which process it is: pid and start."""


def leave_parent_behind() -> None:
    """Close every inherited file but standard input, output and error."""
    # What the parent's objects would close on being collected are numbers of ours by then.
    gc.freeze()
    faulthandler.disable()
    os.closerange(FIRST_FD, LAST_FD)
    faulthandler.enable(file=2, all_threads=True)


def output_to(path: Path) -> None:
    """Standard output and error into this file, standard input from nowhere.

    Nobody who reads a pipe of ours is to wait until the last actor has ended.
    """
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    try:
        out = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    except OSError:
        # A disk that is full or cannot be written must not keep anybody from being started.
        out = os.open(os.devnull, os.O_WRONLY)
    os.dup2(out, 1)
    os.dup2(out, 2)
    for fd in (null, out):
        if fd >= FIRST_FD:
            os.close(fd)
    # What the parent had in their place may write to a file that is closed by now.
    sys.stdout = open(1, "w", buffering=1, closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", buffering=1, closefd=False)  # noqa: SIM115


def die_with(parent: int) -> None:
    """Be killed when `parent`, which has forked us, dies. Ends at once where it is dead already."""
    pidfd.die_with_parent(True)
    if os.getppid() != parent:
        os._exit(0)


def allow_many_files() -> int:
    """Raise the soft limit of open files as far as is useful and allowed; what it is then."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MANY_FILES if hard == resource.RLIM_INFINITY else min(MANY_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    return soft


def say_logger(run: Path) -> None:
    """This process is the actor system's logger: write it down for those who look."""
    # A full disk must not keep it from starting.
    with suppress(OSError):
        (run / LOGGER_NAME).write_text(f"{os.getpid()} {pidfd.born(os.getpid())}\n")


def logger_of(run: Path) -> tuple[int, int]:
    """The logger of the actor system that lives there, as pid and start; (0, 0) where none does."""
    try:
        pid, born = map(int, (run / LOGGER_NAME).read_text().split())
    except (OSError, ValueError):
        return 0, 0
    return (pid, born) if pidfd.alive(pid, born) else (0, 0)
