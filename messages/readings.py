"""Transient measurements that are never stored: the loudness of each party.

Without an envelope and not sent to actors: the measuring process sends them to the web, which displays and
drops the newest (docs/decisions/0026). No decision may depend on them.
"""

from __future__ import annotations

import msgspec

from messages.base import MALFORMED
from messages.ids import AlertId, Instant, LegId


class Level(msgspec.Struct, frozen=True, kw_only=True):
    """Sound of one party."""

    dbfs: int
    """Loudness (RMS) over about the last 200 ms, −100 to 0 dBFS."""
    voice: bool = False
    """True if a voice is heard now."""
    silent_ms: int = 0
    """Time in milliseconds with identical samples, until now: no microphone produces that."""
    tone: str = ""
    """Machine tone heard now, as a hint: `busy`, `congestion`, `ringing`, `dial`, `fax`; empty: none."""


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """Accuracy of a conference's 20 ms clock since its last reading."""

    ticks: int = 0
    late: int = 0
    """Ticks that began more than 5 ms late."""
    skipped: int = 0
    """Ticks left out, 20 ms of every voice each."""


class LevelReading(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="reading.level"):
    """Loudness of each leg of a conference, sent ten times a second during the conference."""

    alert: AlertId
    at_us: Instant
    legs: dict[LegId, Level]
    pace: Pace = Pace()


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(LevelReading)


def encode_reading(reading: LevelReading) -> bytes:
    """Return the reading encoded for the wire."""
    return _encoder.encode(reading)


def decode_reading(data: bytes) -> LevelReading | None:
    """Return the reading; None for data that is none, such as another version's."""
    try:
        reading: LevelReading = _decoder.decode(data)
    except MALFORMED:
        return None
    return reading
