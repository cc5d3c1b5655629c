"""Schedule of future actions, in order. Must not use a clock: its driver provides the time."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable

Action = Callable[[float], None]


class Timer:
    """Action due at `due_s`; `cancel` may be called at any time, and repeatedly."""

    __slots__ = ("action", "due_s")

    def __init__(self, due_s: float, action: Action) -> None:
        self.due_s = due_s
        self.action: Action | None = action

    def cancel(self) -> None:
        self.action = None


class Schedule:
    """Timers of the whole carrier in one heap, so that everything happens in one order."""

    def __init__(self, now_s: float) -> None:
        self.now_s = now_s
        self._heap: list[tuple[float, int, Timer]] = []
        self._serial = itertools.count()

    def at(self, due_s: float, action: Action) -> Timer:
        """Schedule `action(due_s)`; timers of one instant keep their order."""
        timer = Timer(due_s, action)
        heapq.heappush(self._heap, (due_s, next(self._serial), timer))
        return timer

    def run_until(self, now_s: float) -> None:
        """Run the actions due by `now_s`, each at its own time; an earlier time than the last one is
        ignored.
        """
        while self._heap and self._heap[0][0] <= now_s:
            due_s, _, timer = heapq.heappop(self._heap)
            if timer.action is not None:
                self.now_s = max(self.now_s, due_s)
                timer.action(self.now_s)
        self.now_s = max(self.now_s, now_s)

    def next_due_s(self) -> float | None:
        """Return the time of the next action; None if there is none."""
        while self._heap and self._heap[0][2].action is None:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None
