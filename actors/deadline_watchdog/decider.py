"""Deadline of each open alert: missed, or about to be missed (S11; cases 8, 9, 11). Pure.

The decider owns no case and contacts none: the journal shows the progress of each alert. The forecast states
the earliest time at which each unreached user can be reached with the available means.

A call in progress gets the time that calls take. A user without a call waits for a line, in order of
deadlines: a busy line is expected back after a call of ordinary length. The forecast is optimistic where
facts are missing, and is made anew every second.
"""

from __future__ import annotations

from collections.abc import Iterable
from heapq import heapify, heappop, heappush
from typing import Final

import msgspec

from messages.base import Joins
from messages.events import AdviceChanged, DeadlineMissed
from messages.ids import SECOND, Advice, AlertId, Instant, NodeId, OperatorId, OperatorLine, Party, WorkerId
from model.alert.case import Case
from model.alert.leg import Leg, LegState
from model.alert.parts import Owner
from model.rules.calls.silent_and_duress import is_hushed, is_in_duress
from model.rules.deadline import DIAL_US, Urgency, urgency
from model.rules.messages.advice import AdviceReason, call_112_now
from model.rules.vouching import rank
from model.settings import Settings
from model.settings.alerts import MetBy


class Means(msgspec.Struct, frozen=True, kw_only=True):
    """Available means at one moment."""

    node: NodeId
    """Node of these workers."""
    public: tuple[Instant, ...] = ()
    """Times at which each public line for our own calls is expected to be free; now or earlier if free."""
    reserved: int = 0
    """Number of free lines to 112."""
    operators: frozenset[OperatorId] = frozenset()
    """Operators on shift without an alert."""
    on_shift: int = 0
    """Number of operators on shift, free or busy."""
    workers: dict[WorkerId, Owner] = {}
    """Started AlertCases, by worker."""
    holding: dict[AlertId, WorkerId] = {}
    """Workers that report to have an alert, by that alert."""
    idle_workers: int = 0
    """Number of workers without an alert."""

    def public_free(self, now_us: Instant) -> int:
        """Return the number of public lines that are free now."""
        return sum(1 for at in self.public if at <= now_us)


ANSWER_US: Final = Instant(5 * SECOND)
"""Time from the first ring to the answer, in microseconds; counts if the answer meets the deadline."""
HELD_US: Final = Instant(60 * SECOND)
"""Time that one call occupies a line, in microseconds, without better knowledge: a short conversation."""
HELD_STILL_US: Final = Instant(15 * SECOND)
"""Remaining time assumed for a longer call, at every forecast, in microseconds."""
RELEASED_US: Final = Instant(2 * SECOND)
"""Time after which a call that is releasing or is preempted (a test's) is gone, in microseconds."""
NEVER: Final = Instant(2**62)


def expected_free(leg: Leg | None, *, gives_way: bool, now_us: Instant) -> Instant:
    """Return the time at which the line of this leg is expected to be free; `leg` is None if unknown."""
    if leg is None:
        return Instant(now_us + HELD_STILL_US)
    if gives_way or leg.state is LegState.RELEASING:
        return Instant(now_us + RELEASED_US)
    return Instant(max(leg.since + HELD_US, now_us + HELD_STILL_US))


def forecasts(
    cases: Iterable[Case], means: Means, settings: Settings, now_us: Instant
) -> Iterable[tuple[Case, Instant]]:
    """Return every unreached user, the most urgent first, with the expected time of being reached."""
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
            # The user is on the line already and only needs an answer.
            yield case, Instant(now_us + DIAL_US)
            continue
        if is_hushed(case) and not is_in_duress(case, settings):
            # The user must not be called: only an operator is awaited.
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
            # The user is called on an operator's order, at a time that cannot be forecast.
            yield case, NEVER
            continue
        if case.phone is None or is_in_duress(case, settings):
            # The user is not called, so no line is needed.
            yield case, _dialled(now_us, settings)
            continue
        if any(leg.live and leg.joins is Joins.NETWORK for leg in case.of(Party.OPERATOR)):
            # The user is called on the operator's line.
            yield case, _dialled(now_us, settings)
            continue
        called = settings.operator.line is OperatorLine.ON_DEMAND
        if called and operators and case.operator is None and not _has_operators_leg(case):
            # The operator is called first and takes a line too.
            operators -= 1
            _take(lines, now_us)
        yield case, _dialled(_take(lines, now_us), settings)


def _has_operators_leg(case: Case) -> bool:
    return any(leg.live for leg in case.of(Party.OPERATOR))


def _urgency(case: Case, now_us: Instant, settings: Settings) -> tuple[Urgency, AlertId]:
    return urgency(case.test, rank(case), case.deadline_at, now_us, settings), case.alert


def _take(lines: list[Instant], now_us: Instant) -> Instant:
    """Occupy the next free line for a call; return the time at which the call can start."""
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
    """Return the expected end of dialling: half the set-up time, as for an average call. A call is dialled
    while the full time remains.
    """
    return Instant(at_us + DIAL_US + (_setup_us(settings) + _answer_us(settings)) // 2)


def _under_way(user: Leg, settings: Settings, now_us: Instant) -> Instant:
    if user.state is LegState.RINGING or user.in_doubt:
        ringing_at = user.ringing_at or now_us
        return Instant(max(now_us, ringing_at + ANSWER_US))
    return Instant(max(now_us, user.since + _setup_us(settings) + _answer_us(settings)))


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """Events to write to an alert's inbox."""

    alert: AlertId
    events: tuple[DeadlineMissed | AdviceChanged, ...]


def look(cases: Iterable[Case], means: Means, settings: Settings, now_us: Instant) -> tuple[Verdict, ...]:
    """Return the verdicts that are due, the most urgent first; called every second and at every deadline."""
    found = ((case, _events(case, at, now_us)) for case, at in forecasts(cases, means, settings, now_us))
    return tuple(Verdict(alert=case.alert, events=events) for case, events in found if events)


def next_deadline(cases: Iterable[Case], now_us: Instant) -> Instant | None:
    """Return the time of the next deadline; None if no deadline is ahead."""
    ahead = (case.deadline_at for case in cases if case.awaits_deadline and case.deadline_at > now_us)
    return min(ahead, default=None)


def _events(case: Case, reached_at: Instant, now_us: Instant) -> tuple[DeadlineMissed | AdviceChanged, ...]:
    made: list[DeadlineMissed | AdviceChanged] = []
    missed = now_us >= case.deadline_at
    if missed and case.missed_at is None:
        made.append(DeadlineMissed())
    if case.advice is Advice.WAIT and (missed or reached_at > case.deadline_at):
        made.append(call_112_now(AdviceReason.DEADLINE if missed else AdviceReason.FORECAST))
    return tuple(made)
