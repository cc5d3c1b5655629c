"""How long a phone has missed the voice of another, found in the recording of what it heard.

Each voice is a tone of its own (`tests.support.center.simulation`), and is missed where less than half of its
amplitude is there: gone or turned down, alone or with the others. A silence that does not end counts to the
end, and what was not recorded is no proof of anything.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from typing import Final

import numpy as np
import numpy.typing as npt

from center.node.carrier import living
from tests.support.center import OPERATOR, PSAP, USER, Center

RATE_HZ: Final = 8000
AMPLITUDE: Final = 8000
"""Of a phone's tone (`simulator.network.sound`); a conference does not change it."""
WINDOW: Final = 160
"""One frame: 180 Hz beside a tone are 30 dB lower, and a gap's ends are found to a millisecond."""
LAST_S: Final = 0.1
"""What is said now has been recorded by then: a modem is looked at every 20 ms."""
AHEAD_OF_THE_CENTER: Final = 20
"""The media threads have 10."""
TONES: Final = {OPERATOR: 620.0, USER: 440.0, PSAP: 880.0}


class NotRecorded(AssertionError):
    """The recording does not reach as far as is to be judged: the call is over, or the recording is full."""


def longest_gap_s(pcm: bytes, hz: float, from_s: float, until_s: float) -> float:
    """The longest time between these two in which this voice was missed. Raises NotRecorded."""
    reach_s = len(pcm) / (2 * RATE_HZ) - WINDOW / RATE_HZ
    if not 0 <= from_s < until_s <= reach_s:
        raise NotRecorded(f"{from_s:.3f} s to {until_s:.3f} s of a recording of {reach_s:.3f} s")
    first, last = round(from_s * RATE_HZ), round(until_s * RATE_HZ)
    padded = np.concatenate((np.zeros(WINDOW // 2), np.frombuffer(pcm, dtype="<i2").astype(float)))
    there = _amplitude(padded[first : last + WINDOW - 1], hz) >= AMPLITUDE / 2
    bounds = np.concatenate(([-1], np.flatnonzero(there), [len(there)]))
    return float(np.diff(bounds).max() - 1) / RATE_HZ


def _amplitude(samples: npt.NDArray[np.float64], hz: float) -> npt.NDArray[np.float64]:
    """How loud the tone is around each sample that has a window."""
    turned = samples * np.exp(-2j * np.pi * hz / RATE_HZ * np.arange(len(samples)))
    window = np.hanning(WINDOW + 2)[1:-1]
    return np.asarray(2 * np.abs(np.convolve(turned, window / window.sum(), mode="valid")))


def voice_gap(made: Center, number: str, voices: Iterable[float], since: float, until: float) -> float:
    """The longest time between two moments of the wall clock in which the phone has missed a voice of these.

    Raises NotRecorded, also where it is called before all that was said until then is recorded.
    """
    call = made.calls(number)[-1]
    pcm = made.heard(number)
    began = call["answered_at_s"]
    if len(pcm) / (2 * RATE_HZ) < until - began + LAST_S:
        raise NotRecorded(
            f"{number}: {len(pcm) / (2 * RATE_HZ):.3f} s, {until - began + LAST_S:.3f} s needed"
        )
    return max(longest_gap_s(pcm, hz, since - began, until - began) for hz in voices)


def voice_gaps(made: Center, since: float, until: float) -> dict[str, float]:
    """For each of operator, user and 112 in conference: how long it has missed one of the other two."""
    return {
        name: voice_gap(made, number, (hz for other, hz in TONES.items() if other != number), since, until)
        for name, number in PARTIES.items()
    }


PARTIES: Final = {"operator": OPERATOR, "user": USER, "psap": PSAP}


def hasten_modems(made: Center) -> None:
    """Have the carrier run before the center, where that is allowed: modems wait for nobody's processor."""
    carrier = living(made.state)
    assert carrier is not None
    with suppress(OSError):
        settings = os.SCHED_RR | os.SCHED_RESET_ON_FORK
        os.sched_setscheduler(carrier.pid, settings, os.sched_param(AHEAD_OF_THE_CENTER))
