"""Statistics for supervisors, from the rows beside the journal (`store.alerts.figures`).

Statistics do not delay alerts: each request runs in a thread of its own, and the journal is read in small
pages. See docs/decisions/0142.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from itertools import islice
from time import sleep
from typing import Final

import msgspec

from messages.ids import SECOND, AlertId, Instant
from model.figures import AlertRow, AlertStatistics, statistics_of
from model.filtering import Filter
from runtime import logs
from runtime.clock import Clock
from store.alerts.figures import catch_up, newest, row_of
from store.errors import JournalLocked, StoreError
from store.journal.journal import Journal

ROWS_MAX: Final = 100_000
REST_S: Final = 0.0005
"""Pause after each page, in seconds: a thread without pauses delays the threads that accept alerts."""
CATCH_UP_EVERY_S: Final = 60.0
"""Interval in seconds, so that a request has at most the events of a minute to read."""

log = logs.get("http")


def local(at_us: Instant) -> datetime:
    """Return the instant in the local time of the center."""
    return datetime.fromtimestamp(at_us / SECOND)  # noqa: DTZ006


def midnight(day: date) -> Instant:
    """Return the instant when the day begins, in the local time of the center."""
    return Instant(round(datetime.combine(day, time()).timestamp() * SECOND))


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """Consecutive days in the center's calendar."""

    first: date
    days: int

    def around(self, wanted: Filter) -> Filter:
        """Return the filter limited to these days."""
        return msgspec.structs.replace(wanted, since_us=midnight(self.first), until_us=midnight(self._end))

    @property
    def before(self) -> Period:
        """The period of the same length just before."""
        return Period(first=self.first - timedelta(days=self.days), days=self.days)

    @property
    def all(self) -> list[date]:
        """All days of the period."""
        return [self.first + timedelta(days=n) for n in range(self.days)]

    @property
    def _end(self) -> date:
        return self.first + timedelta(days=self.days)


class Tally:
    """Statistics of some days, over the newest ROWS_MAX alerts at most. Safe for any thread."""

    def __init__(self, journal: Journal, clock: Clock, place: Callable[[Instant], datetime] = local) -> None:
        """`place` converts an instant to the center's local time."""
        self._journal = journal
        self._clock = clock
        self._local = place
        self._lock = threading.Lock()

    def today(self) -> date:
        """Return the present day in the center's calendar."""
        return self._local(self._clock.now_us()).date()

    def last(self, days: int) -> Period:
        """Return the last `days` days, today included."""
        return Period(first=self.today() - timedelta(days=days - 1), days=days)

    def figures(self, period: Period, wanted: Filter) -> tuple[AlertStatistics, list[AlertRow]]:
        """Return the statistics of the matching alerts of these days, and their rows as `rows` returns them.
        Raises JournalError.
        """
        there, before = period.around(wanted), period.before.around(wanted)
        assert there.since_us is not None
        assert before.since_us is not None
        found = self.rows(msgspec.structs.replace(there, since_us=before.since_us))
        counted = statistics_of(
            found,
            days=period.all,
            since_us=there.since_us,
            before_us=before.since_us,
            now_us=self._clock.now_us(),
            local=self._local,
        )
        return counted, [row for row in found if there.fits(row)]

    def rows(self, wanted: Filter) -> list[AlertRow]:
        """Return the rows of the matching alerts, newest first, tests included. Raises JournalError."""
        return list(islice(self.each(wanted), ROWS_MAX))

    def each(self, wanted: Filter, before: int = 2**62) -> Iterator[AlertRow]:
        """Yield the matching rows of alerts received before this position of the journal, newest first.
        Raises JournalError.
        """
        self._catch_up_if_free()
        for page in newest(self._journal, wanted.since_us or Instant(0), before):
            yield from filter(wanted.fits, page)
            sleep(REST_S)

    def has(self, alert: AlertId, wanted: Filter) -> bool:
        """Return True if the alert matches the filter, as of the last `catch_up`. Raises JournalError."""
        row = row_of(self._journal, alert)
        return row is not None and wanted.fits(row)

    def row(self, alert: AlertId) -> AlertRow | None:
        """Return the alert's current row; None for an unknown alert. Raises JournalError."""
        self._catch_up_if_free()
        return row_of(self._journal, alert)

    def day_of(self, row: AlertRow) -> date:
        """Return the day of the alert's receipt, in the center's calendar."""
        return self._local(row.received_us).date()

    def catch_up(self) -> None:
        """Update the rows to the end of the journal. Raises JournalError."""
        with self._lock:
            for _ in catch_up(self._journal):
                sleep(REST_S)

    def _catch_up_if_free(self) -> None:
        # A request must not fail because an alert is being written: the rows are then those of the last
        # update.
        with suppress(JournalLocked):
            self.catch_up()

    async def keep_up(self) -> None:
        """Update the rows periodically until cancelled, so that the first request need not wait."""
        while True:
            await asyncio.sleep(CATCH_UP_EVERY_S)
            try:
                await asyncio.to_thread(self.catch_up)
            except StoreError as error:
                log.error("the rows of the statistics cannot be updated", reason=str(error))
