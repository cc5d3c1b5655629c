"""Which short messages are signals of an alert (case 14), and of what. Pure. See docs/decisions/0018."""

from __future__ import annotations

from collections.abc import Collection

from msgspec.structs import replace

from messages.ids import E164, AlertId, Channel, Instant
from messages.sms import SmsArrived
from model.rules.signal import Signal


def as_it_came(sms: SmsArrived) -> SmsArrived:
    """The message with what it says unread: its sender is what is known of it."""
    said = "\0".join(one for one in (sms.unread or sms.text, repr(sms.position or "")) if one)
    return replace(sms, text="", position=None, sent_at=None, unread=said, reason="AlertIntake")


def signal_of(sms: SmsArrived, own: Collection[E164], now_us: Instant) -> Signal | None:
    """What it signals; none for what no person in need has sent.

    A phone's position always is one, whoever sends it. Words are one if somebody can be called back where
    they come from: what networks, shops and banks send comes from words or short codes. One that cannot be
    read is one by its sender alone. `own` are the center's lines.
    """
    written = sms.number is not None and not sms.service and sms.number not in own
    # Where not even the sender can be read, a person may have sent it.
    hidden = bool(sms.unread) and not sms.sender
    if sms.position is None and not written and not hidden:
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
