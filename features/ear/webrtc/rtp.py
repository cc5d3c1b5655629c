"""RTP and RTCP packets of one received voice: parse them, count losses, report them. Pure.

RFC 3550; redundancy by RFC 2198; the kinds of datagram on one port by RFC 7983 and RFC 5761.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from enum import Enum
from typing import Final

import msgspec

CLOCK_HZ: Final = 48_000
"""RTP clock of Opus, at every rate of sound (RFC 7587, 4.1)."""
FRAME_TICKS: Final = CLOCK_HZ // 50
"""A frame of 20 ms in ticks of the RTP clock."""
MAX_BLOCKS: Final = 4
"""Largest number of redundant frames that a packet may have."""

_HEADER: Final = struct.Struct("!BBHII")
_SENDER_REPORT: Final = 200
_RECEIVER_REPORT: Final = 201
_NTP_MIDDLE_HZ: Final = 65_536
_SEQUENCE: Final = 1 << 16
_MAX_DROPOUT: Final = 3_000
"""Largest forward jump of the sequence number that is a loss; a larger one begins the count anew (RFC 3550,
A.1).
"""


class Datagram(Enum):
    """Kind of a received datagram."""

    STUN = "stun"
    DTLS = "dtls"
    RTP = "rtp"
    RTCP = "rtcp"
    OTHER = "other"


def datagram_kind(data: bytes) -> Datagram:
    """Return the kind of a datagram by its first bytes (RFC 7983, 7; RFC 5761, 4)."""
    first = data[0] if data else 255
    if first <= 3:
        return Datagram.STUN
    if 20 <= first <= 63:
        return Datagram.DTLS
    if 128 <= first <= 191 and len(data) > 1:
        return Datagram.RTCP if 192 <= data[1] <= 223 else Datagram.RTP
    return Datagram.OTHER


class RtpPacket(msgspec.Struct, frozen=True):
    """Packet of a voice, without padding and header extensions."""

    payload_type: int
    sequence: int
    timestamp: int
    """Ticks of CLOCK_HZ, modulo 2**32."""
    ssrc: int
    payload: bytes


def parse_packet(data: bytes) -> RtpPacket | None:
    """Return the packet; None for a datagram that is no RTP packet (RFC 3550, 5.1)."""
    if len(data) < _HEADER.size:
        return None
    first, second, sequence, timestamp, ssrc = _HEADER.unpack_from(data)
    if first >> 6 != 2:
        return None
    begin, end = _HEADER.size + 4 * (first & 0x0F), len(data)
    if first & 0x10:
        if begin + 4 > end:
            return None
        begin += 4 + 4 * int.from_bytes(data[begin + 2 : begin + 4], "big")
    if first & 0x20:
        end -= data[-1]
    if begin > end:
        return None
    return RtpPacket(second & 0x7F, sequence, timestamp, ssrc, data[begin:end])


def redundant_frames(payload: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the frames of a RED payload, the oldest first: how many frames each is older than the packet, and
    its data. Yield nothing for a malformed payload (RFC 2198, 3).
    """
    blocks: list[tuple[int, int]] = []
    at = 0
    while at < len(payload) and payload[at] & 0x80:
        if at + 4 > len(payload) or len(blocks) == MAX_BLOCKS:
            return
        word = int.from_bytes(payload[at : at + 4], "big")
        blocks.append(((word >> 10 & 0x3FFF) // FRAME_TICKS, word & 0x3FF))
        at += 4
    at += 1
    if at + sum(size for _, size in blocks) > len(payload):
        return
    for older, size in (*blocks, (0, -1)):
        frame = payload[at:] if size < 0 else payload[at : at + size]
        at += len(frame)
        if frame:
            yield older, frame


class FrameNumbers:
    """Numbers of the frames of one voice, counted from its first packet, from timestamps that wrap around."""

    def __init__(self) -> None:
        self._first: int | None = None
        self._newest = 0

    def number(self, timestamp: int) -> int:
        """Return the number of the frame with this timestamp; negative for one before the first packet."""
        if self._first is None:
            self._first = self._newest = timestamp
        ahead = (timestamp - self._newest) & 0xFFFF_FFFF
        if ahead >= 1 << 31:
            ahead -= 1 << 32
        unwrapped = self._newest + ahead
        self._newest = max(self._newest, unwrapped)
        return (unwrapped - self._first) // FRAME_TICKS


class Reception:
    """Statistics of one received voice, for receiver reports (RFC 3550, 6.4.1 and A.3). The sender decides
    by the reported loss how much redundancy its encoder adds.
    """

    def __init__(self, ssrc: int) -> None:
        self._ssrc: Final = ssrc
        self._first: int | None = None
        self._highest = 0
        self._received = 0
        self._reported = (0, 0)
        self._jitter = 0.0
        self._transit: float | None = None
        self._sender_report: tuple[int, float] | None = None

    @property
    def received(self) -> int:
        """Number of packets received."""
        return self._received

    def on_packet(self, packet: RtpPacket, at_s: float) -> None:
        """Count a packet that arrived at this time."""
        if self._first is None:
            self._first = self._highest = packet.sequence
        ahead = (packet.sequence - self._highest) % _SEQUENCE
        if ahead < _MAX_DROPOUT:
            self._highest += ahead
        elif ahead < _SEQUENCE - _MAX_DROPOUT:
            self._first = self._highest = packet.sequence
            self._received, self._reported = 0, (0, 0)
        self._received += 1
        transit = at_s * CLOCK_HZ - packet.timestamp
        if self._transit is not None and abs(transit - self._transit) < CLOCK_HZ:
            self._jitter += (abs(transit - self._transit) - self._jitter) / 16
        self._transit = transit

    def on_control(self, data: bytes, at_s: float) -> None:
        """Note the time of a sender report: with it the sender computes the round trip time."""
        if len(data) >= 20 and data[1] == _SENDER_REPORT and int.from_bytes(data[4:8], "big") == self._ssrc:
            self._sender_report = int.from_bytes(data[10:14], "big"), at_s

    def report(self, own_ssrc: int, at_s: float) -> bytes:
        """Return a receiver report about all packets since the last report (RFC 3550, 6.4.2)."""
        expected = 0 if self._first is None else self._highest - self._first + 1
        lost = max(0, min(expected - self._received, 0x7F_FFFF))
        new_expected = expected - self._reported[0]
        new_lost = new_expected - (self._received - self._reported[1])
        self._reported = expected, self._received
        fraction = 0 if new_expected <= 0 or new_lost <= 0 else min(255, (new_lost << 8) // new_expected)
        last, since = 0, 0
        if self._sender_report is not None:
            last, heard_s = self._sender_report
            since = max(0, int((at_s - heard_s) * _NTP_MIDDLE_HZ)) & 0xFFFF_FFFF
        block = struct.pack(
            "!IIIIII",
            self._ssrc,
            fraction << 24 | lost,
            self._highest & 0xFFFF_FFFF,
            int(self._jitter) & 0xFFFF_FFFF,
            last,
            since,
        )
        return struct.pack("!BBHI", 0x81, _RECEIVER_REPORT, 7, own_ssrc) + block
