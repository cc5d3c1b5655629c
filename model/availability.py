"""How long the intake was away, by what was found from outside. Pure.

A minute is *lost* where each watcher that has tried in it had more than half of its tries fail: what one
alone sees may be its own network. A minute in which nobody tried is *unwatched*, which is neither good nor
lost. What was lost within planned work is told apart.
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


class Probed(msgspec.Struct, frozen=True, kw_only=True):
    """What one watcher has found in one minute at the intake, as a phone reaches it."""

    watcher: str
    minute: int
    """Since 1970, UTC."""
    tried: int
    failed: int
    worst_ms: int
    """The slowest answer; of those that failed, how long it was waited."""


class WatchedDay(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """What one watcher has found on one day of UTC: a bit a minute, the first of the day the lowest."""

    watched: bytes = _NONE
    failed: bytes = _NONE
    """More than half of the tries."""
    worst_ms: int = 0
    """The slowest answer, of minutes that were not lost."""

    def with_minute(self, probed: Probed) -> WatchedDay:
        """And this one. Told again it changes nothing; without a try it says nothing."""
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


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """Work during which all alarms were kept quiet."""

    begins: Instant
    ends: Instant


class Availability(msgspec.Struct, frozen=True, kw_only=True):
    """Of some time. In minutes."""

    minutes: int
    """That have passed."""
    watched: int = 0
    lost: int = 0
    """Beside planned work."""
    planned: int = 0
    """Lost within it."""
    longest: int = 0
    """The longest outage: lost minutes one after the other, planned or not."""
    longest_at_us: Instant | None = None
    """When it began."""
    worst_ms: int = 0

    @property
    def share(self) -> float | None:
        """Of what was watched, planned work left out; None where nothing was."""
        counted = self.watched - self.planned
        return None if counted <= 0 else 1 - self.lost / counted


def availability(
    days: Mapping[int, Sequence[WatchedDay]], planned: Sequence[Planned], begins: Instant, ends: Instant
) -> Availability:
    """From one minute up to another. `days`: of each day since 1970, what each watcher has found."""
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
            # As nearly all days are: nothing is looked at minute by minute.
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


def planned_work(recorded: Iterable[Recorded]) -> list[Planned]:
    """When all alarms, of a node or of all, were kept quiet, by the shelf's stream."""
    found: list[Planned] = []
    open_: dict[str, int] = {}
    for one in recorded:
        match one.event:
            case AlarmShelved(alarm="", subject="", node=node, ends_at=ends):
                if node in open_ and found[open_[node]].ends > one.at_us:
                    found[open_[node]] = msgspec.structs.replace(found[open_[node]], ends=ends)
                else:
                    open_[node] = len(found)
                    found.append(Planned(begins=one.at_us, ends=ends))
            case AlarmUnshelved(alarm="", subject="", node=node) if node in open_:
                place = open_.pop(node)
                ends = Instant(min(found[place].ends, one.at_us))
                found[place] = msgspec.structs.replace(found[place], ends=ends)
            case _:
                pass
    return found


def _judged(by: Sequence[WatchedDay]) -> tuple[int, int]:
    """The minutes that somebody watched, and those of them that all who did found lost."""
    seen = well = 0
    for one in by:
        watched = int.from_bytes(one.watched, "little")
        seen |= watched
        well |= watched & ~int.from_bytes(one.failed, "little")
    return seen, seen & ~well


def _is_planned(minute: int, planned: Sequence[Planned]) -> bool:
    begins, ends = minute * MINUTE_US, (minute + 1) * MINUTE_US
    return any(one.begins < ends and begins < one.ends for one in planned)


def _bytes(bits: int) -> bytes:
    return bits.to_bytes(_BYTES, "little")
