"""When a frame that came over a network is said to the modem: one every 20 ms, and each as soon as may be.

A frame waits until the latest of its like would have come, and a few milliseconds more; the jitter buffer of
a conference, which counts in whole frames, would take 40 ms for that. The moments follow those at which
frames come, by at most half a millisecond in a second: the two nodes' clocks differ, and whoever mixes sets
the pace, as it does for a port of its own. Where nothing has come in time silence is said, for some modems
are clocked by what they are told. What came too late is said in the next turn, and the 20 ms that are then
too many are left out where it is quiet. Never do more than 60 ms wait: the oldest go. Pure: time is given.

`Dues` says who is due when, for one thread that has many of them.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Hashable
from typing import Final, Generic, TypeVar

from media.sound.frames import FRAME_US, FRAMES_PER_S, SILENCE
from media.sound.levels import peak_of

MOST_FRAMES: Final = 3
RESERVE_US: Final = 6_000
"""Beyond the latest of the last second."""
PATIENCE_US: Final = 2 * FRAME_US
"""So long after the opening the first frame is waited for before silence is said."""
_WINDOW_FRAMES: Final = FRAMES_PER_S
_STEP_US: Final = 500
_QUIET_PEAK: Final = 330
"""−40 dBFS, as in the jitter buffer."""


class Playout:
    """One voice on its way to one modem. `push` what comes; `pop` whenever `due_us` is past."""

    def __init__(self, now_us: int) -> None:
        self.due_us = now_us + PATIENCE_US
        """When the next frame is to be said."""
        self.silences = 0
        """Turns in which there was nothing."""
        self.dropped = 0
        """Frames that were left out."""
        self._waiting: deque[tuple[bytes, int]] = deque()
        self._dry = True
        self._begun = False
        self._surplus = 0
        self._forced = False
        self._window_left = self._least_us = 0
        self._begin_window()

    def push(self, frame: bytes, now_us: int) -> None:
        """It has come. The oldest goes where more than 60 ms would wait."""
        if not self._begun:
            self._begun = True
            self.due_us = now_us + RESERVE_US
        elif self._dry and not self._waiting:
            # Later only: what is said early is delay that stays in the modem.
            self.due_us = max(self.due_us, now_us + RESERVE_US)
        self._waiting.append((frame, now_us))
        if len(self._waiting) > MOST_FRAMES:
            self._drop()

    def pop(self, now_us: int) -> bytes:
        """The frame of this turn, `SILENCE` itself where there is none. Missed turns are left out."""
        missed = max(0, now_us - self.due_us) // FRAME_US
        turn_us = self.due_us + missed * FRAME_US
        self.due_us = turn_us + FRAME_US
        if missed or self._dry:  # the sound is broken anyway: what came in one heap does not stay one
            while len(self._waiting) > 1:
                self._drop()
        if not self._waiting:
            self.silences += 1
            self._dry = self._begun = True
            self._begin_window()
            return SILENCE
        self._dry = False
        while self._surplus and len(self._waiting) > 1 and (self._forced or self._quiet()):
            self._surplus -= 1
            self._drop()
        frame, came_us = self._waiting.popleft()
        self._look(turn_us - came_us)
        return frame

    def _look(self, waited_us: int) -> None:
        """Once a second: are the moments too early or too late, or is there a whole frame too much?"""
        self._least_us = min(self._least_us, waited_us)
        self._window_left -= 1
        if self._window_left:
            return
        beyond_us = self._least_us - RESERVE_US
        # What found no quiet moment in a whole second goes now.
        self._forced = self._surplus > 0
        self._surplus = max(0, beyond_us // FRAME_US)
        if not self._surplus:
            self.due_us -= max(-_STEP_US, min(_STEP_US, beyond_us))
        self._begin_window()

    def _begin_window(self) -> None:
        self._window_left = _WINDOW_FRAMES
        self._least_us = MOST_FRAMES * FRAME_US

    def _quiet(self) -> bool:
        return peak_of(self._waiting[0][0]) < _QUIET_PEAK

    def _drop(self) -> None:
        self._waiting.popleft()
        self.dropped += 1


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
