"""What a case has been offered and has not yet used, and what a rule of it comes to.

Nothing of it is durable: an offer holds nothing, and a case that starts again asks again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec
from msgspec.structs import replace

from messages.base import Joins
from messages.bridge import BridgeReport
from messages.cases import Identified, Identify
from messages.events import (
    AdviceChanged,
    AlarmCleared,
    AlarmRaised,
    CaseEvent,
    ConferenceBroken,
    DialWithheld,
    HandOverRequested,
    LegOriginating,
    LegReleasing,
    ListenerLeft,
    OperatorReserved,
    OperatorWanted,
    TakeRequested,
)
from messages.ids import SECOND, Instant, LegId, OperatorId
from messages.lines import LineGranted, LineRefused, RequestLine
from messages.operators import HeldOperator, OperatorOffer, OperatorsOffered, RequestOperators
from model.alert.leg import Leg
from model.alert.reasons import ReleaseReason

Decided = CaseEvent | AdviceChanged | AlarmRaised | AlarmCleared
"""What the AlertCase may append: an alarm goes to the node's stream, the rest to the alert's."""

Want = Identify | RequestOperators | RequestLine
"""What a rule is waiting for; asked again every second until it comes."""


LOST_AFTER_US: Final = Instant(3 * SECOND)
"""As long as digital silence has: a port that is away for less was plugged in again, or a bridge had died."""
NEVER_AFTER_US: Final = Instant(5 * SECOND)
"""A modem that refuses a call's voice at first has mostly taken the command by then."""


class Sounds(msgspec.Struct, frozen=True, kw_only=True):
    """What the bridge has said last; a case that starts again is told it within a second."""

    silent: frozenset[LegId] = frozenset()
    heard_since: Mapping[LegId, Instant] = {}
    """The joined legs that are not silent, and since when they are told to be so."""
    lost_since: Mapping[LegId, Instant] = {}
    """The legs whose voice port cannot be opened, or was lost, and since when."""

    def after(self, said: BridgeReport, now_us: Instant) -> Sounds:
        """With one more report."""
        silent = frozenset(said.no_sound)
        heard = {leg: self.heard_since.get(leg, now_us) for leg in said.joined if leg not in silent}
        lost = {leg: self.lost_since.get(leg, now_us) for leg in said.lost}
        return Sounds(silent=silent, heard_since=heard, lost_since=lost)

    def lost_at(self, leg: Leg) -> Instant | None:
        """When the want of its voice port has lasted, or will have; None where there is one."""
        since = self.lost_since.get(leg.leg)
        if since is None:
            if leg.voice is not None or leg.joins is not Joins.HOST or leg.answered_at is None:
                return None
            return Instant(leg.answered_at + NEVER_AFTER_US)
        # What was last said may be of the attempt before.
        return Instant(max(since, leg.answered_at or since) + LOST_AFTER_US)


class PendingOffers(msgspec.Struct, frozen=True, kw_only=True):
    """What the pools and the Identifier have answered, and no event has used yet."""

    opened_at: Instant
    """When this AlertCase took the alert up."""
    identity: Identified | None = None
    offers: tuple[OperatorOffer, ...] = ()
    on_shift: int | None = None
    """How many operators are on shift; None until the pool has spoken."""
    held: tuple[HeldOperator, ...] = ()
    """Operators of other alerts who can be asked for."""
    lines: dict[tuple[LegId, int], LineGranted] = {}
    withheld: str = ""
    """Why the user's number is not called without an operator's order, as was just said."""
    refused: dict[tuple[LegId, int], LineRefused] = {}
    sounds: Sounds = Sounds()

    def line(self, leg: LegId, attempt: int) -> LineGranted | None:
        """The line granted for this attempt."""
        return self.lines.get((leg, attempt))

    def refused_line(self, leg: LegId, attempt: int) -> bool:
        """Return whether no line could be had for this attempt."""
        return (leg, attempt) in self.refused

    def take(self, message: Identified | OperatorsOffered | LineGranted | LineRefused) -> PendingOffers:
        """With one more answer."""
        match message:
            case Identified():
                return replace(self, identity=message)
            case OperatorsOffered(offers=offers, on_shift=on_shift, held=held, named=None):
                return replace(self, offers=offers, on_shift=on_shift, held=held)
            case OperatorsOffered(offers=offers, on_shift=on_shift, named=named):
                # What is known of the others stands: forgotten, they and this one would be asked without end.
                others = tuple(one for one in self.offers if one.operator != named)
                return replace(self, offers=(*others, *offers), on_shift=on_shift)
            case LineGranted(leg=leg, attempt=attempt):
                refused = {key: why for key, why in self.refused.items() if key != (leg, attempt)}
                return replace(self, lines={**self.lines, (leg, attempt): message}, refused=refused)
            case LineRefused(leg=leg, attempt=attempt, withheld=withheld):
                return replace(self, refused={**self.refused, (leg, attempt): message}, withheld=withheld)

    def used(self, event: Decided) -> PendingOffers:
        """What is left after an event that used something of it."""
        match event:
            case OperatorReserved(operator=operator):
                return self.without_operator(operator)
            case LegOriginating(leg=leg, attempt=attempt, operator=operator):
                pending = self.without_line(leg, attempt)
                return pending if operator is None else pending.without_operator(operator)
            case ListenerLeft(operator=operator):
                return self.without_operator(operator)
            case OperatorWanted():
                return replace(self, held=())
            case DialWithheld():
                return replace(self, withheld="")
            case HandOverRequested() | ConferenceBroken() | TakeRequested():
                # What was offered for the search before is old, and may be somebody without a shift.
                return replace(self, offers=())
            case _:
                return self

    def without_operator(self, operator: OperatorId) -> PendingOffers:
        """Without this operator, who is taken, by this alert or another."""
        return replace(self, offers=tuple(offer for offer in self.offers if offer.operator != operator))

    def without_line(self, leg: LegId, attempt: int) -> PendingOffers:
        """Without this attempt's line, which is seized, by this alert or another."""
        return replace(self, lines={key: line for key, line in self.lines.items() if key != (leg, attempt)})


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What one rule comes to."""

    events: tuple[Decided, ...] = ()
    wants: tuple[Want, ...] = ()
    wake_at: Instant | None = None
    """When to look again though nothing has been heard."""


NOTHING = Step()


def hang_up(leg: Leg, reason: ReleaseReason) -> LegReleasing:
    """The decision to end this attempt."""
    return LegReleasing(leg=leg.leg, attempt=leg.attempt, reason=reason)


def join(*steps: Step) -> Step:
    """Several steps as one."""
    wakes = [step.wake_at for step in steps if step.wake_at is not None]
    return Step(
        events=tuple(event for step in steps for event in step.events),
        wants=tuple(want for step in steps for want in step.wants),
        wake_at=min(wakes, default=None),
    )


def answers(answer: Identified | OperatorsOffered | LineGranted | LineRefused, want: Want) -> bool:
    """Return whether the want was met and may be asked anew at once; after a refusal the tick asks."""
    match answer, want:
        case OperatorsOffered(offers=offers, named=named), RequestOperators():
            return bool(offers) and want.named == named
        case LineGranted(leg=leg, attempt=attempt), RequestLine():
            return (want.leg, want.attempt) == (leg, attempt)
        case _:
            return False
