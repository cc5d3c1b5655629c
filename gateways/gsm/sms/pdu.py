"""Reads SMS-DELIVER and writes SMS-SUBMIT (3GPP TS 23.040 clause 9.2), in the hexadecimal form of 27.005."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from gateways.gsm.errors import PduError
from gateways.gsm.sms.alphabet import (
    Alphabet,
    alphabet_of,
    decode_gsm7,
    decode_ucs2,
    encode_gsm7,
    pack,
    unpack,
)
from gateways.gsm.sms.service import is_service

_HEX: Final = re.compile(r"(?:[0-9A-Fa-f]{2})+")
_SEMI_OCTETS: Final = "0123456789*#abc"
_ALPHANUMERIC: Final = 5
_INTERNATIONAL: Final = 1
_MAX_OCTETS: Final = 140


class Part(msgspec.Struct, frozen=True):
    """Which part of a concatenated message this is (23.040 clauses 9.2.3.24.1 and .8)."""

    reference: int
    total: int
    number: int
    """From 1."""


class Delivered(msgspec.Struct, frozen=True, kw_only=True):
    """One SMS-DELIVER."""

    sender: str
    """With `+` when international; words for an alphanumeric sender."""
    sent_at: datetime | None
    """The service centre's time stamp; none when it is unreadable."""
    text: str = ""
    data: bytes = b""
    """The user data without its header, when the alphabet is 8-bit."""
    part: Part | None = None
    service: bool = False
    """For the phone or its SIM, and not for a person."""


def read_deliver(pdu: str) -> Delivered:
    """The message in the hex line behind `+CMT:` or `+CMGR:`. Raises PduError."""
    if _HEX.fullmatch(pdu) is None:
        raise PduError("not hexadecimal")
    octets = _Octets(bytes.fromhex(pdu))
    octets.take(octets.one())  # the service centre's address
    first = octets.one()
    if first & 0b11 != 0:
        raise PduError(f"not an SMS-DELIVER (message type {first & 0b11})")
    sender = _address(octets)
    pid = octets.one()
    dcs = octets.one()
    sent_at = _timestamp(octets.take(7))
    length = octets.one()
    has_header = bool(first & 0b0100_0000)
    text, data, header = _user_data(octets.rest(), length, alphabet_of(dcs), has_header=has_header)
    return Delivered(
        sender=sender,
        sent_at=sent_at,
        text=text,
        data=data,
        part=_part(header),
        service=is_service(pid, dcs, header),
    )


def write_submit(number: str, text: str, *, reference: int = 0) -> list[tuple[str, int]]:
    """The SMS-SUBMITs for a text, with the length that +CMGS wants: octets without the service centre's
    address.

    More than one when the text does not fit into one; `reference` then ties them together.
    """
    septets = encode_gsm7(text)
    if septets is not None:
        return _submits_gsm7(number, septets, reference)
    return _submits_ucs2(number, text, reference)


class _Octets:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0

    def take(self, count: int) -> bytes:
        if self._place + count > len(self._data):
            raise PduError("cut short")
        piece = self._data[self._place : self._place + count]
        self._place += count
        return piece

    def one(self) -> int:
        return self.take(1)[0]

    def rest(self) -> bytes:
        return self._data[self._place :]


def _address(octets: _Octets) -> str:
    count, kind = octets.one(), octets.one()
    raw = octets.take((count + 1) // 2)
    if (kind >> 4) & 0b111 == _ALPHANUMERIC:
        return decode_gsm7(unpack(raw, count * 4 // 7)).rstrip("\r@")
    digits = "".join(
        _SEMI_OCTETS[digit] for octet in raw for digit in (octet & 0xF, octet >> 4) if digit != 0xF
    )
    return "+" + digits if (kind >> 4) & 0b111 == _INTERNATIONAL else digits


def _timestamp(raw: bytes) -> datetime | None:
    """23.040 clause 9.2.3.11; the zone in quarters of an hour, bit 3 its sign."""
    year, month, day, hour, minute, second = (10 * (octet & 0xF) + (octet >> 4) for octet in raw[:6])
    zone = raw[6]
    quarters = 10 * (zone & 0b0111) + (zone >> 4)
    offset = timedelta(minutes=15 * (-quarters if zone & 0b1000 else quarters))
    try:
        return datetime(2000 + year, month, day, hour, minute, second, tzinfo=UTC) - offset
    except ValueError:
        return None


def _user_data(raw: bytes, length: int, alphabet: Alphabet, *, has_header: bool) -> tuple[str, bytes, bytes]:
    """The text or the data, and the header without its length."""
    header_octets = raw[0] + 1 if has_header and raw else 0
    if header_octets > len(raw):
        raise PduError("the user data header is longer than the message")
    header = raw[1:header_octets]
    if alphabet is Alphabet.GSM7:
        header_septets = (8 * header_octets + 6) // 7
        septets = unpack(raw, length - header_septets, skip_bits=7 * header_septets)
        return decode_gsm7(septets), b"", header
    body = raw[header_octets:length]
    if alphabet is Alphabet.UCS2:
        return decode_ucs2(body), b"", header
    return "", body, header


def _part(header: bytes) -> Part | None:
    place = 0
    while place + 2 <= len(header):
        kind, size = header[place], header[place + 1]
        value = header[place + 2 : place + 2 + size]
        if kind == 0x00 and len(value) == 3:
            return _valid(Part(value[0], value[1], value[2]))
        if kind == 0x08 and len(value) == 4:
            return _valid(Part(value[0] << 8 | value[1], value[2], value[3]))
        place += 2 + size
    return None


def _valid(part: Part) -> Part | None:
    return part if part.total > 1 and 1 <= part.number <= part.total else None


def _submits_gsm7(number: str, septets: bytes, reference: int) -> list[tuple[str, int]]:
    if len(septets) <= 160:
        return [_submit(number, 0x00, len(septets), pack(septets), header=b"")]
    pieces: list[bytes] = []
    rest = septets
    while rest:
        # 153 septets behind a header of 6 octets and one fill bit; an escape stays with its character.
        cut = 152 if len(rest) > 153 and rest[152] == 0x1B else 153
        pieces.append(rest[:cut])
        rest = rest[cut:]
    return [
        _submit(
            number, 0x00, 7 + len(piece), pack(piece, skip_bits=1), header=_header(reference, pieces, place)
        )
        for place, piece in enumerate(pieces)
    ]


def _submits_ucs2(number: str, text: str, reference: int) -> list[tuple[str, int]]:
    data = text.encode("utf-16-be")
    if len(data) <= _MAX_OCTETS:
        return [_submit(number, 0x08, len(data), data, header=b"")]
    pieces: list[bytes] = []
    rest = data
    while rest:
        # 67 characters behind the header; a surrogate pair is not cut.
        cut = 132 if len(rest) > 134 and 0xD8 <= rest[132] <= 0xDB else 134
        pieces.append(rest[:cut])
        rest = rest[cut:]
    return [
        _submit(number, 0x08, 6 + len(piece), piece, header=_header(reference, pieces, place))
        for place, piece in enumerate(pieces)
    ]


def _header(reference: int, pieces: list[bytes], place: int) -> bytes:
    return bytes((5, 0, 3, reference & 0xFF, len(pieces), place + 1))


def _submit(number: str, dcs: int, length: int, body: bytes, *, header: bytes) -> tuple[str, int]:
    digits = number.removeprefix("+")
    if not digits.isdigit() or len(digits) > 20:
        raise PduError(f"not a telephone number: {number!r}")
    kind = 0x91 if number.startswith("+") else 0x81
    padded = digits + "F" * (len(digits) % 2)
    swapped = "".join(padded[place + 1] + padded[place] for place in range(0, len(padded), 2))
    first = 0x01 | (0x40 if header else 0)
    tpdu = (
        bytes((first, 0, len(digits), kind))
        + bytes.fromhex(swapped)
        + bytes((0, dcs, length))
        + header
        + body
    )
    return "00" + tpdu.hex().upper(), len(tpdu)
