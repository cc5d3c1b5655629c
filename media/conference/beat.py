"""The 20 ms beat: absolute deadlines on CLOCK_MONOTONIC, so that a late tick does not make the next one late.

After a stall the missed ticks are left out, not made up for in a burst: what a modem would have played is
past. They still count, so that `position` says where in the conference's sound a tick is, whatever happened.
The schedule is arithmetic (`now_us` in); only the beat waits.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

from media.sound.frames import FRAME_SAMPLES, FRAME_US


class Tick(NamedTuple):
    """One turn of the conference."""

    number: int
    """Number of this tick since the start, those left out included."""
    skipped: int = 0
    """How many were left out just before it."""
    late_us: int = 0
    """How long after its time it began."""

    @property
    def position(self) -> int:
        """The first sample of this tick, counted from the start of the conference."""
        return self.number * FRAME_SAMPLES


class Schedule:
    """When each tick is due."""

    def __init__(self, start_us: int) -> None:
        """The first tick is due at once."""
        self._start_us = start_us
        self._next = 0

    @property
    def due_us(self) -> int:
        """When the next tick is due."""
        return self._start_us + self._next * FRAME_US

    def take(self, now_us: int) -> Tick:
        """The tick that begins now; those whose whole 20 ms are over are left out."""
        skipped = max(0, now_us - self.due_us) // FRAME_US
        index = self._next + skipped
        late_us = max(0, now_us - self._start_us - index * FRAME_US)
        self._next = index + 1
        return Tick(index, skipped, late_us)


def monotonic_us() -> int:
    """CLOCK_MONOTONIC in microseconds."""
    return time.monotonic_ns() // 1000


class Beat:
    """Waits for the ticks of one conference."""

    def __init__(
        self, now_us: Callable[[], int] = monotonic_us, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._now_us = now_us
        self._sleep = sleep
        self._schedule = Schedule(now_us())

    def start(self) -> None:
        """The first tick is now."""
        self._schedule = Schedule(self._now_us())

    def wait(self) -> Tick:
        """Sleep until the next tick is due, at most 20 ms, and begin it."""
        now_us = self._now_us()
        while (ahead_us := self._schedule.due_us - now_us) > 0:
            self._sleep(ahead_us / 1e6)
            now_us = self._now_us()
        return self._schedule.take(now_us)

    def now_us(self) -> int:
        """The time this beat goes by."""
        return self._now_us()
