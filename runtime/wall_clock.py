"""State of this machine's wall clock: whether it follows a time server, and whether it is about to be set."""

from __future__ import annotations

import ctypes
import time
from pathlib import Path
from typing import Final

from model import wall_clock
from model.wall_clock import ClockFacts
from runtime.clock import boottime_us

_UNSYNCHRONISED: Final = 0x40
_TIMESYNCD: Final = Path("/run/systemd/timesync/synchronized")
_SERVICES: Final = tuple(
    map(Path, ("/run/systemd/timesync", "/run/chrony", "/run/ntpd.pid", "/run/ntpsec", "/run/openntpd"))
)
"""Files of the usual time services, present while such a service runs."""
_OWN_CLOCKS: Final = Path("/sys/class/rtc")


class _Timex(ctypes.Structure):
    """Beginning of `struct timex`, adjtimex(2); the rest is padding."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_long * 32),
    )


def synchronised() -> bool | None:
    """Return True if the wall clock follows a time server; None if unknown.

    Read from the kernel's status word (STA_…) without any change: `modes` is 0. If systemd forbids that
    (ProtectClock=), the file of systemd-timesyncd decides, which exists once the clock was set.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    timex = _Timex()
    if libc.adjtimex(ctypes.byref(timex)) >= 0:
        return not timex.status & _UNSYNCHRONISED
    return True if _TIMESYNCD.exists() else None


def facts() -> ClockFacts:
    """Return the facts for the decision."""
    return ClockFacts(
        follows=synchronised(),
        service=any(path.exists() for path in _SERVICES),
        own_clock=_OWN_CLOCKS.is_dir() and any(_OWN_CLOCKS.iterdir()),
        up_s=boottime_us() / 1e6,
    )


def settles() -> bool:
    """Return True if the wall clock of this machine is about to be set
    (`model.wall_clock.is_about_to_be_set`).
    """
    up_s = boottime_us() / 1e6
    return up_s < wall_clock.SETTLES_WITHIN_S and wall_clock.is_about_to_be_set(facts())


def ahead_us(anchor_us: int) -> int:
    """Return the lead of the wall clock over the clock of this anchor, in microseconds."""
    return time.time_ns() // 1000 - boottime_us() - anchor_us
