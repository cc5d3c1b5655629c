"""The carrier's calls, read so that those that are over are not told again and again."""

from __future__ import annotations

from collections.abc import Callable

import httpx

from tests.chaos.harness.view import Call


class CallBook:
    """All calls that the carrier has seen."""

    def __init__(self, carrier: Callable[[], httpx.Client]) -> None:
        self._carrier = carrier
        self._calls: dict[int, Call] = {}
        self._over = 0
        """Every call up to this one is over."""

    def read(self) -> list[Call]:
        """As they are now, oldest first."""
        told = self._carrier().get("/calls", params={"after": self._over}).json()
        self._calls |= {one["id"]: Call.read(one) for one in told}
        while (call := self._calls.get(self._over + 1)) is not None and not call.live:
            self._over += 1
        return list(self._calls.values())
