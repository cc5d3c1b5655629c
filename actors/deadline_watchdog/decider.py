"""What the clock says of each open alert: missed, or about to be (S11; cases 8, 9, 11). Pure.

It owns no case and asks none: the journal shows how far each has got, and the forecast says what is still
to be hoped for.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from actors.deadline_watchdog.forecast import forecasts
from actors.deadline_watchdog.means import Means
from messages.events import AdviceChanged, DeadlineMissed
from messages.ids import Advice, AlertId, Instant
from model.alert.case import Case
from model.rules.said.advice import Why, call_112_now
from model.settings import Settings


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
