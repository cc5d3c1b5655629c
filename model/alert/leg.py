"""One party's call as the journal tells it, over all its attempts."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from messages.base import HangupCause, Joins, VoicePort
from messages.ids import E164, AlertId, Instant, LegId, LineId, OperatorId, Party, TrunkId
from model.alert.reasons import WAITED_OUT


class LegState(StrEnum):
    """How far an attempt has got."""

    ORIGINATING = "originating"
    RINGING = "ringing"
    ANSWERED = "answered"
    RELEASING = "releasing"
    """The case wants it hung up; the modem has not yet said that it is."""
    RELEASED = "released"


class Leg(msgspec.Struct, frozen=True, kw_only=True):
    """One leg at its latest attempt."""

    leg: LegId
    party: Party
    attempt: int
    state: LegState
    line: LineId
    since: Instant
    """When this attempt began."""
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
    """Why the case hangs up, where it does."""
    cause: int | None = None
    voice: VoicePort | None = None
    confirmed: bool = True
    """False: the modem says that it is answered, and its word does not prove it (`answer_trust`)."""
    beside_lost: bool = False
    """True for a call to 112 that was dialled while a lost node may still hold the call before it."""
    adopted: bool = False
    """Taken over from the modem after a restart."""
    joins: Joins = Joins.HOST
    """How its line joins the alert's calls."""
    joined: bool = False
    """Whether it is in the conference: the bridge's, or the network's."""
    joined_at: Instant | None = None
    """When it last came in there; None: it is not in it."""
    parted_at: Instant | None = None
    """When it was taken out of the conference; None before, and once it is in it again."""
    muted: bool = False
    """It hears and is not heard. Another attempt begins unmuted."""
    digits: str = ""
    """What was pressed for its voice menu."""
    pressed: str = ""
    """The keys that the party has pressed."""
    pressed_at: Instant | None = None
    """The last of them."""
    no_sound_at: Instant | None = None
    """Since when there has been no sound on it; None: there is."""
    unheard_at: Instant | None = None
    """Since when its modem has not answered, where the network joins it; None: it does."""

    @property
    def live(self) -> bool:
        """Whether the attempt holds, or may hold, a call."""
        return self.state is not LegState.RELEASED

    @property
    def active(self) -> bool:
        """Whether the attempt is live and nobody wants it ended."""
        return self.state in (LegState.ORIGINATING, LegState.RINGING, LegState.ANSWERED)

    @property
    def answered(self) -> bool:
        """Whether the call is answered, as far as its modem can tell: its voice reaches us."""
        return self.state is LegState.ANSWERED

    @property
    def confirmed_answered(self) -> bool:
        """Whether somebody is on the line for certain."""
        return self.answered and self.confirmed

    @property
    def in_doubt(self) -> bool:
        """Whether it is called answered and may still ring."""
        return self.answered and not self.confirmed

    @property
    def unanswered(self) -> bool:
        """Whether nobody has answered as far as anybody can tell, so that it may be given up in time.

        Of a call that is in doubt and whose voice does not reach us, only the network or a person can
        tell: whoever speaks on it is not to be cut off.
        """
        return self.active and not self.confirmed_answered and (self.joined or not self.answered)

    @property
    def given_up(self) -> bool:
        """Whether it is hung up for want of an answer: one that came meanwhile counts for more."""
        waited_out = self.reason in WAITED_OUT and self.party in (Party.USER, Party.PSAP)
        return self.state is LegState.RELEASING and waited_out and self.answered_at is None

    @property
    def was_answered(self) -> bool:
        """Whether somebody answered this attempt, be it over or not. Not by a word that proves nothing."""
        return self.answered_at is not None and self.confirmed

    @property
    def line_failed(self) -> bool:
        """Whether the attempt ended because of the line and not because of the party."""
        return self.cause in LINE_FAILURES


ANSWERED_AND_DROPPED = -1
"""In `Case.user_ends` in place of a cause: the user had answered."""
MACHINE = -2
"""The same of a call that a machine has answered."""
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
"""Causes after which the same number is dialled again at once, on another line."""


def place(leg: LegId) -> str:
    """The leg's place within its alert: `user`, `op1`, `psap`."""
    return leg.rpartition(":")[2]


def leg_id(alert: AlertId, where: str) -> LegId:
    """The id of the alert's leg in that place."""
    return LegId(f"{alert}:{where}")


def alert_of(leg: LegId) -> AlertId:
    """The alert of this leg."""
    return AlertId(leg.rpartition(":")[0])
