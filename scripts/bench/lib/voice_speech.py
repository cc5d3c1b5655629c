"""Quality of speech: PESQ (ITU-T P.862, narrow band), from the user through the bridge to 112.

The package `pesq` is compiled at its installation, and is therefore no dependency; without it there is no
score. Tests check that speech arrives sample for sample.
"""

from __future__ import annotations

import importlib
from importlib.util import find_spec

import numpy as np
import numpy.typing as npt

from media.sound.frames import SAMPLE_TYPE, Samples
from tests.media.speech import speech
from tests.media.wires import wires

RATES_HZ = (8000, 16000, 48000)
WHO = ("woman", "man")
PAUSE_SAMPLES = 8000


def scores() -> dict[str, object]:
    """Return for each rate of the two ports the lower score of two voices; 4.549 is the maximum."""
    if find_spec("pesq") is None:
        return {"pesq": None, "why": "the package pesq is not installed"}
    score = importlib.import_module("pesq").pesq
    return {
        "pesq": {
            f"{rate} Hz": round(min(float(score(8000, *_passed(who, rate), "nb")) for who in WHO), 3)
            for rate in RATES_HZ
        }
    }


def _passed(who: str, rate_hz: int) -> tuple[object, object]:
    """Return the speech sent and the speech heard, both at 8 kHz."""
    ratio = rate_hz // 8000
    room = np.rint(np.random.default_rng(1).normal(0, 4, PAUSE_SAMPLES)).astype("<i2").tobytes()
    said = np.frombuffer(room + speech(who) + room, dtype="<i2")
    silence = bytes(2 * len(said))
    with wires(operator=8000, user=rate_hz, psap=rate_hz) as line:
        line.say(
            {
                "user": to_samples(at_rate(said.astype(float), ratio)).tobytes(),
                "psap": silence * ratio,
                "operator": silence,
            }
        )
        heard = np.frombuffer(line.heard["psap"], dtype="<i2").astype(float)
    return said, to_samples(at_rate(heard, 1 / ratio))


Sound = npt.NDArray[np.float64]


def at_rate(samples: Sound, ratio: float) -> Sound:
    """Resample a whole sound by its spectrum: the ideal method, which needs the whole sound."""
    count = round(len(samples) * ratio)
    return np.asarray(np.fft.irfft(np.fft.rfft(samples)[: count // 2 + 1], count) * ratio)


def to_samples(sound: Sound) -> Samples:
    """Return the sound as samples of 16 bits."""
    return np.clip(np.rint(sound), -32768, 32767).astype(SAMPLE_TYPE)
