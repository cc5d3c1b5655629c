"""Between an AlertCase and the OperatorPool."""

from __future__ import annotations

import msgspec

from messages.base import Message
from messages.calls import CallState
from messages.ids import E164, AlertId, Instant, LineId, OperatorId, OperatorLine


class OperatorOffer(msgspec.Struct, frozen=True, kw_only=True):
    """One operator who can be had: by appending `operator.reserved` to that stream at this version."""

    operator: OperatorId
    version: int
    number: E164 | None = None
    mode: OperatorLine = OperatorLine.ON_DEMAND
    name: str = ""


class RequestOperators(Message, frozen=True, kw_only=True, tag="operators.request"):
    """Name operators for this alert. The answer holds nothing: the append at `version` does."""

    alert: AlertId
    language: str = ""
    wanted: int = 1
    """How many at the most; 0 asks for all who are free (case 7)."""
    avoid: tuple[OperatorId, ...] = ()
    """Those who have already been tried for this alert."""
    named: OperatorId | None = None
    """This one and no other: to whom the case is handed over, or who takes it while enough others ring."""
    taking: OperatorId | None = None
    """Who takes the case (`take`): this one alone, on shift or not. Where another alert has that operator, or
    there is no number, the request is for the others as if nobody had taken it."""
    first: OperatorId | None = None
    """This one before all others, with notes to write or not: who has left the conference that has broken."""
    test: bool = False
    """A test alert: real ones are served first."""
    rank: int = 0
    """How far behind others the alert comes in need (`model.rules.vouching`); 0: it is vouched for."""
    deadline_at: Instant = Instant(0)
    """The alert's deadline: the earliest is served first."""
    on_call: bool = False
    """Nobody on shift answered: the on-call numbers too (case 8)."""
    no_line: bool = False
    """An operator can be had, and no line: an operator of another alert is wanted for the line's sake."""
    may_have_last: bool = True
    """The alert may have the last free operator as well."""

    @property
    def wants_anybody(self) -> bool:
        """Return True where other alerts may be asked for an operator whom they give up to this one."""
        return not self.test and self.named is None


class HeldOperator(msgspec.Struct, frozen=True, kw_only=True):
    """An operator whom an alert gives up: one who listens in, or any to an alert that is vouched for."""

    operator: OperatorId
    alert: AlertId


class OperatorsOffered(Message, frozen=True, kw_only=True, tag="operators.offered"):
    """Who can be had; empty when nobody is free. The pool answers again by itself when that changes."""

    alert: AlertId
    offers: tuple[OperatorOffer, ...]
    on_shift: int
    """How many are signed on and not paused, free or not."""
    held: tuple[HeldOperator, ...] = ()
    """Where nobody is free for an alert that is vouched for: who can be asked for, best first."""
    named: OperatorId | None = None
    """The only operator whom the request was about."""


class OperatorVoice(msgspec.Struct, frozen=True, kw_only=True):
    """How one operator's own line is, where there is one."""

    operator: OperatorId
    mode: OperatorLine
    state: CallState = CallState.UNKNOWN
    """`answered`: it stands; before that it is on its way; unknown: it is not wanted now."""
    since: Instant = Instant(0)
    """Since when that is so."""
    line: LineId | None = None
    """The center's line that a nailed-up call takes."""
    text: str = ""
    """Why it is not up, in words; empty off shift."""
    wavering: bool = False
    """It has been away for a moment: who stands on it stays there, and nobody begins to."""

    @property
    def up(self) -> bool:
        """Whether it stands."""
        return self.state is CallState.ANSWERED

    @property
    def to_be_had(self) -> bool:
        """Whether the operator is called on it: also while the phone rings for it, and is busy for others."""
        return self.state in (CallState.DIALLING, CallState.RINGING, CallState.ANSWERED)

    @property
    def holds(self) -> bool:
        """Whether a leg that stands on it has nowhere else to go."""
        return self.to_be_had or self.wavering


class OperatorVoices(Message, frozen=True, kw_only=True, tag="operators.voices"):
    """How the operators' own lines are, all of them: said at every change and every second."""

    voices: tuple[OperatorVoice, ...] = ()
