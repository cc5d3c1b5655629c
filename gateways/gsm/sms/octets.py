"""What the PDUs of short messages have in common: octets, and addresses (3GPP TS 23.040 clause 9.1)."""

from __future__ import annotations

import re
from typing import Final

from gateways.gsm.errors import PduError
from gateways.gsm.sms.alphabet import decode_gsm7, unpack

_HEX: Final = re.compile(r"(?:[0-9A-Fa-f]{2})+")
_SEMI_OCTETS: Final = "0123456789*#abc"
_ALPHANUMERIC: Final = 5
_INTERNATIONAL: Final = 1


class Octets:
    """Read from the front. What is not there raises PduError."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0

    def take(self, count: int) -> bytes:
        """The next so many."""
        if self._place + count > len(self._data):
            raise PduError("cut short")
        piece = self._data[self._place : self._place + count]
        self._place += count
        return piece

    def one(self) -> int:
        """The next one."""
        return self.take(1)[0]

    def rest(self) -> bytes:
        """All that is left."""
        return self._data[self._place :]


def tpdu_of(pdu: str) -> Octets:
    """What stands in the hex line of a message, behind its service centre's address. Raises PduError."""
    if _HEX.fullmatch(pdu) is None:
        raise PduError("not hexadecimal")
    octets = Octets(bytes.fromhex(pdu))
    octets.take(octets.one())
    return octets


def address(octets: Octets) -> str:
    """A telephone number, with `+` when international, or a sender's words (clause 9.1.2.5)."""
    count, kind = octets.one(), octets.one()
    raw = octets.take((count + 1) // 2)
    if (kind >> 4) & 0b111 == _ALPHANUMERIC:
        return decode_gsm7(unpack(raw, count * 4 // 7)).rstrip("\r@")
    digits = "".join(
        _SEMI_OCTETS[digit] for octet in raw for digit in (octet & 0xF, octet >> 4) if digit != 0xF
    )
    return "+" + digits if (kind >> 4) & 0b111 == _INTERNATIONAL else digits
