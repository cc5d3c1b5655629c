"""The beat keeps absolute time: lateness does not add up, and a stall is not followed by a burst."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from media.conference.beat import Beat, Schedule, Tick
from media.sound.frames import FRAME_SAMPLES, FRAME_US


class Hand:
    def __init__(self, *oversleeps_us: int) -> None:
        self.now_us = 1_000_000
        self.oversleeps_us = list(oversleeps_us)

    def sleep(self, seconds: float) -> None:
        self.now_us += round(seconds * 1e6) + (self.oversleeps_us.pop(0) if self.oversleeps_us else 0)


def beats(hand: Hand, count: int) -> list[Tick]:
    beat = Beat(lambda: hand.now_us, hand.sleep)
    return [beat.wait() for _ in range(count)]


def test_ticks_come_every_20_ms_beginning_at_once() -> None:
    hand = Hand()
    assert beats(hand, 3) == [Tick(0), Tick(1), Tick(2)]
    assert hand.now_us == 1_000_000 + 2 * FRAME_US


def test_a_late_tick_does_not_make_the_next_one_late() -> None:
    assert beats(Hand(7_000), 3) == [Tick(0), Tick(1, late_us=7_000), Tick(2)]


def test_after_a_stall_the_missed_ticks_are_left_out_and_counted() -> None:
    ticks = beats(Hand(0, 105_000), 4)
    assert ticks == [Tick(0), Tick(1), Tick(7, skipped=5, late_us=5_000), Tick(8)]
    assert ticks[2].position == 7 * FRAME_SAMPLES


@given(st.lists(st.integers(0, 200_000), max_size=100))
def test_every_tick_of_the_past_was_either_taken_or_skipped(waits_us: list[int]) -> None:
    schedule = Schedule(0)
    now_us, numbers = 0, 0
    for wait_us in waits_us:
        now_us = max(now_us, schedule.due_us) + wait_us
        tick = schedule.take(now_us)
        numbers += 1 + tick.skipped
        assert numbers == tick.number + 1
        assert 0 <= tick.late_us < FRAME_US
        assert tick.number * FRAME_US + tick.late_us == now_us
        assert schedule.due_us > now_us
