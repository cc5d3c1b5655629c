"""SMS: messages between the GsmModems that receive SMS and the AlertIntake that makes alerts of them; and
from the TrunkPool to the GsmModem that sends an SMS.
"""

from __future__ import annotations

from messages.base import Message, Position
from messages.ids import E164, Instant, LineId, TextId


class SmsArrived(Message, frozen=True, kw_only=True, tag="sms.arrived"):
    """A complete SMS was received; repeated every second until `SmsKept`."""

    line: LineId
    key: str
    """Unique key of the SMS, stable across a restart that finds it on the SIM again."""
    sender: str
    """Sender as given by the network: a number, a short code, or words."""
    number: E164 | None = None
    """Number to call back; None if the sender cannot be called."""
    text: str = ""
    """Text without a position's code."""
    position: Position | None = None
    """Position reported by the phone (AML)."""
    sent_at: Instant | None = None
    """Time by the service centre's clock; None if unreadable."""
    service: bool = False
    """True if meant for the phone or its SIM, not a person: a voicemail indication, a setting, a push."""
    unread: str = ""
    """The SMS as received, if two attempts to read it failed: only the sender is known otherwise."""
    reason: str = ""
    """Reason why it could not be read."""


class SmsKept(Message, frozen=True, kw_only=True, tag="sms.kept"):
    """The SMS was stored durably, or needs no storing: the SIM may delete it."""

    key: str


class SendText(Message, frozen=True, kw_only=True, tag="text.send"):
    """Order to send this SMS of the outbox (`store.sms_outbox`), unless another line has it by now."""

    text: TextId
