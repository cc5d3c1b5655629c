"""What a modem's unsolicited line says about the calls, with the vendor's spelling taken off.

A hint is never the truth: it is believed at once where that is harmless, and makes the driver ask +CLCC.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from gateways.gsm.at.parse import ClccRow, Direction


class Sign(StrEnum):
    """The events that a dialect's patterns and state tables may name."""

    RING = "ring"
    """Somebody calls; nothing more is said."""
    CALLER_ID = "caller_id"
    """The number of the call that rings; empty when withheld."""
    INCOMING = "incoming"
    WAITING = "waiting"
    DIALING = "dialing"
    RINGING = "ringing"
    ANSWERED = "answered"
    HELD = "held"
    ACTIVE = "active"
    """Connected, or taken back from hold."""
    RELEASED = "released"
    MISSED = "missed"
    """A call came and went, with its number."""
    CLCC = "clcc"
    """A row of +CLCC that nobody asked for."""
    HINT = "hint"
    """Something about calls: look."""
    SIGNAL = "signal"
    REGISTRATION = "registration"
    SIM = "sim"
    REBOOTED = "rebooted"
    DOUBT = "doubt"
    """The modem may have started anew: it is asked whether it still has our settings."""
    SMS = "sms"
    """A short message follows in the next line."""
    SMS_STORED = "sms_stored"
    SMS_REPORT = "sms_report"
    """What became of a short message that was sent follows in the next line."""
    NOISE = "noise"
    """Known, and of no interest."""

    @property
    def about_calls(self) -> bool:
        """Whether it is a reason to ask for the list of calls."""
        return self not in _OTHER


_OTHER = frozenset(
    {
        Sign.SIGNAL,
        Sign.REGISTRATION,
        Sign.SIM,
        Sign.REBOOTED,
        Sign.DOUBT,
        Sign.SMS,
        Sign.SMS_STORED,
        Sign.SMS_REPORT,
        Sign.NOISE,
    }
)


class Hint(msgspec.Struct, frozen=True, kw_only=True):
    """One unsolicited line, understood."""

    sign: Sign
    kind: str = ""
    """Which pattern it was: two lines of one kind are never about the same end of a call."""
    index: int | None = None
    """The modem's number of the call."""
    direction: Direction | None = None
    number: str = ""
    withheld: bool = False
    """The line told about the number, and that there is none."""
    cause: int | None = None
    """Q.850."""
    certain_cause: bool = False
    """The network's own word, not a guess that a better one may replace."""
    value: str = ""
    """The text of what is not about calls: a signal level, a state, an index."""
    row: ClccRow | None = None
    text: str = ""
    """The line itself."""
