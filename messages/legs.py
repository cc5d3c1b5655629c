"""Between an AlertCase and its CallLegs. Commands are idempotent and told again until the report fits."""

from __future__ import annotations

from messages.base import Message, VoicePort
from messages.calls import CallState
from messages.ids import E164, AlertId, CrewId, LegId, LineId, Party


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
