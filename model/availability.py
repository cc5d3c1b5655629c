"""Availability of the intake, measured from outside. Pure.

A minute is *lost* if each watcher that tried in it had more than half of its tries fail: a failure seen by
one watcher alone may lie in its own network. A minute without tries is *unwatched*, neither good nor lost.
Minutes lost during planned work are counted apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from messages.events import AlarmShelved, AlarmUnshelved
from messages.ids import SECOND, Instant
from messages.journal import Recorded

MINUTE_US: Final = 60 * SECOND
DAY_MINUTES: Final = 1440
_BYTES: Final = DAY_MINUTES // 8
_NONE: Final = bytes(_BYTES)


class ProbeResult(msgspec.Struct, frozen=True, kw_only=True):
    """Result of one watcher's probes of the intake in one minute, over a phone's path."""

    watcher: str
    minute: int
    """Minutes since 1970, UTC."""
    tried: int
    failed: int
    worst_ms: int
    """Slowest answer in milliseconds; for a failed try the time waited."""


class WatchedDay(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """Results of one watcher on one day of UTC: one bit per minute, the first minute in the lowest bit."""

    watched: bytes = _NONE
    failed: bytes = _NONE
    """Minutes in which more than half of the tries failed."""
    worst_ms: int = 0
    """Slowest answer in the minutes that were not lost, in milliseconds."""

    def with_minute(self, probed: ProbeResult) -> WatchedDay:
        """Return the day with this minute added. A repetition, or a minute without tries, changes nothing."""
        if probed.tried <= 0:
            return self
        bit = 1 << probed.minute % DAY_MINUTES
        failed = probed.failed * 2 > probed.tried
        had = int.from_bytes(self.failed, "little") & ~bit
        return WatchedDay(
            watched=_bytes(int.from_bytes(self.watched, "little") | bit),
            failed=_bytes(had | bit if failed else had),
            worst_ms=self.worst_ms if failed else max(self.worst_ms, probed.worst_ms),
        )


class PlannedWork(msgspec.Struct, frozen=True, kw_only=True):
    """Planned work during which all alarms were shelved."""

    begins: Instant
    ends: Instant


class Availability(msgspec.Struct, frozen=True, kw_only=True):
    """Availability over a period, in minutes."""

    minutes: int
    """Minutes that have passed."""
    watched: int = 0
    lost: int = 0
    """Minutes lost outside planned work."""
    planned: int = 0
    """Minutes lost within planned work."""
    longest: int = 0
    """Longest outage: consecutive lost minutes, planned or not."""
    longest_at_us: Instant | None = None
    """Start of the longest outage."""
    worst_ms: int = 0

    @property
    def share(self) -> float | None:
        """Share of watched minutes that were not lost, without planned work; None if none was watched."""
        counted = self.watched - self.planned
        return None if counted <= 0 else 1 - self.lost / counted


def availability(
    days: Mapping[int, Sequence[WatchedDay]], planned: Sequence[PlannedWork], begins: Instant, ends: Instant
) -> Availability:
    """Return the availability between two times. `days`: results of each watcher, by days since 1970."""
    first, last = begins // MINUTE_US, max(begins, ends) // MINUTE_US
    watched = lost = within = longest = run = 0
    longest_at: Instant | None = None
    worst_ms = 0
    for day in range(first // DAY_MINUTES, (last - 1) // DAY_MINUTES + 1) if last > first else ():
        by = days.get(day, ())
        worst_ms = max(worst_ms, *(one.worst_ms for one in by), 0)
        seen, bad = _judged(by)
        of_day = range(max(first, day * DAY_MINUTES), min(last, (day + 1) * DAY_MINUTES))
        asked = (1 << len(of_day)) - 1 << of_day.start % DAY_MINUTES
        watched += (seen & asked).bit_count()
        if not bad & asked:
            # Nearly all days have no lost minute and need no scan.
            run = 0
            continue
        for minute in of_day:
            if not bad >> minute % DAY_MINUTES & 1:
                run = 0
                continue
            run += 1
            if run > longest:
                longest, longest_at = run, Instant((minute - run + 1) * MINUTE_US)
            if _is_planned(minute, planned):
                within += 1
            else:
                lost += 1
    return Availability(
        minutes=last - first,
        watched=watched,
        lost=lost,
        planned=within,
        longest=longest,
        longest_at_us=longest_at,
        worst_ms=worst_ms,
    )


def planned_work(recorded: Iterable[Recorded]) -> list[PlannedWork]:
    """Return the times during which all alarms of a node, or of all nodes, were shelved."""
    found: list[PlannedWork] = []
    open_: dict[str, int] = {}
    for one in recorded:
        match one.event:
            case AlarmShelved(alarm="", subject="", node=node, ends_at=ends):
                if node in open_ and found[open_[node]].ends > one.at_us:
                    found[open_[node]] = msgspec.structs.replace(found[open_[node]], ends=ends)
                else:
                    open_[node] = len(found)
                    found.append(PlannedWork(begins=one.at_us, ends=ends))
            case AlarmUnshelved(alarm="", subject="", node=node) if node in open_:
                place = open_.pop(node)
                ends = Instant(min(found[place].ends, one.at_us))
                found[place] = msgspec.structs.replace(found[place], ends=ends)
            case _:
                pass
    return found


def _judged(by: Sequence[WatchedDay]) -> tuple[int, int]:
    """Return the watched minutes, and the minutes that every watcher of the minute found lost, as bits."""
    seen = well = 0
    for one in by:
        watched = int.from_bytes(one.watched, "little")
        seen |= watched
        well |= watched & ~int.from_bytes(one.failed, "little")
    return seen, seen & ~well


def _is_planned(minute: int, planned: Sequence[PlannedWork]) -> bool:
    begins, ends = minute * MINUTE_US, (minute + 1) * MINUTE_US
    return any(one.begins < ends and begins < one.ends for one in planned)


def _bytes(bits: int) -> bytes:
    return bits.to_bytes(_BYTES, "little")
