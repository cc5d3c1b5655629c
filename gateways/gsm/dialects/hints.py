"""The meaning of a modem's unsolicited line about calls, in terms independent of the vendor.

A hint alone proves nothing: the driver uses a hint at once only if an error is harmless, and requests the
list of calls (+CLCC).
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from gateways.gsm.at.parse import ClccRow, Direction


class Sign(StrEnum):
    """The events that a dialect's patterns and state tables may name."""

    RING = "ring"
    """A call rings, without further details."""
    CALLER_ID = "caller_id"
    """The number of the call that rings; empty if withheld."""
    INCOMING = "incoming"
    WAITING = "waiting"
    DIALING = "dialing"
    RINGING = "ringing"
    ANSWERED = "answered"
    HELD = "held"
    ACTIVE = "active"
    """Connected, or retrieved from hold."""
    RELEASED = "released"
    MISSED = "missed"
    """A call came and ended, with its number."""
    CLCC = "clcc"
    """An unrequested row of +CLCC."""
    HINT = "hint"
    """A change of some call: the list of calls should be requested."""
    SIGNAL = "signal"
    REGISTRATION = "registration"
    SIM = "sim"
    REBOOTED = "rebooted"
    DOUBT = "doubt"
    """The modem may have restarted: its settings are checked."""
    SMS = "sms"
    """A short message follows in the next line."""
    SMS_STORED = "sms_stored"
    SMS_REPORT = "sms_report"
    """A delivery report of a sent short message follows in the next line."""
    NOISE = "noise"
    """A known line of no interest."""

    @property
    def about_calls(self) -> bool:
        """True if the line is a reason to request the list of calls."""
        return self not in _NOT_ABOUT_CALLS


_NOT_ABOUT_CALLS = frozenset(
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
    """The meaning of an unsolicited line."""

    sign: Sign
    kind: str = ""
    """The pattern that matched: two lines of one kind never report one end of a call."""
    index: int | None = None
    """The modem's index of the call."""
    direction: Direction | None = None
    number: str = ""
    withheld: bool = False
    """True if the line carries a number field without a number."""
    cause: int | None = None
    """Q.850."""
    certain_cause: bool = False
    """True if the cause is the network's own report, and not a guess that a better report may replace."""
    value: str = ""
    """Value of a line that is not about calls: a signal level, a state, an index."""
    row: ClccRow | None = None
    text: str = ""
    """The line itself."""
