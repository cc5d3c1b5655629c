"""Between the rate of a port, which may change while it is open, and what the mixer speaks with it.

The mixer speaks 8 kHz, and with a port that is wide 16. Pure arithmetic.
"""

from __future__ import annotations

import numpy as np

from media.ports.measured import WIDE_HZ
from media.sound.fades import joined
from media.sound.frames import FRAME_BYTES, RATE_HZ, samples_of
from media.sound.resampling import Downsampler, Resampler, Upsampler


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
