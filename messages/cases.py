"""Messages to and from an AlertCase: with the AlertIntake and the Supervisor, the Identifier, and its
CallLegs. The journal holds the state. Commands to legs are idempotent and repeated until the report matches.
"""

from __future__ import annotations

from messages.base import Message, VoicePort
from messages.calls import CallState
from messages.ids import E164, AlertId, LegId, LineId, Party, UserId, WorkerId


class OpenCase(Message, frozen=True, kw_only=True, tag="case.open"):
    """Order to take this alert: read the journal and continue from there."""

    alert: AlertId


class AskCase(Message, frozen=True, kw_only=True, tag="case.ask"):
    """Request to report the present activity."""


class ReturnCase(Message, frozen=True, kw_only=True, tag="case.return"):
    """Request to return this alert unless work on it has begun: a vouched alert has no worker."""

    alert: AlertId


class CaseStatus(Message, frozen=True, kw_only=True, tag="case.status"):
    """Present activity of the AlertCase of this worker: an alert, or none."""

    worker: WorkerId
    alert: AlertId | None = None


class WorkerWanted(Message, frozen=True, kw_only=True, tag="worker.wanted"):
    """Report of the AlertIntake on its busy workers and waiting alerts, to have more workers made ready."""

    busy: int
    waiting: int
    voiceless: bool = False
    """True if a waiting alert has parties in conversation: without a bridge they hear nothing."""
    lines: tuple[LineId, ...] = ()
    """Lines with a call, or a dialling, of waiting alerts."""


class Identify(Message, frozen=True, kw_only=True, tag="user.identify"):
    """Request to identify the user of this alert."""

    alert: AlertId
    phone: E164 | None = None
    device: str | None = None


class Identified(Message, frozen=True, kw_only=True, tag="user.identity"):
    """The person of this number or device; no user if unknown."""

    alert: AlertId
    user: UserId | None = None
    phone: E164 | None = None
    """Number on which to call the user."""
    language: str = ""
    name: str = ""
    """Name of the user, for an operator to hear. Never journaled: a name could not be erased there."""
    tells: bool = False
    """True if the person has named contacts to be notified when 112 was called."""


class Originate(Message, frozen=True, kw_only=True, tag="leg.originate"):
    """Order to act as this leg and bring up its call, unless the journal shows it up already.

    With `seen` at `unknown` the call may be dialled if the modem does not hold it; with a later state the
    call is searched and adopted, or reported as released, never dialled.
    """

    alert: AlertId
    leg: LegId
    party: Party
    line: LineId
    attempt: int
    number: E164 | None = None
    emergency: bool = False
    call: int | None = None
    """Inbound call to answer instead of dialling."""
    seen: CallState = CallState.UNKNOWN
    voice: VoicePort | None = None
    """Voice port known to the case; None if not reported yet."""
    joined: bool = False
    """True if the case counts the leg as joined by the network."""
    unheard: bool = False
    """True if the case knows that the modem does not answer."""
    digits: str = ""
    """All DTMF digits ordered so far for this attempt's call."""
    silent: bool = False
    """True if the call carries no sound, according to the reports to the case."""
    sounds: bool = False
    """True while the conference has the voice of the call, according to the reports to the case."""


class ReleaseLeg(Message, frozen=True, kw_only=True, tag="leg.release"):
    """Order to hang up this attempt of the leg, and to report its end."""

    alert: AlertId
    leg: LegId
    attempt: int
    line: LineId
    number: E164 | None = None
    call: int | None = None
    unanswered: bool = False
    """True: hang up only if unanswered. The case stops waiting, and may have missed the answer."""


class RestLeg(Message, frozen=True, kw_only=True, tag="leg.rest"):
    """Order to rest: the process is no alert's leg any more and drops its state."""


class LegReady(Message, frozen=True, kw_only=True, tag="leg.ready"):
    """A CallLeg of this worker has started without a call: send its command.

    If the envelope names an alert, the leg has received nothing from that alert's case for a while:
    state whether it is still needed.
    """

    worker: WorkerId
    place: str
