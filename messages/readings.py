"""What is measured from moment to moment and never written down: how loud each party is.

In no envelope and told to no actor: whoever measures says it to the web, which shows the newest and
forgets it (docs/decisions/0019-readings.md). Nothing may be decided by what stands here.
"""

from __future__ import annotations

import msgspec

from messages.base import MALFORMED
from messages.ids import AlertId, Instant, LegId


class Level(msgspec.Struct, frozen=True, kw_only=True):
    """One party's sound."""

    dbfs: int
    """Loudness (RMS) over about the last 200 ms, −100 to 0."""
    voice: bool = False
    """Somebody is heard now."""
    silent_ms: int = 0
    """How long every sample has been the same, until now: no microphone gives that."""
    tone: str = ""
    """What a machine says now, as a hint: `busy`, `congestion`, `ringing`, `dial`, `fax`; empty: nothing."""


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How well a conference's 20 ms clock was kept since its last reading."""

    ticks: int = 0
    late: int = 0
    """Ticks that began more than 5 ms after their time."""
    skipped: int = 0
    """Ticks that were left out, 20 ms of everybody's voice each."""


class LevelReading(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="reading.level"):
    """How loud each leg of a conference is; said ten times a second while there is one."""

    alert: AlertId
    at_us: Instant
    legs: dict[LegId, Level]
    pace: Pace = Pace()


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(LevelReading)


def encode_reading(reading: LevelReading) -> bytes:
    """The reading for the wire."""
    return _encoder.encode(reading)


def decode_reading(data: bytes) -> LevelReading | None:
    """The reading; None for what is none, as another version's may be."""
    try:
        reading: LevelReading = _decoder.decode(data)
    except MALFORMED:
        return None
    return reading
