"""Reports of months, read from the journal and from measurements of watchers. Thread-safe."""

from __future__ import annotations

from datetime import MAXYEAR, date, timedelta
from typing import Final

import msgspec

from features.reviews.month import BadDay, Report, callouts, proofs, report
from gateways.console.tally import Tally, midnight
from messages.ids import SECOND, Instant
from messages.journal import Recorded
from model.availability import Availability, PlannedWork, availability, planned_work
from model.filtering import ALL
from runtime.clock import Clock
from store import streams
from store.journal.journal import Journal
from store.journal.matters import streams_of
from store.probe_results import results_by_day
from store.streams import StreamKind

MONTHS: Final = 13
"""A year, and the current month."""
_DAY_US: Final = 86_400 * SECOND


class MonthAvailability(msgspec.Struct, frozen=True, kw_only=True):
    """Availability of the intake in one month."""

    month: str
    availability: Availability
    share: float | None
    """Share of the watched minutes, without planned work; null if no minute was watched."""


class Monthly:
    """Reader of monthly availability and reports."""

    def __init__(self, journal: Journal, tally: Tally, clock: Clock) -> None:
        self._journal, self._tally, self._clock = journal, tally, clock

    def availability(self, months: int = MONTHS) -> list[MonthAvailability]:
        """Return this month and those before, the newest first. Raises JournalError."""
        planned = self._planned()
        found, month = [], self._tally.today().replace(day=1)
        for _ in range(months):
            there = self._away(planned, midnight(month), midnight(after(month)))
            found.append(MonthAvailability(month=f"{month:%Y-%m}", availability=there, share=there.share))
            month = before(month)
        return found

    def report(self, month: date) -> Report:
        """Return the report of the month that begins on this day. Raises JournalError."""
        begins, ends = midnight(month), midnight(after(month))
        now_us, planned = self._clock.now_us(), self._planned()
        wanted = msgspec.structs.replace(ALL, since_us=begins, until_us=ends)
        rows = list(self._tally.each(wanted))
        each = [month + timedelta(days=n) for n in range((after(month) - month).days)]
        by_day = [
            (day, self._away(planned, midnight(day), midnight(day + timedelta(days=1)))) for day in each
        ]
        duty = self._journal.read(streams.DUTY, self._journal.version_before(streams.DUTY, begins))
        # A self-test of the last night may end in the next month.
        told = self._proofs(begins, Instant(ends + _DAY_US))
        return report(
            f"{month:%Y-%m}",
            rows,
            self._away(planned, begins, ends),
            [BadDay(day=day.isoformat(), availability=one) for day, one in by_day if one.lost or one.planned],
            callouts(duty, begins, ends),
            proofs(told, begins, ends),
            now_us=now_us,
            until_us=min(now_us, ends),
        )

    def _proofs(self, since: Instant, before: Instant) -> list[Recorded]:
        """Return the events of all nodes' self-tests in this time. Raises JournalError."""
        journal = self._journal
        names = journal.at_one_moment(lambda connection: list(streams_of(connection, StreamKind.PROOF)))
        told = (one for name in names for one in journal.read(name, journal.version_before(name, since)))
        return sorted((one for one in told if one.at_us < before), key=lambda one: one.seq)

    def _planned(self) -> list[PlannedWork]:
        return planned_work(self._journal.read(streams.SHELF))

    def _away(self, planned: list[PlannedWork], begins: Instant, ends: Instant) -> Availability:
        ends = min(ends, self._clock.now_us())
        if ends <= begins:
            return Availability(minutes=0)
        return availability(results_by_day(self._journal, begins, ends), planned, begins, ends)


def after(month: date) -> date:
    """Return the first day of the next month."""
    return (month.replace(day=1) + timedelta(days=31)).replace(day=1)


def before(month: date) -> date:
    """Return the first day of the month before."""
    return (month.replace(day=1) - timedelta(days=1)).replace(day=1)


def month_of(text: str) -> date:
    """Parse a month such as `2026-11`; return its first day. Raises ValueError."""
    if len(text) != len("2026-11"):
        raise ValueError(f"{text} is not a month: give one such as 2026-11")
    month = date.fromisoformat(f"{text}-01")
    # At the limits of the calendar a neighbouring month does not exist in some time zones.
    if not 1970 < month.year < MAXYEAR:
        raise ValueError(f"{text}: the center did not exist in this month")
    return month
