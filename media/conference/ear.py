"""Analysis of one leg's sound: level, presence of a person, digits, tones.

Runs once per tick for all legs of a conference. Pure arithmetic.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import numpy as np

from media.sound.frames import FRAME_MS, FRAME_SAMPLES, Samples
from media.sound.levels import ActiveLevel, LevelMeter, Loudness, measure, power_of, powers
from media.sound.mixing import Wide
from media.sound.tones import NOTHING, Cadence, DigitDetector, analyse, gathered

NO_SOUND_MS = 3000
_ECHO = power_of(-20.0) / power_of(0.0)
"""Power of an echo relative to the played sound, at most: in any network, and from a headset on the desk, an
echo is softer than this; speech is not.
"""
_ECHO_FRAMES = 500 // FRAME_MS
"""Longest delay of an echo, in frames: half a second."""
_NO_SOUND_FRAMES = NO_SOUND_MS // FRAME_MS


class LegAnalyser:
    """Analyser of one leg, frame by frame."""

    def __init__(self) -> None:
        self.meter = LevelMeter()
        self.said, self.was_told = ActiveLevel(), ActiveLevel()
        """Levels of the call in both directions."""
        self._digits = DigitDetector()
        self._cadence = Cadence()
        self._before: Wide = np.zeros(FRAME_SAMPLES, dtype=np.float32)
        self._gathered = False
        self._following = False
        self._told: deque[float] = deque([0.0], maxlen=_ECHO_FRAMES)
        self._known: tuple[bool, str, str, bool] = (False, "", "", False)

    @property
    def heard(self) -> bool:
        """True once a person was heard: a voice, or a digit, which no network sends by itself."""
        return self._known[0]

    @property
    def digits(self) -> str:
        """All DTMF digits so far."""
        return self._known[1]

    @property
    def tone(self) -> str:
        """Signal of a machine now: `busy`, `congestion`, `ringing`, `dial`, `fax`; empty if none."""
        return self._known[2]

    @property
    def no_sound(self) -> bool:
        """True after three seconds of digital silence alone."""
        return self._known[3]

    def analyse_frame(self, frame: Wide, loudness: Loudness, *, gathered: bool) -> bool:
        """Process the next frame; return True for a new finding."""
        artificial = False
        echo = 0.0 if self.heard else max(self._told) * _ECHO
        gathered = gathered and loudness.power > echo
        if gathered or self._following:
            found = analyse(self._before, frame) if gathered or self._gathered else NOTHING
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

    def record_played(self, power: float) -> None:
        """Record the mean square of a frame played to the leg: much softer input may be its echo.

        Useful until a person was heard.
        """
        self._told.append(power)

    def restart_silence(self) -> None:
        """Restart the silence for a new port: silence of the old port proves nothing for the new one."""
        self.meter.silent_frames = 0


def record_played_frames(ears: Sequence[LegAnalyser], told: Wide) -> None:
    """Record the frames played to each leg in this tick, row by row."""
    for ear, power in zip(ears, powers(told), strict=True):
        ear.record_played(power)


def analyse_legs(ears: Sequence[LegAnalyser], said: Samples, wide: Wide) -> int:
    """Analyse each leg's row; return the number of legs with a new finding. `wide`: the samples as floats."""
    loudness = measure(said, wide)
    suspicious = gathered(wide, [one.power for one in loudness])
    return sum(
        ear.analyse_frame(frame, one, gathered=suspicion)
        for ear, frame, one, suspicion in zip(ears, wide, loudness, suspicious, strict=True)
    )
