"""Whether what was said comes back, how late and how loud. Pure arithmetic.

What was said is a voice, whose low tones drown the others; so both are made white by it before they are laid
over each other (a regularised division of their spectra). Where they fit is the delay; how loud it is, is
what of that voice is in the other by least squares.
"""

from __future__ import annotations

from typing import Final

import msgspec
import numpy as np

from media.sound.frames import RATE_HZ, Samples

LATEST_MS: Final = 1000
_STANDS_OUT: Final = 8.0
"""Of eight thousand chance values the highest is four times their mean square's root."""
_AROUND: Final = 8
"""Samples to either side of the delay, where filters move the best fit to."""
_FLOOR: Final = 0.01


class Echo(msgspec.Struct, frozen=True, kw_only=True):
    """What of the voice comes back."""

    delay_ms: int
    level_db: float
    """Against what was said."""


def echo_of(said: Samples, heard: Samples) -> Echo | None:
    """Both begin at the same time, at 8 kHz. None where nothing of it comes back within a second."""
    latest = LATEST_MS * RATE_HZ // 1000
    if len(said) < latest or len(heard) < latest or not said.any() or not heard.any():
        return None
    size = 1 << (len(said) + len(heard)).bit_length()
    spoken = np.fft.rfft(said.astype(np.float64), size)
    came = np.fft.rfft(heard.astype(np.float64), size)
    power = np.abs(spoken) ** 2
    crossed = came * spoken.conj()
    fit = np.fft.irfft(crossed / (power + _FLOOR * power.mean()), size)[:latest]
    delay = int(np.argmax(np.abs(fit)))
    rest = np.delete(fit, np.arange(max(0, delay - _AROUND), min(latest, delay + _AROUND + 1)))
    if abs(fit[delay]) < _STANDS_OUT * float(np.sqrt((rest**2).mean())):
        return None
    products = np.abs(np.fft.irfft(crossed, size)[max(0, delay - _AROUND) : delay + _AROUND + 1])
    gain = float(products.max()) / float((said.astype(np.float64) ** 2).sum())
    return Echo(delay_ms=round(delay * 1000 / RATE_HZ), level_db=round(20 * float(np.log10(gain)), 1))
