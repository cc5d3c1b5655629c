"""Tolerant parsers of single lines from a modem: answers and unsolicited codes.

None means that the line cannot be parsed.

Only the first fields, which carry the meaning, are required: each later field may be missing or empty. No
parser raises an error, for any line of a modem. Numbers such as "27.007" or "31.102" are 3GPP documents.
"""

from __future__ import annotations

import re
from enum import IntEnum
from typing import Final

import msgspec

INTERNATIONAL: Final = 145
"""Type-of-number octet (24.008 clause 10.5.4.7) of an international number, which is written with a `+`."""


class Direction(IntEnum):
    """Direction of a call (27.007 +CLCC `<dir>`)."""

    OUT = 0
    IN = 1


class Stat(IntEnum):
    """State of a call (27.007 +CLCC `<stat>`). 6 is an addition of SIMCom, sent only unsolicited."""

    ACTIVE = 0
    HELD = 1
    DIALING = 2
    RINGING = 3
    """The center's outgoing call rings at the called phone (`alerting`)."""
    INCOMING = 4
    WAITING = 5
    """The call comes in while another call is up."""
    RELEASED = 6


_OUTGOING_STATS: Final = (Stat.DIALING, Stat.RINGING)
_INCOMING_STATS: Final = (Stat.INCOMING, Stat.WAITING)


class ClccRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of +CLCC, without its prefix."""

    index: int
    direction: Direction
    stat: Stat
    mode: int = 0
    """0 voice, 1 data, 2 fax, 9 unknown."""
    multiparty: bool = False
    number: str = ""
    """Number, with `+` if international; empty if withheld or not reported."""
    number_type: int | None = None
    alpha: str = ""


def split_fields(text: str) -> list[str]:
    """Return the comma-separated fields, without quotes and outer blanks. Commas inside quotes do not
    separate.
    """
    fields: list[str] = []
    current: list[str] = []
    quoted = False
    for char in text:
        if char == '"':
            quoted = not quoted
        elif char == "," and not quoted:
            fields.append("".join(current).strip())
            current.clear()
        else:
            current.append(char)
    fields.append("".join(current).strip())
    return fields


def body_of(line: str) -> str:
    """Return the text after the first colon, as in `+XXXX: text`; the whole line if it has no colon."""
    _, colon, rest = line.partition(":")
    return rest.strip() if colon else line.strip()


def international_number(number: str, number_type: int | None) -> str:
    """Return the number without separators, with `+` if the type is international; empty if it has no digit.

    A SIP address (`sip:mmtel`, `+39…@ims…`) keeps only its user part, and only if that part is a number.
    """
    if not number:
        return ""
    user = number.partition("@")[0]
    user = user.removeprefix("tel:").removeprefix("sip:")
    digits = "".join(char for char in user if char.isascii() and (char.isdigit() or char in "+*#"))
    if not any(char.isdigit() for char in digits):
        return ""
    if number_type == INTERNATIONAL and not digits.startswith(("+", "*", "#")):
        return "+" + digits.removeprefix("00")
    return digits


def parse_int(text: str) -> int | None:
    """Return the decimal number in the text; None unless the text is one to nine digits."""
    if not text:
        return None
    stripped = text.strip()
    return int(stripped) if stripped.isascii() and stripped.isdigit() and len(stripped) <= 9 else None


def parse_clcc(line: str) -> ClccRow | None:
    """Return a row of `+CLCC` (27.007 clause 7.18); None if index, direction or state is unreadable or the
    line is damaged. The fields from the number on may be missing.
    """
    if line.count('"') % 2 or not line.isprintable():
        return None  # truncated, or a byte has changed: the number could be another subscriber's
    fields = split_fields(body_of(line))
    head = [parse_int(field) for field in fields[:5]]
    if (
        len(head) < 3
        or head[0] is None
        or head[1] not in (0, 1)
        or head[2] is None
        or head[2] > Stat.RELEASED
        or any(value is None and field for field, value in zip(fields[3:5], head[3:], strict=True))
    ):
        return None
    if Stat(head[2]) in (_INCOMING_STATS if head[1] == Direction.OUT else _OUTGOING_STATS):
        return None  # direction and state contradict each other: the line was damaged on a bad cable
    number = fields[5] if len(fields) > 5 else ""
    number_type = parse_int(fields[6]) if len(fields) > 6 else None
    return ClccRow(
        index=head[0],
        direction=Direction(head[1]),
        stat=Stat(head[2]),
        mode=(head[3] or 0) if len(head) > 3 else 0,
        multiparty=len(head) > 4 and head[4] == 1,
        number=international_number(number, number_type),
        number_type=number_type,
        alpha=fields[7] if len(fields) > 7 else "",
    )


class Registration(IntEnum):
    """`<stat>` of +CREG, +CGREG and +CEREG (27.007 clause 7.2)."""

    OFF = 0
    HOME = 1
    SEARCHING = 2
    DENIED = 3
    UNKNOWN = 4
    ROAMING = 5

    @property
    def in_service(self) -> bool:
        """True if the modem can make ordinary calls, not only emergency calls."""
        return self in (Registration.HOME, Registration.ROAMING)


def parse_creg(line: str, *, answer: bool) -> Registration | None:
    """Return the state in +CREG, +CGREG or +CEREG: `<n>,<stat>[,…]` in an answer, `<stat>[,…]` unsolicited;
    None if the line has no state.

    Some modems omit `<n>` in the answer; then a location area follows, which is quoted or hexadecimal.
    """
    body = body_of(line)
    fields = split_fields(body)
    second_is_state = len(fields) > 1 and parse_int(fields[1]) is not None and not _QUOTED_SECOND.match(body)
    place = 1 if answer and second_is_state and len(fields[1]) <= 2 else 0
    value = parse_int(fields[place])
    if value is None:
        return None
    # 6 to 8 mean "registered for SMS only" and "emergency bearer only"; 9 and 10 "CSFB not preferred".
    extended = {9: Registration.HOME, 10: Registration.ROAMING}
    return Registration(value) if value <= 5 else extended.get(value, Registration.DENIED)


def parse_technology(line: str) -> int | None:
    """Return the access technology <AcT> of +COPS? (27.007 clause 7.3): 0 to 6 are 2G and 3G, 7 is LTE; None
    if the answer has no <AcT>.
    """
    fields = split_fields(body_of(line))
    return parse_int(fields[3]) if len(fields) > 3 else None


def parse_csq(line: str) -> int | None:
    """Return the signal in dBm from +CSQ's `<rssi>` 0…31 (27.007 clause 8.5); None for 99, unknown."""
    value = parse_int(split_fields(body_of(line))[0])
    return dbm_of(value) if value is not None else None


def dbm_of(rssi: int) -> int | None:
    """Convert 27.007's `<rssi>` 0…31 to dBm; None outside this range."""
    return -113 + 2 * rssi if 0 <= rssi <= 31 else None


class SimStatus(msgspec.Struct, frozen=True):
    """The state of the SIM (27.007 clause 8.3): READY, or the code that the SIM waits for, such as SIM
    PIN.
    """

    code: str

    @property
    def ready(self) -> bool:
        """True if the SIM waits for no code."""
        return self.code == "READY"


def parse_cpin(line: str) -> SimStatus | None:
    """Return the state in `+CPIN: <code>`; None for a line without a code."""
    body = body_of(line)
    code = body.strip('"').upper()
    return SimStatus(code) if code and body != line else None


def parse_imei(lines: tuple[str, ...]) -> str:
    """Return the modem's IMEI in the answer to +CGSN: 15 digits, of some modems 14 or 16; empty if the answer
    has no such number.
    """
    for line in lines:
        match = _IMEI.search(line)
        if match is not None:
            return match[0]
    return ""


def parse_iccid(lines: tuple[str, ...]) -> str:
    """Return the number of the SIM card (ICCID, E.118 and 102.221 clause 13.2) in the answer to any command
    that reads the number; empty if the answer has no number.

    The answer has 19 or 20 digits, on some networks with letters; or, after `+CRSM:`, the ten bytes of the
    SIM's file EF_ICCID, each with its two digits swapped.
    """
    for line in lines:
        digits = line
        if line.startswith("+CRSM:"):
            fields = split_fields(body_of(line))
            data = fields[2] if len(fields) > 2 and parse_int(fields[0]) in (144, 145) else ""
            digits = "".join(data[place + 1] + data[place] for place in range(0, len(data) - 1, 2))
        if (found := _CARD.search(digits)) is not None:
            return found[0].upper().rstrip("F")
    return ""


def parse_emergency_numbers(line: str) -> tuple[str, ...]:
    """Return the emergency numbers in the SIM's file EF_ECC (31.102 clause 4.2.21), as read by
    `+CRSM: 144,0,"11F2…"`: 3 bytes for each number, each byte with its two digits swapped.

    A record may have a name and a category after its digits: parsing stops at the first three bytes that are
    neither a number nor empty. Empty if the answer has no number.
    """
    fields = split_fields(body_of(line))
    if len(fields) < 3 or parse_int(fields[0]) not in (144, 145):
        return ()
    data = fields[2].upper()
    if _HEX.fullmatch(data) is None:
        return ()
    numbers: list[str] = []
    for start in range(0, len(data) - 5, 6):
        chunk = data[start : start + 6]
        swapped = "".join(chunk[place + 1] + chunk[place] for place in range(0, 6, 2))
        digits = swapped.rstrip("F")
        if digits.isdigit() and 2 <= len(digits) <= 6:
            numbers.append(digits)
        elif digits:
            break
    return tuple(numbers)


_QUOTED_SECOND: Final = re.compile(r"[^,]*,\s*\"")
_IMEI: Final = re.compile(r"(?<!\d)\d{14,16}(?!\d)")
_HEX: Final = re.compile(r"(?:[0-9A-F]{2})+")
_CARD: Final = re.compile(r"(?<![0-9A-Za-z])[0-9]{6}[0-9A-Fa-f]{12,14}(?![0-9A-Za-z])")
