"""What is known of one leg's sound: how loud it is, whether a person has been heard, digits, tones.

One look per tick at all legs of a conference. Pure arithmetic.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import numpy as np

from media.sound.frames import FRAME_MS, FRAME_SAMPLES, Samples
from media.sound.levels import ActiveLevel, LevelMeter, Loudness, measure, power_of, powers
from media.sound.mixing import Wide
from media.sound.tones import NOTHING, Cadence, DigitDetector, gathered, look

NO_SOUND_MS = 3000
_ECHO = power_of(-20.0) / power_of(0.0)
"""What comes back is softer than what was told by more than this, in any network and from a headset that lies
on the desk; who speaks is not."""
_ECHO_FRAMES = 500 // FRAME_MS
"""An echo comes within half a second."""
_NO_SOUND_FRAMES = NO_SOUND_MS // FRAME_MS


class Ear:
    """Follows one leg, frame by frame."""

    def __init__(self) -> None:
        self.meter = LevelMeter()
        self.said, self.was_told = ActiveLevel(), ActiveLevel()
        """How loud the call is each way."""
        self._digits = DigitDetector()
        self._cadence = Cadence()
        self._before: Wide = np.zeros(FRAME_SAMPLES, dtype=np.float32)
        self._gathered = False
        self._following = False
        self._told: deque[float] = deque([0.0], maxlen=_ECHO_FRAMES)
        self._known: tuple[bool, str, str, bool] = (False, "", "", False)

    @property
    def heard(self) -> bool:
        """A person has been heard: a voice, or a digit, which no network sends by itself."""
        return self._known[0]

    @property
    def digits(self) -> str:
        """All DTMF digits until now."""
        return self._known[1]

    @property
    def tone(self) -> str:
        """What a machine says now: `busy`, `congestion`, `ringing`, `dial`, `fax`; empty: nothing."""
        return self._known[2]

    @property
    def no_sound(self) -> bool:
        """For three seconds there has been nothing but digital silence."""
        return self._known[3]

    def hear(self, frame: Wide, loudness: Loudness, *, gathered: bool) -> bool:
        """Take the next frame; whether anything is known that was not."""
        artificial = False
        echo = 0.0 if self.heard else max(self._told) * _ECHO
        gathered = gathered and loudness.power > echo
        if gathered or self._following:
            found = look(self._before, frame) if gathered or self._gathered else NOTHING
            artificial = found.hz > 0 or found.digits[1] != ""
            self._digits.update(found.digits)
            self._cadence.update(found.hz)
            self._following = gathered or self._digits.following or self._cadence.following
        self._before, self._gathered = frame, gathered
        self.meter.update(loudness, artificial=artificial, least=echo)
        known = (
            self.meter.spoken or self._digits.digits != "",
            self._digits.digits,
            self._cadence.word,
            self.meter.silent_frames >= _NO_SOUND_FRAMES,
        )
        news = known != self._known
        self._known = known
        return news

    def told(self, power: float) -> None:
        """The leg has been told a frame of this mean square: what is much softer may be that, coming back.

        Of use until a person has been heard.
        """
        self._told.append(power)

    def begin_anew(self) -> None:
        """It listens at another port: that nothing has come from the old one says nothing of this one."""
        self.meter.silent_frames = 0


def remember(ears: Sequence[Ear], told: Wide) -> None:
    """What each leg was told in this tick, row by row."""
    for ear, power in zip(ears, powers(told), strict=True):
        ear.told(power)


def listen(ears: Sequence[Ear], said: Samples, wide: Wide) -> int:
    """Each ear hears its row; how many know something new. `wide` is the same samples."""
    loudness = measure(said, wide)
    suspicious = gathered(wide, [one.power for one in loudness])
    return sum(
        ear.hear(frame, one, gathered=suspicion)
        for ear, frame, one, suspicion in zip(ears, wide, loudness, suspicious, strict=True)
    )
