"""Deadlines of open alerts: which are missed, and which will probably be missed. Pure.

The decider reads the progress of each alert from the journal and contacts no AlertCase. Its forecast is the
earliest time at which each user who is not reached yet can be reached with the available means: the lines,
operators and workers.

A call in progress is expected to take as long as calls usually take. A user without a call waits for a line,
in the order of deadlines; a busy line is expected to be free after a call of usual length. The forecast
assumes the best where data are missing, and is repeated every second.
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
    """Means for calls at one moment: the free lines, operators and workers."""

    node: NodeId
    """Node of these workers."""
    public: tuple[Instant, ...] = ()
    """Time at which each public line for outgoing calls is expected to be free; not later than now if the
    line is free.
    """
    reserved: int = 0
    """Number of free lines of the emergency trunk."""
    operators: frozenset[OperatorId] = frozenset()
    """Operators on shift without an alert."""
    on_shift: int = 0
    """Number of operators on shift, free or busy."""
    workers: dict[WorkerId, Owner] = {}
    """Owner (node, worker, incarnation) of each started AlertCase, by worker."""
    holding: dict[AlertId, WorkerId] = {}
    """Worker of each alert, as the workers report."""
    idle_workers: int = 0
    """Number of workers without an alert."""

    def public_free(self, now_us: Instant) -> int:
        """Return the number of public lines that are free now."""
        return sum(1 for at in self.public if at <= now_us)


ANSWER_US: Final = Instant(5 * SECOND)
"""Time in microseconds from the first ring to the answer; added only if the settings require an answer to
meet the deadline.
"""
HELD_US: Final = Instant(60 * SECOND)
"""Time in microseconds that a call is assumed to occupy a line: a short conversation."""
HELD_STILL_US: Final = Instant(15 * SECOND)
"""Remaining time in microseconds assumed, at every forecast, for a call that has lasted longer than
HELD_US.
"""
RELEASED_US: Final = Instant(2 * SECOND)
"""Time in microseconds after which a call that is being released, or gives way to an alert, has ended."""
NEVER: Final = Instant(2**62)


def expected_free(leg: Leg | None, *, gives_way: bool, now_us: Instant) -> Instant:
    """Return the time at which the line of this leg is expected to be free. `leg`: None if unknown.
    `gives_way`: the call is ended as soon as an alert needs the line.
    """
    if leg is None:
        return Instant(now_us + HELD_STILL_US)
    if gives_way or leg.state is LegState.RELEASING:
        return Instant(now_us + RELEASED_US)
    return Instant(max(leg.since + HELD_US, now_us + HELD_STILL_US))


def forecasts(
    cases: Iterable[Case], means: Means, settings: Settings, now_us: Instant
) -> Iterable[tuple[Case, Instant]]:
    """Yield each case with an open deadline, the most urgent first, and the earliest time at which its user
    can be reached; NEVER if no such time can be given.
    """
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
            # The user is calling already: the call only has to be answered.
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
    """Occupy the line that is free first; return the time at which a call on it can start, NEVER without a
    line.
    """
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
    """Return the time at which the phone is expected to ring (or answer): after half the configured set-up
    time, as for an average call. A call in progress may take the full set-up time (`_under_way`).
    """
    return Instant(at_us + DIAL_US + (_setup_us(settings) + _answer_us(settings)) // 2)


def _under_way(user: Leg, settings: Settings, now_us: Instant) -> Instant:
    if user.state is LegState.RINGING or user.in_doubt:
        ringing_at = user.ringing_at or now_us
        return Instant(max(now_us, ringing_at + ANSWER_US))
    return Instant(max(now_us, user.since + _setup_us(settings) + _answer_us(settings)))


class InboxEvents(msgspec.Struct, frozen=True, kw_only=True):
    """Events to write to an alert's inbox."""

    alert: AlertId
    events: tuple[DeadlineMissed | AdviceChanged, ...]


def deadline_events(
    cases: Iterable[Case], means: Means, settings: Settings, now_us: Instant
) -> tuple[InboxEvents, ...]:
    """Return the events to write now, for each alert with a missed deadline or a deadline that will be
    missed; the most urgent alert first. Called every second and at every deadline.
    """
    found = ((case, _events(case, at, now_us)) for case, at in forecasts(cases, means, settings, now_us))
    return tuple(InboxEvents(alert=case.alert, events=events) for case, events in found if events)


def next_deadline(cases: Iterable[Case], now_us: Instant) -> Instant | None:
    """Return the time of the next open deadline; None if there is none."""
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
