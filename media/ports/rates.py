"""Conversion between the rate of a port, which may change while open, and the mixer's rate. Pure arithmetic.

The mixer uses 8 kHz, and 16 kHz with a wide port.

The rate of a modem's voice is measured by the bytes per second. A SIM7600 uses 16 kHz over VoLTE unless
configured otherwise, and 8 kHz over 2G and 3G (SIM7500_SIM7600 AT Command Manual 5.2.46, `AT+CPCMBANDWIDTH`).
The modem does not report the rate, and a call may change between the two.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from media.sound.frames import FRAME_BYTES, RATE_HZ, SAMPLE_BYTES, samples_of
from media.sound.mixing import joined
from media.sound.resampling import Downsampler, Resampler, Upsampler

WIDE_HZ: Final = 2 * RATE_HZ
RATES: Final = (RATE_HZ, WIDE_HZ)
"""Distinguishable rates, in Hz."""

WINDOW_S: Final = 1.0
"""Length of a measurement window, in seconds."""
PAUSE_S: Final = 0.1
"""Gap that restarts the measurement, in seconds: the modem or this process has stalled, and bytes may be
lost.
"""
_TOLERANCE: Final = 0.2
"""Tolerance relative to a rate: a burst of 80 ms at either end of a window makes 16 %. A result between two
rates counts as neither.
"""


class MeasuredRate:
    """Rate of one port. The first window with a result sets the rate; a change needs two equal results in a
    row.
    """

    def __init__(self, rate_hz: int) -> None:
        """Start with the dialect's rate; a rate outside `RATES` is never measured."""
        self.rate_hz = rate_hz
        """Rate in Hz: the last measured one, or the dialect's before the first measurement."""
        self.known = False
        """True if the rate was measured."""
        self._measures = rate_hz in RATES
        self._since_s: float | None = None
        self._last_s = 0.0
        self._bytes = 0
        self._other: int | None = None
        """Different rate found by the last window; None if there is none."""

    def after(self, n_bytes: int, now_s: float) -> bool:
        """Count received bytes (may be 0); return True if the rate has changed."""
        if not n_bytes or not self._measures:
            return False
        if self._since_s is None or now_s - self._last_s > PAUSE_S:
            # These bytes are not counted: the start of the wait is unknown.
            self._begin(now_s)
            return False
        self._last_s = now_s
        self._bytes += n_bytes
        if now_s - self._since_s < WINDOW_S:
            return False
        found = _rate_of(self._bytes / (now_s - self._since_s))
        self._begin(now_s)
        return self._found(found)

    def _begin(self, now_s: float) -> None:
        self._since_s = self._last_s = now_s
        self._bytes = 0

    def _found(self, rate_hz: int | None) -> bool:
        believed = not self.known or rate_hz == self._other
        self._other = rate_hz if rate_hz != self.rate_hz else None
        if rate_hz is None or (rate_hz != self.rate_hz and not believed):
            return False
        changed, self.rate_hz, self.known = rate_hz != self.rate_hz, rate_hz, True
        return changed


def _rate_of(bytes_per_s: float) -> int | None:
    """Return the rate of mono s16le at this speed; None if it matches none."""
    hz = bytes_per_s / SAMPLE_BYTES
    return next((rate for rate in RATES if abs(hz - rate) <= _TOLERANCE * rate), None)


class Rates:
    """Rate conversion of one port."""

    def __init__(self, rate_hz: int, *, keeps_wide: bool = False) -> None:
        """Start with the port's rate, a multiple of 8000 Hz. `keeps_wide`: keep 16 kHz."""
        self._keeps_wide = keeps_wide
        self._said = bytes(FRAME_BYTES * rate_hz // RATE_HZ)
        """Last frame written to the port."""
        self._from = b""
        """Last frame, converted to the port's new rate; empty if the rate has not changed."""
        self._set(rate_hz)

    def _set(self, rate_hz: int) -> None:
        self.rate_hz = rate_hz
        """Rate of the port, in Hz."""
        self.wide = self._keeps_wide and rate_hz == WIDE_HZ
        """True if the mixer exchanges 16 kHz with the port."""
        ratio = 1 if self.wide else rate_hz // RATE_HZ
        self._from_port: Resampler | None = Downsampler(ratio) if ratio > 1 else None
        self._to_port: Resampler | None = Upsampler(ratio) if ratio > 1 else None

    def change(self, rate_hz: int) -> None:
        """Change the port's rate. The output continues from the last frame without a click."""
        if self._said:
            said = samples_of(self._said)
            wanted = len(said) * rate_hz // self.rate_hz
            # Each sample twice, or every second one: coarse, and faded out within 10 ms.
            self._from = said[np.arange(1, wanted + 1) * len(said) // wanted - 1].tobytes()
        self._set(rate_hz)

    def from_port(self, pcm: bytes) -> bytes:
        """Convert input of the port for the mixer."""
        return self._from_port.process(pcm) if self._from_port else pcm

    def to_port(self, frame: bytes) -> bytes:
        """Convert one frame of the mixer for the port."""
        said = self._to_port.process(frame) if self._to_port else frame
        if self._from:
            said, self._from = joined(self._from, said), b""
        self._said = said
        return said
