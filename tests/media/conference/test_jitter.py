"""The delay stays where it belongs for hours, and no byte is invented, doubled or put in another order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.conference.jitter import CAP_MS, TARGET_MS, JitterBuffer
from media.sound.frames import FRAME_BYTES, FRAME_SAMPLES, SILENCE
from tests.support.depth import some
from tests.support.each import each
from tests.support.signals import tone

TICKS_PER_S = 50


def counting(samples: int, first: int) -> bytes:
    """Loud samples that say where they stood: never zero, so that silence can be told from them."""
    return ((np.arange(first, first + samples) % 20_000) + 10_000).astype("<i2").tobytes()


def quiet(samples: int, first: int) -> bytes:
    return ((np.arange(first, first + samples) % 200) + 1).astype("<i2").tobytes()


def playing(arrivals: Iterator[int], say: Callable[[int, int], bytes] = counting) -> Iterator[JitterBuffer]:
    buffer = JitterBuffer()
    said = 0
    for samples in arrivals:
        buffer.push(say(samples, said))
        said += samples
        assert len(buffer.pop()) == FRAME_BYTES
        yield buffer


def at_pace(ppm: float, seconds: int, *, burst_every_s: int = 0, hold_ticks: int = 0) -> Iterator[int]:
    """A source whose clock is off, and which now and then holds everything back for some ticks."""
    sent, held = 0, 0
    for tick in range(seconds * TICKS_PER_S):
        if burst_every_s and tick and tick % (burst_every_s * TICKS_PER_S) == 0:
            held = hold_ticks
        if held:
            held -= 1
            yield 0
            continue
        due = int((tick + 1) * FRAME_SAMPLES * (1 + ppm / 1e6))
        yield due - sent
        sent = due


@each(("ppm", "say"), some(2, list(product((-100, 0, 100), (counting, quiet)))))
def test_ten_minutes_with_another_clock_move_no_delay(ppm: float, say: Callable[[int, int], bytes]) -> None:
    depths = []
    for buffer in playing(at_pace(ppm, 600), say):
        depths.append(buffer.stats().depth_ms)
    minutes = [np.mean(depths[at : at + 60 * TICKS_PER_S]) for at in range(0, len(depths), 60 * TICKS_PER_S)]
    # What waits after a pop: the target less the frame just played, give or take one frame.
    assert all(abs(minute - (TARGET_MS - 20)) <= 21 for minute in minutes)
    stats = buffer.stats()
    drift_frames = abs(ppm) * 600 / 1e6 * TICKS_PER_S
    assert stats.overflow_ms == 0
    assert stats.trimmed_frames <= drift_frames
    assert stats.silence_frames + stats.stretched_frames <= drift_frames + 2


@each(("ppm", "hold_ticks"), some(2, list(product((-100, 100), (2, 4, 10, 50)))))
def test_ten_minutes_of_bursts_do_not_move_the_delay(ppm: float, hold_ticks: int) -> None:
    depths = []
    for buffer in playing(at_pace(ppm, 600, burst_every_s=10, hold_ticks=hold_ticks)):
        depths.append(buffer.stats().depth_ms)
    assert max(depths) <= CAP_MS
    # Three seconds after a burst, and until the next, the delay is what it was.
    settled = [depth for tick, depth in enumerate(depths) if tick % (10 * TICKS_PER_S) > 3 * TICKS_PER_S]
    assert max(settled) <= TARGET_MS + 20
    assert min(settled) >= 0


def test_a_correction_waits_for_a_quiet_moment() -> None:
    buffer = JitterBuffer()
    for _ in range(TICKS_PER_S):
        buffer.push(counting(FRAME_SAMPLES, 0))
        buffer.pop()
    buffer.push(counting(3 * FRAME_SAMPLES, 0))
    for _ in range(2 * TICKS_PER_S - 10):
        buffer.push(counting(FRAME_SAMPLES, 0))
        buffer.pop()
    loud = buffer.stats()
    for _ in range(8):
        buffer.push(quiet(FRAME_SAMPLES, 0))
        buffer.pop()
    assert loud.trimmed_frames == 0
    assert buffer.stats().trimmed_frames == 3


def test_a_source_that_sends_five_frames_at_a_time_loses_nothing() -> None:
    arrivals = (0 if tick % 5 else 5 * FRAME_SAMPLES for tick in range(60 * TICKS_PER_S))
    *_, buffer = playing(arrivals)
    stats = buffer.stats()
    assert (stats.overflow_ms, stats.trimmed_frames) == (0, 0)
    assert stats.silence_frames + stats.stretched_frames <= 2


def numbers(frame: bytes) -> int | None:
    """Which of the counted frames this is; None for silence."""
    return None if frame == SILENCE else (int.from_bytes(frame[:2], "little") - 10_000) // FRAME_SAMPLES


def heard(came: list[int]) -> list[int | None]:
    """What is popped of numbered frames, of which so many come before each pop."""
    buffer, said, popped = JitterBuffer(), 0, []
    for frames in came:
        buffer.push(counting(frames * FRAME_SAMPLES, said * FRAME_SAMPLES))
        said += frames
        popped.append(numbers(buffer.pop()))
    return popped


@each("late", [1, 2])
def test_what_comes_up_to_two_frames_too_late_is_left_out_and_nothing_after_it_moves(late: int) -> None:
    steady = [1] * 30
    # Nothing comes for as long as sound waits, and then longer; then all that was held back.
    held = [*steady, *[0] * (1 + late), 2 + late, *steady]
    before, after = heard([1] * len(held)), heard(held)
    missed = [at for at, (one, other) in enumerate(zip(before, after, strict=True)) if one != other]
    assert len(missed) == late
    assert [after[at] for at in missed] == [None] * late


def test_what_has_come_to_stay_later_is_heard_after_two_frames_of_silence() -> None:
    after = heard([*[1] * 30, 0, 0, *[1] * 200])
    assert after[30:].count(None) <= 3
    played = [one for one in after if one is not None]
    assert played == [n % 125 for n in range(len(played))], "the count comes round"


def test_sound_that_is_late_now_and_then_by_less_than_waits_is_never_corrected() -> None:
    arrivals = (at_once for _ in range(600) for at_once in (*[FRAME_SAMPLES] * 48, 0, 2 * FRAME_SAMPLES))
    *_, buffer = playing(arrivals)
    stats = buffer.stats()
    assert (stats.underruns, stats.stretched_frames, stats.trimmed_frames) == (0, 0, 0)


def test_sound_is_heard_from_the_second_frame_on() -> None:
    buffer = JitterBuffer()
    first, second = tone(440, FRAME_SAMPLES), tone(620, FRAME_SAMPLES)
    buffer.push(first)
    assert buffer.pop() == SILENCE
    buffer.push(second)
    assert [buffer.pop(), buffer.pop(), buffer.pop()] == [first, second, SILENCE]


def test_a_backlog_of_a_second_is_back_at_the_target_within_six_ticks() -> None:
    buffer = JitterBuffer()
    buffer.push(counting(8000, 0))
    for tick in range(6):
        buffer.pop()
        buffer.push(counting(FRAME_SAMPLES, tick))
    assert buffer.stats().depth_ms <= TARGET_MS


def test_ticks_left_out_leave_no_delay_behind() -> None:
    buffer = JitterBuffer()
    for tick in range(TICKS_PER_S):
        buffer.push(counting(FRAME_SAMPLES, tick * FRAME_SAMPLES))
        buffer.pop()
    before = buffer.stats().depth_ms
    buffer.push(counting(4 * FRAME_SAMPLES, 0))
    buffer.skip(3)
    buffer.pop()
    assert buffer.stats().depth_ms == before


@given(st.lists(st.tuples(st.integers(0, 1500), st.integers(0, 3)), max_size=36))
def test_what_is_played_is_what_came_in_its_order(steps: list[tuple[int, int]]) -> None:
    buffer = JitterBuffer()
    said = 0
    played: list[int] = []
    for samples, pops in steps:
        buffer.push(((np.arange(said, said + samples) % 60_000) - 30_000).astype("<i2").tobytes())
        said += samples
        assert buffer.stats().depth_ms <= CAP_MS
        for _ in range(pops):
            before = buffer.stats().played_frames
            frame = buffer.pop()
            if buffer.stats().played_frames > before:
                played += [int(sample) + 30_000 for sample in np.frombuffer(frame, dtype="<i2")]
            else:
                assert frame == SILENCE
    # The count comes round only after 60 000 samples, far more than ever wait: it must always go forward.
    assert all(0 < (later - earlier) % 60_000 < 55_000 for earlier, later in pairwise(played))
    stats = buffer.stats()
    assert stats.received_ms == pytest.approx(
        stats.played_frames * 20 + stats.trimmed_frames * 20 + stats.overflow_ms + stats.depth_ms
    )
