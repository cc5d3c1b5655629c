"""The supervisor's figures, from the rows that are kept beside the journal (`store.alerts.figures`).

Nothing of it is in the way of alerts: whoever asks for figures pays for them, in a thread of its own, and the
journal is read in small pages. See docs/decisions/0066-rows-of-figures.md.
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
from model.figures import Figures, Row, figures
from model.filtering import Filter
from runtime import logs
from runtime.clock import Clock
from store.alerts.figures import catch_up, newest, row_of
from store.errors import JournalLocked, StoreError
from store.journal.journal import Journal

ROWS_MAX: Final = 100_000
REST_S: Final = 0.0005
"""After each page: a thread that works on keeps those that take an alert waiting at each of their turns."""
CATCH_UP_EVERY_S: Final = 60.0
"""So that no question finds more to read than a minute's events."""

log = logs.get("http")


def local(at_us: Instant) -> datetime:
    """The instant on the clock of the place where the center stands."""
    return datetime.fromtimestamp(at_us / SECOND)  # noqa: DTZ006


def midnight(day: date) -> Instant:
    """When the day begins there."""
    return Instant(round(datetime.combine(day, time()).timestamp() * SECOND))


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """Days that follow each other, by the center's own calendar."""

    first: date
    days: int

    def around(self, wanted: Filter) -> Filter:
        """What is wanted, of these days alone."""
        return msgspec.structs.replace(wanted, since_us=midnight(self.first), until_us=midnight(self._end))

    @property
    def before(self) -> Period:
        """As many days before them."""
        return Period(first=self.first - timedelta(days=self.days), days=self.days)

    @property
    def all(self) -> list[date]:
        """Each."""
        return [self.first + timedelta(days=n) for n in range(self.days)]

    @property
    def _end(self) -> date:
        return self.first + timedelta(days=self.days)


class Tally:
    """Figures of some days, of at most ROWS_MAX alerts, the newest. For any thread."""

    def __init__(self, journal: Journal, clock: Clock, place: Callable[[Instant], datetime] = local) -> None:
        """`place` gives an instant on the center's own clock."""
        self._journal = journal
        self._clock = clock
        self._local = place
        self._lock = threading.Lock()

    def today(self) -> date:
        """By the center's own calendar."""
        return self._local(self._clock.now_us()).date()

    def last(self, days: int) -> Period:
        """Today and the days before it, `days` of them in all."""
        return Period(first=self.today() - timedelta(days=days - 1), days=days)

    def figures(self, period: Period, wanted: Filter) -> tuple[Figures, list[Row]]:
        """The figures of the alerts that are wanted of these days, and their rows as `rows` gives them.
        Raises JournalError.
        """
        there, before = period.around(wanted), period.before.around(wanted)
        assert there.since_us is not None
        assert before.since_us is not None
        found = self.rows(msgspec.structs.replace(there, since_us=before.since_us))
        counted = figures(
            found,
            days=period.all,
            since_us=there.since_us,
            before_us=before.since_us,
            now_us=self._clock.now_us(),
            local=self._local,
        )
        return counted, [row for row in found if there.fits(row)]

    def rows(self, wanted: Filter) -> list[Row]:
        """The rows of the alerts that are wanted, newest first, tests among them. Raises JournalError."""
        return list(islice(self.each(wanted), ROWS_MAX))

    def each(self, wanted: Filter, before: int = 2**62) -> Iterator[Row]:
        """One after the other, received before that place of the journal. Raises JournalError."""
        self._catch_up_if_free()
        for page in newest(self._journal, wanted.since_us or Instant(0), before):
            yield from filter(wanted.fits, page)
            sleep(REST_S)

    def has(self, alert: AlertId, wanted: Filter) -> bool:
        """Whether the alert is one of those, as of the last `catch_up`. Raises JournalError."""
        row = row_of(self._journal, alert)
        return row is not None and wanted.fits(row)

    def row(self, alert: AlertId) -> Row | None:
        """The alert's row as it is now; None where there is no such alert. Raises JournalError."""
        self._catch_up_if_free()
        return row_of(self._journal, alert)

    def day_of(self, row: Row) -> date:
        """On which it was received, by the center's own calendar."""
        return self._local(row.received_us).date()

    def catch_up(self) -> None:
        """Bring the rows to where the journal is. Raises JournalError."""
        with self._lock:
            for _ in catch_up(self._journal):
                sleep(REST_S)

    def _catch_up_if_free(self) -> None:
        # What is asked for must not fail because an alert is being written: the rows are then as they were
        # kept last.
        with suppress(JournalLocked):
            self.catch_up()

    async def keep_up(self) -> None:
        """Do so again and again, until cancelled, so that nobody waits who asks for the first time."""
        while True:
            await asyncio.sleep(CATCH_UP_EVERY_S)
            try:
                await asyncio.to_thread(self.catch_up)
            except StoreError as error:
                log.error("the figures' rows cannot be kept", reason=str(error))
