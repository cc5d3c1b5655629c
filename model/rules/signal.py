"""A signal: data received about a person in danger, by any channel, before it joins an alert. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from messages.base import Position
from messages.events import AlertReceived, AlertSignalAdded
from messages.ids import E164, AlertId, Assurance, Channel, Check, Doubt, Instant, LineId
from messages.journal import Recorded
from model.rules.proof import level_of

_LAST_INSTANT: Final = 253_402_300_799_999_999
"""End of the year 9999, the last time that RFC 3339 can express."""


class Signal(msgspec.Struct, frozen=True, kw_only=True):
    """Data received, by any channel."""

    channel: Channel
    received_at: Instant
    phone: E164 | None = None
    device: str | None = None
    id: AlertId | None = None
    """The app's own name for the alert; the caller has checked it against ALERT_ID."""
    raised_at: Instant | None = None
    """Time by the phone's clock, as corrected by the app; None if unknown."""
    position: Position | None = None
    test: bool = False
    check: Check | None = None
    """Kind of check: signed, and a test without an operator; None otherwise."""
    silent: bool = False
    battery_pct: int | None = None
    line: LineId | None = None
    call: int | None = None
    text: str = ""
    """Text of the user's SMS: kept as a message of the dialogue."""
    proof: Assurance | None = None
    """Assurance level; None: the level of the channel alone."""
    key: str = ""
    """Enrolled device that signed the signal; `phone` is then its number."""
    key_enrolled_at: Instant | None = None
    """Time of that device's enrolment."""
    doubt: Doubt | None = None

    @property
    def level(self) -> Assurance:
        """Assurance level of the signal."""
        return self.proof or level_of(self.channel)

    @property
    def is_words(self) -> bool:
        """True for an SMS that contains words only."""
        return self.channel is Channel.SMS and bool(self.text) and self.position is None

    @property
    def text_id(self) -> str:
        """Id of the message in the dialogue: an SMS that is read twice keeps its id."""
        return self.id or f"sms-{self.received_at}"

    @property
    def raised(self) -> Instant:
        """Time of raising as stated by the phone, even if wrong; the receipt if not expressible."""
        if self.raised_at is None or not 0 <= self.raised_at <= _LAST_INSTANT:
            return self.received_at
        return self.raised_at


def is_retransmission(signal: Signal, known: AlertReceived | AlertSignalAdded) -> bool:
    """Return True for a retransmission: the app has not received the response, and sends the data again."""
    raised_at = known.received_at if signal.raised_at is None else signal.raised
    return (
        known.channel == signal.channel
        and known.raised_at == raised_at
        and (known.phone, known.device) == (signal.phone, signal.device)
        and known.position == signal.position
        and (known.silent, known.battery_pct) == (signal.silent, signal.battery_pct)
    )


def aliases_of(signal: Signal, came: Iterable[Recorded]) -> list[AlertId]:
    """Return the aliases under which this signal is among these events, in order."""
    kept = (one.event for one in came)
    named = (one for one in kept if isinstance(one, AlertSignalAdded) and one.alias)
    return [AlertId(one.alias) for one in named if is_retransmission(signal, one)]


def alert_received(signal: Signal, deadline_at: Instant, asked: str) -> AlertReceived:
    """Return the receipt of a new alert. `asked`: the id given by its sender, if in use by another alert."""
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


def signal_added(signal: Signal, alias: str = "", skipped: int = 0) -> AlertSignalAdded:
    """Return the signal as a further one of an alert. `skipped`: earlier signals that were not kept."""
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
