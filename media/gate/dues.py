"""Who is due when, for one thread that has many of them. Pure."""

from __future__ import annotations

import heapq
from collections.abc import Hashable
from typing import Generic, TypeVar

One = TypeVar("One", bound=Hashable)


class Dues(Generic[One]):
    """Each has one moment; setting another moves it."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, One]] = []
        self._set: dict[One, int] = {}
        self._count = 0  # of equal moments the one set first comes first; what is due is never compared

    def set(self, one: One, due_us: int) -> None:
        """It is due then."""
        if self._set.get(one) != due_us:
            self._set[one] = due_us
            self._count += 1
            heapq.heappush(self._heap, (due_us, self._count, one))

    def forget(self, one: One) -> None:
        """It is due no more."""
        self._set.pop(one, None)

    def next_us(self) -> int | None:
        """When the first is due; None where nobody is."""
        while self._heap and self._set.get(self._heap[0][2]) != self._heap[0][0]:
            heapq.heappop(self._heap)  # moved or forgotten since
        return self._heap[0][0] if self._heap else None

    def pop(self, now_us: int) -> One | None:
        """The first that is due, once; None where nobody is."""
        due_us = self.next_us()
        if due_us is None or due_us > now_us:
            return None
        one = heapq.heappop(self._heap)[2]
        del self._set[one]
        return one
