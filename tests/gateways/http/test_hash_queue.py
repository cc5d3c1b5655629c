"""Slow hashes wait in lanes, each of which is bounded: whatever comes, and in whatever order."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable

import pytest

from gateways.http.door import hash_queue
from gateways.http.door.hash_queue import HashQueue, Lane
from gateways.http.wire.errors import Busy
from tests.waiting import wait_until_async

FIRST, SECOND_ = 0, 1


class Slow:
    """Hashes that take until they are let go."""

    def __init__(self, queue: HashQueue) -> None:
        self.queue = queue
        self.begun: list[str] = []
        self._go: dict[str, threading.Event] = {}

    def begin(self, lane: int, name: str) -> asyncio.Task[str]:
        go = self._go[name] = threading.Event()

        def work() -> str:
            self.begun.append(name)
            assert go.wait(10)
            return name

        return asyncio.create_task(self.queue.run(lane, work))

    def end(self, name: str) -> None:
        self._go[name].set()

    async def until(self, *begun: str) -> None:
        await wait_until_async(lambda: tuple(self.begun) == begun, what="what has begun")


def on_a_loop(test: Callable[[], Awaitable[None]]) -> Callable[[], None]:
    def run() -> None:
        asyncio.run(test())  # type: ignore[arg-type]

    run.__name__ = test.__name__
    return run


@on_a_loop
async def test_a_turn_goes_to_the_first_lane_and_within_it_to_who_came_first() -> None:
    slow = Slow(HashQueue(1, (Lane(1, 8), Lane(1, 8)), 0))
    names = ["a", "low1", "low2", "high1", "high2"]
    lanes = [SECOND_, SECOND_, SECOND_, FIRST, FIRST]
    tasks = [slow.begin(lane, name) for lane, name in zip(lanes, names, strict=True)]
    for at, name in enumerate(order := ["a", "high1", "high2", "low1", "low2"]):
        await slow.until(*order[: at + 1])
        slow.end(name)
    assert await asyncio.gather(*tasks) == names


@on_a_loop
async def test_beyond_those_that_may_wait_one_is_told_so_at_once_and_other_lanes_go_on() -> None:
    slow = Slow(HashQueue(1, (Lane(1, 1), Lane(1, 2)), 0))
    kept = [slow.begin(SECOND_, name) for name in "abc"]
    await slow.until("a")
    with pytest.raises(Busy) as refused:
        await slow.begin(SECOND_, "d")
    assert refused.value.retry_after_s == 2
    kept.append(slow.begin(FIRST, "first"))
    for at, name in enumerate(order := ["a", "first", "b", "c"]):
        await slow.until(*order[: at + 1])
        slow.end(name)
    assert await asyncio.gather(*kept) == ["a", "b", "c", "first"]
    again = slow.begin(SECOND_, "e")
    slow.end("e")
    assert await again == "e"


@on_a_loop
async def test_a_lane_that_may_run_one_leaves_the_other_place_free() -> None:
    slow = Slow(HashQueue(2, (Lane(2, 8), Lane(1, 8)), 0))
    tasks = [slow.begin(SECOND_, "low1"), slow.begin(SECOND_, "low2"), slow.begin(FIRST, "high")]
    await slow.until("low1", "high")
    for name in ("high", "low1", "low2"):
        slow.end(name)
    assert await asyncio.gather(*tasks) == ["low1", "low2", "high"]


@on_a_loop
async def test_who_goes_away_while_waiting_leaves_the_place_to_the_next() -> None:
    slow = Slow(HashQueue(1, (Lane(1, 1), Lane(1, 1)), 0))
    first, gone = slow.begin(FIRST, "a"), slow.begin(FIRST, "gone")
    await slow.until("a")
    gone.cancel()
    await asyncio.wait([gone])
    last = slow.begin(FIRST, "b")
    slow.end("a")
    slow.end("b")
    assert list(await asyncio.gather(first, last)) == ["a", "b"]
    assert slow.begun == ["a", "b"]


@on_a_loop
async def test_what_fails_gives_its_turn_back() -> None:
    queue = HashQueue(1, (Lane(1, 0),), 0)

    def fails() -> None:
        raise ValueError("damaged")

    for _ in range(3):
        with pytest.raises(ValueError, match="damaged"):
            await queue.run(FIRST, fails)


@on_a_loop
async def test_what_does_not_exist_waits_as_long_as_what_does_and_takes_nobodys_place() -> None:
    slow = Slow(HashQueue(1, (Lane(1, 1),), 0))
    first, second = slow.begin(FIRST, "a"), slow.begin(FIRST, "b")
    await slow.until("a")
    pretended = [asyncio.create_task(slow.queue.pretend(FIRST)) for _ in range(20)]
    await asyncio.sleep(0)
    assert not any(one.done() for one in pretended)
    slow.end("a")
    slow.end("b")
    assert list(await asyncio.gather(first, second)) == ["a", "b"]
    await asyncio.gather(*pretended)
    assert slow.begun == ["a", "b"]


@on_a_loop
async def test_pretences_are_bounded_too() -> None:
    slow = Slow(HashQueue(1, (Lane(1, 1),), 0))
    kept = [slow.begin(FIRST, "a"), slow.begin(FIRST, "b")]
    await slow.until("a")
    pretended = [asyncio.create_task(slow.queue.pretend(FIRST)) for _ in range(hash_queue.PRETENDED_MAX + 1)]
    done, _ = await asyncio.wait(pretended, return_when=asyncio.FIRST_EXCEPTION)
    assert [type(one.exception()) for one in done] == [Busy]
    slow.end("a")
    slow.end("b")
    await asyncio.gather(*kept, *(one for one in pretended if one not in done))
