"""Which end of an alert is posted next, and what follows from the answer. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

import msgspec
from msgspec.structs import replace

from messages.ids import SECOND, AlertId, Instant, Outcome

PAUSES_S: Final = (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Between two tries, as Standard Webhooks advises; after the last one nobody tries any more."""
KEPT_US: Final = Instant(sum(PAUSES_S) * SECOND)
"""An end that is older is not told of."""
TYPE: Final = "alert.closed"
"""Of what is posted."""
AWAY_US: Final = Instant(600 * SECOND)
"""So long nobody may take anything before somebody is told."""


class End(NamedTuple):
    """One end of an alert: it may be reopened, and end again."""

    alert: AlertId
    version: int

    @property
    def name(self) -> str:
        """The message's: sent again it is the same."""
        return f"{self.alert}.{self.version}"


class Owed(msgspec.Struct, frozen=True, kw_only=True):
    """An end that is to be posted."""

    at: Instant
    """When it was."""
    outcome: Outcome
    """As it ended then: a reopened alert has none, and may get another."""
    failures: int = 0
    next_at: Instant = Instant(0)
    why: str = ""


Queue = Mapping[End, Owed]


def heard(queue: Queue, news: Iterable[tuple[End, Owed | None]]) -> dict[End, Owed]:
    """Return what is owed after these: an end that was written, or with None one that is owed no more."""
    found = dict(queue)
    for end, owed in news:
        found.pop(end, None)
        if owed is not None:
            found[end] = owed
    return found


def next_of(queue: Queue, now_us: Instant) -> End | None:
    """Return the end that is tried next: what has waited longest, of those that may be tried."""
    due = (end for end, owed in queue.items() if owed.next_at <= now_us)
    return min(due, key=lambda end: (queue[end].next_at, queue[end].at), default=None)


def told(queue: Queue, end: End) -> dict[End, Owed]:
    """Return what is left once this one was taken: whoever takes one takes the others that wait, too."""
    return {one: replace(owed, next_at=Instant(0)) for one, owed in queue.items() if one != end}


def failed(owed: Owed, why: str, now_us: Instant) -> Owed | None:
    """Return it as it waits for the next try; None where there is none."""
    if owed.failures >= len(PAUSES_S):
        return None
    next_at = Instant(now_us + PAUSES_S[owed.failures] * SECOND)
    return replace(owed, failures=owed.failures + 1, next_at=next_at, why=why)


def away(queue: Queue, now_us: Instant) -> str:
    """Return what is said of an address that takes nothing; empty where it takes, or may yet."""
    waiting = [one for one in queue.values() if one.failures and now_us - one.at >= AWAY_US]
    if not waiting:
        return ""
    why = min(waiting, key=lambda one: one.at).why
    return f"{len(waiting)} ended alerts could not be posted ({why}); they are tried on."
