"""The two clocks."""

from __future__ import annotations

import time

from messages.ids import SECOND
from runtime.clock import SystemClock, VirtualClock, boottime_us


def test_the_real_clock_agrees_with_the_wall_when_it_is_anchored() -> None:
    assert abs(SystemClock.anchored().now_us() - time.time_ns() // 1000) < SECOND


def test_every_process_with_the_same_anchor_says_the_same() -> None:
    first = SystemClock.anchored()
    second = SystemClock(first.anchor_us)
    before = first.now_us()
    assert 0 <= second.now_us() - before < SECOND


def test_the_real_clock_goes_by_the_boot_clock_alone() -> None:
    clock = SystemClock(1000)
    before = boottime_us()
    now = clock.now_us()
    assert before + 1000 <= now <= boottime_us() + 1000


def test_the_virtual_clock_calls_in_the_order_of_time_and_of_registration() -> None:
    clock = VirtualClock(0)
    called: list[str] = []
    for when, name in ((20, "c"), (10, "a"), (20, "d"), (10, "b")):
        clock.call_at(when, lambda name=name: called.append(name))  # type: ignore[misc]
    while clock.step(15):
        pass
    assert called == ["a", "b"]
    assert clock.now_us() == 15
    while clock.step(30):
        pass
    assert called == ["a", "b", "c", "d"]


def test_what_is_to_be_called_in_the_past_is_called_at_the_next_move() -> None:
    clock = VirtualClock(100)
    seen: list[int] = []
    clock.call_at(50, lambda: seen.append(clock.now_us()))
    assert seen == []
    assert clock.step(100)
    assert seen == [100]
