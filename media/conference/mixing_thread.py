"""Thread that runs the ticks of one or more conferences, one after the other, every 20 ms.

A conference alone in a process pays for each tick three to five times the price of the tenth in one thread:
between two ticks its code and data leave the processor's caches (docs/decisions/0164). The thread runs while
it has a conference.
"""

from __future__ import annotations

import threading
import time
from typing import Protocol

from media.conference.beat import Beat, Tick
from media.conference.priority import Rank, raise_thread, share_interpreter

_LOOK_S = 0.001
_HEIR_TICKS = 25
"""Ticks in which an heir's ports are looked for: a port may be about to be opened when the heir asks."""


class Clock(Protocol):
    """Clock of the media thread."""

    def start(self) -> None:
        """Start the schedule; the first tick is due now."""
        ...

    def wait(self) -> Tick:
        """Block until the next tick is due, and return the tick."""
        ...

    def now_us(self) -> int:
        """Return the time of this clock in microseconds; its zero is arbitrary."""
        ...


class Mixed(Protocol):
    """Conference as the thread runs it."""

    def run(self, tick: Tick, clock: Clock, priority: str, *, heir_asks: bool) -> None:
        """Run one tick. Raises nothing. `priority`: as in `Pace`. `heir_asks`: another process waits for a
        port of one of the conferences.
        """
        ...

    def release(self) -> None:
        """Release what the last tick has used: no further tick follows. Raises nothing."""
        ...


class MixingThread:
    """Thread of the voice. `add` and `remove` may be called from any thread, also during a tick."""

    def __init__(self, clock: Clock | None = None) -> None:
        """Prepare the thread; nothing runs before `add`."""
        self._clock: Clock = clock or Beat()
        self._lock = threading.Lock()
        self._mixed: tuple[Mixed, ...] = ()
        self._in_tick: tuple[Mixed, ...] = ()
        """Conferences of the present tick; empty between two ticks."""
        self._thread: threading.Thread | None = None
        self._heir_ticks = 0

    def look_for_heirs(self) -> None:
        """Hand over each conference with a port that another process waits for, in the next half second.
        Takes no lock: may be called between any two instructions.
        """
        self._heir_ticks = _HEIR_TICKS

    def add(self, conference: Mixed) -> None:
        """Run the conference from the next tick on; no effect if it runs."""
        with self._lock:
            if conference not in self._mixed:
                self._mixed = (*self._mixed, conference)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="voice", daemon=True)
                self._thread.start()

    def remove(self, conference: Mixed, wait_s: float = 0.0) -> bool:
        """Run the conference no longer. Return True once no tick uses the conference, False if its tick still
        runs after `wait_s`.
        """
        until = time.monotonic() + wait_s
        with self._lock:
            self._mixed = tuple(one for one in self._mixed if one is not conference)
            last = None if self._mixed else self._thread
        if last is not None and last is not threading.current_thread():
            last.join(wait_s)
        while conference in self._in_tick:
            if time.monotonic() >= until:
                return False
            time.sleep(_LOOK_S)
        return True

    def runs(self, conference: Mixed) -> bool:
        """Return True while the conference gets its ticks."""
        thread = self._thread
        return conference in self._mixed and thread is not None and thread.is_alive()

    def _run(self) -> None:
        share_interpreter()
        priority = raise_thread(Rank.VOICE)
        self._clock.start()
        while True:
            tick = self._clock.wait()
            with self._lock:
                self._in_tick = self._mixed
                if not self._mixed:
                    self._thread = None
                    return
            began_us, heir_asks = self._clock.now_us(), self._heir_ticks > 0
            self._heir_ticks -= heir_asks
            for conference in self._in_tick:
                own = tick._replace(late_us=tick.late_us + self._clock.now_us() - began_us)
                conference.run(own, self._clock, priority, heir_asks=heir_asks)
            if self._mixed is not self._in_tick:
                for conference in self._in_tick:
                    if conference not in self._mixed:
                        conference.release()
            self._in_tick = ()
