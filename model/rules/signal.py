"""A signal: what came in about a person in danger, by any channel, before it belongs to an alert. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from messages.base import Position
from messages.events import AlertReceived, AlertSignalAdded
from messages.ids import E164, AlertId, Channel, Check, Doubt, Instant, LineId, Proof
from messages.journal import Recorded
from model.rules.proof import level_of

_LAST_INSTANT: Final = 253_402_300_799_999_999
"""The end of the year 9999, beyond which RFC 3339 cannot write."""


class Signal(msgspec.Struct, frozen=True, kw_only=True):
    """What came in, by whatever channel."""

    channel: Channel
    received_at: Instant
    phone: E164 | None = None
    device: str | None = None
    id: AlertId | None = None
    """The app's own name for the alert; the caller has checked it against ALERT_ID."""
    raised_at: Instant | None = None
    """By the phone's clock as the app has corrected it; none where it is unknown."""
    position: Position | None = None
    test: bool = False
    check: Check | None = None
    """Signed, and a test: no operator is called for it."""
    silent: bool = False
    battery_pct: int | None = None
    line: LineId | None = None
    call: int | None = None
    text: str = ""
    """What the user has written (SMS): kept as a message of the dialogue."""
    proof: Proof | None = None
    """None: what its channel is worth."""
    key: str = ""
    """The enrolled device that has signed it; its number is `phone` then."""
    key_enrolled_at: Instant | None = None
    """When that device was enrolled."""
    doubt: Doubt | None = None

    @property
    def level(self) -> Proof:
        """What proves it."""
        return self.proof or level_of(self.channel)

    @property
    def is_words(self) -> bool:
        """Whether it is a short message that says nothing but its words."""
        return self.channel is Channel.SMS and bool(self.text) and self.position is None

    @property
    def text_id(self) -> str:
        """The name of its message in the dialogue: the same for the same short message, read again."""
        return self.id or f"sms-{self.received_at}"

    @property
    def raised(self) -> Instant:
        """When the phone said it was raised, be it true; the receipt where that cannot be written down."""
        if self.raised_at is None or not 0 <= self.raised_at <= _LAST_INSTANT:
            return self.received_at
        return self.raised_at


def repeats(signal: Signal, known: AlertReceived | AlertSignalAdded) -> bool:
    """Return True for the very same data again: the app has not heard the answer, and asks once more."""
    raised_at = known.received_at if signal.raised_at is None else signal.raised
    return (
        known.channel == signal.channel
        and known.raised_at == raised_at
        and (known.phone, known.device) == (signal.phone, signal.device)
        and known.position == signal.position
        and (known.silent, known.battery_pct) == (signal.silent, signal.battery_pct)
    )


def aliases_of(signal: Signal, came: Iterable[Recorded]) -> list[AlertId]:
    """Return the aliases under which this very signal is among these events, in their order."""
    kept = (one.event for one in came)
    named = (one for one in kept if isinstance(one, AlertSignalAdded) and one.alias)
    return [AlertId(one.alias) for one in named if repeats(signal, one)]


def received(signal: Signal, deadline_at: Instant, asked: str) -> AlertReceived:
    """Return the receipt of a new alert. `asked`: the id that its sender gave it, where that is another's."""
    return AlertReceived(
        channel=signal.channel,
        raised_at=signal.raised,
        received_at=signal.received_at,
        deadline_at=deadline_at,
        phone=signal.phone,
        device=signal.device,
        position=signal.position,
        test=signal.test,
        silent=signal.silent,
        battery_pct=signal.battery_pct,
        line=signal.line,
        call=signal.call,
        proof=signal.level,
        key=signal.key,
        key_enrolled_at=signal.key_enrolled_at,
        doubt=signal.doubt,
        asked=asked,
    )


def added(signal: Signal, alias: str = "", skipped: int = 0) -> AlertSignalAdded:
    """Return the signal as one more of an alert. `skipped`: those before it that were not kept."""
    return AlertSignalAdded(
        channel=signal.channel,
        received_at=signal.received_at,
        raised_at=signal.raised,
        phone=signal.phone,
        device=signal.device,
        position=signal.position,
        silent=signal.silent,
        battery_pct=signal.battery_pct,
        line=signal.line,
        call=signal.call,
        proof=signal.level,
        key=signal.key,
        key_enrolled_at=signal.key_enrolled_at,
        doubt=signal.doubt,
        alias=alias,
        skipped=skipped,
    )
