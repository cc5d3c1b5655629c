"""The calls of an alert, in `alert-ALERT`."""

from __future__ import annotations

from messages.base import Joins, Message, VoicePort
from messages.ids import E164, Instant, LegId, LineId, OperatorId, Party, TrunkId


class LegOriginating(Message, frozen=True, kw_only=True, tag="leg.originating"):
    """A party is being called: everything needed to find the call again after a crash."""

    leg: LegId
    party: Party
    number: E164 | None = None
    line: LineId
    attempt: int
    trunk: TrunkId | None = None
    operator: OperatorId | None = None
    emergency: bool = False
    call: int | None = None
    """The modem's number of an inbound call that becomes this leg by being answered."""
    joins: Joins = Joins.HOST
    """How the line joins its calls."""


class LegRinging(Message, frozen=True, kw_only=True, tag="leg.ringing"):
    """The party's phone is ringing."""

    leg: LegId
    attempt: int


class LegAnswered(Message, frozen=True, kw_only=True, tag="leg.answered"):
    """The party, or the party's machine, has answered."""

    leg: LegId
    attempt: int
    voice: VoicePort | None = None
    confirmed: bool = True
    """False where signalling alone does not prove that somebody answered."""
    joins: Joins = Joins.HOST
    """How the line joins its calls, by its modem's own word."""


class LegConfirmed(Message, frozen=True, kw_only=True, tag="leg.confirmed"):
    """Somebody is on a line that was called answered without proof (`leg.answered`, `confirmed` false)."""

    leg: LegId
    attempt: int
    by: str
    """`voice` or `digit`: heard on it; `word`: an operator has said so, or done what says so; `network`: it
    has joined the call with another, as it does only with what is answered."""


class LegVoiceReady(Message, frozen=True, kw_only=True, tag="leg.voice_ready"):
    """The voice of an answered leg is to be had here; said where that was not known at the answer."""

    leg: LegId
    attempt: int
    voice: VoicePort


class LegReleasing(Message, frozen=True, kw_only=True, tag="leg.releasing"):
    """The case has decided to hang up."""

    leg: LegId
    attempt: int
    reason: str = ""


class LegReleased(Message, frozen=True, kw_only=True, tag="leg.released"):
    """The leg is gone, whoever hung up."""

    leg: LegId
    attempt: int
    cause: int
    """ITU-T Q.850; above 127 see HangupCause."""


class LegAdopted(Message, frozen=True, kw_only=True, tag="leg.adopted"):
    """A call that a modem held through a restart was taken over, not redialled."""

    leg: LegId
    attempt: int


class LegMuted(Message, frozen=True, kw_only=True, tag="leg.muted"):
    """The operator hears and is not heard, until `leg.unmuted` or the end of this attempt."""

    leg: LegId
    attempt: int
    by: OperatorId


class LegUnmuted(Message, frozen=True, kw_only=True, tag="leg.unmuted"):
    """The operator is heard again."""

    leg: LegId
    attempt: int
    by: OperatorId


class LegDigit(Message, frozen=True, kw_only=True, tag="leg.digit"):
    """The operator has pressed a key for this party's voice menu: a DTMF digit goes into the call, once."""

    leg: LegId
    attempt: int
    digit: str
    by: OperatorId


class LegPressed(Message, frozen=True, kw_only=True, tag="leg.pressed"):
    """The party has pressed a key of the phone: a DTMF digit was heard."""

    leg: LegId
    attempt: int
    digit: str = ""
    pressed_at: Instant


class LegUnheard(Message, frozen=True, kw_only=True, tag="leg.unheard"):
    """The modem that joins the party in the network does not answer: how the call stands is not known.

    Said once, until `leg.heard_again` or the end of this attempt.
    """

    leg: LegId
    attempt: int


class LegHeardAgain(Message, frozen=True, kw_only=True, tag="leg.heard_again"):
    """The modem answers again, and the call is as it was."""

    leg: LegId
    attempt: int


class LegSoundLost(Message, frozen=True, kw_only=True, tag="leg.sound_lost"):
    """The party is on the line, and for 3 s nothing has come but digital silence, or nothing was taken.

    Said once, until `leg.sound_back` or the end of this attempt.
    """

    leg: LegId
    attempt: int
    line: LineId


class LegSoundBack(Message, frozen=True, kw_only=True, tag="leg.sound_back"):
    """For a second there has been sound again."""

    leg: LegId
    attempt: int


class AnotherLineRequested(Message, frozen=True, kw_only=True, tag="another_line.requested"):
    """The operator wants this party hung up and called again at once, on another line."""

    by: OperatorId
    party: Party


class MachineMarked(Message, frozen=True, kw_only=True, tag="machine.marked"):
    """The operator has heard a machine on the user's leg; it counts as no answer."""

    by: OperatorId


class RedialRequested(Message, frozen=True, kw_only=True, tag="redial.requested"):
    """The operator wants the user called again."""

    by: OperatorId
