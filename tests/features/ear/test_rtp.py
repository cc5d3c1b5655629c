"""RTP packets, redundancy, numbers that wrap, and the loss that a phone is told."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.ear.webrtc.rtp import (
    CLOCK_HZ,
    FRAME_TICKS,
    Datagram,
    FrameNumbers,
    Reception,
    RtpPacket,
    datagram_kind,
    parse_packet,
    redundant_frames,
)

SSRC = 0x1234


def packet(sequence: int, timestamp: int = 0, payload: bytes = b"sound") -> RtpPacket:
    return RtpPacket(111, sequence % 65_536, timestamp, SSRC, payload)


def red(*older: tuple[int, bytes], newest: bytes) -> bytes:
    """The frames in one payload; each of `older` with its distance in frames."""
    words = (0x8000_0000 | 111 << 24 | back * FRAME_TICKS << 10 | len(data) for back, data in older)
    headers = b"".join(word.to_bytes(4, "big") for word in words)
    return headers + b"\x6f" + b"".join(data for _, data in older) + newest


def test_a_packet_is_read_past_its_sources_extension_and_padding() -> None:
    head = struct.pack("!BBHII", 0x80 | 0x30 | 2, 0x80 | 111, 7, 960, SSRC)
    data = head + bytes(8) + b"\xbe\xde\x00\x01extn" + b"sound" + b"\x00\x00\x03"
    assert parse_packet(data) == RtpPacket(111, 7, 960, SSRC, b"sound")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x80\x6f",
        b"\x40" + bytes(11),
        b"\x8f" + bytes(11),
        b"\x90" + bytes(11),
        b"\x90" + bytes(11) + b"\xbe\xde\xff\xff",
        b"\xa0" + bytes(10) + b"\xff",
    ],
    ids=["empty", "short", "version", "sources", "no extension", "extension", "padding"],
)
def test_what_is_no_packet_is_none(data: bytes) -> None:
    assert parse_packet(data) is None


@given(st.binary(max_size=60))
def test_no_datagram_raises(data: bytes) -> None:
    datagram_kind(data)
    parse_packet(data)
    list(redundant_frames(data))


@pytest.mark.parametrize(
    ("first", "kind"),
    [
        (b"\x00\x01", Datagram.STUN),
        (b"\x16\xfe", Datagram.DTLS),
        (b"\x80\x6f", Datagram.RTP),
        (b"\x80\xc8", Datagram.RTCP),
        (b"\x90\xef", Datagram.RTP),
        (b"GET /", Datagram.OTHER),
        (b"", Datagram.OTHER),
    ],
)
def test_the_first_bytes_tell_the_kind(first: bytes, kind: Datagram) -> None:
    assert datagram_kind(first) is kind


def test_redundant_frames_come_with_their_distance() -> None:
    payload = red((2, b"aa"), (1, b""), newest=b"ccc")
    assert list(redundant_frames(payload)) == [(2, b"aa"), (0, b"ccc")]


def test_a_payload_cut_short_has_no_frames() -> None:
    payload = red((1, b"before"), newest=b"now")
    assert [list(redundant_frames(payload[:size])) for size in (0, 3, 4, 8)] == [[], [], [], []]


def test_frames_are_numbered_across_the_end_of_the_clock() -> None:
    numbers = FrameNumbers()
    begin = 2**32 - FRAME_TICKS
    told = [numbers.number((begin + n * FRAME_TICKS) % 2**32) for n in (0, 1, 3, 2, 70_000 % 3 + 4, -1)]
    assert told == [0, 1, 3, 2, 5, -1]


def fields(report: bytes) -> tuple[int, int, int]:
    """Fraction lost, total lost and highest sequence number of a report."""
    _, lost, highest, _, _, _ = struct.unpack("!IIIIII", report[8:])
    return lost >> 24, lost & 0xFF_FFFF, highest


def test_a_report_says_how_many_were_lost_since_the_last() -> None:
    heard = Reception(SSRC)
    for n in range(65_530, 65_540):
        heard.on_packet(packet(n, n * FRAME_TICKS % 2**32), n / 50)
    assert fields(heard.report(1, 0)) == (0, 0, 65_539)
    for n in (65_540, 65_543):
        heard.on_packet(packet(n), n / 50)
    assert fields(heard.report(1, 0)) == (128, 2, 65_543)
    assert fields(heard.report(1, 0)) == (0, 2, 65_543), "nothing is lost twice"


def test_a_sequence_that_begins_anew_is_no_loss() -> None:
    heard = Reception(SSRC)
    for n in (1, 2, 30_000, 30_001):
        heard.on_packet(packet(n), n / 50)
    assert fields(heard.report(1, 0)) == (0, 0, 30_001)


def test_a_report_returns_the_time_of_the_senders_report() -> None:
    heard = Reception(SSRC)
    heard.on_packet(packet(1), 0)
    sender = struct.pack("!BBHIIIIII", 0x80, 200, 6, SSRC, 0xAAAA_1111, 0x2222_BBBB, 0, 0, 0)
    heard.on_control(sender, 10.0)
    *_, last, since = struct.unpack("!IIIIII", heard.report(1, 10.5)[8:])
    assert (last, since) == (0x1111_2222, 65_536 // 2)


def test_jitter_grows_with_packets_that_come_late() -> None:
    steady, unsteady = Reception(SSRC), Reception(SSRC)
    for n in range(50):
        steady.on_packet(packet(n, n * FRAME_TICKS), n / 50)
        unsteady.on_packet(packet(n, n * FRAME_TICKS), n / 50 + 0.03 * (n % 2))
    jitter = [struct.unpack("!IIIIII", one.report(1, 1)[8:])[3] for one in (steady, unsteady)]
    assert jitter[0] == 0
    assert jitter[1] > 0.02 * CLOCK_HZ
