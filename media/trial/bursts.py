"""What one line says to another to be measured: bursts of a tone, and an announcement. Pure.

A tone's level is known at each moment, so that what is missing of it can be counted; of a voice it cannot.
The bursts are no longer than syllables, since what takes noise away takes a steady tone for noise, and their
pattern (a maximum length sequence) is like itself at one place only, so that it tells how late it is. The two
lines have tones of their own, far from each other, from those of networks, of digits and of fax machines, and
neither is a harmonic of the other: what comes back of the own one is not taken for the other's.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from media.sound.frames import FULL_SCALE, RATE_HZ, SAMPLE_TYPE, samples_of
from media.trial.carried import frames_of

TONES_HZ: Final = (1020.0, 620.0)
"""Of the calling line (ITU-T O.6 has this one for tests), and of the one that is called."""
LEVEL_DBFS: Final = -26.0
"""As speech is digitised (ITU-T P.56)."""
CHIP_S: Final = 0.12
PATTERN: Final = (1, 0, 0, 1, 0, 1, 1, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 0, 1, 1, 1, 0, 1, 0, 1, 0, 0, 0, 0)
_ROOM_DBFS: Final = -65.0
_FADE_S: Final = 0.005
_BEFORE_S: Final = 1.0
"""The other port may open a little later."""
_BETWEEN_S: Final = 0.5


def said_to_be_measured(announcement: bytes, tone_hz: float) -> list[bytes]:
    """Frames that are said again and again: over a soft noise, as a microphone gives it, so that whoever
    looks for a voice in them finds one in front of a quiet room.
    """
    # The bursts first: of a call of seconds they are what counts.
    frames = [
        *frames_of(b"", _BEFORE_S),
        *frames_of(bursts(tone_hz), _BETWEEN_S),
        *frames_of(announcement, 0.0),
    ]
    said = np.stack([samples_of(frame) for frame in frames])
    room = np.random.default_rng(0).normal(0.0, FULL_SCALE * 10 ** (_ROOM_DBFS / 20), said.shape)
    over_it = np.clip(said + np.rint(room), -FULL_SCALE, FULL_SCALE - 1).astype(SAMPLE_TYPE)
    return [frame.tobytes() for frame in over_it]


def bursts(tone_hz: float) -> bytes:
    """The pattern once, in the center's sample format."""
    chip = round(CHIP_S * RATE_HZ)
    gate = np.repeat(np.array(PATTERN, dtype=np.float64), chip)
    fade = round(_FADE_S * RATE_HZ)
    # Within the bursts, so that nothing is said outside of them.
    smooth = np.convolve(gate, np.ones(fade) / fade)[: len(gate)]
    tone = np.sin(2 * np.pi * tone_hz / RATE_HZ * np.arange(len(gate)))
    amplitude = FULL_SCALE * 10 ** (LEVEL_DBFS / 20) * np.sqrt(2.0)
    pcm: bytes = np.rint(amplitude * smooth * tone).astype(SAMPLE_TYPE).tobytes()
    return pcm
