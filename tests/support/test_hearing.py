"""The instrument: what is found in a recording of which it is known what was missing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from simulator.network.voice import Recording, mix
from tests.support.hearing import RATE_HZ, NotRecorded, longest_gap_s
from tests.support.signals import tone

FRAME = 160
LENGTH_S = 3.0


def spoken(hz: float, loud: Callable[[int], float] = lambda _: 1.0) -> bytes:
    """Three seconds of a phone's tone, frame by frame as loud as told."""
    return b"".join(
        tone(hz, FRAME, amplitude=round(8000 * loud(n)), at=n * FRAME) for n in range(int(LENGTH_S * 50))
    )


def without(hz: float, first: int, frames: int) -> bytes:
    """The same with some frames of silence."""
    return spoken(hz, lambda n: 0.0 if first <= n < first + frames else 1.0)


def test_a_voice_that_is_always_there_is_never_missed() -> None:
    both = mix([spoken(440), spoken(620)], int(LENGTH_S * RATE_HZ) * 2)
    assert longest_gap_s(both, 440, 0.5, 2.5) == 0
    assert longest_gap_s(both, 620, 0.5, 2.5) == 0


@pytest.mark.parametrize("frames", [1, 2, 5, 20])
@pytest.mark.parametrize("others", [True, False])
def test_a_gap_is_as_long_as_it_is_whoever_else_speaks_in_it(frames: int, others: bool) -> None:
    pcm = without(440, 60, frames)
    if others:
        pcm = mix([pcm, spoken(620), spoken(880)], len(pcm))
    assert longest_gap_s(pcm, 440, 0.5, 2.5) == pytest.approx(frames * 0.02, abs=0.004)


def test_a_voice_that_does_not_come_back_is_missed_to_the_end() -> None:
    assert longest_gap_s(without(440, 100, 1000), 440, 0.5, 2.5) == pytest.approx(0.5, abs=0.004)


def test_a_voice_that_was_not_there_at_first_is_missed_from_the_beginning() -> None:
    assert longest_gap_s(without(440, 0, 50), 440, 0.5, 2.5) == pytest.approx(0.5, abs=0.004)


def test_a_voice_that_was_never_there_is_missed_all_the_time() -> None:
    assert longest_gap_s(spoken(620), 440, 0.5, 2.5) == pytest.approx(2.0)


def test_noise_that_stands_for_a_voice_is_none() -> None:
    pcm = spoken(440, lambda n: 0.005 if 60 <= n < 70 else 1.0)
    assert longest_gap_s(pcm, 440, 0.5, 2.5) == pytest.approx(0.2, abs=0.004)


def test_a_voice_turned_down_by_12_db_is_missed() -> None:
    pcm = spoken(440, lambda n: 0.25 if 60 <= n < 70 else 1.0)
    assert longest_gap_s(pcm, 440, 0.5, 2.5) == pytest.approx(0.2, abs=0.004)


@pytest.mark.parametrize("until_s", [3.0, 3.5, 2000.0])
def test_what_was_not_recorded_is_not_judged(until_s: float) -> None:
    with pytest.raises(NotRecorded):
        longest_gap_s(spoken(440), 440, 0.5, until_s)


def test_a_full_recording_is_not_judged() -> None:
    recording = Recording(0.0, cap_s=1.0)
    for n in range(150):
        recording.add("bridge", spoken(440)[n * 320 : n * 320 + 320], 0.02 * (n + 1))
    assert longest_gap_s(recording.pcm(3.0), 440, 0.2, 0.9) == 0
    with pytest.raises(NotRecorded):
        longest_gap_s(recording.pcm(3.0), 440, 0.2, 1.5)


@pytest.mark.parametrize("late_ms", [25, 40, 60, 99, 150])
def test_a_writer_that_stalls_for_more_than_a_frame_is_heard_through_the_phone(late_ms: int) -> None:
    recording, pcm = Recording(0.0, cap_s=60.0), spoken(440)
    for n in range(150):
        late_s = late_ms / 1000 if n >= 70 else 0.0  # from then on, for it goes on where it stopped
        recording.add("bridge", pcm[n * 320 : n * 320 + 320], 0.02 * (n + 1) + late_s)
    gap_s = longest_gap_s(recording.pcm(), 440, 0.5, 2.5)
    assert gap_s == pytest.approx(late_ms / 1000, abs=0.008)
