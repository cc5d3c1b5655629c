"""Several conferences are run by one thread, each as if it were alone, and the thread goes with the last."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from media.conference.beat import Tick
from media.conference.mixing_thread import Clock, MixingThread
from tests.waiting import wait_until


class StepClock:
    """Gives a tick whenever the test says so."""

    def __init__(self) -> None:
        self._steps = threading.Semaphore(0)
        self._number = -1
        self.waiting = threading.Event()
        self.us = 0

    def start(self) -> None:
        pass

    def wait(self) -> Tick:
        self.waiting.set()
        self._steps.acquire()
        self._number += 1
        return Tick(self._number)

    def now_us(self) -> int:
        return self.us

    def step(self, ticks: int = 1) -> None:
        """Let so many ticks pass, and wait for their end."""
        for _ in range(ticks):
            assert self.waiting.wait(10)
            self.waiting.clear()
            self._steps.release()


class Mixed:
    """Notes its ticks."""

    def __init__(self, during: Callable[[], None] = lambda: None) -> None:
        self.ticks: list[Tick] = []
        self.during = during
        self.asked = self.released = 0

    def run(self, tick: Tick, clock: Clock, priority: str, *, heir_asks: bool) -> None:
        self.ticks.append(tick)
        self.asked += heir_asks
        self.during()

    def release(self) -> None:
        self.released += 1


def settled(clock: StepClock) -> None:
    assert clock.waiting.wait(10)


def test_all_are_run_in_each_tick_and_who_comes_later_from_the_next_on() -> None:
    clock = StepClock()
    thread, first, second = MixingThread(clock), Mixed(), Mixed()
    thread.add(first)
    clock.step(2)
    settled(clock)
    thread.add(second)
    thread.add(second)
    clock.step()
    settled(clock)
    assert [tick.number for tick in first.ticks] == [0, 1, 2]
    assert [tick.number for tick in second.ticks] == [2]
    assert thread.runs(first)
    assert thread.remove(first)
    assert not thread.runs(first)
    clock.step()
    settled(clock)
    assert len(first.ticks) == 3
    assert len(second.ticks) == 2
    end(thread, clock, second)


def end(thread: MixingThread, clock: StepClock, last: Mixed) -> None:
    """The thread ends at the tick after its last conference."""
    thread.remove(last)
    clock.step()
    wait_until(lambda: not any(one.name == "voice" for one in threading.enumerate()))


def test_who_is_mixed_after_others_is_late_by_their_turns() -> None:
    clock = StepClock()

    def work() -> None:
        clock.us += 700

    thread, first, second = MixingThread(clock), Mixed(work), Mixed()
    thread.add(first)
    thread.add(second)
    clock.step()
    settled(clock)
    assert (first.ticks[-1].late_us, second.ticks[-1].late_us) == (0, 700)
    thread.remove(first)
    end(thread, clock, second)


def test_a_removed_conference_is_waited_for_while_its_tick_runs() -> None:
    clock = StepClock()
    inside, leave = threading.Event(), threading.Event()

    def work() -> None:
        inside.set()
        leave.wait(10)

    thread, slow, other = MixingThread(clock), Mixed(work), Mixed()
    thread.add(other)
    thread.add(slow)
    clock.step()
    assert inside.wait(10)
    began = time.monotonic()
    assert not thread.remove(slow, 0.05)
    assert time.monotonic() - began >= 0.05
    assert not slow.released
    leave.set()
    assert thread.remove(slow, 10)
    settled(clock)
    assert slow.released == 1, "whoever has not waited leaves it to the thread"
    end(thread, clock, other)


def test_the_thread_of_the_last_comes_again_with_the_next_one() -> None:
    clock = StepClock()
    thread, first = MixingThread(clock), Mixed()
    thread.add(first)
    clock.step()
    settled(clock)
    end(thread, clock, first)
    clock.waiting.clear()
    thread.add(first)
    clock.step()
    settled(clock)
    assert len(first.ticks) == 2
    end(thread, clock, first)


def test_an_heir_is_looked_for_for_half_a_second() -> None:
    clock = StepClock()
    thread, one = MixingThread(clock), Mixed()
    thread.add(one)
    clock.step()
    settled(clock)
    assert one.asked == 0
    thread.look_for_heirs()
    clock.step(30)
    settled(clock)
    assert one.asked == 25
    end(thread, clock, one)
