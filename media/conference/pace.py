"""How well the 20 ms clock is kept, as counts. Pure arithmetic."""

from __future__ import annotations

import msgspec

LATE_US = 5_000
"""A tick later than this is reported: the modem's own reserve is of the order of one frame."""


class Pace(msgspec.Struct, kw_only=True):
    """How well the clock is kept. Counts are since `start`."""

    ticks: int = 0
    position: int = 0
    """First sample of the last tick, counted from the start; those of left-out ticks are included."""
    late_ticks: int = 0
    """Ticks that began more than 5 ms after their time."""
    skipped_ticks: int = 0
    worst_late_us: int = 0
    longest_tick_us: int = 0
    priority: str = ""
    """`realtime`, `nice` or `normal`; empty until the thread runs."""
    faults: int = 0
    """Ticks that failed by a fault of our own; `last_fault` names it."""
    last_fault: str = ""

    def count(self, *, position: int, skipped: int, late_us: int, took_us: int) -> None:
        """Add one tick that is done."""
        self.ticks += 1
        self.position = position
        self.late_ticks += late_us > LATE_US
        self.skipped_ticks += skipped
        self.worst_late_us = max(self.worst_late_us, late_us)
        self.longest_tick_us = max(self.longest_tick_us, took_us)
