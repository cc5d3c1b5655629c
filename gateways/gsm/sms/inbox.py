"""Short messages out of PDUs: read, put together, turned into events. Pure."""

from __future__ import annotations

from itertools import pairwise

import msgspec

from gateways.gsm.at.kinds import is_pdu
from gateways.gsm.at.parse import body_of, integer, split_fields
from gateways.gsm.driver.events import SmsFailed, SmsReceived, SmsReported
from gateways.gsm.errors import PduError, where_raised
from gateways.gsm.numbers import e164
from gateways.gsm.sms.parts import Assembler, Whole
from gateways.gsm.sms.pdu import may_be_deliver, read_deliver, sender_of
from gateways.gsm.sms.report import is_report, read_report


class Inbox:
    """See the module. `region` places national numbers."""

    def __init__(self, region: str) -> None:
        self._region = region
        self._assembler = Assembler()

    def add(
        self, pdu: str, now_s: float, *, stored: int | None = None
    ) -> SmsReceived | SmsReported | SmsFailed | None:
        """One PDU; none while parts are missing. `stored`: where the modem keeps it.

        Never raises: anybody can write anything, and it is read again at each start.
        """
        places = () if stored is None else (stored,)
        try:
            if is_report(pdu):
                told = read_report(pdu)
                return SmsReported(at_s=now_s, stored=places, **msgspec.structs.asdict(told))
            whole = self._assembler.add(read_deliver(pdu), now_s, stored=stored)
        except PduError as error:
            return self._failed(pdu, str(error), places, now_s)
        except Exception as error:
            return self._failed(pdu, where_raised(error), places, now_s)
        return self._event(whole, now_s) if whole is not None else None

    def overdue(self, now_s: float) -> list[SmsReceived | SmsFailed]:
        """Messages whose missing parts are not waited for any more."""
        return [self._event(whole, now_s) for whole in self._assembler.overdue(now_s)]

    def next_deadline(self) -> float | None:
        """When `overdue` has something to say."""
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
            from_somebody=may_be_deliver(pdu),
        )

    def _event(self, whole: Whole, now_s: float) -> SmsReceived | SmsFailed:
        try:
            return self._received(whole, now_s)
        except Exception as error:
            return SmsFailed(
                at_s=now_s,
                pdu=whole.text or whole.data.hex(),
                text=where_raised(error),
                stored=whole.stored,
                sender=whole.first.sender,
            )

    def _received(self, whole: Whole, now_s: float) -> SmsReceived:
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


def read_out(lines: tuple[str, ...]) -> str | None:
    """The PDU behind the header of a message (+CMGR, 27.005 clause 4.3). Codes may squeeze in ahead of it,
    which are none; one that is spoilt is better than nothing."""
    return next(filter(is_pdu, lines[1:]), lines[1] if len(lines) > 1 else None)


def listed(lines: tuple[str, ...]) -> list[tuple[int, str]]:
    """Index and PDU of each message in an answer of +CMGL (27.005 clause 4.1)."""
    headers = [place for place, line in enumerate(lines) if line.startswith("+CMGL:")]
    found: list[tuple[int, str]] = []
    for header, end in pairwise((*headers, len(lines))):
        index, pdu = integer(split_fields(body_of(lines[header]))[0]), read_out(lines[header:end])
        if index is not None and pdu is not None:
            found.append((index, pdu))
    return found
