"""Whether a call was loud enough, and the gain that would make it so."""

from __future__ import annotations

from typing import Any

import pytest

from messages.base import NO_GAINS, Gains
from messages.lines import WayLevel
from model.loudness import Loudness, better_gain_in_db, loudness_of


def heard(dbfs: float = -24.0, **others: Any) -> WayLevel:
    return WayLevel(**({"ms": 9000, "sound_ms": 8000, "voice_ms": 4000, "dbfs": dbfs} | others))


@pytest.mark.parametrize(
    ("way", "says", "gain_db"),
    [
        (heard(), Loudness.GOOD, None),
        (heard(-33.9), Loudness.GOOD, None),
        (heard(-38.0), Loudness.QUIET, 12.0),
        (heard(-50.0), Loudness.QUIET, 24.0),
        (heard(-75.0), Loudness.QUIET, 30.0),
        (heard(-8.0, clipped=0.2), Loudness.LOUD, -6.0),
        (heard(-60.0, voice_ms=0), Loudness.NO_VOICE, None),
        (heard(-100.0, voice_ms=0, sound_ms=0), Loudness.NO_SOUND, None),
        (WayLevel(), Loudness.NO_SOUND, None),
    ],
)
def test_a_way_is_judged_and_its_gain_named(way: WayLevel, says: Loudness, gain_db: float | None) -> None:
    assert (loudness_of(way), better_gain_in_db(way, NO_GAINS)) == (says, gain_db)


def test_what_is_set_already_counts_and_the_bounds_hold() -> None:
    assert better_gain_in_db(heard(-38.0), Gains(in_db=6.0)) == 18.0
    assert better_gain_in_db(heard(-38.0), Gains(in_db=30.0)) is None
    assert better_gain_in_db(heard(clipped=1.0), Gains(in_db=-20.0)) is None
