"""Between the rate of a port, which may change while it is open, and what the mixer speaks with it.

The mixer speaks 8 kHz, and with a port that is wide 16. Pure arithmetic.

At which rate a modem gives its voice, by the bytes that come in a second: it is measured, not believed.

A SIM7600 speaks 16 kHz over VoLTE unless it was told otherwise, and 8 kHz over 2G and 3G (SIM7500_SIM7600 AT
Command Manual 5.2.46, `AT+CPCMBANDWIDTH`); nothing tells which, and a call may change from one to the other.
Pure arithmetic: bytes and the time in, a rate out.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from media.sound.frames import FRAME_BYTES, RATE_HZ, SAMPLE_BYTES, samples_of
from media.sound.mixing import joined
from media.sound.resampling import Downsampler, Resampler, Upsampler

WIDE_HZ: Final = 2 * RATE_HZ
RATES: Final = (RATE_HZ, WIDE_HZ)
"""Those that are told from each other, in Hz."""

WINDOW_S: Final = 1.0
"""So much sound is counted at a time."""
PAUSE_S: Final = 0.1
"""Where nothing comes for longer, the modem or we have stood still, and bytes may be lost: counted anew."""
_TOLERANCE: Final = 0.2
"""Of a rate: a burst of 80 ms at either end of a window makes 16 % of it. What is between two is neither."""


class MeasuredRate:
    """Of one port. A rate is believed by the first window that has one, another one by two in a row."""

    def __init__(self, rate_hz: int) -> None:
        """`rate_hz`: what the dialect says; one that is none of `RATES` is believed for ever."""
        self.rate_hz = rate_hz
        """In Hz: what was measured last; until then, what the dialect says."""
        self.known = False
        """Whether it was measured."""
        self._measures = rate_hz in RATES
        self._since_s: float | None = None
        self._last_s = 0.0
        self._bytes = 0
        self._other: int | None = None
        """What the last window has found, where that was another rate."""

    def after(self, n_bytes: int, now_s: float) -> bool:
        """So many bytes have come by now (none included); whether the rate has changed."""
        if not n_bytes or not self._measures:
            return False
        if self._since_s is None or now_s - self._last_s > PAUSE_S:
            # What has come by now is not counted: since when it waited nobody knows.
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
    """The rate of mono s16le that comes so fast; None where it is none of them."""
    hz = bytes_per_s / SAMPLE_BYTES
    return next((rate for rate in RATES if abs(hz - rate) <= _TOLERANCE * rate), None)


class Rates:
    """Of one port."""

    def __init__(self, rate_hz: int, *, keeps_wide: bool = False) -> None:
        """`rate_hz`: the port's, a whole multiple of 8000. `keeps_wide`: whether 16 kHz stays as it is."""
        self._keeps_wide = keeps_wide
        self._said = bytes(FRAME_BYTES * rate_hz // RATE_HZ)
        """What was said to the port last."""
        self._from = b""
        """What that is at the rate that the port has since; empty where it has not changed."""
        self._set(rate_hz)

    def _set(self, rate_hz: int) -> None:
        self.rate_hz = rate_hz
        """The port's, in Hz."""
        self.wide = self._keeps_wide and rate_hz == WIDE_HZ
        """Whether the mixer gives and takes 16 kHz."""
        ratio = 1 if self.wide else rate_hz // RATE_HZ
        self._from_port: Resampler | None = Downsampler(ratio) if ratio > 1 else None
        self._to_port: Resampler | None = Upsampler(ratio) if ratio > 1 else None

    def change(self, rate_hz: int) -> None:
        """The port has another rate from now on. What is said to it goes on from where it was."""
        if self._said:
            said = samples_of(self._said)
            wanted = len(said) * rate_hz // self.rate_hz
            # Each sample twice, or every other one: coarse, and faded out within 10 ms.
            self._from = said[np.arange(1, wanted + 1) * len(said) // wanted - 1].tobytes()
        self._set(rate_hz)

    def from_port(self, pcm: bytes) -> bytes:
        """What the port has given, for the mixer."""
        return self._from_port.process(pcm) if self._from_port else pcm

    def to_port(self, frame: bytes) -> bytes:
        """One frame of the mixer's, for the port."""
        said = self._to_port.process(frame) if self._to_port else frame
        if self._from:
            said, self._from = joined(self._from, said), b""
        self._said = said
        return said
