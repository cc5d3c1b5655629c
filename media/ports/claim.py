"""Who speaks through a terminal: one process at a time, and whoever takes its place asks it to hand over.

The kernel keeps who that is, as a record lock (fcntl(2)), and forgets it with the process or the descriptor.
"""

from __future__ import annotations

import fcntl
import os
import signal
import struct
import time
from typing import Final

PATIENCE_S: Final = 0.4
"""Handing over takes one to six ticks. Who has not by then is frozen: it is killed, not shared with."""
_LOOK_S: Final = 0.001
_FLOCK: Final = "hhqqi4x"
"""`struct flock` on 64-bit Linux: type, whence, start, length, pid."""


def claim(fd: int, asks_by: signal.Signals, patience_s: float = PATIENCE_S) -> None:
    """Have this terminal alone from now on, until the descriptor is closed. May wait twice as long as told.

    Whoever has claimed it before is asked for it by a signal, which everybody who claims has to handle.
    Where even the death of whoever has it does not help (a driver that hangs), it is used beside it.
    """
    asked = 0
    killed = False
    until = time.monotonic() + patience_s
    while not _had(fd):
        holder = _holder(fd)
        if holder and holder != asked:
            asked = holder
            _tell(fd, holder, asks_by)
        if time.monotonic() > until:
            if killed:
                return
            killed = True
            until += patience_s
            _tell(fd, holder, signal.SIGKILL)
        time.sleep(_LOOK_S)


def _had(fd: int) -> bool:
    try:
        fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True  # a driver or kernel that keeps no locks: then nobody can be asked
    return True


def _holder(fd: int) -> int:
    """The process that has it; 0 where nobody has, any more."""
    asked = struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
    kind, _, _, _, pid = struct.unpack(_FLOCK, fcntl.fcntl(fd, fcntl.F_GETLK, asked))
    return 0 if kind == fcntl.F_UNLCK else int(pid)


def _tell(fd: int, holder: int, signum: signal.Signals) -> None:
    """Signal this very process, if it still has the terminal."""
    if holder <= 0:  # nobody, or somebody in another container
        return
    try:
        process = os.pidfd_open(holder)
    except OSError:
        return
    try:
        if _holder(fd) == holder:
            signal.pidfd_send_signal(process, signum)
    except OSError:
        pass  # gone meanwhile
    finally:
        os.close(process)
