"""The short messages of one line that are not kept elsewhere yet. Pure.

Each message is published until the receiver has kept it; only then may the message be deleted from the SIM. A
message that is read again, after a restart or in a list of the modem's messages, has the same key.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Final

from gateways.gsm.driver.events import SmsFailed, SmsReceived
from gateways.gsm.sms.aml import MARK, AmlPosition, read_aml
from messages.base import Position
from messages.ids import E164, Instant, LineId
from messages.sms import SmsArrived

_SUBSCRIBER_DIGITS: Final = 8
"""A sender of fewer digits, without a `+`, is a service's short code: subscribers' numbers come in full."""
_REMEMBERED: Final = 256


class PendingTexts:
    """The pending short messages of one line."""

    def __init__(self, line: LineId) -> None:
        self._line = line
        self._waiting: dict[str, tuple[SmsArrived, set[int]]] = {}
        self._kept: dict[str, None] = {}

    @property
    def to_publish(self) -> list[SmsArrived]:
        """Messages that have to be published (again), oldest first."""
        return [arrived for arrived, _ in self._waiting.values()]

    def add(self, event: SmsReceived, now_us: Instant) -> tuple[int, ...]:
        """Add a message that was received or read again. Return the SIM's storage indexes that may be deleted
        at once: those of a message that is kept already."""
        arrived = _arrived(self._line, event, now_us)
        if arrived.key in self._kept:
            return event.stored
        _, places = self._waiting.setdefault(arrived.key, (arrived, set()))
        places.update(event.stored)
        return ()

    def add_unreadable(self, event: SmsFailed) -> tuple[int, ...]:
        """Add a message that cannot be read, with the known facts. Return the SIM's storage indexes that may
        be deleted at once."""
        key = key_of_unreadable(event)
        if key in self._kept:
            return event.stored
        arrived = SmsArrived(
            line=self._line,
            key=key,
            sender=event.sender,
            number=_number(event),
            unread=event.pdu or " ",
            reason=event.text,
        )
        _, places = self._waiting.setdefault(key, (arrived, set()))
        places.update(event.stored)
        return ()

    def remove_stored(self, key: str) -> tuple[int, ...]:
        """Note that the message is kept elsewhere. Return the SIM's storage indexes to delete now."""
        self._kept[key] = None
        while len(self._kept) > _REMEMBERED:
            del self._kept[next(iter(self._kept))]
        _, places = self._waiting.pop(key, (None, set()))
        return tuple(sorted(places))


def key_of(event: SmsReceived) -> str:
    """Return a key for this message and no other, the same after a restart that reads it again."""
    content = "\0".join((event.sender, event.sent_at, event.text)).encode() + event.data
    return hashlib.sha256(content).hexdigest()[:24]


def key_of_unreadable(event: SmsFailed) -> str:
    """Return a key for a message that cannot be read."""
    return hashlib.sha256(event.pdu.encode()).hexdigest()[:24]


def unreadable_event(event: SmsReceived, why: str) -> SmsFailed:
    """Return the failure of a message that was assembled but has unreadable content."""
    return SmsFailed(
        at_s=event.at_s,
        pdu="\0".join((event.sender, event.sent_at, event.text, event.data.hex())),
        text=why,
        stored=event.stored,
        sender=event.sender,
        number=event.number,
        from_other_party=not event.service,
    )


def _arrived(line: LineId, event: SmsReceived, now_us: Instant) -> SmsArrived:
    aml = read_aml(event.text) or read_aml(event.data)
    sent_at = _instant(event.sent_at)
    return SmsArrived(
        line=line,
        key=key_of(event),
        sender=event.sender,
        number=_number(event),
        text=event.text if aml is None else event.text.partition(MARK)[0].strip(),
        position=None if aml is None else _position(aml, sent_at or now_us),
        sent_at=sent_at,
        service=event.service,
    )


def _number(event: SmsReceived | SmsFailed) -> E164 | None:
    whole = event.sender.startswith("+") or len(event.sender) >= _SUBSCRIBER_DIGITS
    return E164(event.number) if event.number is not None and whole else None


def _position(aml: AmlPosition, otherwise: Instant) -> Position:
    at = otherwise if aml.at is None else Instant(int(aml.at.timestamp() * 1_000_000))
    return Position(lat=aml.lat, lon=aml.lon, at=at, accuracy_m=aml.radius_m, source="aml")


def _instant(text: str) -> Instant | None:
    try:
        return Instant(int(datetime.fromisoformat(text).timestamp() * 1_000_000))
    except ValueError:
        return None
