"""The PDUs of short messages (3GPP TS 23.040 clause 9.2), in the hexadecimal form of 27.005: SMS-DELIVER and
SMS-STATUS-REPORT are read, SMS-SUBMIT is written. Messages for the phone or its SIM, and not for a person,
are recognised (23.038, 23.040).
"""

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

_HEX: Final = re.compile(r"(?:[0-9A-Fa-f]{2})+")
_SEMI_OCTETS: Final = "0123456789*#abc"
_ALPHANUMERIC: Final = 5
_INTERNATIONAL: Final = 1


class Octets:
    """Octets, read from the front. Reading beyond the end raises PduError."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0

    def take(self, count: int) -> bytes:
        """Return the next `count` octets. Raises PduError if fewer are left."""
        if self._place + count > len(self._data):
            raise PduError("cut short")
        piece = self._data[self._place : self._place + count]
        self._place += count
        return piece

    def take_one(self) -> int:
        """Return the next octet. Raises PduError at the end."""
        return self.take(1)[0]

    def rest(self) -> bytes:
        """Return the remaining octets."""
        return self._data[self._place :]


def tpdu_of(pdu: str) -> Octets:
    """Return the octets of a message's hex line, behind the service centre's address. Raises PduError."""
    if _HEX.fullmatch(pdu) is None:
        raise PduError("not hexadecimal")
    octets = Octets(bytes.fromhex(pdu))
    octets.take(octets.take_one())
    return octets


def address(octets: Octets) -> str:
    """Return a telephone number, with `+` if international, or a sender's name (clause 9.1.2.5)."""
    count, kind = octets.take_one(), octets.take_one()
    raw = octets.take((count + 1) // 2)
    if (kind >> 4) & 0b111 == _ALPHANUMERIC:
        return decode_gsm7(unpack(raw, count * 4 // 7)).rstrip("\r@")
    digits = "".join(
        _SEMI_OCTETS[digit] for octet in raw for digit in (octet & 0xF, octet >> 4) if digit != 0xF
    )
    return "+" + digits if (kind >> 4) & 0b111 == _INTERNATIONAL else digits


_SILENT: Final = 0x40
"""Short message type 0: acknowledged and never displayed (23.040 clause 9.2.3.9)."""
_FOR_THE_SIM: Final = range(0x7C, 0x80)
_PUSH_PORTS: Final = frozenset({2948, 2949, 49999})
"""WAP push, secured or not, and over-the-air settings."""
_PORTS_16: Final = 0x05
_SIM_TOOLKIT: Final = range(0x70, 0x80)


def is_service(pid: int, dcs: int, header: bytes) -> bool:
    """Return True if the message is for the phone or its SIM, by its protocol identifier, its coding or its
    user data header (without the header's length)."""
    return pid == _SILENT or pid in _FOR_THE_SIM or _is_indication(dcs) or _is_addressed(header)


def _is_indication(dcs: int) -> bool:
    """Return True for a waiting indication, as of a voicemail, and for data for the SIM (23.038 clause 4)."""
    group = dcs >> 4
    with_class = group in (0b0001, 0b0011, 0b1111)
    return group in (0b1100, 0b1101, 0b1110) or (with_class and dcs & 0b11 == 0b10)


def _is_addressed(header: bytes) -> bool:
    """Return True for a message to a phone's application or the SIM's toolkit (23.040 clause 9.2.3.24)."""
    place = 0
    while place + 2 <= len(header):
        kind, size = header[place], header[place + 1]
        value = header[place + 2 : place + 2 + size]
        if kind == _PORTS_16 and len(value) == 4 and int.from_bytes(value[:2], "big") in _PUSH_PORTS:
            return True
        if kind in _SIM_TOOLKIT:
            return True
        place += 2 + size
    return False


_STATUS_REPORT: Final = 0b10
_TIMESTAMPS: Final = 14
"""Octets of two time stamps: the service centre's receipt, and the reported outcome."""


class StatusReport(msgspec.Struct, frozen=True, kw_only=True):
    """An SMS-STATUS-REPORT."""

    reference: int
    """Reference of the SMS-SUBMIT, as reported by +CMGS (TP-MR)."""
    recipient: str
    status: int
    """TP-Status (clause 9.2.3.15)."""


def is_report(pdu: str) -> bool:
    """Return True if the PDU is a report, and not a message. Raises PduError."""
    return tpdu_of(pdu).take_one() & 0b11 == _STATUS_REPORT


def read_report(pdu: str) -> StatusReport:
    """Return the report in the hex line behind `+CDS:`, or of a stored message. Raises PduError."""
    octets = tpdu_of(pdu)
    if octets.take_one() & 0b11 != _STATUS_REPORT:
        raise PduError("not an SMS-STATUS-REPORT")
    reference = octets.take_one()
    recipient = address(octets)
    octets.take(_TIMESTAMPS)
    return StatusReport(reference=reference, recipient=recipient, status=octets.take_one())


def with_smsc_address(pdu: str, length: int | None) -> str:
    """Return the PDU with a service centre's address. Some firmware omits this address; then the PDU has
    exactly the octets that `+CDS:` reports, a count that leaves the address out."""
    return "00" + pdu if length is not None and len(pdu) == 2 * length else pdu


_MAX_OCTETS: Final = 140
VALID_MIN: Final = 30
"""Minutes for which the network tries to deliver a message with a report (TP-VP, relative, clause
9.2.3.12.1): a phone that is switched on in another person's hand hours later does not show the message."""
_REPORTED: Final = 0x20 | 0x10
"""TP-SRR, and TP-VPF for a relative period (clauses 9.2.3.5, 9.2.3.3)."""


class ConcatenatedPart(msgspec.Struct, frozen=True):
    """Position of a part in a concatenated message (23.040 clauses 9.2.3.24.1 and .8)."""

    reference: int
    total: int
    number: int
    """Counts from 1."""


class DeliveredMessage(msgspec.Struct, frozen=True, kw_only=True):
    """An SMS-DELIVER."""

    sender: str
    """Number, with `+` if international; a name for an alphanumeric sender."""
    sent_at: datetime | None
    """The service centre's time stamp; None if unreadable."""
    text: str = ""
    data: bytes = b""
    """The user data without its header, if the alphabet is 8-bit."""
    part: ConcatenatedPart | None = None
    service: bool = False
    """True if the message is for the phone or its SIM, and not for a person."""


def read_deliver(pdu: str) -> DeliveredMessage:
    """Return the message in the hex line behind `+CMT:` or `+CMGR:`. Raises PduError."""
    octets = tpdu_of(pdu)
    first = octets.take_one()
    if first & 0b11 != 0:
        raise PduError(f"not an SMS-DELIVER (message type {first & 0b11})")
    sender = address(octets)
    pid = octets.take_one()
    dcs = octets.take_one()
    sent_at = _timestamp(octets.take(7))
    length = octets.take_one()
    has_header = bool(first & 0b0100_0000)
    text, data, header = _user_data(octets.rest(), length, alphabet_of(dcs), has_header=has_header)
    return DeliveredMessage(
        sender=sender,
        sent_at=sent_at,
        text=text,
        data=data,
        part=_part(header),
        service=is_service(pid, dcs, header),
    )


def sender_of(pdu: str) -> str:
    """Return the sender of a message that cannot be read otherwise; empty if unreadable too."""
    try:
        octets = tpdu_of(pdu)
        octets.take_one()
        return address(octets)
    except PduError:
        return ""


def may_be_deliver(pdu: str) -> bool:
    """Return True if the PDU may be a message from another party, as far as readable: neither a report nor a
    message that this modem has sent. A reserved type counts as SMS-DELIVER (clause 9.2.3.1).
    """
    try:
        return tpdu_of(pdu).take_one() & 0b11 in (0b00, 0b11)
    except PduError:
        return True


def write_submit(
    number: str, text: str, *, reference: int = 0, report: bool = False
) -> list[tuple[str, int]]:
    """Return a text's SMS-SUBMITs, each with its +CMGS length: octets without the service centre's address.

    A text that does not fit into one message is split; `reference` marks the parts as one message. `report`:
    the network is requested to report the outcome of each (TP-SRR), and stops trying after VALID_MIN.
    """
    septets = encode_gsm7(text)
    parts = _parts_gsm7(septets, reference) if septets is not None else _parts_ucs2(text, reference)
    return [_submit(number, part, report=report) for part in parts]


def _timestamp(raw: bytes) -> datetime | None:
    """Return the time of a time stamp (23.040 clause 9.2.3.11); None if unreadable. The zone is in quarters
    of an hour, bit 3 its sign."""
    year, month, day, hour, minute, second = (10 * (octet & 0xF) + (octet >> 4) for octet in raw[:6])
    zone = raw[6]
    quarters = 10 * (zone & 0b0111) + (zone >> 4)
    offset = timedelta(minutes=15 * (-quarters if zone & 0b1000 else quarters))
    try:
        return datetime(2000 + year, month, day, hour, minute, second, tzinfo=UTC) - offset
    except ValueError:
        return None


def _user_data(raw: bytes, length: int, alphabet: Alphabet, *, has_header: bool) -> tuple[str, bytes, bytes]:
    """Return the text, the data, and the header without its length. Raises PduError."""
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


def _part(header: bytes) -> ConcatenatedPart | None:
    place = 0
    while place + 2 <= len(header):
        kind, size = header[place], header[place + 1]
        value = header[place + 2 : place + 2 + size]
        if kind == 0x00 and len(value) == 3:
            return _valid(ConcatenatedPart(value[0], value[1], value[2]))
        if kind == 0x08 and len(value) == 4:
            return _valid(ConcatenatedPart(value[0] << 8 | value[1], value[2], value[3]))
        place += 2 + size
    return None


def _valid(part: ConcatenatedPart) -> ConcatenatedPart | None:
    return part if part.total > 1 and 1 <= part.number <= part.total else None


class _Submit(msgspec.Struct, frozen=True):
    dcs: int
    length: int
    body: bytes
    header: bytes = b""


def _parts_gsm7(septets: bytes, reference: int) -> list[_Submit]:
    if len(septets) <= 160:
        return [_Submit(0x00, len(septets), pack(septets))]
    pieces: list[bytes] = []
    rest = septets
    while rest:
        # 153 septets fit behind a header of 6 octets and one fill bit; an escape stays with its character.
        cut = 152 if len(rest) > 153 and rest[152] == 0x1B else 153
        pieces.append(rest[:cut])
        rest = rest[cut:]
    return [
        _Submit(0x00, 7 + len(piece), pack(piece, skip_bits=1), _header(reference, pieces, place))
        for place, piece in enumerate(pieces)
    ]


def _parts_ucs2(text: str, reference: int) -> list[_Submit]:
    data = text.encode("utf-16-be")
    if len(data) <= _MAX_OCTETS:
        return [_Submit(0x08, len(data), data)]
    pieces: list[bytes] = []
    rest = data
    while rest:
        # 67 characters fit behind the header; a surrogate pair stays together.
        cut = 132 if len(rest) > 134 and 0xD8 <= rest[132] <= 0xDB else 134
        pieces.append(rest[:cut])
        rest = rest[cut:]
    return [
        _Submit(0x08, 6 + len(piece), piece, _header(reference, pieces, place))
        for place, piece in enumerate(pieces)
    ]


def _header(reference: int, pieces: list[bytes], place: int) -> bytes:
    return bytes((5, 0, 3, reference & 0xFF, len(pieces), place + 1))


def _submit(number: str, part: _Submit, *, report: bool) -> tuple[str, int]:
    digits = number.removeprefix("+")
    if not digits.isdigit() or len(digits) > 20:
        raise PduError(f"not a telephone number: {number!r}")
    kind = 0x91 if number.startswith("+") else 0x81
    padded = digits + "F" * (len(digits) % 2)
    swapped = "".join(padded[place + 1] + padded[place] for place in range(0, len(padded), 2))
    first = 0x01 | (0x40 if part.header else 0) | (_REPORTED if report else 0)
    tpdu = (
        bytes((first, 0, len(digits), kind))
        + bytes.fromhex(swapped)
        + bytes((0, part.dcs))
        + (bytes((VALID_MIN // 5 - 1,)) if report else b"")
        + bytes((part.length,))
        + part.header
        + part.body
    )
    return "00" + tpdu.hex().upper(), len(tpdu)
