"""Whose tones phones have heard, and how loud. For how long one was missing tells `tests.support.hearing`.

Simulated phones say sines of amplitude 8000 without a break in phase, and keep every sample that they are
sent. So what is required of the voice is asked of the recordings as it is: levels within 1 dB, one's own
voice 60 dB down.
"""

from __future__ import annotations

import math
from typing import Final

from simulator.network.sound import AMPLITUDE
from tests.support.center import Center
from tests.support.hearing import TONES
from tests.support.signals import RATE_HZ, usual_level_db

SAID_DB: Final = 20 * math.log10(AMPLITUDE / 32767)
WITHIN_DB: Final = 1.0
DOWN_DB: Final = 60.0
_LAST: Final = 2 * RATE_HZ
"""A second, in bytes: what was before it, somebody came or went in, or a clip was played."""


def hears(made: Center, number: str, expected: set[float], *, forbidden: set[float]) -> bool:
    """Whether the last second that the phone heard had exactly these tones, as loud as they were said.

    Of its ten windows the median counts: on a busy machine the simulated network, which is one process,
    leaves a gap now and then.
    """
    last = made.heard(number)[-_LAST:]
    if len(last) < _LAST:
        return False
    return all(abs(usual_level_db(last, hz) - SAID_DB) <= WITHIN_DB for hz in expected) and all(
        usual_level_db(last, hz) <= SAID_DB - DOWN_DB for hz in forbidden
    )


def all_hear_each_other(made: Center, numbers: tuple[str, ...]) -> bool:
    """Whether each of them hears just now exactly the others."""
    tones = {TONES[number] for number in numbers}
    return all(
        hears(made, number, tones - {TONES[number]}, forbidden=set(TONES.values()) - tones | {TONES[number]})
        for number in numbers
    )
