"""Exclusive use of a terminal: one process at a time; a successor requests the terminal from the holder.

The kernel keeps the holder as a record lock (fcntl(2)) of the first byte, and the waiting successor as a lock
of the second: a process that holds many terminals learns which of them is wanted. A lock ends with the
process or the descriptor.
"""

from __future__ import annotations

import fcntl
import os
import signal
import struct
import time
from contextlib import suppress
from typing import Final

PATIENCE_S: Final = 0.4
"""Time to hand over, in seconds: a hand-over takes one to six ticks. A later holder hangs: it is killed, as
sharing is impossible.
"""
_LOOK_S: Final = 0.001
_HELD: Final = 0
_WANTED: Final = 1
"""Bytes that are locked."""
_FLOCK: Final = "hhqqi4x"
"""`struct flock` on 64-bit Linux: type, whence, start, length, pid."""


def claim(fd: int, asks_by: signal.Signals, patience_s: float = PATIENCE_S) -> None:
    """Claim this terminal until the descriptor is closed. May wait for twice `patience_s`.

    The holder receives the signal `asks_by`, which every claiming process must handle: it releases what
    `is_wanted`. If even the holder's death does not help (a hanging driver), the terminal is used without the
    lock.
    """
    if _locked(fd, _HELD):
        return
    try:
        _wait(fd, asks_by, patience_s)
    finally:
        _unlock(fd, _WANTED)


def is_wanted(fd: int) -> bool:
    """Return True if another process waits for this terminal, which this process holds."""
    try:
        return fd >= 0 and _holder(fd, _WANTED) != 0
    except OSError:
        return False


def _wait(fd: int, asks_by: signal.Signals, patience_s: float) -> None:
    asked = 0
    killed = False
    until = time.monotonic() + patience_s
    while not _locked(fd, _HELD):
        _locked(fd, _WANTED)  # each time: of several that wait, the next one's turn may come
        holder = _holder(fd, _HELD)
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


def _locked(fd: int, byte: int) -> bool:
    """Lock the byte for this process; return False if another process has it."""
    try:
        fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, byte)
    except BlockingIOError:
        return False
    except OSError:
        return True  # a driver or kernel without locks: no holder is known
    return True


def _unlock(fd: int, byte: int) -> None:
    with suppress(OSError):  # a driver or kernel without locks
        fcntl.lockf(fd, fcntl.LOCK_UN, 1, byte)


def _holder(fd: int, byte: int) -> int:
    """Return the process that has locked the byte; 0 if there is none."""
    asked = struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, byte, 1, 0)
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
        if _holder(fd, _HELD) == holder:
            signal.pidfd_send_signal(process, signum)
    except OSError:
        pass  # the holder has ended
    finally:
        os.close(process)
