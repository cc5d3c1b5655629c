"""Meters tell loud from soft, voice from noise, and a quiet room from a line that carries nothing."""

from __future__ import annotations

import numpy as np
import pytest

from media.sound.frames import FRAME_SAMPLES, SILENCE, stack
from media.sound.levels import (
    FLOOR_DBFS,
    LevelMeter,
    LevelReport,
    Loudness,
    dbfs_of,
    measure,
    peak_of,
    power_of,
)
from tests.support.each import each
from tests.support.signals import noise, tone

FRAME_BYTES = 2 * FRAME_SAMPLES


def measured(*frames: bytes) -> list[Loudness]:
    rows = stack(frames)
    return measure(rows, rows.astype(np.float32))


def metered(sound: bytes, meter: LevelMeter | None = None) -> LevelReport:
    meter = meter or LevelMeter()
    for at in range(0, len(sound), FRAME_BYTES):
        meter.update(measured(sound[at : at + FRAME_BYTES])[0])
    return meter.report()


@each("dbfs", [0.0, -20.0, -60.0])
def test_a_sine_has_its_peak_and_three_decibels_less(dbfs: float) -> None:
    report = metered(tone(400, 16000, amplitude=round(32767 * 10 ** (dbfs / 20))))
    assert report.peak_dbfs == pytest.approx(dbfs, abs=0.2)
    assert report.rms_dbfs == pytest.approx(dbfs - 3.01, abs=0.2)


def test_the_most_negative_sample_is_full_scale() -> None:
    frame = np.full(FRAME_SAMPLES, -32768, dtype="<i2").tobytes()
    assert peak_of(frame) == 32768
    assert metered(frame).peak_dbfs == 0.0


def test_the_peak_falls_by_twenty_decibels_a_second() -> None:
    meter = LevelMeter()
    loud = metered(tone(400, 1600, amplitude=20000), meter).peak_dbfs
    assert metered(SILENCE * 50, meter).peak_dbfs == pytest.approx(loud - 20, abs=0.1)


def test_nothing_at_all_is_the_floor_and_digital_silence() -> None:
    report = metered(SILENCE * 150)
    assert (report.peak_dbfs, report.rms_dbfs) == (FLOOR_DBFS, FLOOR_DBFS)
    assert report.digital_silence_ms == 3000
    assert not report.voice


def test_a_constant_sample_is_digital_silence_too() -> None:
    frame = np.full(FRAME_SAMPLES, 8, dtype="<i2").tobytes()
    assert metered(frame * 10).digital_silence_ms == 200


def test_the_faintest_noise_of_a_room_is_not_digital_silence() -> None:
    report = metered(SILENCE * 50 + noise(8000, rms=2))
    assert report.digital_silence_ms == 0
    assert not report.voice


def test_voice_is_found_over_noise_and_ends_with_it() -> None:
    meter = LevelMeter()
    assert not metered(noise(16000, rms=100), meter).voice
    speaking = metered(tone(300, 4000, amplitude=3000), meter)
    assert speaking.voice
    assert speaking.voice_ms == pytest.approx(500, abs=40)
    assert not metered(noise(4000, rms=100, seed=2), meter).voice


def test_noise_that_sets_in_after_silence_is_not_voice() -> None:
    assert metered(SILENCE * 50 + noise(16000, rms=120)).voice_ms == 0


def test_steady_noise_is_not_voice_for_long() -> None:
    meter = LevelMeter()
    metered(noise(8000 * 40, rms=250), meter)
    before = meter.report().voice_ms
    assert metered(noise(8000 * 10, rms=250, seed=5), meter).voice_ms == before


def test_a_scream_of_a_minute_is_voice_all_along() -> None:
    report = metered(tone(900, 8000 * 60, amplitude=25000))
    assert report.voice
    assert report.voice_ms == 60_000


def test_decibels_and_power_are_each_others_inverse() -> None:
    assert dbfs_of(power_of(-33.0)) == pytest.approx(-33.0)
    assert dbfs_of(0.0) == FLOOR_DBFS


def test_a_line_that_was_loud_and_has_been_silent_for_minutes_is_still_measured() -> None:
    """The smoothed power falls for ever: in the end it is too small to be divided, and not nothing."""
    meter, (nothing,) = LevelMeter(), measured(SILENCE)
    metered(tone(400, 8000, amplitude=20_000), meter)
    for silent_s in (150, 750):
        for _ in range(50 * silent_s):
            meter.update(nothing)
        report = meter.report()
        assert (report.rms_dbfs, report.peak_dbfs) == (FLOOR_DBFS, FLOOR_DBFS)


def test_each_row_is_measured_by_itself() -> None:
    loud, nothing = measured(tone(400, FRAME_SAMPLES, amplitude=1000), SILENCE)
    assert loud.high > 900
    assert nothing == (0, 0, 0.0)
