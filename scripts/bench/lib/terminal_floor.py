"""Delay of a frame in this machine's terminals alone: the lower bound of all voices through them.

A worker of the kernel moves written data to the other end of a terminal. This worker has no higher priority
for the processor than any program. No bridge can play data that have not arrived.
"""

from __future__ import annotations

import os
import select
import threading
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.support.hearing import AHEAD_OF_THE_CENTER

FRAME_S = 0.02
FRAME = bytes(320)


class TerminalFloor:
    """Measurement of the time that a frame takes through a terminal, with a frame every 20 ms."""

    def __init__(self) -> None:
        self.took_s: list[float] = []
        self._over = threading.Event()

    def figures(self) -> dict[str, float]:
        """Return median, tail and maximum in milliseconds."""
        took = sorted(self.took_s)
        if not took:
            return {}
        return {
            "p50_ms": round(1000 * took[len(took) // 2], 2),
            "p99_9_ms": round(1000 * took[int(0.999 * (len(took) - 1))], 2),
            "max_ms": round(1000 * took[-1], 2),
        }

    @contextmanager
    def measured(self) -> Iterator[TerminalFloor]:
        """Measure during the context."""
        thread = threading.Thread(target=self._run, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._over.set()
            thread.join()

    def _run(self) -> None:
        with suppress(OSError):
            settings = os.SCHED_RR | os.SCHED_RESET_ON_FORK
            os.sched_setscheduler(0, settings, os.sched_param(AHEAD_OF_THE_CENTER))
        master, slave = os.openpty()
        tty.setraw(slave)
        os.set_blocking(master, False)
        arrivals = select.epoll()
        # Edge-triggered: a poll of the state would make the kernel wait for its worker.
        arrivals.register(master, select.EPOLLIN | select.EPOLLET)
        due_s = time.monotonic()
        while not self._over.is_set():
            began_s = time.monotonic()
            os.write(slave, FRAME)
            self._await(arrivals, master)
            self.took_s.append(time.monotonic() - began_s)
            due_s = max(due_s + FRAME_S, time.monotonic())
            time.sleep(max(0.0, due_s - time.monotonic()))
        arrivals.close()
        os.close(slave)
        os.close(master)

    def _await(self, arrivals: select.epoll, master: int) -> None:
        left = len(FRAME)
        while left > 0 and not self._over.is_set():
            if arrivals.poll(0.5):
                with suppress(BlockingIOError):
                    left -= len(os.read(master, 4096))
