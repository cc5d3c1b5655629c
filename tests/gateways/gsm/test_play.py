"""What the fuzzer plays, for a moment: no bytes crash, hang or grow the driver."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateways.gsm.calls.book import MAX_CALLS
from scripts.lib.at_play import ANSWERED, NAMES, STEP, WITH_LEGS, PlayedLegs, play, seeds
from scripts.lib.input_play import Players
from tests.support.depth import WHOLE, often, some
from tests.support.each import each

SEEDS = list(seeds())
PIECES = st.one_of(
    st.binary(max_size=30),
    st.integers(STEP, 255).map(lambda step: bytes((step,))),
    st.sampled_from(SEEDS).flatmap(
        lambda seed: st.integers(1, len(seed)).map(lambda start: seed[start : start + 60])
    ),
)


@pytest.mark.parametrize("legs", [0, WITH_LEGS])
@given(first=st.integers(0, 255), pieces=st.lists(PIECES, max_size=20))
@settings(max_examples=often(100), deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_bytes_and_no_steps_break_it(legs: int, first: int, pieces: list[bytes]) -> None:
    play(bytes((first & ~WITH_LEGS | legs,)) + b"".join(pieces))


@each("seed", some(20, SEEDS[::7]))
def test_every_session_can_be_played(seed: bytes) -> None:
    play(seed)


def test_what_is_played_with_legs_joins_them_in_the_network() -> None:
    rows = [
        b'\r\n+CLCC: %d,0,%d,0,0,"+39333111222%d",145\r\n' % (n, stat, n)
        for n, stat in ((1, 0), (1, 1), (2, 0))
    ]
    played = PlayedLegs(NAMES.index("simcom7600") | WITH_LEGS | ANSWERED)
    sent = bytearray()
    written = played.driver.take_output

    def noted() -> bytes:
        data = written()
        sent.extend(data)
        return data

    played.driver.take_output = noted  # type: ignore[method-assign]
    played.wait(5.0)
    played.dial()
    played.exchange()
    played.hear(rows[0])
    played.dial()
    played.exchange()
    played.hear(rows[1])
    played.exchange()
    played.hear(rows[2])
    played.wait(1.0)
    assert sent.index(b"AT+CHLD=2") < sent.index(b"ATD+393331112222;") < sent.index(b"AT+CHLD=3")


def test_rows_of_calls_that_cannot_be_make_no_more_calls_than_there_may_be() -> None:
    rows = b"".join(f'\r\n+CLCC: {n},1,4,0,0,"+3933300{n:05}",145\r\n'.encode() for n in range(3000))
    played = play(bytes((NAMES.index("simcom7600"),)) + rows)
    assert len(played.driver.calls()) <= MAX_CALLS


@each("first", [0, ANSWERED])
def test_stored_messages_without_end_queue_no_more_commands_than_a_sim_has_places(first: int) -> None:
    lines = b"".join(f'\r\n+CMTI: "SM",{n}\r\n'.encode() for n in range(1500))
    play(bytes((first,)) + lines + bytes((STEP + 2,)) + lines)


def test_parts_of_messages_that_never_come_are_not_kept_without_end() -> None:
    part = "0791934329002000440C919333113222320000421132419153800B050003{:02X}0201C8329BFD06"
    lines = b"".join(f"\r\n+CMT: ,24\r\n{part.format(n % 256)}\r\n".encode() for n in range(2000))
    play(b"\x00" + lines)


@each("seed", [1, 2])
def test_nothing_that_anybody_may_send_makes_a_reader_raise(seed: int) -> None:
    players = Players(seed)
    for _ in range(500 if WHOLE else 200):
        players.play()
