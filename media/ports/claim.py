"""Exclusive use of a terminal: one process at a time; a successor requests the terminal from the holder.

The kernel keeps the holder as a record lock (fcntl(2)), which ends with the process or the descriptor.
"""

from __future__ import annotations

import fcntl
import os
import signal
import struct
import time
from typing import Final

PATIENCE_S: Final = 0.4
"""Time to hand over, in seconds: a hand-over takes one to six ticks. A later holder hangs: it is killed, as
sharing is impossible.
"""
_LOOK_S: Final = 0.001
_FLOCK: Final = "hhqqi4x"
"""`struct flock` on 64-bit Linux: type, whence, start, length, pid."""


def claim(fd: int, asks_by: signal.Signals, patience_s: float = PATIENCE_S) -> None:
    """Claim this terminal until the descriptor is closed. May wait for twice `patience_s`.

    The holder receives the signal `asks_by`, which every claiming process must handle. If even the holder's
    death does not help (a hanging driver), the terminal is used without the lock.
    """
    asked = 0
    killed = False
    until = time.monotonic() + patience_s
    while not _had(fd):
        holder = _holder(fd)
        if holder and holder != asked:
            asked = holder
            _signal_self(fd, holder, asks_by)
        if time.monotonic() > until:
            if killed:
                return
            killed = True
            until += patience_s
            _signal_self(fd, holder, signal.SIGKILL)
        time.sleep(_LOOK_S)


def _had(fd: int) -> bool:
    try:
        fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True  # a driver or kernel without locks: no holder is known
    return True


def _holder(fd: int) -> int:
    """Return the holding process; 0 if there is none."""
    asked = struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
    kind, _, _, _, pid = struct.unpack(_FLOCK, fcntl.fcntl(fd, fcntl.F_GETLK, asked))
    return 0 if kind == fcntl.F_UNLCK else int(pid)


def _signal_self(fd: int, holder: int, signum: signal.Signals) -> None:
    """Send the signal to this very process, if it still holds the terminal."""
    if holder <= 0:  # no holder, or one in another container
        return
    try:
        process = os.pidfd_open(holder)
    except OSError:
        return
    try:
        if _holder(fd) == holder:
            signal.pidfd_send_signal(process, signum)
    except OSError:
        pass  # the holder has ended
    finally:
        os.close(process)
