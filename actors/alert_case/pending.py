"""Offers that a case has received and not yet used, and the result of a rule.

Offers are not durable: an offer reserves nothing, and a case that starts again repeats its requests.
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
"""Events that an AlertCase appends: an alarm goes to the stream of the node, the others to that of the
alert.
"""

OfferRequest = Identify | RequestOperators | RequestLine
"""Request of a rule, repeated every second until it is answered."""


LOST_AFTER_US: Final = Instant(3 * SECOND)
"""Time before a missing voice port counts as lost, in microseconds; as long as for digital silence. A shorter
gap is a port that was plugged in again, or a bridge that has restarted.
"""
NEVER_AFTER_US: Final = Instant(5 * SECOND)
"""Time before a voice port that never opened counts as lost, in microseconds: a modem that first refuses the
voice of a call has mostly accepted the command by then.
"""


class Sounds(msgspec.Struct, frozen=True, kw_only=True):
    """Last report of the bridge on sound; a case that starts again receives a report within a second."""

    silent: frozenset[LegId] = frozenset()
    heard_since: Mapping[LegId, Instant] = {}
    """Joined legs that are not silent, with the time of the first such report."""
    lost_since: Mapping[LegId, Instant] = {}
    """Legs with a voice port that cannot be opened or was lost, with the time of the first such report."""

    def after(self, said: BridgeReport, now_us: Instant) -> Sounds:
        """Return the state after one more report."""
        silent = frozenset(said.no_sound)
        heard = {leg: self.heard_since.get(leg, now_us) for leg in said.joined if leg not in silent}
        lost = {leg: self.lost_since.get(leg, now_us) for leg in said.lost}
        return Sounds(silent=silent, heard_since=heard, lost_since=lost)

    def lost_at(self, leg: Leg) -> Instant | None:
        """Return the time at which the missing voice port counts as lost; None if the port is present."""
        since = self.lost_since.get(leg.leg)
        if since is None:
            if leg.voice is not None or leg.joins is not Joins.HOST or leg.answered_at is None:
                return None
            return Instant(leg.answered_at + NEVER_AFTER_US)
        # The last report may be about the attempt before.
        return Instant(max(since, leg.answered_at or since) + LOST_AFTER_US)


class PendingOffers(msgspec.Struct, frozen=True, kw_only=True):
    """Answers of the pools and of the Identifier that no event has used yet."""

    opened_at: Instant
    """Time at which this AlertCase took the alert up."""
    identity: Identified | None = None
    offers: tuple[OperatorOffer, ...] = ()
    on_shift: int | None = None
    """Number of operators on shift; None until the pool has reported."""
    held: tuple[HeldOperator, ...] = ()
    """Operators of other alerts who can be requested."""
    lines: dict[tuple[LegId, int], LineGranted] = {}
    withheld: str = ""
    """Reason why the user's number is not dialled automatically, as of the last refusal."""
    refused: dict[tuple[LegId, int], LineRefused] = {}
    sounds: Sounds = Sounds()

    def line(self, leg: LegId, attempt: int) -> LineGranted | None:
        """Return the line granted for this attempt; None if no line was granted."""
        return self.lines.get((leg, attempt))

    def refused_line(self, leg: LegId, attempt: int) -> bool:
        """Return True if no line was available for this attempt."""
        return (leg, attempt) in self.refused

    def take(self, message: Identified | OperatorsOffered | LineGranted | LineRefused) -> PendingOffers:
        """Return the offers with one more answer."""
        match message:
            case Identified():
                return replace(self, identity=message)
            case OperatorsOffered(offers=offers, on_shift=on_shift, held=held, named=None):
                return replace(self, offers=offers, on_shift=on_shift, held=held)
            case OperatorsOffered(offers=offers, on_shift=on_shift, named=named):
                # Offers of other operators stay: without them, the two requests would be repeated without
                # end.
                others = tuple(one for one in self.offers if one.operator != named)
                return replace(self, offers=(*others, *offers), on_shift=on_shift)
            case LineGranted(leg=leg, attempt=attempt):
                refused = {key: why for key, why in self.refused.items() if key != (leg, attempt)}
                return replace(self, lines={**self.lines, (leg, attempt): message}, refused=refused)
            case LineRefused(leg=leg, attempt=attempt, withheld=withheld):
                return replace(self, refused={**self.refused, (leg, attempt): message}, withheld=withheld)

    def used(self, event: Decided) -> PendingOffers:
        """Return the offers without those that this event uses."""
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
                # Offers of the previous search are outdated and may name an operator without a shift.
                return replace(self, offers=())
            case _:
                return self

    def without_operator(self, operator: OperatorId) -> PendingOffers:
        """Return the offers without this operator, who is reserved by this alert or by another."""
        return replace(self, offers=tuple(offer for offer in self.offers if offer.operator != operator))

    def without_line(self, leg: LegId, attempt: int) -> PendingOffers:
        """Return the offers without this attempt's line, which is seized by this alert or by another."""
        return replace(self, lines={key: line for key, line in self.lines.items() if key != (leg, attempt)})


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """Result of one rule."""

    events: tuple[Decided, ...] = ()
    wants: tuple[OfferRequest, ...] = ()
    wake_at: Instant | None = None
    """Time of the next run if no report arrives before."""


NOTHING = Step()


def hang_up(leg: Leg, reason: ReleaseReason) -> LegReleasing:
    """Return the event that ends this attempt."""
    return LegReleasing(leg=leg.leg, attempt=leg.attempt, reason=reason)


def join(*steps: Step) -> Step:
    """Join several steps into one."""
    wakes = [step.wake_at for step in steps if step.wake_at is not None]
    return Step(
        events=tuple(event for step in steps for event in step.events),
        wants=tuple(want for step in steps for want in step.wants),
        wake_at=min(wakes, default=None),
    )


def answers(answer: Identified | OperatorsOffered | LineGranted | LineRefused, want: OfferRequest) -> bool:
    """Return True if the request is met and may be sent again at once; after a refusal the tick repeats
    it.
    """
    match answer, want:
        case OperatorsOffered(offers=offers, named=named), RequestOperators():
            return bool(offers) and want.named == named
        case LineGranted(leg=leg, attempt=attempt), RequestLine():
            return (want.leg, want.attempt) == (leg, attempt)
        case _:
            return False
