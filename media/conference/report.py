"""What a conference says of itself: who takes part and what is heard of them, how well the 20 ms clock is
kept, and how its recording is. Plain data, for those who decide.
"""

from __future__ import annotations

from typing import Final

import msgspec


class Presence(msgspec.Struct, frozen=True, kw_only=True):
    """A conference as it is now, by the names of its legs."""

    joined: tuple[str, ...]
    """Legs whose ports are open."""
    lost: dict[str, str]
    """Legs whose ports could not be opened or were lost, and why; tried again every 200 ms."""
    heard: frozenset[str] = frozenset()
    """Legs on which a person has been heard since they joined."""
    digits: dict[str, str] = msgspec.field(default_factory=dict)
    """The DTMF digits of each leg that has pressed any since it joined."""
    no_sound: frozenset[str] = frozenset()
    """Joined legs of which nothing has come but digital silence for 3 s, or which take no sound."""
    played: frozenset[str] = frozenset()
    """Clips that have been played to their end."""
    begun: frozenset[str] = frozenset()
    """Clips that have begun to be heard here."""
    cut: frozenset[str] = frozenset()
    """Clips that were begun, here or before, and are over without having been played to their end."""
    clip_troubles: dict[str, str] = msgspec.field(default_factory=dict)
    """Clips that could not be loaded, and why."""
    tones: dict[str, str] = msgspec.field(default_factory=dict)
    """What a machine says on a leg now."""


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


class RecordingStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How a recording is."""

    file: str = ""
    """The name of the file that is being written; empty before its first sound, and at its end."""
    fault: str = ""
    """Why it has ended by itself."""
    dropped_ms: int = 0
    """What found no place in the queue, or came after the end, and is silence."""


NOT_RECORDED: Final = RecordingStatus()
