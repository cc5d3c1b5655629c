"""Which short messages are signals of an alert (case 14), and of what. Pure. See docs/decisions/0018."""

from __future__ import annotations

from collections.abc import Collection

from messages.ids import E164, AlertId, Channel, Instant
from messages.sms import SmsArrived
from store.alerts.belonging import Signal


def signal_of(sms: SmsArrived, own: Collection[E164], now_us: Instant) -> Signal | None:
    """What it signals; none for what no person in need has sent.

    A phone's position always is one, whoever sends it. Words are one if somebody can be called back where
    they come from: what networks, shops and banks send comes from words or short codes. `own` are the
    center's lines.
    """
    written = sms.number is not None and not sms.service and sms.number not in own
    if sms.position is None and not written:
        return None
    return Signal(
        channel=Channel.SMS,
        received_at=now_us,
        phone=sms.number,
        id=AlertId(f"sms-{sms.key}"),
        raised_at=sms.sent_at,
        position=sms.position,
        text=sms.text,
    )
