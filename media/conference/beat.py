"""The 20 ms beat: absolute deadlines on CLOCK_MONOTONIC, so that a late tick does not delay the next.

After a stall the missed ticks are skipped, not made up for in a burst: the modem has played past them.
Skipped ticks still count, so that `position` is the tick's place in the conference's sound in any case. The
schedule is arithmetic (`now_us` in); only the beat waits.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

from media.sound.frames import FRAME_SAMPLES, FRAME_US


class Tick(NamedTuple):
    """Turn of the conference."""

    number: int
    """Number of this tick since the start, skipped ones included."""
    skipped: int = 0
    """Number of ticks skipped just before this one."""
    late_us: int = 0
    """Delay of its start, in microseconds."""

    @property
    def position(self) -> int:
        """First sample of this tick, counted from the start of the conference."""
        return self.number * FRAME_SAMPLES


class Schedule:
    """Times of the ticks."""

    def __init__(self, start_us: int) -> None:
        """Start with the first tick due at once."""
        self._start_us = start_us
        self._next = 0

    @property
    def due_us(self) -> int:
        """Time of the next tick, in microseconds."""
        return self._start_us + self._next * FRAME_US

    def take(self, now_us: int) -> Tick:
        """Return the tick that begins now; ticks with all 20 ms in the past are skipped."""
        skipped = max(0, now_us - self.due_us) // FRAME_US
        index = self._next + skipped
        late_us = max(0, now_us - self._start_us - index * FRAME_US)
        self._next = index + 1
        return Tick(index, skipped, late_us)


def monotonic_us() -> int:
    """Return CLOCK_MONOTONIC in microseconds."""
    return time.monotonic_ns() // 1000


class Beat:
    """Beat that waits for the ticks of one conference."""

    def __init__(
        self, now_us: Callable[[], int] = monotonic_us, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._now_us = now_us
        self._sleep = sleep
        self._schedule = Schedule(now_us())

    def start(self) -> None:
        """Start the schedule with the first tick now."""
        self._schedule = Schedule(self._now_us())

    def wait(self) -> Tick:
        """Sleep until the next tick is due, at most 20 ms, and begin the tick."""
        now_us = self._now_us()
        while (ahead_us := self._schedule.due_us - now_us) > 0:
            self._sleep(ahead_us / 1e6)
            now_us = self._now_us()
        return self._schedule.take(now_us)

    def now_us(self) -> int:
        """Return the present time of this beat's clock, in microseconds."""
        return self._now_us()
