"""Detection of artificial sounds: DTMF digits (ITU-T Q.23, Q.24), network tones (E.180), fax (T.30). Pure
arithmetic.

A frame of 20 ms of all legs is analysed together, with one matrix product. Only a leg with its sound
concentrated at the watched frequencies is analysed closely: in windows of 20 ms every 10 ms, so that a digit
of 40 ms fills two windows wherever it begins. A digit is two consecutive windows of

* two tones, one of each group, that make up most of the sound, with similar levels (twist);
* little power at their second harmonics, where a voice has power;
* equal level at the end and at the beginning: half a window of a longer sound does not count.

A network tone is distinguished from nearby frequencies by its phase shift from window to window, which
measures the frequency to about 2 Hz.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from media.sound.frames import FRAME_MS, FRAME_SAMPLES, RATE_HZ
from media.sound.levels import power_of
from media.sound.mixing import Wide

_LOW_HZ = (697, 770, 852, 941)
_HIGH_HZ = (1209, 1336, 1477, 1633)
_KEYS = ("123A", "456B", "789C", "*0#D")
NETWORK_HZ = 425
"""Frequency of dial tone, ringing and busy nearly everywhere in Europe, in Hz (E.180, supplement 2)."""
CALLING_HZ = 1100
"""Frequency of a calling fax (CNG), in Hz."""
CALLED_HZ = 2100
"""Frequency of an answering fax or modem (CED), in Hz."""
_OFF_BY_HZ = {NETWORK_HZ: 10, CALLING_HZ: 20, CALLED_HZ: 15}

_TONES_HZ = tuple(_OFF_BY_HZ)
_WATCHED_HZ = (*_LOW_HZ, *_HIGH_HZ, *_TONES_HZ)
_HARMONICS_HZ = tuple(2 * hz for hz in (*_LOW_HZ, *_HIGH_HZ))
_HIGH, _TONES, _HARMONICS = len(_LOW_HZ), len(_LOW_HZ + _HIGH_HZ), len(_WATCHED_HZ)

_HOP = FRAME_SAMPLES // 2
_BLOCK = 40
_TURNS = np.exp(
    -2j * math.pi / RATE_HZ * np.outer(np.arange(FRAME_SAMPLES), (*_WATCHED_HZ, *_HARMONICS_HZ))
).astype(np.complex64)
_SCALE = 2.0 / FRAME_SAMPLES**2
"""Factor from a Goertzel power to the mean square of the corresponding sine."""
_WAVES = np.concatenate((_TURNS.real[:, :_HARMONICS], _TURNS.imag[:, :_HARMONICS]), axis=1)

_LEAST = power_of(-45.0)
_GATHERED = 0.5
"""Share of the sound at the watched frequencies that justifies a close analysis."""
_TONE_LEAST = power_of(-42.0)
_TWO_TONES = 0.58  # a pair that is 1.5 % off, as Q.24 allows, still has this share in its windows
_ONE_TONE = 0.7
_FORWARD_TWIST = 10.0 ** (6.0 / 10.0)
_REVERSE_TWIST = 10.0 ** (9.0 / 10.0)
_ABOVE_OTHERS = 10.0 ** (8.0 / 10.0)
_HARMONIC = 0.15
_STEADY = 0.4


class ToneResult(NamedTuple):
    """Result for one frame of one leg."""

    digits: tuple[str, str]
    """Digits in the window that ends in the middle of the frame, and in the frame; empty if none."""
    hz: int
    """Frequency of the network or fax tone that fills the frame; 0 if none."""


NOTHING = ToneResult(("", ""), 0)


def gathered(wide: Wide, powers: Sequence[float]) -> list[bool]:
    """Return True for each row that needs a close analysis. `powers`: mean squares of the rows."""
    if max(powers) < _LEAST:
        return [False] * len(powers)
    found = wide @ _WAVES
    shares = np.vecdot(found, found).tolist()
    return [
        power > _LEAST and share * _SCALE > _GATHERED * power
        for share, power in zip(shares, powers, strict=True)
    ]


def analyse(before: Wide, frame: Wide) -> ToneResult:
    """Analyse one leg's frame closely, together with the frame before."""
    windows = np.concatenate((before[_HOP:], frame[:_HOP], frame)).reshape(2, FRAME_SAMPLES)
    found = windows @ _TURNS
    powers = ((found.real**2 + found.imag**2) * _SCALE).tolist()
    blocks = np.square(windows).reshape(2, -1, _BLOCK).mean(axis=2).tolist()
    first, last = (_digit(*one) for one in zip(powers, blocks, strict=True))
    tones = powers[1][_TONES:_HARMONICS]
    place = max(range(len(tones)), key=tones.__getitem__)
    whole = sum(blocks[1]) / len(blocks[1])
    if tones[place] < max(_TONE_LEAST, _ONE_TONE * whole):
        return ToneResult((first, last), 0)
    hz = _TONES_HZ[place]
    turned = complex(found[1][_TONES + place] * found[0][_TONES + place].conjugate())
    turned *= complex(
        math.cos(2 * math.pi * hz * _HOP / RATE_HZ), -math.sin(2 * math.pi * hz * _HOP / RATE_HZ)
    )
    off_hz = math.atan2(turned.imag, turned.real) / (2 * math.pi) * RATE_HZ / _HOP
    return ToneResult((first, last), hz if abs(off_hz) <= _OFF_BY_HZ[hz] else 0)


def _digit(powers: Sequence[float], blocks: Sequence[float]) -> str:
    whole = sum(blocks) / len(blocks)
    row, low = _strongest(powers[:_HIGH])
    column, high = _strongest(powers[_HIGH:_TONES])
    harmonics = powers[_HARMONICS + row], powers[_HARMONICS + _HIGH + column]
    clear = (
        min(low, high) > _TONE_LEAST
        and low + high > _TWO_TONES * whole
        and high < _FORWARD_TWIST * low
        and low < _REVERSE_TWIST * high
        and max(harmonics) < _HARMONIC * max(low, high)
        and min(blocks) > _STEADY * whole
    )
    return _KEYS[row][column] if clear else ""


def _strongest(group: Sequence[float]) -> tuple[int, float]:
    """Return place and power of the tone that stands out of its group; power 0 if none does."""
    place = max(range(len(group)), key=group.__getitem__)
    others = max(power for at, power in enumerate(group) if at != place)
    return place, group[place] if group[place] > _ABOVE_OTHERS * others else 0.0


_RUNNING = 2
_RELEASED = 4
"""Windows without the digit that end it: a drop-out of 10 ms does not, a pause of 40 ms does (Q.24)."""


class DigitDetector:
    """Detector that assembles digits from windows."""

    def __init__(self) -> None:
        self.digits = ""
        self._candidate = ""
        self._running = 0
        self._pressed = ""
        self._missing = 0

    @property
    def following(self) -> bool:
        """True while a digit is in progress: windows without a digit count too."""
        return self._candidate != "" or self._pressed != ""

    def update(self, windows: tuple[str, str]) -> None:
        """Process the next two windows."""
        for digit in windows:
            self._running = self._running + 1 if digit == self._candidate else 1
            self._candidate = digit
            if digit and digit == self._pressed:
                self._missing = 0
                continue
            self._missing += 1
            if self._missing >= _RELEASED:
                self._pressed = ""
            if digit and self._running == _RUNNING:
                self.digits += digit
                self._pressed, self._missing = digit, 0


def _frames(seconds: float) -> int:
    return round(seconds * 1000 / FRAME_MS)


_BUSY = range(_frames(0.4), _frames(0.6) + 1)
_CONGESTION = range(_frames(0.14), _frames(0.3) + 1)
_RINGING = range(_frames(0.8), _frames(1.3) + 1)
_CALLING = range(_frames(0.4), _frames(0.7) + 1)
_DIAL = _frames(2.5)
_CALLED = _frames(1.0)
_FORGOTTEN = {"ringing": _frames(6.0), "fax": _frames(4.0)}
_FORGOTTEN_ELSE = _frames(1.5)


class Cadence:
    """Detector that assembles signals from tones and pauses. `word` is empty while there is no signal."""

    def __init__(self) -> None:
        self.word = ""
        self._hz = 0
        self._on = 0
        self._off = 0
        self._last_on = 0

    @property
    def following(self) -> bool:
        """True while a signal is in progress: frames without a tone count too."""
        return self._hz > 0

    def update(self, hz: int) -> None:
        """Process the tone of the next frame; 0 if none."""
        if hz and (hz == self._hz or not self._on):
            self._begin(hz)
        elif self._on:
            self._end()
        elif self._hz:
            self._off += 1
            if self._off > _FORGOTTEN.get(self.word, _FORGOTTEN_ELSE):
                self.word, self._hz, self._last_on = "", 0, 0

    def _begin(self, hz: int) -> None:
        if hz != self._hz:
            self._last_on = 0
        self._hz = hz
        self._on += 1
        if hz == NETWORK_HZ and self._on == _DIAL:
            self.word = "dial"
        elif hz == CALLED_HZ and self._on == _CALLED:
            self.word = "fax"

    def _end(self) -> None:
        on, before, off = self._on, self._last_on, self._off
        self._on, self._off, self._last_on = 0, 1, on
        if self._hz == CALLING_HZ and on in _CALLING:
            self.word = "fax"
        elif self._hz == NETWORK_HZ:
            if all(one in _BUSY for one in (on, before, off)):
                self.word = "busy"
            elif all(one in _CONGESTION for one in (on, before, off)):
                self.word = "congestion"
            elif on in _RINGING:
                self.word = "ringing"
