"""What is said to a modem that clocks both ways: as much as it has given, whatever comes when."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from media.ports.terminal_bytes import MOST_FRAMES, ModemPace

FRAME = 320
MOST = MOST_FRAMES * FRAME


@given(st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 700).map(lambda n: 2 * n)), max_size=60))
def test_no_more_is_said_than_the_modem_gave_and_little_is_owed(turns: list[tuple[int, int]]) -> None:
    pace, gave, said = ModemPace(FRAME), 0, 0
    for given_now, to_be_said in turns:
        pace.count_received(given_now)
        gave += given_now
        said += len(pace.due(b"\1" * to_be_said))
        assert 0 <= gave - said <= MOST + 1


@given(st.lists(st.integers(1, 3), min_size=1, max_size=6))
def test_a_modem_that_gives_its_sound_in_heaps_is_told_all_of_ours_in_order(heaps: list[int]) -> None:
    pace, said, told, number = ModemPace(FRAME), b"", b"", 0
    for heap in heaps * 20:
        for tick in range(heap):
            if tick == heap - 1:
                pace.count_received(heap * FRAME)
            frame = (number % 30000).to_bytes(2, "little") * (FRAME // 2)
            number += 1
            said += frame
            told += pace.due(frame)
    assert told == said
    assert pace.left_out == 0


def test_what_did_not_reach_the_modem_is_owed_still() -> None:
    pace = ModemPace(FRAME)
    pace.count_received(FRAME)
    assert pace.due(b"\1" * FRAME) == b"\1" * FRAME
    pace.not_taken(FRAME)
    assert pace.due(b"\2" * FRAME) == b"\2" * FRAME


def test_a_modem_whose_clock_is_faster_hears_silence_for_the_rest() -> None:
    """By 1 %, for a minute: 30 frames more than we have."""
    pace, told, gave = ModemPace(FRAME), b"", 0
    for tick in range(3000):
        more = FRAME + (4 if tick % 5 else 0)
        pace.count_received(more)
        gave += more
        told += pace.due(b"\1" * FRAME)
    assert gave - len(told) <= MOST + 1
    assert told.count(b"\1") == 3000 * FRAME
    assert pace.left_out == 0


def test_a_modem_that_gives_nothing_is_told_nothing_and_then_the_newest() -> None:
    pace = ModemPace(FRAME)
    for number in range(20):
        assert pace.due(bytes([number]) * FRAME) == b""
    pace.count_received(FRAME)
    assert pace.due(b"") == bytes([20 - MOST_FRAMES]) * FRAME


def test_after_a_stall_a_modem_that_takes_no_more_than_it_plays_is_told_words_and_no_silence_again() -> None:
    """What the driver had no room for came back as a debt, which was paid in silence for ever."""
    pace, queued = ModemPace(FRAME), 0
    pace.count_received(20 * FRAME)
    taken = b""
    for number in range(100):
        told = pace.due(bytes([number + 1]) * FRAME)
        if queued + len(told) <= 4 * FRAME:
            taken, queued = taken + told, queued + len(told)
        else:  # the driver takes a block whole or not at all
            pace.not_taken(len(told))
        queued = max(0, queued - FRAME)
        pace.count_received(FRAME)
    words = len(taken) - taken.count(0)
    assert words >= 0.9 * 95 * FRAME
