"""What is said to an AlertCase and by it: by the AlertIntake and the Supervisor, the Identifier (S3), and its
CallLegs. What is so is in the journal. Commands to legs are idempotent and told again until the report fits.
"""

from __future__ import annotations

from messages.base import Message, VoicePort
from messages.calls import CallState
from messages.ids import E164, AlertId, CrewId, LegId, LineId, Party, UserId


class OpenCase(Message, frozen=True, kw_only=True, tag="case.open"):
    """This alert is yours: read the journal and go on from there."""

    alert: AlertId


class AskCase(Message, frozen=True, kw_only=True, tag="case.ask"):
    """Say what you are doing."""


class ReturnCase(Message, frozen=True, kw_only=True, tag="case.return"):
    """Give this alert back, if nothing has begun in it: one that is vouched for has no crew."""

    alert: AlertId


class CaseStatus(Message, frozen=True, kw_only=True, tag="case.status"):
    """What the AlertCase of this crew is doing: an alert, or nothing."""

    crew: CrewId
    alert: AlertId | None = None


class CrewWanted(Message, frozen=True, kw_only=True, tag="crew.wanted"):
    """The AlertIntake has this many crews at work and wants some ready beyond them."""

    busy: int
    waiting: int
    voiceless: bool = False
    """Whether among those that wait are people in conversation: without a bridge they hear nothing."""
    lines: tuple[LineId, ...] = ()
    """Lines with a call, or a dial, of those that wait."""


class Identify(Message, frozen=True, kw_only=True, tag="user.identify"):
    """Who is this?"""

    alert: AlertId
    phone: E164 | None = None
    device: str | None = None


class Identified(Message, frozen=True, kw_only=True, tag="user.identity"):
    """The person of this number or device; no user where nobody fits."""

    alert: AlertId
    user: UserId | None = None
    phone: E164 | None = None
    """The number to call the user on."""
    language: str = ""
    name: str = ""
    """How the user is called, for an operator to hear. Not for the journal: no name could be erased there."""
    tells: bool = False
    """Whether the person has named somebody who is to be told when 112 was called."""


class Originate(Message, frozen=True, kw_only=True, tag="leg.originate"):
    """Be this leg and bring it up, as far as the journal does not say that it is up already.

    With `seen` at `unknown` the call may be dialled if the modem does not hold it; later than
    that it is looked for and adopted, or reported released, never dialled.
    """

    alert: AlertId
    leg: LegId
    party: Party
    line: LineId
    attempt: int
    number: E164 | None = None
    emergency: bool = False
    call: int | None = None
    """An inbound call to answer in place of dialling."""
    seen: CallState = CallState.UNKNOWN
    voice: VoicePort | None = None
    """Where the case believes its voice to be; None: nobody has told it yet."""
    joined: bool = False
    """Whether the case believes that the network has joined it."""
    unheard: bool = False
    """Whether the case knows that the modem does not answer."""
    digits: str = ""
    """All DTMF digits that were ever to go into this attempt's call."""
    silent: bool = False
    """Whether its call carries no sound, as far as the case has heard."""
    sounds: bool = False
    """True while the conference has the voice of the call, as far as the case has heard."""


class ReleaseLeg(Message, frozen=True, kw_only=True, tag="leg.release"):
    """Hang up this attempt of the leg, and say when it is gone."""

    alert: AlertId
    leg: LegId
    attempt: int
    line: LineId
    number: E164 | None = None
    call: int | None = None
    unanswered: bool = False
    """Only if nobody has answered: the case gives up waiting, and may not have heard of the answer."""


class RestLeg(Message, frozen=True, kw_only=True, tag="leg.rest"):
    """You are nobody's leg any more: forget what you were."""


class LegReady(Message, frozen=True, kw_only=True, tag="leg.ready"):
    """A CallLeg of this crew has started and knows of no call: tell it what it is.

    Or, where the envelope names an alert, it has heard nothing of that alert's case for a while: tell it
    whether it is still needed.
    """

    crew: CrewId
    place: str
