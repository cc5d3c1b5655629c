"""The noise in place of silence is soft, has no rhythm, and is nothing that anybody has said."""

from __future__ import annotations

import numpy as np
import pytest

from media.conference.core import ConferenceCore
from media.sound.frames import FRAME_BYTES, SILENCE
from media.sound.mixing import COMFORT_DBFS, comfort
from tests.support.signals import is_comfort, steepest

TICKS = 200


def test_it_is_white_and_as_soft_as_it_says() -> None:
    frames = [comfort(tick) for tick in range(TICKS)]
    assert {len(frame) for frame in frames} == {FRAME_BYTES}
    assert len(set(frames)) == TICKS
    samples = np.frombuffer(b"".join(frames), dtype="<i2").astype(float)
    assert 10 * np.log10((samples**2).mean() / 32768**2) == pytest.approx(COMFORT_DBFS, abs=0.1)
    assert abs(samples.mean()) < 1
    for lag in (1, 2, 160, 320):
        assert abs(np.corrcoef(samples[lag:], samples[:-lag])[0, 1]) < 0.03
    assert comfort(TICKS) == comfort(0)


def test_two_silent_lines_hear_it_and_are_found_without_sound_all_the_same() -> None:
    core = ConferenceCore()
    core.keep(["a", "b"])
    heard = b""
    for _ in range(4 * 50):
        frames = core.tick({"a": SILENCE, "b": SILENCE})
        core.analyse_input()
        heard += frames["a"]
        assert frames["a"] != SILENCE
    assert is_comfort(heard)
    assert steepest(heard) < 120
    assert all(ear.no_sound and not ear.heard for ear in core.ears().values())
    assert all(level.rms_dbfs == -100.0 for level in core.levels().values())
