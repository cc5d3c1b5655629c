"""Short messages: between the GsmModems that receive them and the AlertIntake that makes alerts of them; and
from the TrunkPool to the GsmModem that is to send one.
"""

from __future__ import annotations

from messages.base import Message, Position
from messages.ids import E164, Instant, LineId, TextId


class SmsArrived(Message, frozen=True, kw_only=True, tag="sms.arrived"):
    """A short message is here, whole; said again every second until `SmsKept`."""

    line: LineId
    key: str
    """Names this message and no other, also after a restart that finds it on the SIM again."""
    sender: str
    """As the network gave it: a number, a short code, or words."""
    number: E164 | None = None
    """None where nobody can be called back at what it came from."""
    text: str = ""
    """What was written, without a position's code."""
    position: Position | None = None
    """Where the phone says that it is (AML)."""
    sent_at: Instant | None = None
    """By the service centre's clock; none where it is unreadable."""
    service: bool = False
    """For the phone or its SIM, and not for a person: a voicemail's sign, a setting, a push."""
    unread: str = ""
    """The message as it came, where it could not be read twice: then nothing else is known but the sender."""
    reason: str = ""
    """Why it could not be read."""


class SmsKept(Message, frozen=True, kw_only=True, tag="sms.kept"):
    """What had to be made of it is durable, or nothing had: the SIM may forget it."""

    key: str


class SendText(Message, frozen=True, kw_only=True, tag="text.send"):
    """To a line that is free: send this text of the outbox (`store.texts`), if it is not another's by now."""

    text: TextId
