"""What the clock says of each open alert: missed, or about to be (S11; cases 8, 9, 11). Pure.

It owns no case and asks none: the journal shows how far each has got, and the forecast says when each user
who has not been reached will be, at the earliest that can be hoped for, with what there is to serve alerts
with.

A call that is under way gets the time that calls take. Who is not being called yet waits for a line, behind
those whose deadline comes first: a line that is taken is expected back when a call of ordinary length ends.
It is a forecast, on the hopeful side where nothing is known, and made anew every second.
"""

from __future__ import annotations

from collections.abc import Iterable
from heapq import heapify, heappop, heappush
from typing import Final

import msgspec

from messages.base import Joins
from messages.events import AdviceChanged, DeadlineMissed
from messages.ids import SECOND, Advice, AlertId, CrewId, Instant, NodeId, OperatorId, OperatorLine, Party
from model.alert.case import Case
from model.alert.leg import Leg, LegState
from model.alert.parts import Owner
from model.rules.calls.silent_and_duress import hushed, in_duress
from model.rules.deadline import DIAL_US, Urgency, urgency
from model.rules.said.advice import Why, call_112_now
from model.rules.vouching import rank
from model.settings import Settings
from model.settings.alerts import MetBy


class Means(msgspec.Struct, frozen=True, kw_only=True):
    """At one moment."""

    node: NodeId
    """Where this is: whose crews these are."""
    public: tuple[Instant, ...] = ()
    """When each public line that our own calls may take can be expected to be free; now or earlier: it is."""
    reserved: int = 0
    """So many lines to 112 are free."""
    operators: frozenset[OperatorId] = frozenset()
    """The operators who are on shift and no alert's."""
    on_shift: int = 0
    """The number of operators on shift, free or not."""
    crews: dict[CrewId, Owner] = {}
    """Each AlertCase that has started."""
    holding: dict[AlertId, CrewId] = {}
    """The crew that says that it has an alert, by that alert."""
    idle_crews: int = 0
    """So many of them have no alert."""

    def public_free(self, now_us: Instant) -> int:
        """So many public lines can be taken now."""
        return sum(1 for at in self.public if at <= now_us)


ANSWER_US: Final = Instant(5 * SECOND)
"""From the first ring to the answer, where the answer is what counts."""
HELD_US: Final = Instant(60 * SECOND)
"""How long a line is held by one call, as long as nothing better is known: a short conversation."""
HELD_STILL_US: Final = Instant(15 * SECOND)
"""A call that has lasted longer than that is given so much more, at every look."""
RELEASED_US: Final = Instant(2 * SECOND)
"""A call that is being hung up, or that gives way (a test's), is gone by then."""
NEVER: Final = Instant(2**62)


def expected_free(leg: Leg | None, *, gives_way: bool, now_us: Instant) -> Instant:
    """When a line that carries this leg can be expected back; `leg` is None where that is not known."""
    if leg is None:
        return Instant(now_us + HELD_STILL_US)
    if gives_way or leg.state is LegState.RELEASING:
        return Instant(now_us + RELEASED_US)
    return Instant(max(leg.since + HELD_US, now_us + HELD_STILL_US))


def forecasts(
    cases: Iterable[Case], means: Means, settings: Settings, now_us: Instant
) -> Iterable[tuple[Case, Instant]]:
    """Every user who has not been reached, the most urgent first, with the moment of being reached."""
    lines = list(means.public)
    heapify(lines)
    operators = len(means.operators)
    waiting = [case for case in cases if case.awaits_deadline]
    for case in sorted(waiting, key=lambda case: _urgency(case, now_us, settings)):
        user = case.active(Party.USER)
        if user is not None:
            yield case, _under_way(user, settings, now_us)
            continue
        if case.inbound_call is not None and not case.leaving:
            # She is on the line already, and has only to be answered.
            yield case, Instant(now_us + DIAL_US)
            continue
        if hushed(case) and not in_duress(case, settings):
            # Nobody calls the user: what is waited for is an operator.
            at = now_us
            if not _has_operators_leg(case):
                if not operators:
                    at = Instant(now_us + HELD_STILL_US)
                elif settings.operator.line is OperatorLine.ON_DEMAND:
                    at = _take(lines, now_us)
                operators = max(0, operators - 1)
            yield case, _dialled(at, settings)
            continue
        if case.dial_withheld:
            # She is called when an operator orders it, which nobody can promise.
            yield case, NEVER
            continue
        if case.phone is None or in_duress(case, settings):
            # She is not called, so that no line is needed for it.
            yield case, _dialled(now_us, settings)
            continue
        if any(leg.live and leg.joins is Joins.NETWORK for leg in case.of(Party.OPERATOR)):
            # She is called on her operator's line.
            yield case, _dialled(now_us, settings)
            continue
        called = settings.operator.line is OperatorLine.ON_DEMAND
        if called and operators and case.operator is None and not _has_operators_leg(case):
            # The operator is called first, and takes a line too.
            operators -= 1
            _take(lines, now_us)
        yield case, _dialled(_take(lines, now_us), settings)


def _has_operators_leg(case: Case) -> bool:
    return any(leg.live for leg in case.of(Party.OPERATOR))


def _urgency(case: Case, now_us: Instant, settings: Settings) -> tuple[Urgency, AlertId]:
    return urgency(case.test, rank(case), case.deadline_at, now_us, settings), case.alert


def _take(lines: list[Instant], now_us: Instant) -> Instant:
    """When the next call can have a line; it holds it from then on."""
    if not lines:
        return NEVER
    at = max(now_us, heappop(lines))
    heappush(lines, Instant(at + HELD_US))
    return at


def _setup_us(settings: Settings) -> int:
    return round(settings.user.setup_time_s * SECOND)


def _answer_us(settings: Settings) -> int:
    return ANSWER_US if settings.deadline.met_by is MetBy.ANSWERED else 0


def _dialled(at_us: Instant, settings: Settings) -> Instant:
    """Half the set-up time is the ordinary call's; it is dialled while the whole of it is left."""
    return Instant(at_us + DIAL_US + (_setup_us(settings) + _answer_us(settings)) // 2)


def _under_way(user: Leg, settings: Settings, now_us: Instant) -> Instant:
    if user.state is LegState.RINGING or user.in_doubt:
        ringing_at = user.ringing_at or now_us
        return Instant(max(now_us, ringing_at + ANSWER_US))
    return Instant(max(now_us, user.since + _setup_us(settings) + _answer_us(settings)))


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What has to be written into an alert's inbox."""

    alert: AlertId
    events: tuple[DeadlineMissed | AdviceChanged, ...]


def look(cases: Iterable[Case], means: Means, settings: Settings, now_us: Instant) -> tuple[Verdict, ...]:
    """The verdicts that are due, the most urgent first. Asked every second and at every deadline."""
    found = ((case, _events(case, at, now_us)) for case, at in forecasts(cases, means, settings, now_us))
    return tuple(Verdict(alert=case.alert, events=events) for case, events in found if events)


def next_deadline(cases: Iterable[Case], now_us: Instant) -> Instant | None:
    """The next moment at which a deadline passes."""
    ahead = (case.deadline_at for case in cases if case.awaits_deadline and case.deadline_at > now_us)
    return min(ahead, default=None)


def _events(case: Case, reached_at: Instant, now_us: Instant) -> tuple[DeadlineMissed | AdviceChanged, ...]:
    made: list[DeadlineMissed | AdviceChanged] = []
    missed = now_us >= case.deadline_at
    if missed and case.missed_at is None:
        made.append(DeadlineMissed())
    if case.advice is Advice.WAIT and (missed or reached_at > case.deadline_at):
        made.append(call_112_now(Why.DEADLINE if missed else Why.FORECAST))
    return tuple(made)
