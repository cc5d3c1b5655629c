"""What watchers have found at the intake, in either database."""

from __future__ import annotations

from sqlalchemy import update

from messages.ids import SECOND, Instant
from model.availability import DAY_MINUTES, MINUTE_US, ProbeResult, availability
from store.database.query import Query
from store.database.schema import watched_day
from store.journal.journal import Journal
from store.probe_results import KEPT_DAYS, results_by_day, store_results
from tests.store.places import Clock, on_both
from tests.support.unreadable import DAMAGED


def told(journal: Journal, watcher: str, *minutes: tuple[int, int]) -> int:
    """Minutes before now, and how many of six tries failed."""
    now = journal.now_us() // MINUTE_US
    rows = [
        ProbeResult(watcher=watcher, minute=now - ago, tried=6, failed=failed, worst_ms=30)
        for ago, failed in minutes
    ]
    return journal.transact(lambda tx: store_results(tx, watcher, rows)) - now


def counted(journal: Journal, minutes: int) -> tuple[int, int]:
    ends = Instant(journal.now_us() // MINUTE_US * MINUTE_US)
    begins = Instant(ends - minutes * MINUTE_US)
    found = availability(results_by_day(journal, begins, ends), (), begins, ends)
    return found.watched, found.lost


def test_each_minute_is_kept_once_however_often_it_is_told(journal: Journal, clock: Clock) -> None:
    assert told(journal, "w", (3, 6), (2, 6), (1, 0)) == -1
    assert told(journal, "w", (3, 6), (2, 6), (1, 0)) == -1
    assert told(journal, "x", (2, 0)) == -2
    assert counted(journal, 10) == (3, 1)
    clock.forward(3 * 86_400)
    assert told(journal, "w", (1, 6)) == -1
    assert counted(journal, 4 * DAY_MINUTES) == (4, 2)


def test_what_is_too_old_goes_and_what_lies_ahead_is_left_out(journal: Journal, clock: Clock) -> None:
    told(journal, "w", (1, 0))
    assert told(journal, "w", (-60, 6)) == 2, "what is between now and then it has to tell"
    assert told(journal, "w", (-500_000_000, 6), (1, 0)) == 2
    clock.forward((KEPT_DAYS + 2) * 86_400)
    told(journal, "w", (1, 0))
    kept = results_by_day(journal, Instant(0), journal.now_us())
    assert list(kept) == [journal.now_us() // (86_400 * SECOND)]


@on_both
def test_a_day_that_cannot_be_read_is_told_anew_and_keeps_no_other_from_being_read(journal: Journal) -> None:
    told(journal, "w", (3, 6))
    told(journal, "x", (2, 0))
    damage = Query(update(watched_day).where(watched_day.c.watcher == "w").values(data=DAMAGED))
    journal.transact(lambda tx: tx.write(damage))
    assert counted(journal, 10) == (1, 0)
    told(journal, "w", (1, 6))
    assert counted(journal, 10) == (2, 1)
