"""Messages between a CallLeg and the GsmModem that carries its call, and reports of a GsmModem about incoming
calls.

All commands are idempotent by (leg, attempt): a repetition has no further effect, and each is answered with a
CallReport of the present state.
"""

from __future__ import annotations

from enum import StrEnum

from messages.base import Joins, Message, VoicePort
from messages.ids import E164, LegId, LineId


class CallState(StrEnum):
    """Progress of one call."""

    UNKNOWN = "unknown"
    """The modem has no call of this leg and has never dialled it."""
    DIALLING = "dialling"
    RINGING = "ringing"
    ANSWERED = "answered"
    RELEASED = "released"


class OwnCallEnd(StrEnum):
    """Reason for the end of a call of the center's own, without an alert."""

    RELEASED = "released"
    """Ended by the called party, or by the network."""
    ORDERED = "ordered"
    DONE = "done"
    """The call was up for the desired time."""
    TIME = "time"
    """The call has reached its time limit, or was not answered in time."""
    ALERT = "alert"
    """An alert or an incoming call needs the line."""
    LOST = "lost"
    """The modem is lost, or the order was dropped."""


class DialCall(Message, frozen=True, kw_only=True, tag="call.dial"):
    """Order to dial this number, unless this attempt was dialled or the modem still holds such a call."""

    leg: LegId
    attempt: int
    number: E164
    emergency: bool = False
    line: LineId | None = None
    """Line to use; for a carrier of several lines."""


class AnswerCall(Message, frozen=True, kw_only=True, tag="call.answer"):
    """Order to answer the inbound call as this leg."""

    leg: LegId
    attempt: int
    call: int
    number: E164 | None = None
    """Number of the caller, to find the call if the process that numbered it has died."""
    line: LineId | None = None


class AttachCall(Message, frozen=True, kw_only=True, tag="call.attach"):
    """Order to report the call of this leg, which the modem holds, or held. Never dials."""

    leg: LegId
    attempt: int
    number: E164 | None
    call: int | None = None
    line: LineId | None = None
    answered: bool = False
    """True if the call was up when last reported."""
    digits: str = ""
    """All DTMF digits ordered so far for this attempt's call (27.007 +VTS). A process that takes the call
    over counts the digits listed then as sent: a digit sent twice may do harm in a menu, a lost digit is
    noticed.
    """
    silent: bool = False
    """True if the call carries no sound: the modem's voice may be worn."""


class HangUpCall(Message, frozen=True, kw_only=True, tag="call.hang_up"):
    """Order to end the leg's call, or to report that it has ended."""

    leg: LegId
    attempt: int
    number: E164 | None = None
    """Number to find the call by, if this modem's actor was restarted meanwhile."""
    call: int | None = None
    """Set for an inbound call: a call that still rings is then not mistaken for the leg's by its number."""
    unanswered: bool = False
    """True: hang up only while unanswered; otherwise report the answer."""
    line: LineId | None = None


class RejectCall(Message, frozen=True, kw_only=True, tag="call.reject"):
    """Order to decline the inbound call (`voice_alert = "callback"`)."""

    call: int


class CallReport(Message, frozen=True, kw_only=True, tag="call.report"):
    """State of the call of this leg's attempt, as the modem reports."""

    leg: LegId
    attempt: int
    line: LineId
    state: CallState
    cause: int | None = None
    """Cause by ITU-T Q.850, once released."""
    voice: VoicePort | None = None
    """Voice port, once answered, if the modem gives the voice to the host."""
    confirmed: bool = True
    adopted: bool = False
    """True if the call was found in the modem after a restart."""
    joins: Joins = Joins.HOST
    """Method by which this line joins its calls."""
    joined: bool = False
    """True if the network has joined the call with the alert's others on this line; False on hold."""
    unheard: bool = False
    """True if the modem does not answer: the present state of the call is unknown."""
    reset: bool = True
    """Unknown calls only: True if the modem may have been reset since the call was up; False: the call has
    ended by itself.
    """


class LineBack(Message, frozen=True, kw_only=True, tag="call.line_back"):
    """The GsmModem of the leg's line has just started without legs: repeat the order for the leg's call."""

    line: LineId


class IncomingCall(Message, frozen=True, kw_only=True, tag="call.incoming"):
    """A phone is calling this line. Repeated when the network sends the number later, and each second of
    ringing.
    """

    line: LineId
    call: int
    """The GsmModem's own number for the call, never reused."""
    number: E164 | None = None
    withheld: bool = False
    settled: bool = False
    """True if the number is final: received, withheld, or overdue."""


class IncomingCallGone(Message, frozen=True, kw_only=True, tag="call.incoming_gone"):
    """The inbound call ended before an answer."""

    line: LineId
    call: int
