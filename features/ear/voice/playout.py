"""Jitter buffer of one voice: numbered packets in, a frame of sound every 20 ms out. Pure: the time is given.

The delay follows the network: what 97 % of the last five seconds' packets needed, and one frame more while
packets are lost, so that a lost frame can be repaired from its successor. A lost frame is taken from the
redundancy of a later packet, else repaired, else concealed for 100 ms, then silent.
"""

from __future__ import annotations

from bisect import insort
from collections import deque
from typing import Final, Protocol

import msgspec
import numpy as np

FRAME_S: Final = 0.02
MAX_DELAY_S: Final = 0.4
"""Largest delay over UDP: later sound is useless in a conversation."""
_FIRST_DELAY_S: Final = 0.06
_WINDOW: Final = 250
"""Packets by which the network is judged: five seconds."""
_ENOUGH: Final = 10
_NEEDED: Final = 0.97
_MARGIN_S: Final = 0.01
_LOSSY: Final = 0.01
_SHRINK: Final = 0.01
"""Part by which the delay approaches a lower goal with each packet: a network that turns bad is bad again."""
_MAX_WAITING: Final = 100
_ANOTHER_STREAM: Final = 500
"""Distance of a packet's number in frames, from which on the packet begins another stream."""
_CONCEALED: Final = 5
_BEHIND: Final = 2
"""Frames of delay too many, from which on quiet frames are left out."""
_FAR_BEHIND: Final = 8
_HOPELESS: Final = 25
_QUIET: Final = 200
"""Largest sample of a quiet frame."""


class Decoder(Protocol):
    """Decoder of a voice. Each method returns a frame, or raises ValueError."""

    def decode(self, packet: bytes) -> bytes:
        """Return the frame of the packet."""

    def repair(self, following: bytes) -> bytes:
        """Return a lost frame from the packet that follows it."""

    def conceal(self) -> bytes:
        """Return a frame that continues the sound before a loss."""


class PlayoutCounts(msgspec.Struct):
    """Frames so far, by their origin."""

    packets: int = 0
    played: int = 0
    repaired: int = 0
    concealed: int = 0
    silent: int = 0
    late: int = 0
    """Packets that arrived after the time of their frame."""
    left_out: int = 0
    """Frames skipped, because the delay was larger than required."""
    malformed: int = 0


class Playout:
    """Buffer of one voice. `put` each packet, and `take` a frame every 20 ms."""

    def __init__(self, decoder: Decoder, frame_bytes: int, max_delay_s: float = MAX_DELAY_S) -> None:
        self._decoder: Final = decoder
        self._silence: Final = bytes(frame_bytes)
        self._max_delay_s: Final = max_delay_s
        self.counts: Final = PlayoutCounts()
        self.delay_s = _FIRST_DELAY_S
        """Present delay, beyond the fastest packet."""
        self._begin()

    def _begin(self) -> None:
        self._waiting: dict[int, bytes] = {}
        self._transits: deque[float] = deque()
        self._sorted: list[float] = []
        self._in_order: deque[int] = deque(maxlen=_WINDOW)
        self._seen: deque[int] = deque(maxlen=_WINDOW)
        self._next: int | None = None
        self._newest: int | None = None
        self._lost = 0
        self._quiet = False

    def put(self, number: int, packet: bytes, at_s: float) -> None:
        """Store the packet of the frame with this number, counted in frames of 20 ms."""
        self.counts.packets += 1
        if self._next is not None and abs(number - self._next) > _ANOTHER_STREAM:
            self._begin()
        if number in self._seen:
            return  # a redundant copy
        self._seen.append(number)
        self._measure(number, at_s)
        if self._next is not None and number < self._next:
            self.counts.late += 1
            return
        self._waiting[number] = packet
        if len(self._waiting) > _MAX_WAITING:
            del self._waiting[min(self._waiting)]

    def take(self, at_s: float) -> bytes | None:
        """Return the frame to play at this time; None before the first packet."""
        if not self._sorted:
            return None
        due = int((at_s - self._sorted[0] - self.delay_s) / FRAME_S)
        if self._next is None:
            if not self._waiting or due < min(self._waiting):
                return self._silence
            self._next = max(min(self._waiting), due)
        self._leave_out(due - self._next)
        if due < self._next and self._next not in self._waiting:
            # Neither due nor here: conceal, and wait for it.
            return self._replacement(None)
        packet = self._waiting.pop(self._next, None)
        self._next += 1
        if packet is None:
            return self._replacement(self._waiting.get(self._next))
        try:
            frame = self._decoder.decode(packet)
        except ValueError:
            self.counts.malformed += 1
            return self._replacement(None)
        self._lost = 0
        self.counts.played += 1
        self._quiet = int(np.abs(np.frombuffer(frame, "<i2")[::16].astype(np.int32)).max(initial=0)) < _QUIET
        return frame

    def _measure(self, number: int, at_s: float) -> None:
        """Adapt the delay to the first packet with this frame, even if the packet comes too late."""
        if self._newest is None or number > self._newest:
            self._newest = number
            self._in_order.append(number)
        if len(self._transits) == _WINDOW:
            self._sorted.remove(self._transits.popleft())
        transit = at_s - number * FRAME_S
        self._transits.append(transit)
        insort(self._sorted, transit)
        count = len(self._sorted)
        if count < _ENOUGH:
            return
        need_s = self._sorted[min(count - 1, int(count * _NEEDED))] - self._sorted[0]
        span = self._in_order[-1] - self._in_order[0] + 1
        lossy = span - len(self._in_order) > _LOSSY * span
        goal_s = min(self._max_delay_s, max(FRAME_S, need_s + _MARGIN_S) + (FRAME_S if lossy else 0))
        self.delay_s = max(goal_s, self.delay_s + (goal_s - self.delay_s) * _SHRINK)

    def _leave_out(self, behind: int) -> None:
        """Skip frames while the delay is too large: quiet and lost ones first, any if far behind."""
        if self._next is None or behind <= _BEHIND or max(self._waiting, default=-1) <= self._next:
            return
        if behind > _HOPELESS:
            count = behind
        else:
            far = behind > _FAR_BEHIND and self.counts.played % _FAR_BEHIND == 0
            count = int(self._quiet or self._lost > 0 or far)
        for _ in range(count):
            self._waiting.pop(self._next, None)
            self._next += 1
        self.counts.left_out += count

    def _replacement(self, following: bytes | None) -> bytes:
        """Return a frame in place of a lost one."""
        self._lost += 1
        try:
            if following is not None:
                frame = self._decoder.repair(following)
                self.counts.repaired += 1
                return frame
            if self._lost <= _CONCEALED:
                frame = self._decoder.conceal()
                self.counts.concealed += 1
                return frame
        except ValueError:
            self.counts.malformed += 1
        self.counts.silent += 1
        return self._silence
