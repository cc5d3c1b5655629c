"""What time it is, in microseconds UTC, as everyone in a node agrees.

The real clock is CLOCK_BOOTTIME plus an anchor that the node fixes once and hands to every process: a
step of the wall clock (NTP, an administrator) moves no deadline, and a suspended machine's sleep counts.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from heapq import heappop, heappush
from typing import Protocol

import msgspec

from messages.ids import SECOND, Instant


class Clock(Protocol):
    """Something that knows the time."""

    def now_us(self) -> Instant:
        """Microseconds since 1970-01-01 UTC."""
        ...


def boottime_us() -> int:
    """Microseconds since the machine started, suspension included."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1000


class SystemClock(msgspec.Struct, frozen=True):
    """The machine's steady clock, anchored once to the wall's."""

    anchor_us: int
    """Wall time minus boot time."""

    @classmethod
    def anchored(cls) -> SystemClock:
        """A clock anchored to the wall clock as it stands now. One per node; all processes get its anchor."""
        return cls(time.time_ns() // 1000 - boottime_us())

    def now_us(self) -> Instant:
        """Microseconds since 1970-01-01 UTC."""
        return Instant(time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1000 + self.anchor_us)


class VirtualClock:
    """A clock that stands until it is moved, for the actor system in one process.

    What is to happen is called in the order of its time, and in the order of its registration where the
    times are equal. The in-process system hangs Thespian's wakeups in here; a test or the simulated carrier
    may hang in its own.
    """

    def __init__(self, start_us: int = 1_700_000_000 * SECOND) -> None:
        self._now = start_us
        self._heap: list[tuple[int, int, Callable[[], None]]] = []
        self._count = 0

    def now_us(self) -> Instant:
        """Microseconds since 1970-01-01 UTC."""
        return Instant(self._now)

    def call_at(self, when_us: int, call: Callable[[], None]) -> None:
        """Have `call` made when the clock is moved to or past `when_us`; not before the next move."""
        self._count += 1
        heappush(self._heap, (max(when_us, self._now), self._count, call))

    def next_us(self) -> Instant | None:
        """When the next call is due."""
        return Instant(self._heap[0][0]) if self._heap else None

    def leap(self, by_us: int) -> None:
        """As on a machine that was suspended: time has passed, and nothing was done in it."""
        self._now += by_us

    def step(self, until_us: int) -> bool:
        """Move to the next call due by `until_us` and make it; if there is none, move there and say False."""
        if not self._heap or self._heap[0][0] > until_us:
            self._now = max(self._now, until_us)
            return False
        when, _, call = heappop(self._heap)
        self._now = max(self._now, when)
        call()
        return True
