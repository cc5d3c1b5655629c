"""Statistics of alerts: a small row for each alert, and sums over many rows.

Pure. A row is made of the alert's two streams only, event by event, and holds neither a name nor a telephone
number. Tests are counted separately and are part of no other figure.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from itertools import pairwise
from math import ceil
from typing import Final, TypeVar

import msgspec
from msgspec.structs import replace

from messages import events as ev
from messages.ids import (
    SECOND,
    AlertId,
    Assurance,
    Channel,
    Instant,
    LegId,
    LineId,
    OperatorId,
    Outcome,
    UserId,
)
from messages.journal import Recorded, Unreadable
from model.alert.evolve import alert_of, receipt
from model.alert.leg import place_of
from model.rules.calls.own_line import is_own_line

T = TypeVar("T")

WITHIN_S: Final = (10, 20, 50)
BIN_S: Final = 2
BINS: Final = 27
"""Number of bars of a distribution: the last holds everything from 52 s."""
DUE_US: Final = 50 * SECOND
"""Time after which an alert counts as never having reached a step, closed or open."""

EVENTS: Final = (
    "alert.received",
    "alert.signal_added",
    "alert.cancelled",
    "alert.closed",
    "alert.reopened",
    "call.reviewed",
    "deadline.missed",
    "leg.answered",
    "leg.confirmed",
    "leg.originating",
    "leg.ringing",
    "machine.marked",
    "operator.joined",
    "outcome.corrected",
    "pin.wrong",
    "psap.called_elsewhere",
    "psap.joined",
    "psap.requested",
    "user.identified",
    "user.rang",
    "user.reached",
)
"""Types of the events that change a row; all others may be left out."""


class Review(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Review of a call. Only the journal holds the reviewer's words."""

    operator: OperatorId
    by: OperatorId
    at_us: Instant


class AlertRow(msgspec.Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """Row of one alert. Each Instant is the first occurrence; None: never occurred.

    The store keeps rows unchanged (`store.alerts.figures`): a change here needs another `FORM` there.
    """

    alert: AlertId
    seq: int
    """Position of the receipt in the journal."""
    received_us: Instant
    channel: Channel
    test: bool = False
    silent: bool = False
    duress: bool = False
    wrong_pins: int = 0
    operator_us: Instant | None = None
    """Time at which an operator was on the line."""
    ringing_us: Instant | None = None
    """Time at which the user's phone rang, or the user called in."""
    answered_us: Instant | None = None
    psap_requested_us: Instant | None = None
    psap_us: Instant | None = None
    """Time at which 112 was on the line."""
    reached_us: Instant | None = None
    """Time at which the user answered, or was declared reached; None again after a machine."""
    missed: bool = False
    """True if the deadline passed before the user was reached."""
    closed_us: Instant | None = None
    outcome: Outcome | None = None
    """Outcome, as corrected by a supervisor if so."""
    operator: OperatorId | None = None
    """Operator who last had the case."""
    user: UserId | None = None
    proof: Assurance = Assurance.APP
    """Assurance level of the alert."""
    closed_as: Outcome | None = None
    """Outcome at the closing."""
    operators: tuple[OperatorId, ...] = ()
    """All operators who had the case, in order of arrival."""
    lines: tuple[LineId, ...] = ()
    """The center's own lines used for calls from or to the center, in order."""
    reviews: tuple[Review, ...] = ()

    @property
    def quiet(self) -> bool:
        """True if the user's phone must not ring."""
        return self.duress or self.silent

    @property
    def to_operator_us(self) -> int | None:
        """Time from the receipt to the operator on the line, in microseconds; None if no operator was on the
        line.
        """
        return _since(self.received_us, self.operator_us)

    @property
    def to_ringing_us(self) -> int | None:
        """Time from the receipt to the ringing, in microseconds; None if no phone rang."""
        return _since(self.received_us, self.ringing_us)

    @property
    def to_psap_us(self) -> int | None:
        """Time from the first request for 112 to 112 on the line, in microseconds; None if 112 was not on the
        line.
        """
        return None if self.psap_requested_us is None else _since(self.psap_requested_us, self.psap_us)


def _since(begun: Instant, at: Instant | None) -> int | None:
    return None if at is None else max(0, at - begun)


def begin(recorded: Recorded) -> AlertRow | None:
    """Return the row of a new alert; None for any other event, and for a check."""
    event = receipt(recorded)
    if event is None or recorded.version != 1 or event.check is not None:
        return None
    return AlertRow(
        alert=alert_of(recorded),
        seq=recorded.seq,
        received_us=event.received_at,
        channel=event.channel,
        test=event.test,
        silent=event.silent,
        proof=event.proof,
        lines=_with((), event.line),
    )


def evolve(row: AlertRow, recorded: Recorded) -> AlertRow:
    """Return the row after one more event of either of the alert's streams."""
    at = recorded.at_us
    match recorded.event:
        case ev.OperatorJoined(operator=operator):
            return replace(
                row,
                operator=operator,
                operators=_with(row.operators, operator),
                operator_us=row.operator_us or at,
            )
        case ev.LegOriginating(line=line) if not is_own_line(line):
            return replace(row, lines=_with(row.lines, line))
        case ev.LegRinging(leg=leg) if _is_user(leg):
            return replace(row, ringing_us=row.ringing_us or at)
        case ev.LegAnswered(leg=leg, confirmed=True) | ev.LegConfirmed(leg=leg) if _is_user(leg):
            return replace(row, answered_us=row.answered_us or at)
        case ev.LegAnswered(leg=leg, confirmed=True) | ev.LegConfirmed(leg=leg) if place_of(leg).startswith(
            "psap"
        ):
            return replace(row, psap_us=row.psap_us or at)
        case ev.UserRang():
            return replace(row, ringing_us=row.ringing_us or at)
        case ev.UserReached():
            return replace(row, reached_us=row.reached_us or at, ringing_us=row.ringing_us or at)
        case ev.MachineMarked():
            return replace(row, reached_us=None, answered_us=None)
        case ev.PinRefused(none_set=False):
            return replace(row, wrong_pins=row.wrong_pins + 1)
        case ev.AlertSignalAdded(silent=silent, line=line, alias=alias):
            return replace(row, silent=row.silent or (silent and not alias), lines=_with(row.lines, line))
        case ev.PsapRequested():
            return replace(row, psap_requested_us=row.psap_requested_us or at)
        case ev.PsapJoined() | ev.PsapCalledElsewhere():
            return replace(row, psap_us=row.psap_us or at)
        case ev.DeadlineMissed():
            return replace(row, missed=True)
        case ev.AlertCancelled(duress=True):
            return replace(row, duress=True)
        case ev.UserIdentified(user=user):
            return replace(row, user=user)
        case ev.AlertClosed(outcome=outcome):
            return replace(row, closed_us=at, outcome=outcome, closed_as=outcome)
        case Unreadable(kind="alert.closed"):
            return replace(row, closed_us=at)
        case ev.AlertReopened() | Unreadable(kind="alert.reopened"):
            # A reopened alert counts by its last end.
            return replace(row, closed_us=None, outcome=None, closed_as=None)
        case ev.OutcomeCorrected(outcome=outcome) if row.closed_us is not None:
            return replace(row, outcome=outcome)
        case ev.CallReviewed(operator=operator, by=by):
            return replace(row, reviews=(*row.reviews, Review(operator, by, at)))
        case _:
            return row


def _with(known: tuple[T, ...], one: T | None) -> tuple[T, ...]:
    return known if one is None or one in known else (*known, one)


def _is_user(leg: LegId) -> bool:
    return place_of(leg) == "user"


def row_of(recorded: Iterable[Recorded]) -> AlertRow | None:
    """Return the row of an alert from its two streams, in the journal's order; None if the alert was not
    received.
    """
    row: AlertRow | None = None
    for one in recorded:
        row = begin(one) if row is None else evolve(row, one)
    return row


class Distribution(msgspec.Struct, frozen=True, kw_only=True):
    """Distribution of a duration over many alerts. Seconds; shares are fractions of 1."""

    of: int
    """Number of alerts with the step expected."""
    never: int
    """Number of these alerts without the step."""
    p50_s: float | None
    p95_s: float | None
    """95th percentile. An alert without the step counts as the longest; None: such an alert."""
    within: tuple[float, ...]
    """Share within each of WITHIN_S; empty without alerts."""
    bins: tuple[int, ...]
    """Number of alerts up to 2 s, up to 4 s, …; the last bar holds all longer durations."""


def distribution_of(took_us: Sequence[int | None]) -> Distribution:
    """Return the distribution of these durations; None stands for a step that never occurred."""
    done = sorted(one for one in took_us if one is not None)
    edges = (0, *(bisect_left(done, n * BIN_S * SECOND) for n in range(1, BINS)), len(done))
    total = len(took_us)
    return Distribution(
        of=total,
        never=total - len(done),
        p50_s=quantile(done, total, 0.5),
        p95_s=quantile(done, total, 0.95),
        within=tuple(bisect_right(done, limit * SECOND) / total for limit in WITHIN_S) if total else (),
        bins=tuple(end - begun for begun, end in pairwise(edges)),
    )


def quantile(done_us: Sequence[int], total: int, share: float) -> float | None:
    """Return the smallest sorted duration, in seconds, that covers this share of all `total`; None if not
    covered.
    """
    rank = ceil(share * total)
    return done_us[rank - 1] / SECOND if 0 < rank <= len(done_us) else None


class DayStatistics(msgspec.Struct, frozen=True, kw_only=True):
    """A day of the center's local calendar. `hours`: number of real alerts in each hour."""

    day: str
    """Date, such as `2026-11-24`."""
    alerts: int
    false_alarms: int
    missed: int
    ringing_p50_s: float | None
    hours: tuple[int, ...]


class AlertStatistics(msgspec.Struct, frozen=True, kw_only=True):
    """Statistics of the alerts of some days."""

    real: int
    tests: int
    before: int
    """Number of real alerts in an equally long period before."""
    missed: int
    last_missed_us: Instant | None
    """Receipt of the last real alert with a missed deadline."""
    outcomes: dict[str, int]
    """Number of closed real alerts by outcome."""
    operator: Distribution
    ringing: Distribution
    psap: Distribution
    days: tuple[DayStatistics, ...]


def statistics_of(
    rows: Iterable[AlertRow],
    *,
    days: Sequence[date],
    since_us: Instant,
    before_us: Instant,
    now_us: Instant,
    local: Callable[[Instant], datetime],
) -> AlertStatistics:
    """Return the statistics of the alerts received since `since_us`, the start of the first of `days`.

    `before_us`: start of the period for comparison; `local`: conversion of an instant to the center's local
    time.
    """
    real: list[AlertRow] = []
    tests = before = 0
    for row in rows:
        if row.received_us >= since_us:
            if row.test:
                tests += 1
            else:
                real.append(row)
        elif row.received_us >= before_us and not row.test:
            before += 1
    settled = [row.closed_us is not None or row.received_us + DUE_US <= now_us for row in real]
    missed = [row for row in real if row.missed]
    outcomes = Counter(row.outcome for row in real if row.outcome is not None)
    return AlertStatistics(
        real=len(real),
        tests=tests,
        before=before,
        missed=len(missed),
        last_missed_us=max((row.received_us for row in missed), default=None),
        outcomes={outcome.value: count for outcome, count in outcomes.items()},
        operator=distribution_of(
            [row.to_operator_us for row, over in zip(real, settled, strict=True) if over or row.operator_us]
        ),
        # Under duress, and in a silent alert, the user is not called on purpose.
        ringing=distribution_of(
            [
                row.to_ringing_us
                for row, over in zip(real, settled, strict=True)
                if row.ringing_us or (over and not row.quiet)
            ]
        ),
        psap=distribution_of([row.to_psap_us for row in real if _asked_for_psap(row, now_us)]),
        days=_by_day(real, days, local),
    )


def _asked_for_psap(row: AlertRow, now_us: Instant) -> bool:
    if row.psap_requested_us is None:
        return False
    return row.psap_us is not None or row.closed_us is not None or row.psap_requested_us + DUE_US <= now_us


def _by_day(
    real: Sequence[AlertRow], days: Sequence[date], local: Callable[[Instant], datetime]
) -> tuple[DayStatistics, ...]:
    hours = {day: [0] * 24 for day in days}
    found: dict[date, list[AlertRow]] = {day: [] for day in days}
    for row in real:
        at = local(row.received_us)
        day = at.date()
        if day in found:
            hours[day][at.hour] += 1
            found[day].append(row)
    return tuple(
        DayStatistics(
            day=day.isoformat(),
            alerts=len(there),
            false_alarms=sum(row.outcome is Outcome.FALSE_ALARM for row in there),
            missed=sum(row.missed for row in there),
            ringing_p50_s=distribution_of(
                [row.to_ringing_us for row in there if row.ringing_us or (row.closed_us and not row.quiet)]
            ).p50_s,
            hours=tuple(hours[day]),
        )
        for day, there in found.items()
    )
