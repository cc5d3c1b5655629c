"""Between a CallLeg and the GsmModem that carries its call, and from a GsmModem about calls that come in.

All commands are idempotent by (leg, attempt): told twice they do nothing twice, and each is
answered with a CallReport of how things stand.
"""

from __future__ import annotations

from enum import StrEnum

from messages.base import Joins, Message, VoicePort
from messages.ids import E164, LegId, LineId


class CallState(StrEnum):
    """How far one call has got."""

    UNKNOWN = "unknown"
    """The modem has no call of this leg and has never dialled it."""
    DIALLING = "dialling"
    RINGING = "ringing"
    ANSWERED = "answered"
    RELEASED = "released"


class OwnCallEnd(StrEnum):
    """Why a call of the center's own, which is no alert's, has ended or is being ended."""

    RELEASED = "released"
    """Whoever was called, or the network, has ended it."""
    ORDERED = "ordered"
    DONE = "done"
    """It was up for as long as was wanted."""
    TIME = "time"
    """It has taken as long as it may, or nobody has answered by then."""
    ALERT = "alert"
    """An alert needs the line, or somebody calls in on it."""
    LOST = "lost"
    """Its modem, or what was ordered, is gone."""


class DialCall(Message, frozen=True, kw_only=True, tag="call.dial"):
    """Call this number, unless this attempt was dialled already or the modem still holds such a call."""

    leg: LegId
    attempt: int
    number: E164
    emergency: bool = False
    line: LineId | None = None
    """On which it is; for a carrier of more lines than one."""


class AnswerCall(Message, frozen=True, kw_only=True, tag="call.answer"):
    """Answer the inbound call and make it this leg's."""

    leg: LegId
    attempt: int
    call: int
    number: E164 | None = None
    """The caller's, to find the call where the process that counted it has died."""
    line: LineId | None = None


class AttachCall(Message, frozen=True, kw_only=True, tag="call.attach"):
    """This leg stands, or stood, on a call of yours: say how it is. Never dials."""

    leg: LegId
    attempt: int
    number: E164 | None
    call: int | None = None
    line: LineId | None = None
    answered: bool = False
    """It was up when it was last heard of."""
    digits: str = ""
    """All DTMF digits that were ever to go into this attempt's call (27.007 +VTS). Who takes a call over
    counts those that stand here then as sent: one that goes twice may do harm in a menu, one that is lost is
    seen.
    """
    silent: bool = False
    """Whether it carries no sound: the modem's voice may be worn."""


class HangUpCall(Message, frozen=True, kw_only=True, tag="call.hang_up"):
    """End the leg's call, or say that it has ended."""

    leg: LegId
    attempt: int
    number: E164 | None = None
    """What to find the call by, where this modem's actor was restarted meanwhile."""
    call: int | None = None
    """Set for an inbound call: one that still rings is then not taken for it by its number."""
    unanswered: bool = False
    """Only while nobody has answered it; otherwise say that somebody has."""
    line: LineId | None = None


class RejectCall(Message, frozen=True, kw_only=True, tag="call.reject"):
    """Decline the inbound call (`voice_alert = "callback"`)."""

    call: int


class CallReport(Message, frozen=True, kw_only=True, tag="call.report"):
    """How the call of this leg's attempt stands, as the modem says."""

    leg: LegId
    attempt: int
    line: LineId
    state: CallState
    cause: int | None = None
    """ITU-T Q.850, once released."""
    voice: VoicePort | None = None
    """Where its voice is, once answered, on a modem that gives it to the host."""
    confirmed: bool = True
    adopted: bool = False
    """The call was found in the modem after a restart."""
    joins: Joins = Joins.HOST
    """How this line joins its calls."""
    joined: bool = False
    """The network has joined it with the alert's other calls on this line, and it is not on hold."""
    unheard: bool = False
    """The modem does not answer: how the call stands now is not known."""
    reset: bool = True
    """Of an unknown call: the modem may have been reset since it was up. False: it has ended by itself."""


class LineBack(Message, frozen=True, kw_only=True, tag="call.line_back"):
    """The GsmModem of your leg's line has just started and knows no leg: ask it for your call."""

    line: LineId


class IncomingCall(Message, frozen=True, kw_only=True, tag="call.incoming"):
    """A phone is calling this line (S2). Said again when the number follows, and each second of ringing."""

    line: LineId
    call: int
    """The GsmModem's own number for it, never used again for another call."""
    number: E164 | None = None
    withheld: bool = False
    settled: bool = False
    """The number is as known as it will get: it came, was withheld, or is overdue."""


class IncomingCallGone(Message, frozen=True, kw_only=True, tag="call.incoming_gone"):
    """The inbound call ended before it was answered."""

    line: LineId
    call: int
