"""Time in microseconds UTC, the same for all processes of a node.

The real clock is CLOCK_BOOTTIME plus an anchor that the node fixes once and passes to every process. A step
of the wall clock (NTP, an administrator) moves no deadline, and the sleep of a suspended machine counts.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from heapq import heappop, heappush
from typing import Protocol

import msgspec

from messages.ids import SECOND, Instant


class Clock(Protocol):
    """Source of the time."""

    def now_us(self) -> Instant:
        """Return the time, in microseconds since 1970-01-01 UTC."""
        ...


def boottime_us() -> int:
    """Return the microseconds since the start of the machine, suspension included."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1000


class SystemClock(msgspec.Struct, frozen=True):
    """Steady clock of the machine, anchored once to the wall clock."""

    anchor_us: int
    """Wall time minus boot time, in microseconds."""

    @classmethod
    def anchored(cls) -> SystemClock:
        """Return a clock anchored to the present wall clock. One per node; all processes use its anchor."""
        return cls(time.time_ns() // 1000 - boottime_us())

    def now_us(self) -> Instant:
        """Return the time, in microseconds since 1970-01-01 UTC."""
        return Instant(time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1000 + self.anchor_us)


class VirtualClock:
    """Clock that stands still until moved, for the actor system in one process.

    Scheduled calls are made in the order of their times, and for equal times in the order of registration.
    The in-process system schedules Thespian's wakeups here; a test or the simulated carrier may add calls.
    """

    def __init__(self, start_us: int = 1_700_000_000 * SECOND) -> None:
        self._now = start_us
        self._heap: list[tuple[int, int, Callable[[], None]]] = []
        self._count = 0

    def now_us(self) -> Instant:
        """Return the time, in microseconds since 1970-01-01 UTC."""
        return Instant(self._now)

    def call_at(self, when_us: int, call: Callable[[], None]) -> None:
        """Schedule `call` for the move of the clock to or past `when_us`; never before the next move."""
        self._count += 1
        heappush(self._heap, (max(when_us, self._now), self._count, call))

    def next_us(self) -> Instant | None:
        """Return the time of the next call; None if none is scheduled."""
        return Instant(self._heap[0][0]) if self._heap else None

    def leap(self, by_us: int) -> None:
        """Advance the time without making calls, as on a suspended machine."""
        self._now += by_us

    def step(self, until_us: int) -> bool:
        """Move to the next call due by `until_us` and make it; without one, move to `until_us` and return
        False.
        """
        if not self._heap or self._heap[0][0] > until_us:
            self._now = max(self._now, until_us)
            return False
        when, _, call = heappop(self._heap)
        self._now = max(self._now, when)
        call()
        return True
