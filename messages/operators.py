"""Messages between an AlertCase and the OperatorPool."""

from __future__ import annotations

import msgspec

from messages.base import Message
from messages.calls import CallState
from messages.ids import E164, AlertId, Instant, LineId, OperatorId, OperatorLine


class OperatorOffer(msgspec.Struct, frozen=True, kw_only=True):
    """An available operator, reserved by appending `operator.reserved` to that stream at this version."""

    operator: OperatorId
    version: int
    number: E164 | None = None
    mode: OperatorLine = OperatorLine.ON_DEMAND
    name: str = ""


class RequestOperators(Message, frozen=True, kw_only=True, tag="operators.request"):
    """Request for operators for this alert. The answer reserves nothing: the append at `version` does."""

    alert: AlertId
    language: str = ""
    wanted: int = 1
    """Maximum number of operators; 0 requests all free operators."""
    avoid: tuple[OperatorId, ...] = ()
    """Operators already tried for this alert."""
    named: OperatorId | None = None
    """Only operator wanted: the receiver of a hand-over, or the one who takes the case."""
    taking: OperatorId | None = None
    """Operator who takes the case (`take`), the only one wanted, on shift or not. If another alert has that
    operator, or the number is missing, the request is for the others instead.
    """
    first: OperatorId | None = None
    """Operator to be called before all others, even during wrap-up: the one who left the conference that has
    broken.
    """
    test: bool = False
    """True for a test alert: real alerts are served first."""
    rank: int = 0
    """Rank of the alert in need (`model.rules.vouching`); 0: vouched for."""
    deadline_at: Instant = Instant(0)
    """Deadline of the alert: the earliest is served first."""
    on_call: bool = False
    """True if no operator on shift answered: include the operators on call."""
    no_line: bool = False
    """True if an operator is available, but no line: an operator of another alert is wanted for the line."""
    may_have_last: bool = True
    """True if the alert may also have the last free operator."""

    @property
    def wants_anybody(self) -> bool:
        """True if other alerts may be asked to release an operator to this alert."""
        return not self.test and self.named is None


class HeldOperator(msgspec.Struct, frozen=True, kw_only=True):
    """An operator whom an alert releases: a listener, or for a vouched alert any operator."""

    operator: OperatorId
    alert: AlertId


class OperatorsOffered(Message, frozen=True, kw_only=True, tag="operators.offered"):
    """Available operators; empty if none is free. The pool sends a new answer when that changes."""

    alert: AlertId
    offers: tuple[OperatorOffer, ...]
    on_shift: int
    """Number of operators signed on and not paused, free or not."""
    held: tuple[HeldOperator, ...] = ()
    """Operators who can be requested from other alerts if a vouched alert finds none free, best first."""
    named: OperatorId | None = None
    """Only operator meant by the request."""


class OperatorVoice(msgspec.Struct, frozen=True, kw_only=True):
    """State of an operator's own line, if the operator has one."""

    operator: OperatorId
    mode: OperatorLine
    state: CallState = CallState.UNKNOWN
    """State; `answered`: the line stands; before: being set up; unknown: not wanted now."""
    since: Instant = Instant(0)
    """Time since which the state holds."""
    line: LineId | None = None
    """Line of the center used by a nailed-up call."""
    text: str = ""
    """Reason why the line is not up, in words; empty off shift."""
    wavering: bool = False
    """True after a brief interruption: a present leg stays, and no new one begins."""

    @property
    def up(self) -> bool:
        """True if the line stands."""
        return self.state is CallState.ANSWERED

    @property
    def to_be_had(self) -> bool:
        """True if the operator is called on this line: also while it rings and the phone is busy for
        others.
        """
        return self.state in (CallState.DIALLING, CallState.RINGING, CallState.ANSWERED)

    @property
    def holds(self) -> bool:
        """True if a leg on this line cannot move elsewhere."""
        return self.to_be_had or self.wavering


class OperatorVoices(Message, frozen=True, kw_only=True, tag="operators.voices"):
    """State of all operators' own lines, sent at every change and every second."""

    voices: tuple[OperatorVoice, ...] = ()
