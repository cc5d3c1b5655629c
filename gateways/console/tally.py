"""The supervisor's figures, from the rows that are kept beside the journal (`store.alerts.figures`).

Nothing of it is in the way of alerts: whoever asks for figures pays for them, in a thread of its own, and the
journal is read in small pages. See docs/decisions/0066-rows-of-figures.md.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from time import sleep
from typing import Final

from messages.ids import SECOND, Instant
from model.figures import Figures, Row, figures
from runtime import logs
from runtime.clock import Clock
from store.alerts.figures import catch_up, newest
from store.errors import StoreError
from store.journal.journal import Journal

DAYS_MAX: Final = 30
KEPT_US: Final = (2 * DAYS_MAX + 1) * 86_400 * SECOND
"""A month, and the one before to compare with."""
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


class Tally:
    """Figures of the last two months, of at most ROWS_MAX alerts, the newest. For any thread."""

    def __init__(self, journal: Journal, clock: Clock, place: Callable[[Instant], datetime] = local) -> None:
        """`place` gives an instant on the center's own clock."""
        self._journal = journal
        self._clock = clock
        self._local = place
        self._lock = threading.Lock()

    def figures(self, days: int) -> tuple[Figures, list[Row]]:
        """The figures of today and the days before it, `days` of them in all, and their alerts' rows as
        `since` gives them. Raises JournalError.
        """
        today = self._local(self._clock.now_us()).date()
        first = today - timedelta(days=days - 1)
        since_us, before_us = midnight(first), midnight(first - timedelta(days=days))
        found = self._rows(before_us)
        counted = figures(
            found,
            days=[first + timedelta(days=n) for n in range(days)],
            since_us=since_us,
            before_us=before_us,
            now_us=self._clock.now_us(),
            local=self._local,
        )
        return counted, [row for row in found if row.received_us >= since_us]

    def since(self, days: int) -> list[Row]:
        """The rows of the same days, newest first, tests among them. Raises JournalError."""
        return self._rows(midnight(self._local(self._clock.now_us()).date() - timedelta(days=days - 1)))

    def catch_up(self) -> None:
        """Bring the rows to where the journal is. Raises JournalError."""
        with self._lock:
            for _ in catch_up(self._journal, Instant(self._clock.now_us() - KEPT_US)):
                sleep(REST_S)

    async def keep_up(self) -> None:
        """Do so again and again, until cancelled, so that nobody waits who asks for the first time."""
        while True:
            await asyncio.sleep(CATCH_UP_EVERY_S)
            try:
                await asyncio.to_thread(self.catch_up)
            except StoreError as error:
                log.error("the figures' rows cannot be kept", reason=str(error))

    def _rows(self, since_us: Instant) -> list[Row]:
        self.catch_up()
        found: list[Row] = []
        for page in newest(self._journal, since_us):
            found += page
            if len(found) >= ROWS_MAX:
                break
            sleep(REST_S)
        return found[:ROWS_MAX]
