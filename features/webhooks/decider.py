"""Decider for webhooks: the next end to be posted, and the consequence of an answer. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

import msgspec
from msgspec.structs import replace

from messages.ids import SECOND, AlertId, Instant, Outcome

PAUSES_S: Final = (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Pauses between two attempts, as Standard Webhooks advises; after the last the message is dropped."""
KEPT_US: Final = Instant(sum(PAUSES_S) * SECOND)
"""Age of the oldest end that is posted."""
TYPE: Final = "alert.closed"
"""Type of the message."""
AWAY_US: Final = Instant(600 * SECOND)
"""Time for which messages may fail before an alarm."""


class End(NamedTuple):
    """An end of an alert, which may be reopened and end again."""

    alert: AlertId
    version: int

    @property
    def name(self) -> str:
        """Id of the message, stable over repetitions."""
        return f"{self.alert}.{self.version}"


class PendingEnd(msgspec.Struct, frozen=True, kw_only=True):
    """The end of an alert that is still to be posted. `failures`: number of failed attempts; `next_at`: time
    of the next attempt; `why`: reason of the last failure.
    """

    at: Instant
    """Time of the end."""
    outcome: Outcome
    """Outcome at that end: a reopened alert has none, and may get another."""
    failures: int = 0
    next_at: Instant = Instant(0)
    why: str = ""


Queue = Mapping[End, PendingEnd]


def add_news(queue: Queue, news: Iterable[tuple[End, PendingEnd | None]]) -> dict[End, PendingEnd]:
    """Return the pending ends after a change: a new end, or with None an end with a recorded result."""
    found = dict(queue)
    for end, owed in news:
        found.pop(end, None)
        if owed is not None:
            found[end] = owed
    return found


def next_of(queue: Queue, now_us: Instant) -> End | None:
    """Return the end to post next: the end that has waited longest of those whose time has come; None if
    there is none.
    """
    due = (end for end, owed in queue.items() if owed.next_at <= now_us)
    return min(due, key=lambda end: (queue[end].next_at, queue[end].at), default=None)


def after_delivery(queue: Queue, end: End) -> dict[End, PendingEnd]:
    """Return the remaining ends after a success: all become due, since the target accepts messages again."""
    return {one: replace(owed, next_at=Instant(0)) for one, owed in queue.items() if one != end}


def failed(owed: PendingEnd, why: str, now_us: Instant) -> PendingEnd | None:
    """Return the end with the time of its next attempt; None after the last attempt."""
    if owed.failures >= len(PAUSES_S):
        return None
    next_at = Instant(now_us + PAUSES_S[owed.failures] * SECOND)
    return replace(owed, failures=owed.failures + 1, next_at=next_at, why=why)


def away(queue: Queue, now_us: Instant) -> str:
    """Return the text of the alarm about a target that fails; empty if it works, or may yet."""
    waiting = [one for one in queue.values() if one.failures and now_us - one.at >= AWAY_US]
    if not waiting:
        return ""
    why = min(waiting, key=lambda one: one.at).why
    return f"{len(waiting)} ended alerts could not be posted ({why}); the center retries."
