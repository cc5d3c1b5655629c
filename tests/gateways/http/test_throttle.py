"""Who has to wait before the next password, and how slow hashes wait in lanes: whatever comes."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.http.security import hash_queue, throttle
from gateways.http.security.hash_queue import HashQueue, Lane
from gateways.http.security.throttle import (
    ADDRESS_MAX,
    FIRST_WAIT_S,
    NAME_MAX,
    WAIT_MAX_S,
    WINDOW_US,
    Throttle,
    network,
)
from gateways.http.wire.errors import Busy
from messages.ids import SECOND, Instant
from tests.waiting import wait_until_async

BEGUN = Instant(1_795_000_000 * SECOND)
NAMES = st.sampled_from(["marta", "luca", "nobody"])
ADDRESSES = st.sampled_from(["192.0.2.1", "192.0.2.2", "2001:db8::1"])
TRIES = st.lists(st.tuples(NAMES, ADDRESSES, st.integers(0, 400), st.booleans()), max_size=120)


def after(seconds: float) -> Instant:
    return Instant(BEGUN + int(seconds * SECOND))


def wrong(one: Throttle, times: int, at: Instant, *, name: str = "marta", address: str = "192.0.2.1") -> None:
    for _ in range(times):
        assert one.wait_s(name, address, at) == 0
        one.count(name, address, at)


def test_after_five_wrong_ones_a_name_waits_from_wherever_it_is_tried() -> None:
    one = Throttle()
    wrong(one, NAME_MAX, BEGUN)
    assert one.wait_s("marta", "192.0.2.99", BEGUN) == FIRST_WAIT_S
    assert one.wait_s("luca", "192.0.2.1", BEGUN) == 0
    assert one.wait_s("marta", "192.0.2.1", after(FIRST_WAIT_S - 0.5)) == 1
    assert one.wait_s("marta", "192.0.2.1", after(FIRST_WAIT_S)) == 0


def test_each_further_wrong_one_doubles_the_wait_up_to_a_quarter_of_an_hour() -> None:
    one, now = Throttle(), BEGUN
    wrong(one, NAME_MAX, now)
    waits = []
    for _ in range(8):
        wait_s = one.wait_s("marta", "192.0.2.1", now)
        waits.append(wait_s)
        now = Instant(now + wait_s * SECOND)
        wrong(one, 1, now)
    assert waits == [30, 60, 120, 240, 480, WAIT_MAX_S, WAIT_MAX_S, WAIT_MAX_S]
    # Quiet for as long again, and it begins anew.
    now = Instant(now + 2 * WAIT_MAX_S * SECOND)
    wrong(one, NAME_MAX, now)
    assert one.wait_s("marta", "192.0.2.1", now) == FIRST_WAIT_S


def test_twenty_wrong_ones_from_one_address_make_it_wait_for_any_name() -> None:
    one = Throttle()
    for n in range(ADDRESS_MAX):
        wrong(one, 1, BEGUN, name=f"operator{n}")
    assert one.wait_s("marta", "192.0.2.1", BEGUN) == FIRST_WAIT_S
    assert one.wait_s("marta", "192.0.2.2", BEGUN) == 0


def test_what_is_longer_ago_than_the_window_does_not_count() -> None:
    one = Throttle()
    wrong(one, NAME_MAX - 1, BEGUN)
    later = Instant(BEGUN + WINDOW_US)
    wrong(one, NAME_MAX - 1, later)
    assert one.wait_s("marta", "192.0.2.1", later) == 0


def test_a_right_one_clears_the_name_and_its_part_of_the_address() -> None:
    one = Throttle()
    for n in range(ADDRESS_MAX - NAME_MAX):
        wrong(one, 1, BEGUN, name=f"operator{n}")
    wrong(one, NAME_MAX, BEGUN)
    assert one.wait_s("luca", "192.0.2.1", BEGUN) == FIRST_WAIT_S
    one.right("marta", "192.0.2.1")
    assert one.wait_s("marta", "192.0.2.1", BEGUN) == one.wait_s("luca", "192.0.2.1", BEGUN) == 0
    wrong(one, NAME_MAX, BEGUN)
    assert one.wait_s("luca", "192.0.2.1", BEGUN) == FIRST_WAIT_S


def test_whoever_knows_one_password_cannot_clear_what_was_tried_for_others() -> None:
    one = Throttle()
    for n in range(ADDRESS_MAX):
        wrong(one, 1, BEGUN, name="mine")
        one.right("mine", "192.0.2.1")
        wrong(one, 1, BEGUN, name=f"operator{n}")
    assert one.wait_s("marta", "192.0.2.1", BEGUN) == FIRST_WAIT_S


def test_where_no_address_is_known_strangers_do_not_wait_for_each_other() -> None:
    one = Throttle()
    for n in range(10 * ADDRESS_MAX):
        wrong(one, 1, BEGUN, name=f"pins of {n}", address="")
    wrong(one, NAME_MAX, BEGUN, name="marta", address="")
    assert one.wait_s("luca", "", BEGUN) == 0
    assert one.wait_s("marta", "", BEGUN) == FIRST_WAIT_S


def test_one_that_was_right_is_taken_back_as_if_it_had_not_been() -> None:
    one = Throttle()
    for _ in range(10 * ADDRESS_MAX):
        wrong(one, 1, BEGUN)
        one.take_back("marta", "192.0.2.1")
    wrong(one, NAME_MAX - 1, BEGUN)
    assert one.wait_s("marta", "192.0.2.1", BEGUN) == 0


def test_a_right_one_neither_ends_a_wait_nor_makes_one_nor_forgets_the_doubling() -> None:
    one, now = Throttle(), BEGUN
    wrong(one, NAME_MAX, now)
    waits = []
    for _ in range(6):
        waits.append(one.wait_s("marta", "192.0.2.1", now))
        now = Instant(now + waits[-1] * SECOND)
        wrong(one, 1, now)
        one.take_back("marta", "192.0.2.1")
        assert one.wait_s("marta", "192.0.2.1", now) == 0
        wrong(one, 1, now)
    assert waits == [30, 60, 120, 240, 480, WAIT_MAX_S]


@pytest.mark.parametrize("knows_one", [False, True])
def test_in_a_day_about_a_hundred_are_looked_at_also_of_who_knows_one_right_answer(knows_one: bool) -> None:
    """A PIN of four digits is found in 50 days by half; the duress PIN helps nobody to the other one."""
    one, now, looked_at = Throttle(), BEGUN, 0
    until = after(24 * 3600)
    while now < until:
        if wait_s := one.wait_s("pins", "", now):
            now = Instant(now + wait_s * SECOND)
            continue
        if knows_one:
            one.count("pins", "", now)
            one.take_back("pins", "")
        wrong(one, 1, now, name="pins", address="")
        looked_at += 1
        now = Instant(now + SECOND // 3)
    assert looked_at < 110


def test_neighbours_in_one_ipv6_network_are_one() -> None:
    assert network("2001:db8::1") == network("2001:db8::ffff:1") != network("2001:db8:0:1::1")
    assert network("::ffff:192.0.2.1") == network("192.0.2.1")
    assert network("fe80::1%eth0") == network("fe80::2")
    assert network("testclient") == "testclient"


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "REMEMBERED_MAX", 50)
    one = Throttle()
    for n in range(200):
        one.count(f"name{n}", f"192.0.2.{n}", BEGUN)
    assert len(one._names) == len(one._addresses) == 50
    wrong(one, NAME_MAX - 1, BEGUN, name="name199", address="198.51.100.1")
    assert one.wait_s("name199", "198.51.100.1", BEGUN) == FIRST_WAIT_S


@given(TRIES)
def test_nobody_tries_more_often_than_allowed_and_nobody_waits_longer_than_allowed(
    tries: list[tuple[str, str, int, bool]],
) -> None:
    """Whatever is tried: never more than the limit of wrong ones within the window, for name and address."""
    one, now = Throttle(), BEGUN
    let_through: list[tuple[Instant, str, str]] = []
    for name, address, later_s, is_right in tries:
        now = Instant(now + later_s * SECOND // 10)
        wait_s = one.wait_s(name, address, now)
        assert 0 <= wait_s <= WAIT_MAX_S
        if wait_s:
            continue
        one.count(name, address, now)
        if is_right:
            one.right(name, address)
            let_through = [it for it in let_through if it[1] != name]
            continue
        let_through.append((now, name, address))
        for which, key, limit in ((1, name, NAME_MAX), (2, address, ADDRESS_MAX)):
            recent = [it for it in let_through if it[which] == key and now - it[0] < FIRST_WAIT_S * SECOND]
            assert len(recent) <= limit
        assert one.wait_s(name, address, Instant(now + WAIT_MAX_S * SECOND)) == 0


@given(TRIES)
def test_a_right_password_always_lets_the_name_try_again_from_elsewhere(
    tries: list[tuple[str, str, int, bool]],
) -> None:
    one, now = Throttle(), BEGUN
    for name, address, later_s, _ in tries:
        now = Instant(now + later_s * SECOND)
        one.count(name, address, now)
    one.right("marta", "192.0.2.1")
    assert one.wait_s("marta", "198.51.100.7", now) == 0


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
