"""Jitter buffer: bytes arrive at any time, one frame leaves every 20 ms, and the delay never grows.

Sound waits 40 ms on average. If a burst brings more than 120 ms, the oldest is dropped. If no sound is
present, silence replaces it; sound up to two frames late is dropped, so that the rest keeps its time. A drop
costs 20 ms of a word; an insertion of the late sound would shift everything after it and leave delay. After a
longer gap the buffer fills up again before it plays. In between, the modem's clock never equals the host's
clock exactly, and a burst leaves delay behind. So the depths are evaluated once a second: a frame that was
never needed is dropped, or one that is often nearly needed is inserted, where the sound is quiet. The
correction for 100 ppm (one frame in 200 s) thus falls between two words.

Pure arithmetic: time is a number of pops.
"""

from __future__ import annotations

import msgspec

from media.sound.frames import FRAME_MS, FRAMES_PER_S, RATE_HZ, SAMPLE_BYTES, SILENCE, frame_bytes_of
from media.sound.levels import peak_of

TARGET_MS = 40
CAP_MS = 120

_WINDOW_POPS = FRAMES_PER_S
# After a fill, surplus sound is reduced to the target at once: the sound was interrupted anyway.
_SETTLING_POPS = 5
_LATE_FRAMES = 2
"""Late frames that are dropped without a shift of the following sound."""
_OFTEN = 10
"""A share of pops with little sound above 1 in this number lengthens the delay."""
_QUIET_PEAK = 330
"""−40 dBFS: room noise; 20 ms of it are not missed."""


class JitterStats(msgspec.Struct, frozen=True, kw_only=True):
    """Statistics of one leg's sound since it joined."""

    depth_ms: float
    """Waiting sound now."""
    received_ms: float
    played_frames: int
    silence_frames: int
    """Frames of silence that replaced missing sound."""
    underruns: int
    """Number of times that the sound ran out while playing."""
    overflow_ms: float
    """Oldest sound dropped at the cap."""
    trimmed_frames: int
    """Frames dropped to return to the target, or for being late."""
    stretched_frames: int
    """Silent frames inserted to avoid an underrun."""


class JitterBuffer:
    """Waiting sound of one leg. `push` the port's input, then `pop` once per tick."""

    def __init__(self, *, target_ms: int = TARGET_MS, cap_ms: int = CAP_MS, rate_hz: int = RATE_HZ) -> None:
        self._frame = frame_bytes_of(rate_hz)
        self._silent_frame = SILENCE if rate_hz == RATE_HZ else bytes(self._frame)
        self._target = target_ms // FRAME_MS * self._frame
        self._cap = cap_ms // FRAME_MS * self._frame
        # Half a frame less suffices to begin: otherwise a source that is slightly late costs a whole frame.
        self._enough = self._target - self._frame // 2
        self._waiting = bytearray()
        self._filling = True
        self._owed = 0
        """Frames replaced by silence that are still to arrive."""
        self._sounding = False
        self._broken = False
        self.follows = True
        """True if the last popped frame continues the one before without a break."""
        self._surplus = self._shortage = 0
        self._forced = False
        self._begin_window(_SETTLING_POPS)
        self._received = self._overflow = 0
        self._played = self._silence = self._underruns = self._trimmed = self._stretched = 0

    def push(self, pcm: bytes) -> None:
        """Add sound of any length; above the cap the oldest is dropped."""
        self._received += len(pcm)
        self._waiting += pcm
        excess = len(self._waiting) - self._cap
        if excess > 0:
            excess += excess % SAMPLE_BYTES
            del self._waiting[:excess]
            self._overflow += excess
            self._owed, self._broken = 0, True

    def pop(self) -> bytes:
        """Return the next frame, exactly 20 ms; at 8 kHz `SILENCE` itself if there is none."""
        frame = self._next()
        sounding = frame is not self._silent_frame
        self.follows = sounding is self._sounding and not self._broken
        self._sounding, self._broken = sounding, False
        return frame

    def _next(self) -> bytes:
        depth = len(self._waiting)
        if self._filling:
            if depth < self._enough:
                self._silence += 1
                return self._silent_frame
            self._filling = False
            self._begin_window(_SETTLING_POPS)
        elif depth < (self._owed + 1) * self._frame and self._waits(depth):
            self._silence += 1
            return self._silent_frame
        depth -= self._leave_out_late()
        self._look(depth)
        if self._shortage and self._quiet():
            self._shortage = 0
            self._stretched += 1
            return self._silent_frame
        while self._surplus and (self._forced or self._quiet()):
            self._surplus -= 1
            self._trimmed += self._drop_frame()
        frame = bytes(self._waiting[: self._frame])
        del self._waiting[: self._frame]
        self._played += 1
        return frame

    def _waits(self, depth: int) -> bool:
        """Return True if silence replaces one more frame; False if the sound stays late."""
        self._count(depth)
        if not self._owed:
            self._underruns += 1
        if self._owed < _LATE_FRAMES:
            self._owed += 1
            return True
        self._owed = 0
        self._filling = depth < self._frame
        return self._filling

    def _leave_out_late(self) -> int:
        """Drop the frames replaced by silence, once arrived with the next; return the bytes dropped."""
        late = self._owed * self._frame
        if late:
            del self._waiting[:late]
            self._trimmed += self._owed
            self._owed, self._broken = 0, True
        return late

    @property
    def next_waits(self) -> bool | None:
        """True if the next frame is present; None while nothing is played."""
        return None if self._filling else len(self._waiting) >= (self._owed + 1) * self._frame

    def skip(self, frames: int) -> None:
        """Drop the sound of skipped ticks, down to the target."""
        for _ in range(min(frames, self._cap // self._frame)):
            self._trimmed += self._drop_frame()

    def stats(self) -> JitterStats:
        """Return the statistics so far."""
        return JitterStats(
            depth_ms=self._ms(len(self._waiting)),
            received_ms=self._ms(self._received),
            played_frames=self._played,
            silence_frames=self._silence,
            underruns=self._underruns,
            overflow_ms=self._ms(self._overflow),
            trimmed_frames=self._trimmed,
            stretched_frames=self._stretched,
        )

    def _ms(self, pcm_bytes: int) -> float:
        return pcm_bytes * FRAME_MS / self._frame

    def _begin_window(self, pops: int) -> None:
        self._window = self._window_left = pops
        self._least = self._most = -1
        self._little = 0

    def _count(self, depth: int) -> None:
        self._least = depth if self._least < 0 else min(depth, self._least)
        self._most = max(depth, self._most)
        self._little += depth < self._frame + self._frame // 4
        self._window_left -= 1

    def _look(self, depth: int) -> None:
        """Decide the corrections for the next window, at the end of a window."""
        self._count(depth)
        if self._window_left > 0:
            return
        pending = self._surplus
        self._surplus = max(0, (self._least - self._target) // self._frame)
        # A surplus without a quiet moment in a whole window is dropped now.
        self._forced = self._window == _SETTLING_POPS or pending > 0
        often = self._little * _OFTEN > self._window
        self._shortage = int(often and self._most <= self._cap - 2 * self._frame)
        self._begin_window(_WINDOW_POPS)

    def _quiet(self) -> bool:
        return peak_of(bytes(self._waiting[: self._frame])) < _QUIET_PEAK

    def _drop_frame(self) -> int:
        """Drop the oldest frame if the target stays behind it; return the number dropped, 0 or 1."""
        if len(self._waiting) < self._target + self._frame:
            self._surplus = 0
            return 0
        del self._waiting[: self._frame]
        self._broken = True
        return 1
