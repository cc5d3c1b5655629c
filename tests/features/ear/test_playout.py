"""The jitter buffer, in simulated time: each frame is its own number, so that what is played can be told."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.ear.voice.playout import FRAME_S, MAX_DELAY_S, Playout

FRAME_BYTES = 640
SILENCE = bytes(FRAME_BYTES)
LOUD = 1 << 14


class Numbers:
    """A decoder of packets that are numbers; a repaired frame is the number before its successor's."""

    def __init__(self, *, repairs: bool = True) -> None:
        self._repairs = repairs

    def decode(self, packet: bytes) -> bytes:
        if packet == b"bad":
            raise ValueError("no frame")
        return frame(int(packet))

    def repair(self, following: bytes) -> bytes:
        return frame(int(following) - 1) if self._repairs else self.conceal()

    def conceal(self) -> bytes:
        return b"\xff\x7f" * (FRAME_BYTES // 2)


def frame(number: int) -> bytes:
    return (LOUD + number).to_bytes(2, "little") * (FRAME_BYTES // 2)


def number_of(sound: bytes) -> int | None:
    """The number of a frame; None for a concealed one, and for silence."""
    value = int.from_bytes(sound[:2], "little")
    return None if sound == SILENCE or value == 0x7FFF else value - LOUD


Network = Callable[[int], float | None]
"""Delay of the packet with this number in seconds; None for a lost one."""


def played(
    network: Network, seconds: float = 20, *, red: bool = False, repairs: bool = True
) -> tuple[Playout, list[bytes]]:
    """Play a voice that came over this network; `red`: each packet carries the frame before as well."""
    buffer = Playout(Numbers(repairs=repairs), FRAME_BYTES)
    count = round(seconds / FRAME_S)
    arriving = sorted((n * FRAME_S + delay_s, n) for n in range(count) if (delay_s := network(n)) is not None)
    heard, at = [], 0
    for turn in range(count):
        now_s = turn * FRAME_S
        while at < len(arriving) and arriving[at][0] <= now_s:
            at_s, n = arriving[at]
            for one in (n - 1, n) if red and n else (n,):
                buffer.put(one, str(one).encode(), at_s)
            at += 1
        if (sound := buffer.take(now_s)) is not None:
            heard.append(sound)
    return buffer, heard


def steady(delay_s: float) -> Network:
    return lambda _: delay_s


def losing(part: float, delay_s: float = 0.1, jitter_s: float = 0.03) -> Network:
    drawn = random.Random(3)
    table = [None if drawn.random() < part else delay_s + drawn.random() * jitter_s for _ in range(3_000)]
    return lambda n: table[n]


def numbers(heard: list[bytes]) -> list[int]:
    return [n for sound in heard if (n := number_of(sound)) is not None]


def test_over_a_steady_network_every_frame_is_played_with_little_delay() -> None:
    buffer, heard = played(steady(0.1))
    told = numbers(heard)
    assert told == sorted(set(told))
    assert buffer.counts.concealed == buffer.counts.silent == buffer.counts.late == 0
    assert buffer.delay_s < 0.035
    assert len(heard) - 20 < told[-1] + 10, "it is behind the phone by a few frames"


def test_before_the_first_packet_nothing_is_played() -> None:
    assert Playout(Numbers(), FRAME_BYTES).take(1.0) is None


@pytest.mark.parametrize(("part", "most"), [(0.05, 0.005), (0.10, 0.02)])
def test_with_redundancy_few_losses_are_heard(part: float, most: float) -> None:
    buffer, heard = played(losing(part), red=True)
    counts = buffer.counts
    assert counts.concealed + counts.silent <= most * len(heard)
    assert buffer.delay_s <= 0.09


def test_without_redundancy_a_loss_is_repaired_from_its_successor() -> None:
    buffer, heard = played(losing(0.05))
    lost = {n for n in range(900) if losing(0.05)(n) is None}
    told = set(numbers(heard))
    assert len(lost - told) < len(lost) / 3
    assert buffer.counts.repaired > len(lost) / 2


def test_a_long_loss_is_concealed_for_a_tenth_of_a_second_and_then_silent() -> None:
    _, heard = played(lambda n: None if 500 <= n < 540 else 0.1, repairs=False)
    gap = [number_of(sound) is None for sound in heard]
    first = next(i for i, sound in enumerate(heard) if number_of(sound) == 499) + 1
    assert [sound == SILENCE for sound in heard[first : first + 12]] == [*[False] * 5, *[True] * 7]
    assert sum(gap[first:]) == pytest.approx(40, abs=4)


def test_the_delay_follows_a_network_that_turns_bad_at_once_and_one_that_heals_slowly() -> None:
    drawn = random.Random(4)
    bad = range(250, 500)
    buffer, heard = played(lambda n: 0.1 + (drawn.random() * 0.15 if n in bad else 0.0), 10)
    during = [number_of(one) for one in heard[300:480]]
    assert during.count(None) < 8
    assert buffer.delay_s > 0.1, "it could turn bad again"
    later, _ = played(lambda n: 0.1 + (drawn.random() * 0.15 if n in bad else 0.0), 40)
    assert later.delay_s < 0.05


def test_no_network_makes_a_conversation_impossible() -> None:
    drawn = random.Random(5)
    buffer, _ = played(lambda _: 0.1 + drawn.random() * 2)
    assert buffer.delay_s <= MAX_DELAY_S


def test_another_stream_begins_anew() -> None:
    buffer = Playout(Numbers(), FRAME_BYTES)
    for n in range(20):
        buffer.put(n, str(n).encode(), n * FRAME_S)
        buffer.take(n * FRAME_S)
    for n in range(20):
        buffer.put(9_000 + n, str(9_000 + n).encode(), 0.4 + n * FRAME_S)
        buffer.take(0.4 + n * FRAME_S)
    assert number_of(buffer.take(0.8) or b"") in range(9_012, 9_020)


def test_numbers_that_fall_are_a_voice_as_well() -> None:
    buffer = Playout(Numbers(), FRAME_BYTES)
    for n in range(20):
        buffer.put(1_000 + n, b"5", n * FRAME_S)
        buffer.take(n * FRAME_S)
    for n in range(30):
        buffer.put(-600 - n, b"5", 0.4 + n * FRAME_S)
        assert len(buffer.take(0.4 + n * FRAME_S) or b"") == FRAME_BYTES


def test_a_malformed_packet_costs_its_frame() -> None:
    buffer = Playout(Numbers(), FRAME_BYTES)
    heard = []
    for n in range(30):
        buffer.put(n, b"bad" if n == 10 else str(n).encode(), n * FRAME_S)
        heard.append(buffer.take(n * FRAME_S))
    assert buffer.counts.malformed == 1
    told = numbers([one for one in heard if one is not None])
    assert [n for n in range(min(told), max(told)) if n not in told] == [10]


def deliveries() -> st.SearchStrategy[list[tuple[int, float]]]:
    return st.lists(st.tuples(st.integers(-700, 1_400), st.floats(0, 0.5)), max_size=80)


def turns(told: list[tuple[int, float]]) -> Iterator[bytes]:
    buffer, now_s = Playout(Numbers(), FRAME_BYTES), 0.0
    for number, after_s in told:
        now_s += after_s
        buffer.put(number, b"bad" if number % 7 == 0 else b"5", now_s)
        for _ in range(3):
            now_s += FRAME_S
            if (sound := buffer.take(now_s)) is not None:
                yield sound


@given(deliveries())
def test_whatever_arrives_a_frame_is_a_frame(told: list[tuple[int, float]]) -> None:
    assert all(len(sound) == FRAME_BYTES for sound in turns(told))
