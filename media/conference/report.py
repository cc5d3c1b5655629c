"""Reports of a conference: members and their sound, accuracy of the 20 ms clock, state of the recording.
Plain data for the deciders.
"""

from __future__ import annotations

from typing import Final

import msgspec


class Presence(msgspec.Struct, frozen=True, kw_only=True):
    """Present state of a conference, by the names of its legs."""

    joined: tuple[str, ...]
    """Legs with an open port."""
    lost: dict[str, str]
    """Legs with a port that was lost or cannot be opened, with the reason; retried every 200 ms."""
    heard: frozenset[str] = frozenset()
    """Legs on which a person was heard since joining."""
    digits: dict[str, str] = msgspec.field(default_factory=dict)
    """DTMF digits since joining, for each leg that has pressed any."""
    no_sound: frozenset[str] = frozenset()
    """Joined legs with 3 s of digital silence alone, or with a port that accepts no sound."""
    played: frozenset[str] = frozenset()
    """Clips that are over: played to the end, or begun and withdrawn."""
    begun: frozenset[str] = frozenset()
    """Clips that have begun here."""
    cut: frozenset[str] = frozenset()
    """Clips that were begun, here or before, and ended before their end."""
    clip_troubles: dict[str, str] = msgspec.field(default_factory=dict)
    """Clips that could not be loaded, with the reason."""
    tones: dict[str, str] = msgspec.field(default_factory=dict)
    """Signal of a machine on each leg now."""


LATE_US = 5_000
"""Delay above which a tick is counted, in microseconds: a modem's own reserve is about one frame."""


class Pace(msgspec.Struct, kw_only=True):
    """Accuracy of the clock. Counts are since `start`."""

    ticks: int = 0
    position: int = 0
    """First sample of the last tick, counted from the start; skipped ticks included."""
    late_ticks: int = 0
    """Ticks that began more than 5 ms late."""
    skipped_ticks: int = 0
    worst_late_us: int = 0
    longest_tick_us: int = 0
    priority: str = ""
    """`realtime`, `nice` or `normal`; empty until the thread runs."""
    faults: int = 0
    """Number of ticks that raised an error; `last_fault` has the last error."""
    last_fault: str = ""

    def count(self, *, position: int, skipped: int, late_us: int, took_us: int) -> None:
        """Count a completed tick."""
        self.ticks += 1
        self.position = position
        self.late_ticks += late_us > LATE_US
        self.skipped_ticks += skipped
        self.worst_late_us = max(self.worst_late_us, late_us)
        self.longest_tick_us = max(self.longest_tick_us, took_us)


class RecordingStatus(msgspec.Struct, frozen=True, kw_only=True):
    """State of a recording."""

    file: str = ""
    """Name of the file being written; empty before the first sound, and at the end."""
    fault: str = ""
    """Reason for an unrequested end."""
    dropped_ms: int = 0
    """Sound that found no room in the queue, or came after the end, replaced by silence."""


NOT_RECORDED: Final = RecordingStatus()
