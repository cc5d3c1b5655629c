"""A bounded queue for slow hashes of PINs and passwords, which any client can make the center compute.

A hash is slow on purpose: 50 ms and more of a processor. Hashes are therefore computed off the event loop,
few at a time, in lanes. A free turn goes to the first lane with a waiting request; beyond a few waiting
requests a lane refuses further requests at once. For a name that does not exist nothing is hashed: the
request waits as long as if a hash were computed, and occupies no place.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final, TypeVar

from gateways.http.wire.errors import Busy

T = TypeVar("T")

PRETENDED_MAX: Final = 256
"""Pretended hashes at a time: each costs a connection and a timer."""


@dataclass
class Lane:
    """Requests of one priority, first come first served."""

    at_once: int
    waits_max: int
    waiting: deque[asyncio.Future[None]] = field(default_factory=deque)
    running: int = 0


class HashQueue:
    """Lanes of one kind of hash, highest priority first. For one event loop."""

    def __init__(self, at_once: int, lanes: Sequence[Lane], lasts_s: float) -> None:
        """Make an idle queue. `lasts_s`: assumed seconds for one hash, until the first is measured."""
        self._free = at_once
        self._lanes = lanes
        self._pretended = 0
        self._lasts_s = lasts_s

    async def run(self, lane: int, work: Callable[[], T]) -> T:
        """Compute `work` in a thread, in turn. Raises Busy, and the errors of `work`."""
        async with self._turn(self._lanes[lane]):
            begun_s = _now_s()
            try:
                return await asyncio.to_thread(work)
            finally:
                self._lasts_s = _now_s() - begun_s

    async def pretend(self, lane: int) -> None:
        """Wait as long as a hash in this lane would take, and compute nothing. Raises Busy."""
        if self._pretended >= PRETENDED_MAX:
            raise Busy
        self._pretended += 1
        try:
            if ahead := self._lanes[lane].waiting:
                await asyncio.wait([ahead[-1]])
            await asyncio.sleep(self._lasts_s)
        finally:
            self._pretended -= 1

    @asynccontextmanager
    async def _turn(self, lane: Lane) -> AsyncIterator[None]:
        if not self._free or lane.running >= lane.at_once:
            if len(lane.waiting) >= lane.waits_max:
                raise Busy
            turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            lane.waiting.append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                if turn.cancelled():
                    lane.waiting.remove(turn)
                else:
                    self._end(lane)
                raise
        else:
            self._begin(lane)
        try:
            yield
        finally:
            self._end(lane)

    def _begin(self, lane: Lane) -> None:
        self._free -= 1
        lane.running += 1

    def _end(self, lane: Lane) -> None:
        """End a turn, and start the first waiting requests that may run."""
        self._free += 1
        lane.running -= 1
        for other in self._lanes:
            while self._free and other.running < other.at_once and other.waiting:
                self._begin(other)
                other.waiting.popleft().set_result(None)


def _now_s() -> float:
    return asyncio.get_running_loop().time()
