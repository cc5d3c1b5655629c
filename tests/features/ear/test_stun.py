"""Connectivity checks, with the samples of RFC 5769."""

from __future__ import annotations

from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.ear.webrtc.stun import answer_check, parse_check

PASSWORD = "VOkJxbRl1RmTxUk/WvJxBt"
REQUEST = bytes.fromhex(
    "000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74"
    "002400046e0001ff80290008932ff9b151263b36000600096576746a3a68367659202020"
    "000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf"
)
"""RFC 5769, 2.1."""
RESPONSE_ADDRESS = bytes.fromhex("002000080001a147e112a643")
"""The XOR-MAPPED-ADDRESS of RFC 5769, 2.2: 192.0.2.1, port 32853, of the same transaction."""
RESPONSE_ADDRESS_6 = bytes.fromhex("002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9")
"""RFC 5769, 2.3: 2001:db8:1234:5678:11:2233:4455:6677, port 32853."""


def test_the_sample_is_read_and_its_password_is_right() -> None:
    check = parse_check(REQUEST)
    assert check is not None
    assert (check.local_ufrag, check.nominated) == ("evtj", False)
    assert check.is_authentic(PASSWORD)
    assert not check.is_authentic(PASSWORD + "x")


@pytest.mark.parametrize("at", [5, 30, 60, 75, 90])
def test_a_changed_byte_is_noticed(at: int) -> None:
    changed = bytes((*REQUEST[:at], REQUEST[at] ^ 1, *REQUEST[at + 1 :]))
    check = parse_check(changed)
    assert check is None or not check.is_authentic(PASSWORD)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("192.0.2.1", RESPONSE_ADDRESS),
        ("::ffff:192.0.2.1", RESPONSE_ADDRESS),
        ("2001:db8:1234:5678:11:2233:4455:6677", RESPONSE_ADDRESS_6),
    ],
)
def test_the_answer_has_the_senders_address_and_can_be_verified(host: str, address: bytes) -> None:
    check = parse_check(REQUEST)
    assert check is not None
    answer = answer_check(check, PASSWORD, host, 32_853)
    assert answer[:2] == b"\x01\x01"
    assert int.from_bytes(answer[2:4], "big") == len(answer) - 20
    assert answer[8:20] == check.transaction
    assert address in answer
    assert int.from_bytes(answer[-4:], "big") == crc32(answer[:-8]) ^ 0x5354554E
    request = b"\x00\x01" + answer[2:20] + b"\x00\x06\x00\x04evtj"
    assert len(answer) < len(REQUEST) + 24, "no stranger's datagram is made larger"
    assert parse_check(request) is None, "without a password nothing is a check"


@given(st.binary(max_size=600))
def test_no_datagram_raises(data: bytes) -> None:
    parse_check(data)
    parse_check(REQUEST[:20] + data)
    parse_check(REQUEST[: len(data) % len(REQUEST)] + data)
