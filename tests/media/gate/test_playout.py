"""When a modem is told what came over the network: no drift, no heap, no more delay than the network's."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.gate.playout import MOST_FRAMES, PATIENCE_US, RESERVE_US, Playout
from media.sound.frames import FRAME_SAMPLES, FRAME_US, SILENCE
from tests.support.each import each
from tests.support.signals import tone

S = 1_000_000
LOUD = tone(1000, FRAME_SAMPLES)


class Way:
    """A network from a bridge to a playout, in virtual time; what is said is numbered in its first sample."""

    def __init__(self, *, loud: bool = True) -> None:
        self.now_us = 0
        self.playout = Playout(0)
        self.waits_us: list[tuple[int, int]] = []
        """When it was said, and how long after it had come."""
        self.came_us: dict[int, int] = {}
        self.said = 0
        self.turns: list[int] = []
        self.rest = LOUD[2:] if loud else SILENCE[2:]

    def come(self, at_us: int) -> None:
        self.until(at_us)
        self.said += 1
        self.came_us[self.said] = at_us
        self.playout.push((self.said % 300 + 1).to_bytes(2, "little") + self.rest, at_us)

    def until(self, at_us: int, *, late_us: int = 0) -> None:
        while self.playout.due_us + late_us <= at_us:
            self.now_us = self.playout.due_us + late_us
            frame = self.playout.pop(self.now_us)
            self.turns.append(self.now_us)
            if frame is not SILENCE:
                wanted = int.from_bytes(frame[:2], "little") - 1
                number = max(n for n in self.came_us if n % 300 == wanted)
                self.waits_us.append((self.now_us, self.now_us - self.came_us.pop(number)))
        self.now_us = at_us

    def waits_since(self, at_us: int) -> list[int]:
        return [wait for when, wait in self.waits_us if when >= at_us]


def test_on_a_quiet_network_a_frame_waits_for_the_reserve_and_none_is_lost() -> None:
    way = Way()
    for number in range(500):
        way.come(10_000 + number * FRAME_US)
    assert {wait for _, wait in way.waits_us} == {RESERVE_US}
    assert (way.playout.silences, way.playout.dropped) == (0, 0)
    assert len(way.waits_us) == 500 - 1


@each("ppm", [-200, -20, 20, 200])
def test_two_clocks_that_differ_cost_no_frame_in_ten_minutes(ppm: int) -> None:
    way = Way()
    for number in range(600 * 50):
        way.come(int(number * FRAME_US * (1 + ppm / 1e6)))
    assert max(way.waits_since(0)) < RESERVE_US + 1000
    assert (way.playout.silences, way.playout.dropped) == (0, 0)


def test_a_network_that_is_late_now_and_then_costs_what_it_is_late_and_it_does_not_add_up() -> None:
    way, chance = Way(), random.Random(1)
    for number in range(60 * 50):
        way.come(number * FRAME_US + int(chance.expovariate(1 / 1500)))
    tail = sorted(way.waits_since(10 * S))
    assert tail[len(tail) // 2] < RESERVE_US + 16_000
    assert tail[-1] <= MOST_FRAMES * FRAME_US
    assert way.playout.silences < 20
    assert abs(way.playout.silences - way.playout.dropped) <= 2


def test_after_one_late_frame_the_delay_is_back_within_three_seconds_even_in_loud_sound() -> None:
    way = Way()
    for number in range(50):
        way.come(number * FRAME_US)
    way.come(50 * FRAME_US + RESERVE_US + 3000)
    for number in range(51, 250):
        way.come(number * FRAME_US)
    assert (way.playout.silences, way.playout.dropped) == (1, 1)
    assert max(way.waits_since(4 * S)) <= RESERVE_US


def test_in_quiet_sound_it_is_back_within_a_second_and_a_half() -> None:
    way = Way(loud=False)
    for number in range(50):
        way.come(number * FRAME_US)
    way.come(50 * FRAME_US + RESERVE_US + 3000)
    for number in range(51, 250):
        way.come(number * FRAME_US)
    assert way.playout.dropped == 1
    assert max(way.waits_since(int(3.5 * S))) <= RESERVE_US


def test_what_comes_in_one_heap_after_a_stall_leaves_no_delay() -> None:
    way = Way()
    for number in range(100):
        way.come(number * FRAME_US)
    stalled_until = 100 * FRAME_US + S
    for _ in range(50):
        way.come(stalled_until)
    for number in range(1, 100):
        way.come(stalled_until + number * FRAME_US)
    assert max(way.waits_since(stalled_until + FRAME_US)) <= FRAME_US + RESERVE_US
    assert way.playout.silences == pytest.approx(50, abs=2)


def test_turns_that_were_missed_are_not_made_up_for() -> None:
    way = Way()
    for number in range(100):
        way.come(number * FRAME_US)
    before = len(way.turns)
    for number in range(100, 250):  # the gate sleeps three seconds; its kernel keeps the newest
        way.playout.push(LOUD, number * FRAME_US)
    way.playout.pop(250 * FRAME_US)
    assert way.playout.due_us > 250 * FRAME_US
    assert len(way.playout._waiting) == 0
    assert len(way.turns) == before


def test_a_modem_is_told_silence_where_nothing_comes() -> None:
    playout = Playout(0)
    assert playout.due_us == PATIENCE_US
    for turn in range(50):
        assert playout.due_us == PATIENCE_US + turn * FRAME_US
        assert playout.pop(playout.due_us) is SILENCE
    assert playout.silences == 50


@given(st.lists(st.tuples(st.integers(0, 200_000), st.integers(0, 60_000)), max_size=300))
def test_whatever_comes_turns_are_a_frame_apart_and_little_waits(comings: list[tuple[int, int]]) -> None:
    way = Way()
    now_us = 0
    for gap_us, late_us in comings:
        now_us += gap_us
        way.until(now_us, late_us=late_us)
        way.come(now_us)
        assert len(way.playout._waiting) <= MOST_FRAMES
    gaps = [after - before for before, after in zip(way.turns, way.turns[1:], strict=False)]
    on_time = all(late_us == 0 for _, late_us in comings)
    assert not on_time or all(gap >= FRAME_US - 500 for gap in gaps)
