"""Many named timers at absolute times over one wakeup.

Pure: no clock and no Thespian. Timers that fall together come out in the order in which they were set.
"""

from __future__ import annotations

from collections.abc import Hashable
from heapq import heapify, heappop, heappush

from messages.ids import Instant

_SLACK = 64
"""Cancelled entries stay in the heap until they come up, or until they outnumber the live by so many."""


class Timers:
    """A heap of (when, name). A name has one time; setting it again moves it."""

    def __init__(self) -> None:
        self._heap: list[tuple[Instant, int, Hashable]] = []
        self._live: dict[Hashable, tuple[Instant, int]] = {}
        self._count = 0

    def __len__(self) -> int:
        return len(self._live)

    def set(self, name: Hashable, when_us: Instant) -> None:
        """Have `name` come due at `when_us`, and no longer at any other time."""
        self._count += 1
        self._live[name] = (when_us, self._count)
        heappush(self._heap, (when_us, self._count, name))
        if len(self._heap) > 2 * len(self._live) + _SLACK:
            self._heap = [(when, order, each) for each, (when, order) in self._live.items()]
            heapify(self._heap)

    def cancel(self, name: Hashable) -> None:
        """Forget `name`; nothing where it is not set."""
        self._live.pop(name, None)

    def when(self, name: Hashable) -> Instant | None:
        """When `name` comes due."""
        live = self._live.get(name)
        return None if live is None else live[0]

    def pop_due(self, now_us: Instant) -> Hashable | None:
        """The next name that is due, which is then no longer set; None when none is.

        One at a time, because what a timer's handler does may cancel or set others.
        """
        while self._heap and self._heap[0][0] <= now_us:
            when, order, name = heappop(self._heap)
            if self._live.get(name) == (when, order):
                del self._live[name]
                return name
        return None

    def next_us(self) -> Instant | None:
        """When the next one is due."""
        while self._heap:
            when, order, name = self._heap[0]
            if self._live.get(name) == (when, order):
                return when
            heappop(self._heap)
        return None
