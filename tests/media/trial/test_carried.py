"""What is said of how sound has come, of sound whose clock, losses and echo are known."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pytest

from media.conference.sounds import FOLDER, read_wav
from media.sound.frames import FRAME_SAMPLES, RATE_HZ, Samples
from media.trial.carried import Arrival, Flow, flow_of, on_our_clock
from media.trial.check import echo_of
from tests.support.each import each
from tests.support.there import there

VOICE = np.tile(read_wav(FOLDER / "please_hold.en.wav"), 8)[: 20 * RATE_HZ]
RANDOM = np.random.default_rng(7)


def coming(
    seconds: float, *, ppm: float = 0.0, late_ms: float = 3.0, lost: Collection[int] = (), ratio: float = 1.0
) -> list[Arrival]:
    """A modem that says 20 ms at a time by a clock of its own, each late by chance."""
    frame_s = 0.02 / (1 + ppm / 1e6) / ratio
    return [
        Arrival((number + 1) * frame_s + RANDOM.exponential(late_ms / 1000), FRAME_SAMPLES)
        for number in range(int(seconds / frame_s))
        if number not in lost
    ]


@each("ppm", [-200.0, 0.0, 40.0, 200.0])
@each("seconds", [10.0, 30.0])
def test_how_far_a_modems_clock_is_off_is_found_within_what_is_said(ppm: float, seconds: float) -> None:
    flow = flow_of(coming(seconds, ppm=ppm))
    assert flow.ppm is not None
    assert flow.ppm == pytest.approx(ppm, abs=max(30.0, 2 * flow.ppm_within))
    assert flow.ppm_within < 60
    assert flow.lost_frames == 0


def test_lost_frames_are_counted_and_spoil_no_clock() -> None:
    flow = flow_of(coming(20.0, ppm=200.0, lost={150, 400, 401, 402, 777}))
    assert flow.lost_frames == 5
    assert flow.ppm == pytest.approx(200.0, abs=60.0)


def test_what_comes_late_and_all_at_once_is_a_pause_and_no_loss() -> None:
    came = coming(20.0)
    held = [Arrival(9.0, one.samples) if 8.0 < one.at_s < 9.0 else one for one in came]
    flow = flow_of(held)
    assert flow.lost_frames == 0
    assert flow.longest_pause_ms == pytest.approx(1000, abs=40)


@each("ratio", [0.5, 2.0])
def test_another_rate_is_told_as_such_and_nothing_else_of_it(ratio: float) -> None:
    flow = flow_of(coming(10.0, ratio=ratio))
    assert flow.rate_hz == pytest.approx(ratio * RATE_HZ, rel=0.01)
    assert (flow.ppm, flow.lost_frames) == (None, 0)


def test_of_nothing_and_of_next_to_nothing_no_clock_is_told() -> None:
    assert flow_of([]) == flow_of([Arrival(1.0, 160)]) == Flow()
    assert flow_of(coming(1.0)).ppm is None


# ---------------------------------------------------------------- echo


def back(level_db: float, delay_ms: int, noise: float = 30.0) -> Samples:
    """The voice as it comes back, on a line that hisses at about −60 dBFS."""
    delay = delay_ms * RATE_HZ // 1000
    echo = np.concatenate((np.zeros(delay), VOICE))[: len(VOICE)] * 10 ** (level_db / 20)
    return np.rint(echo + RANDOM.normal(0, noise, len(VOICE))).astype(np.int16)


@each(("level_db", "delay_ms"), [(-20.0, 180), (-6.0, 40), (-32.0, 420), (-3.0, 900)])
def test_an_echo_is_found_with_its_delay_and_level(level_db: float, delay_ms: int) -> None:
    found = there(echo_of(VOICE, back(level_db, delay_ms)))
    assert found.delay_ms == pytest.approx(delay_ms, abs=1)
    assert found.level_db == pytest.approx(level_db, abs=1.0)


def test_who_talks_at_the_other_end_is_no_echo_and_hides_none() -> None:
    other = np.tile(read_wav(FOLDER / "psap_stay.en.wav"), 12)[: len(VOICE)]
    assert echo_of(VOICE, other) is None
    both = np.clip(other.astype(int) + back(-20.0, 180), -32768, 32767).astype(np.int16)
    assert there(echo_of(VOICE, both)).delay_ms == pytest.approx(180, abs=1)


def test_noise_silence_and_next_to_nothing_have_no_echo() -> None:
    assert echo_of(VOICE, RANDOM.normal(0, 3000, len(VOICE)).astype(np.int16)) is None
    assert echo_of(VOICE, np.zeros_like(VOICE)) is None
    assert echo_of(VOICE[:100], VOICE[:100]) is None


def test_through_a_clock_that_is_off_and_with_frames_lost_an_echo_is_found_where_it_was() -> None:
    """An echo at 180 ms and −20 dB, by a modem 200 ppm too fast that loses three frames; where frames are
    lost is known to half a second, which costs 2 dB."""
    lost = {300, 301, 640}
    came = coming(20.0, ppm=200.0, lost=lost)
    exact = np.interp(
        np.arange(len(VOICE)) / (1 + 200e-6), np.arange(len(VOICE)), back(-20.0, 180).astype(float)
    )
    frames = np.rint(exact).astype(np.int16).reshape(-1, FRAME_SAMPLES)[: len(came) + len(lost)]
    sound = np.concatenate([frame for number, frame in enumerate(frames) if number not in lost])
    heard = on_our_clock(came[: len(sound) // FRAME_SAMPLES], sound, 0.0, len(VOICE))
    found = there(echo_of(VOICE, heard))
    assert found.delay_ms == pytest.approx(180, abs=4)
    assert -23.5 < found.level_db < -19.0
