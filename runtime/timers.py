"""Many named timers at absolute times over one wakeup.

Pure: no clock and no Thespian. Timers of equal times expire in the order of their setting.
"""

from __future__ import annotations

from collections.abc import Hashable
from heapq import heapify, heappop, heappush

from messages.ids import Instant

_SLACK = 64
"""Number of cancelled entries beyond the live ones that stay in the heap."""


class Timers:
    """Heap of (time, name). A name has one time; setting it again moves it."""

    def __init__(self) -> None:
        self._heap: list[tuple[Instant, int, Hashable]] = []
        self._live: dict[Hashable, tuple[Instant, int]] = {}
        self._count = 0

    def __len__(self) -> int:
        return len(self._live)

    def set(self, name: Hashable, when_us: Instant) -> None:
        """Set the timer `name` to expire at `when_us` only."""
        self._count += 1
        self._live[name] = (when_us, self._count)
        heappush(self._heap, (when_us, self._count, name))
        if len(self._heap) > 2 * len(self._live) + _SLACK:
            self._heap = [(when, order, each) for each, (when, order) in self._live.items()]
            heapify(self._heap)

    def cancel(self, name: Hashable) -> None:
        """Cancel the timer; no effect if it is not set."""
        self._live.pop(name, None)

    def when(self, name: Hashable) -> Instant | None:
        """Return the expiry of the timer; None if it is not set."""
        live = self._live.get(name)
        return None if live is None else live[0]

    def pop_due(self, now_us: Instant) -> Hashable | None:
        """Return the next expired name and unset it; None if none has expired.

        One at a time, because the handler of a timer may cancel or set others.
        """
        while self._heap and self._heap[0][0] <= now_us:
            when, order, name = heappop(self._heap)
            if self._live.get(name) == (when, order):
                del self._live[name]
                return name
        return None

    def next_us(self) -> Instant | None:
        """Return the next expiry; None if no timer is set."""
        while self._heap:
            when, order, name = self._heap[0]
            if self._live.get(name) == (when, order):
                return when
            heappop(self._heap)
        return None
