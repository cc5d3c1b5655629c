"""Whether a line's last call was as loud as it should be, and which gain would make it so."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from messages.base import Gains
from messages.lines import WayLevel

NOMINAL_DBFS: Final = -26.0
"""The level at which speech is digitised (ITU-T P.56 and G.712, −26 dBov)."""
QUIET_DBFS: Final = -34.0
CLIPPED_SHARE: Final = 0.05
LOUDER_MOST_DB: Final = 30.0
SOFTER_MOST_DB: Final = -20.0
_SOFTER_DB: Final = 6.0
"""How far beyond full scale a clipped voice was is not known."""


class Loudness(StrEnum):
    """How loud one way of a line was in a call."""

    GOOD = "good"
    QUIET = "quiet"
    """Whoever listens has to strain, and what recognises voices may not hear one."""
    LOUD = "loud"
    """It is cut off at full scale."""
    NO_VOICE = "no_voice"
    """Noise, tones, or nobody who said anything."""
    NO_SOUND = "no_sound"
    """Nothing but digital silence, or nothing at all."""


def judged(way: WayLevel) -> Loudness:
    """How loud that was."""
    if not way.sound_ms:
        return Loudness.NO_SOUND
    if way.clipped > CLIPPED_SHARE:
        return Loudness.LOUD
    if not way.voice_ms:
        return Loudness.NO_VOICE
    return Loudness.QUIET if way.dbfs < QUIET_DBFS else Loudness.GOOD


def better_gain_in_db(into: WayLevel, gains: Gains) -> float | None:
    """What `gain_in_db` might be, in whole dB; None where nothing is to be changed, or nothing can be."""
    match judged(into):
        case Loudness.QUIET:
            wanted = gains.in_db + NOMINAL_DBFS - into.dbfs
        case Loudness.LOUD:
            wanted = gains.in_db - _SOFTER_DB
        case _:
            return None
    wanted = float(round(min(LOUDER_MOST_DB, max(SOFTER_MOST_DB, wanted))))
    return None if wanted == gains.in_db else wanted
