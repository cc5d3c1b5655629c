"""Short messages from PDUs: read, assembled, turned into events. Pure.

The parts of a concatenated message come in any order, twice, or never (23.040).
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import msgspec

from gateways.gsm.at.commands import is_pdu
from gateways.gsm.at.parse import body_of, parse_int, split_fields
from gateways.gsm.driver.events import SmsFailed, SmsReceived, SmsReported
from gateways.gsm.errors import PduError, where_raised
from gateways.gsm.numbers import e164
from gateways.gsm.sms.pdu import (
    DeliveredMessage,
    is_report,
    may_be_deliver,
    read_deliver,
    read_report,
    sender_of,
)

PARTS_WAIT_S: Final = 120.0
"""Seconds to wait for missing parts; then the received parts are delivered: half a request for help is a
request for help.
"""
MAX_INCOMPLETE: Final = 100
"""Most messages that may wait for missing parts; beyond that the oldest are delivered incomplete."""
GAP: Final = " […] "


class AssembledMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message with all the parts received."""

    first: DeliveredMessage
    text: str
    data: bytes
    stored: tuple[int, ...]
    complete: bool = True


class _ReceivedPart(msgspec.Struct, frozen=True):
    message: DeliveredMessage
    stored: tuple[int, ...]


class _IncompleteMessage(msgspec.Struct):
    since_s: float
    pieces: dict[int, _ReceivedPart]


class Assembler:
    """A store of parts, until their message is complete or the wait for its parts ends."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, int, int], _IncompleteMessage] = {}

    def add(
        self, message: DeliveredMessage, now_s: float, *, stored: int | None = None
    ) -> AssembledMessage | None:
        """Add the message of a PDU; return the whole message once its last part is present; None while parts
        are missing. `stored`: the modem's storage index.
        """
        places = () if stored is None else (stored,)
        part = message.part
        if part is None:
            return AssembledMessage(first=message, text=message.text, data=message.data, stored=places)
        key = (message.sender, part.reference, part.total)
        opened = self._open.setdefault(key, _IncompleteMessage(now_s, {}))
        known = opened.pieces.get(part.number)
        before = known.stored if known is not None else ()
        opened.pieces[part.number] = _ReceivedPart(message, tuple(dict.fromkeys(before + places)))
        if len(opened.pieces) < part.total:
            return None
        del self._open[key]
        return _join(opened, part.total)

    def take_overdue(self, now_s: float) -> list[AssembledMessage]:
        """Return the messages at the end of their wait for missing parts, with the parts received."""
        crowded = list(self._open)[: max(0, len(self._open) - MAX_INCOMPLETE)]
        late = [key for key, opened in self._open.items() if now_s >= opened.since_s + PARTS_WAIT_S]
        late = list(dict.fromkeys((*crowded, *late)))
        return [_join(self._open.pop(key), key[2]) for key in late]

    def next_deadline(self) -> float | None:
        """Return the time, in seconds, at which `take_overdue` has a message to return; None if no message
        waits.
        """
        patience_s = PARTS_WAIT_S if len(self._open) <= MAX_INCOMPLETE else 0.0
        return min((opened.since_s + patience_s for opened in self._open.values()), default=None)


def _join(opened: _IncompleteMessage, total: int) -> AssembledMessage:
    pieces = [opened.pieces.get(number) for number in range(1, total + 1)]
    there = [piece for piece in pieces if piece is not None]
    gap = GAP if any(piece.message.text for piece in there) else ""
    return AssembledMessage(
        first=there[0].message,
        text="".join(piece.message.text if piece is not None else gap for piece in pieces),
        data=b"".join(piece.message.data for piece in there),
        stored=tuple(place for piece in there for place in piece.stored),
        complete=len(there) == total,
    )


class Inbox:
    """The messages of one modem, from PDUs to events. `region` (ISO 3166): region of national numbers."""

    def __init__(self, region: str) -> None:
        self._region = region
        self._assembler = Assembler()

    def add(
        self, pdu: str, now_s: float, *, stored: int | None = None
    ) -> SmsReceived | SmsReported | SmsFailed | None:
        """Return the event for a PDU; None while parts are missing. `stored`: the modem's storage index.

        Never raises: the content comes from an unverified sender, and a stored PDU is read again at each
        start.
        """
        places = () if stored is None else (stored,)
        try:
            if is_report(pdu):
                report = read_report(pdu)
                return SmsReported(at_s=now_s, stored=places, **msgspec.structs.asdict(report))
            whole = self._assembler.add(read_deliver(pdu), now_s, stored=stored)
        except PduError as error:
            return self._failed(pdu, str(error), places, now_s)
        except Exception as error:
            return self._failed(pdu, where_raised(error), places, now_s)
        return self._event(whole, now_s) if whole is not None else None

    def take_overdue(self, now_s: float) -> list[SmsReceived | SmsFailed]:
        """Return the events for messages at the end of their wait for missing parts."""
        return [self._event(whole, now_s) for whole in self._assembler.take_overdue(now_s)]

    def next_deadline(self) -> float | None:
        """Return the time, in seconds, at which `take_overdue` has an event to return; None if no message
        waits.
        """
        return self._assembler.next_deadline()

    def _failed(self, pdu: str, why: str, stored: tuple[int, ...], now_s: float) -> SmsFailed:
        sender = sender_of(pdu)
        return SmsFailed(
            at_s=now_s,
            pdu=pdu,
            text=why,
            stored=stored,
            sender=sender,
            number=e164(sender, self._region),
            from_other_party=may_be_deliver(pdu),
        )

    def _event(self, whole: AssembledMessage, now_s: float) -> SmsReceived | SmsFailed:
        try:
            return self._received(whole, now_s)
        except Exception as error:
            return SmsFailed(
                at_s=now_s,
                pdu=whole.text or whole.data.hex(),
                text=where_raised(error),
                stored=whole.stored,
                sender=whole.first.sender,
                from_other_party=not whole.first.service,
            )

    def _received(self, whole: AssembledMessage, now_s: float) -> SmsReceived:
        first = whole.first
        return SmsReceived(
            at_s=now_s,
            sender=first.sender,
            number=e164(first.sender, self._region),
            text=whole.text,
            data=whole.data,
            sent_at=first.sent_at.isoformat() if first.sent_at is not None else "",
            stored=whole.stored,
            service=first.service,
        )


def stored_pdu(lines: tuple[str, ...]) -> str | None:
    """Return the PDU behind the header of a message (+CMGR, 27.005 clause 4.3). Unsolicited codes may come
    before the PDU and are skipped. If no line is a valid PDU, the first line is returned: a damaged PDU is
    better than nothing."""
    return next(filter(is_pdu, lines[1:]), lines[1] if len(lines) > 1 else None)


def listed_pdus(lines: tuple[str, ...]) -> list[tuple[int, str]]:
    """Return the index and PDU of each message in an answer of +CMGL (27.005 clause 4.1)."""
    headers = [place for place, line in enumerate(lines) if line.startswith("+CMGL:")]
    found: list[tuple[int, str]] = []
    for header, end in pairwise((*headers, len(lines))):
        index, pdu = parse_int(split_fields(body_of(lines[header]))[0]), stored_pdu(lines[header:end])
        if index is not None and pdu is not None:
            found.append((index, pdu))
    return found
