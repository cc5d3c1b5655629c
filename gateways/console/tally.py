"""The figures' rows, kept in the web process: read from the journal when first asked for, then what is new.

Nothing of it is in the way of alerts: who asks for figures pays for them, in a thread of his own, and the
journal is read in small pages. See docs/decisions/0016-figures.md.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from time import sleep
from typing import Final

from messages.ids import SECOND, AlertId, Instant
from model.figures import Figures, Row, begin, evolve, figures
from runtime.clock import Clock
from store.journal import history
from store.journal.journal import Journal
from store.streams import alert_of

DAYS_MAX: Final = 30
KEPT_US: Final = (2 * DAYS_MAX + 1) * 86_400 * SECOND
"""A month, and the one before to compare with."""
LATE_US: Final = 3_600 * SECOND
"""What was written late stands behind what is newer."""
ROWS_MAX: Final = 100_000
REST_S: Final = 0.0005
"""After each page: a thread that works on keeps those that take an alert waiting at each of their turns."""


def local(at_us: Instant) -> datetime:
    """The instant on the clock of the place where the center stands."""
    return datetime.fromtimestamp(at_us / SECOND)  # noqa: DTZ006


def midnight(day: date) -> Instant:
    """When the day begins there."""
    return Instant(round(datetime.combine(day, time()).timestamp() * SECOND))


class Tally:
    """The rows of the alerts of the last two months, at most ROWS_MAX of them. For any thread."""

    def __init__(self, journal: Journal, clock: Clock, place: Callable[[Instant], datetime] = local) -> None:
        """`place` gives an instant on the center's own clock."""
        self._journal = journal
        self._clock = clock
        self._local = place
        self._lock = threading.Lock()
        self._rows: dict[AlertId, Row] = {}
        self._seq: int | None = None

    def figures(self, days: int) -> Figures:
        """The figures of today and the days before it, `days` of them in all. Raises JournalError."""
        rows, now_us = self.rows(), self._clock.now_us()
        today = self._local(now_us).date()
        first = today - timedelta(days=days - 1)
        return figures(
            rows,
            days=[first + timedelta(days=n) for n in range(days)],
            since_us=midnight(first),
            before_us=midnight(first - timedelta(days=days)),
            now_us=now_us,
            local=self._local,
        )

    def since(self, days: int) -> list[Row]:
        """The rows of the same days, newest first, tests among them. Raises JournalError."""
        begun = midnight(self._local(self._clock.now_us()).date() - timedelta(days=days - 1))
        return [row for row in reversed(self.rows()) if row.received_us >= begun]

    def rows(self) -> list[Row]:
        """All of them as the journal has them now, in the order of their receipt. Raises JournalError."""
        with self._lock:
            self._catch_up()
            return list(self._rows.values())

    def _catch_up(self) -> None:
        upto, oldest = self._journal.last_seq(), Instant(self._clock.now_us() - KEPT_US)
        if self._seq is None:
            self._seq = history.place_at(self._journal, Instant(oldest - LATE_US), upto)
        for page in history.for_figures(self._journal, self._seq, upto):
            for recorded in page:
                alert = alert_of(recorded.stream)
                if alert is None:
                    continue
                row = self._rows.get(alert)
                made = begin(recorded) if row is None else evolve(row, recorded)
                if made is not None:
                    self._rows[alert] = made
            # A page that was taken in is not read again when a later one fails.
            self._seq = min(upto, self._seq + history.FIGURES_PAGE)
            self._forget(oldest)
            if self._seq < upto:
                sleep(REST_S)

    def _forget(self, oldest: Instant) -> None:
        too_many = len(self._rows) - ROWS_MAX
        gone: list[AlertId] = []
        for alert, row in self._rows.items():
            if len(gone) >= too_many and row.received_us >= oldest:
                break
            gone.append(alert)
        for alert in gone:
            del self._rows[alert]
