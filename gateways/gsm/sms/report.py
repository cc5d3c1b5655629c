"""What the network says has become of a message that was sent (SMS-STATUS-REPORT, 3GPP TS 23.040 clause
9.2.2.3)."""

from __future__ import annotations

from typing import Final

import msgspec

from gateways.gsm.errors import PduError
from gateways.gsm.sms.octets import address, tpdu_of

_STATUS_REPORT: Final = 0b10
_TIMESTAMPS: Final = 14
"""When the service centre took the message, and when this became of it."""


class Reported(msgspec.Struct, frozen=True, kw_only=True):
    """One SMS-STATUS-REPORT."""

    reference: int
    """Of the SMS-SUBMIT, as +CMGS has told it (TP-MR)."""
    recipient: str
    status: int
    """TP-Status (clause 9.2.3.15)."""


def is_report(pdu: str) -> bool:
    """Whether it is one, and no message. Raises PduError."""
    return tpdu_of(pdu).one() & 0b11 == _STATUS_REPORT


def read_report(pdu: str) -> Reported:
    """The report in the hex line behind `+CDS:`, or of a stored message. Raises PduError."""
    octets = tpdu_of(pdu)
    if octets.one() & 0b11 != _STATUS_REPORT:
        raise PduError("not an SMS-STATUS-REPORT")
    reference = octets.one()
    recipient = address(octets)
    octets.take(_TIMESTAMPS)
    return Reported(reference=reference, recipient=recipient, status=octets.one())


def with_centre(pdu: str, length: int | None) -> str:
    """The PDU as the others are. Some firmware leaves the service centre's address out; then it has just as
    many octets as `+CDS:` has said, which do not count that address."""
    return "00" + pdu if length is not None and len(pdu) == 2 * length else pdu
