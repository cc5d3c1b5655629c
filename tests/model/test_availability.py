"""Minutes lost: what watchers found, put together."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as some

from messages.events import AlarmShelved, AlarmUnshelved
from messages.ids import SECOND, Instant, NodeId, OperatorId
from model.availability import (
    DAY_MINUTES,
    MINUTE_US,
    Availability,
    PlannedWork,
    ProbeResult,
    WatchedDay,
    availability,
    planned_work,
)
from tests.support.recorded import story

MINUTE = 20_000 * DAY_MINUTES + 600
"""One of some day, at ten."""


def probed(
    minute: int, *, failed: int = 0, tried: int = 6, worst_ms: int = 40, watcher: str = "w"
) -> ProbeResult:
    return ProbeResult(watcher=watcher, minute=MINUTE + minute, tried=tried, failed=failed, worst_ms=worst_ms)


def watched(*minutes: Sequence[ProbeResult]) -> dict[int, list[WatchedDay]]:
    found: dict[int, list[WatchedDay]] = {}
    for by in minutes:
        days: dict[int, WatchedDay] = {}
        for one in by:
            day = one.minute // DAY_MINUTES
            days[day] = days.get(day, WatchedDay()).with_minute(one)
        for day, made in days.items():
            found.setdefault(day, []).append(made)
    return found


def of(
    begins: int, ends: int, *by: Sequence[ProbeResult], planned: Sequence[PlannedWork] = ()
) -> Availability:
    at = Instant((MINUTE + begins) * MINUTE_US), Instant((MINUTE + ends) * MINUTE_US)
    return availability(watched(*by), planned, *at)


def test_a_minute_is_lost_where_more_than_half_of_its_tries_failed() -> None:
    found = of(0, 4, [probed(0), probed(1, failed=3), probed(2, failed=4), probed(3, failed=6)])
    assert (found.minutes, found.watched, found.lost) == (4, 4, 2)
    assert found.share == 0.5
    assert (found.longest, found.longest_at_us) == (2, (MINUTE + 2) * MINUTE_US)


def test_minutes_that_nobody_watched_are_neither_good_nor_lost() -> None:
    found = of(0, 100, [probed(5), probed(7, failed=6)])
    assert (found.minutes, found.watched, found.lost, found.share) == (100, 2, 1, 0.5)
    assert of(0, 100).share is None


def test_an_outage_goes_over_midnight_and_ends_where_nobody_watched() -> None:
    late = DAY_MINUTES - 600
    away = [probed(late + n, failed=6) for n in (-2, -1, 0, 1, 3)]
    found = of(late - 10, late + 10, away)
    assert (found.lost, found.longest) == (5, 4)
    assert found.longest_at_us == (MINUTE + late - 2) * MINUTE_US


def test_what_was_lost_within_planned_work_is_told_apart() -> None:
    away = [probed(n, failed=6) for n in range(4)] + [probed(n) for n in range(4, 10)]
    begins = (MINUTE + 1) * MINUTE_US
    work = PlannedWork(begins=Instant(begins), ends=Instant(begins + MINUTE_US + 1))
    found = of(0, 10, away, planned=[work])
    assert (found.lost, found.planned, found.longest) == (2, 2, 4)
    assert found.share == pytest.approx(1 - 2 / 8)


def test_told_again_a_minute_changes_nothing_and_without_a_try_it_says_nothing() -> None:
    day = WatchedDay().with_minute(probed(0, failed=6))
    assert day.with_minute(probed(0, failed=6)) == day
    assert day.with_minute(probed(1, tried=0)) == day
    assert WatchedDay().with_minute(probed(0, failed=6, worst_ms=8000)).worst_ms == 0


@given(
    some.lists(
        some.tuples(some.integers(0, 2999), some.integers(0, 6), some.sampled_from("wx")), max_size=60
    ),
    some.integers(0, 3000),
    some.integers(0, 3000),
)
def test_it_is_a_count_minute_by_minute(told: list[tuple[int, int, str]], begins: int, ends: int) -> None:
    last = {(minute, who): failed for minute, failed, who in told}
    by = [
        [probed(minute, failed=failed) for (minute, who), failed in last.items() if who == watcher]
        for watcher in "wx"
    ]
    found = of(begins, ends, *by)
    there = {minute for minute, _ in last if begins <= minute < ends}
    lost = {
        minute
        for minute in there
        if all(failed * 2 > 6 for (when, _), failed in last.items() if when == minute)
    }
    assert found.minutes == max(0, ends - begins)
    assert (found.watched, found.lost, found.planned) == (len(there), len(lost), 0)
    longest = run = 0
    for minute in range(begins, ends):
        run = run + 1 if minute in lost else 0
        longest = max(longest, run)
    assert found.longest == longest


def at(seconds: int) -> Instant:
    return Instant(seconds * SECOND)


def test_planned_work_is_when_all_alarms_were_kept_quiet_as_long_as_they_were() -> None:
    anna = OperatorId("anna")
    all_ = AlarmShelved(ends_at=at(100), by=anna, reason="UPS")
    told = story(
        (10, all_),
        (20, AlarmShelved(alarm="line.no_sim", ends_at=at(500), by=anna, reason="SIM")),
        (50, AlarmShelved(ends_at=at(200), by=anna, reason="UPS, longer")),
        (150, AlarmUnshelved(by=anna)),
        (300, AlarmShelved(node=NodeId("n2"), ends_at=at(400), by=anna, reason="disk")),
    )
    assert planned_work(told) == [
        PlannedWork(begins=at(10), ends=at(150)),
        PlannedWork(begins=at(300), ends=at(400)),
    ]
