"""Timing of frames from the network for a modem: one every 20 ms, each as early as possible.

A frame waits for the usual latest arrival, plus a few milliseconds. The jitter buffer of a conference, which
counts in whole frames, would need 40 ms. The turns follow the times of arrival by at most half a millisecond
per second: the two nodes' clocks differ, and the mixing node sets the pace, as for a port of its own. If no
frame has arrived in time, silence is written, since some modems are clocked by their input. A late frame is
written in the next turn, and the surplus 20 ms are dropped at a quiet moment. At most 60 ms wait: beyond, the
oldest are dropped. Pure: time is an argument.

`Deadlines` orders due times, for one thread with many objects.
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
"""Reserve beyond the latest arrival of the last second, in microseconds."""
PATIENCE_US: Final = 2 * FRAME_US
"""Time to wait for the first frame before silence is written, in microseconds."""
_WINDOW_FRAMES: Final = FRAMES_PER_S
_STEP_US: Final = 500
_QUIET_PEAK: Final = 330
"""−40 dBFS, as in the jitter buffer."""


class Playout:
    """Voice on its way to one modem. `push` arriving frames; `pop` whenever `due_us` is past."""

    def __init__(self, now_us: int) -> None:
        self.due_us = now_us + PATIENCE_US
        """Time of the next turn, in microseconds."""
        self.silences = 0
        """Turns without a frame."""
        self.dropped = 0
        """Frames dropped."""
        self._waiting: deque[tuple[bytes, int]] = deque()
        self._dry = True
        self._begun = False
        self._surplus = 0
        self._forced = False
        self._window_left = self._least_us = 0
        self._begin_window()

    def push(self, frame: bytes, now_us: int) -> None:
        """Add an arriving frame. Above 60 ms the oldest frame is dropped."""
        if not self._begun:
            self._begun = True
            self.due_us = now_us + RESERVE_US
        elif self._dry and not self._waiting:
            # Only later: an early frame is delay that stays in the modem.
            self.due_us = max(self.due_us, now_us + RESERVE_US)
        self._waiting.append((frame, now_us))
        if len(self._waiting) > MOST_FRAMES:
            self._drop()

    def pop(self, now_us: int) -> bytes:
        """Return the frame of this turn, `SILENCE` itself if there is none. Missed turns are skipped."""
        missed = max(0, now_us - self.due_us) // FRAME_US
        turn_us = self.due_us + missed * FRAME_US
        self.due_us = turn_us + FRAME_US
        if missed or self._dry:  # the sound is interrupted anyway: a burst is not kept
            while len(self._waiting) > 1:
                self._drop()
        if not self._waiting:
            self.silences += 1
            self._dry = self._begun = True
            self._begin_window()
            return SILENCE
        self._dry = False
        while self._surplus and len(self._waiting) > 1 and (self._forced or self._is_quiet()):
            self._surplus -= 1
            self._drop()
        frame, came_us = self._waiting.popleft()
        self._correct_timing(turn_us - came_us)
        return frame

    def _correct_timing(self, waited_us: int) -> None:
        """Evaluate once a second: correct early or late turns, and find a surplus frame."""
        self._least_us = min(self._least_us, waited_us)
        self._window_left -= 1
        if self._window_left:
            return
        beyond_us = self._least_us - RESERVE_US
        # A surplus without a quiet moment in a whole second is dropped now.
        self._forced = self._surplus > 0
        self._surplus = max(0, beyond_us // FRAME_US)
        if not self._surplus:
            self.due_us -= max(-_STEP_US, min(_STEP_US, beyond_us))
        self._begin_window()

    def _begin_window(self) -> None:
        self._window_left = _WINDOW_FRAMES
        self._least_us = MOST_FRAMES * FRAME_US

    def _is_quiet(self) -> bool:
        return peak_of(self._waiting[0][0]) < _QUIET_PEAK

    def _drop(self) -> None:
        self._waiting.popleft()
        self.dropped += 1


One = TypeVar("One", bound=Hashable)


class Deadlines(Generic[One]):
    """Due times of objects, one each; setting another time moves the object."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, One]] = []
        self._set: dict[One, int] = {}
        self._count = 0  # for equal times the order of setting counts; objects are never compared

    def set(self, one: One, due_us: int) -> None:
        """Set the due time of the object."""
        if self._set.get(one) != due_us:
            self._set[one] = due_us
            self._count += 1
            heapq.heappush(self._heap, (due_us, self._count, one))

    def forget(self, one: One) -> None:
        """Remove the object."""
        self._set.pop(one, None)

    def next_us(self) -> int | None:
        """Return the earliest due time; None if there is none."""
        while self._heap and self._set.get(self._heap[0][2]) != self._heap[0][0]:
            heapq.heappop(self._heap)  # moved or removed since
        return self._heap[0][0] if self._heap else None

    def pop(self, now_us: int) -> One | None:
        """Return the first object that is due, once; None if none is."""
        due_us = self.next_us()
        if due_us is None or due_us > now_us:
            return None
        one = heapq.heappop(self._heap)[2]
        del self._set[one]
        return one
