"""Call of one party as read from the journal, over all its attempts."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from messages.base import HangupCause, Joins, VoicePort
from messages.ids import E164, AlertId, Instant, LegId, LineId, OperatorId, Party, TrunkId
from model.alert.reasons import WAITED_OUT


class LegState(StrEnum):
    """Progress of an attempt."""

    ORIGINATING = "originating"
    RINGING = "ringing"
    ANSWERED = "answered"
    RELEASING = "releasing"
    """The case has ordered the end; the modem has not yet confirmed it."""
    RELEASED = "released"


class Leg(msgspec.Struct, frozen=True, kw_only=True):
    """A leg at its latest attempt."""

    leg: LegId
    party: Party
    attempt: int
    state: LegState
    line: LineId
    since: Instant
    """Start of this attempt."""
    number: E164 | None = None
    trunk: TrunkId | None = None
    operator: OperatorId | None = None
    emergency: bool = False
    call: int | None = None
    ringing_at: Instant | None = None
    answered_at: Instant | None = None
    releasing_at: Instant | None = None
    released_at: Instant | None = None
    reason: str = ""
    """Release reason of the case, if any."""
    cause: int | None = None
    voice: VoicePort | None = None
    confirmed: bool = True
    """False: the modem reports an answer, and its report proves nothing (`answer_trust`)."""
    beside_lost: bool = False
    """True for a call to 112 dialled while a lost node may still hold the previous call."""
    adopted: bool = False
    """True if taken over from the modem after a restart."""
    joins: Joins = Joins.HOST
    """Method by which the line joins the alert's calls."""
    joined: bool = False
    """True while in the conference, the bridge's or the network's."""
    joined_at: Instant | None = None
    """Time of the last entry into the conference; None while outside."""
    parted_at: Instant | None = None
    """Time of the removal from the conference; None before, and once inside again."""
    muted: bool = False
    """True if the party hears and is not heard. A new attempt begins unmuted."""
    digits: str = ""
    """Digits that the operator has sent to this party's voice menu."""
    pressed: str = ""
    """Keys that the party has pressed."""
    pressed_at: Instant | None = None
    """Time of the last key."""
    no_sound_at: Instant | None = None
    """Start of the present loss of sound; None if there is sound."""
    unheard_at: Instant | None = None
    """Time since which the modem of a call joined by the network has not answered; None if it answers."""

    @property
    def live(self) -> bool:
        """True if the attempt holds, or may hold, a call."""
        return self.state is not LegState.RELEASED

    @property
    def active(self) -> bool:
        """True if the attempt is live and no end was ordered."""
        return self.state in (LegState.ORIGINATING, LegState.RINGING, LegState.ANSWERED)

    @property
    def answered(self) -> bool:
        """True if the call is answered according to its modem: its voice reaches the center."""
        return self.state is LegState.ANSWERED

    @property
    def confirmed_answered(self) -> bool:
        """True if the answer is confirmed: by the modem's report, a voice, a key, the network or a person."""
        return self.answered and self.confirmed

    @property
    def in_doubt(self) -> bool:
        """True if reported as answered, but possibly still ringing."""
        return self.answered and not self.confirmed

    @property
    def unanswered(self) -> bool:
        """True if no answer is known, so that the attempt may be given up in time.

        For a doubtful answer without voice at the center only the network or a person can decide: a speaking
        party must not be cut off.
        """
        return self.active and not self.confirmed_answered and (self.joined or not self.answered)

    @property
    def given_up(self) -> bool:
        """True if hung up for lack of an answer: an answer that arrives meanwhile takes precedence."""
        waited_out = self.reason in WAITED_OUT and self.party in (Party.USER, Party.PSAP)
        return self.state is LegState.RELEASING and waited_out and self.answered_at is None

    @property
    def was_answered(self) -> bool:
        """True if this attempt had a confirmed answer, even after its end."""
        return self.answered_at is not None and self.confirmed

    @property
    def line_failed(self) -> bool:
        """True if the attempt ended because of the line and not because of the party."""
        return self.cause in LINE_FAILURES


ANSWERED_AND_DROPPED = -1
"""Value in `Case.user_ends` in place of a cause: the user had answered."""
MACHINE = -2
"""Value in `Case.user_ends` in place of a cause: a machine had answered."""
LINE_FAILURES = frozenset(
    {
        HangupCause.NO_CIRCUIT,
        HangupCause.NETWORK_OUT_OF_ORDER,
        HangupCause.TEMPORARY_FAILURE,
        HangupCause.LINE_LOST,
        HangupCause.LINE_TAKEN,
        HangupCause.NODE_LOST,
    }
)
"""Causes after which the number is dialled again at once, on another line."""


def place_of(leg: LegId) -> str:
    """Return the leg's place within its alert: `user`, `op1`, `psap`."""
    return leg.rpartition(":")[2]


def leg_id(alert: AlertId, where: str) -> LegId:
    """Return the id of the alert's leg in that place."""
    return LegId(f"{alert}:{where}")


def alert_of(leg: LegId) -> AlertId:
    """Return the alert of this leg."""
    return AlertId(leg.rpartition(":")[0])
