"""Judgement of the loudness of a line's last call, and the gain that would correct it."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from messages.base import Gains
from messages.lines import WayLevel

NOMINAL_DBFS: Final = -26.0
"""Level at which speech is digitised (ITU-T P.56 and G.712, −26 dBov)."""
QUIET_DBFS: Final = -34.0
CLIPPED_SHARE: Final = 0.05
LOUDER_MOST_DB: Final = 30.0
SOFTER_MOST_DB: Final = -20.0
_SOFTER_DB: Final = 6.0
"""Step down for a clipped voice: its true level beyond full scale is unknown."""


class Loudness(StrEnum):
    """Loudness of one direction of a line in a call."""

    GOOD = "good"
    QUIET = "quiet"
    """Too quiet: a listener has to strain, and voice detection may fail."""
    LOUD = "loud"
    """Clipped at full scale."""
    NO_VOICE = "no_voice"
    """Noise, tones, or silence of the party."""
    NO_SOUND = "no_sound"
    """Digital silence, or no data at all."""


def loudness_of(way: WayLevel) -> Loudness:
    """Return the loudness of this direction."""
    if not way.sound_ms:
        return Loudness.NO_SOUND
    if way.clipped > CLIPPED_SHARE:
        return Loudness.LOUD
    if not way.voice_ms:
        return Loudness.NO_VOICE
    return Loudness.QUIET if way.dbfs < QUIET_DBFS else Loudness.GOOD


def better_gain_in_db(into: WayLevel, gains: Gains) -> float | None:
    """Return a better `gain_in_db`, in whole dB; None if no change is needed or possible."""
    match loudness_of(into):
        case Loudness.QUIET:
            wanted = gains.in_db + NOMINAL_DBFS - into.dbfs
        case Loudness.LOUD:
            wanted = gains.in_db - _SOFTER_DB
        case _:
            return None
    wanted = float(round(min(LOUDER_MOST_DB, max(SOFTER_MOST_DB, wanted))))
    return None if wanted == gains.in_db else wanted
