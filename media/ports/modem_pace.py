"""Says to a modem exactly as much as it says. The PCM of some is synchronous, and takes no more sound once
the two have drifted apart (seen on a SIM7600; callpilot, DAWN).

What is to be said waits until the modem has given as many bytes; where it gives more than is there, silence
is said for the rest. Pure arithmetic.
"""

from __future__ import annotations

from typing import Final

from media.sound.frames import SAMPLE_BYTES

MOST_FRAMES: Final = 4
"""So much may wait, or be owed: a modem gives its sound in heaps of up to 64 ms."""


class ModemPace:
    """Of one port."""

    def __init__(self, frame_bytes: int) -> None:
        """`frame_bytes`: of 20 ms at the modem's rate."""
        self._most = MOST_FRAMES * frame_bytes
        self._waiting = b""
        self._owed = 0
        """Bytes that the modem has given, and not been given yet."""
        self.left_out = 0
        """Bytes that were to be said and have waited for too long."""

    def gave(self, n_bytes: int) -> None:
        """The modem has given so much."""
        self._owed += n_bytes

    def not_taken(self, n_bytes: int) -> None:
        """So much of what was to be said now has not reached the modem. Without room it is not owed for ever,
        else it would be paid in silence for the rest of the call."""
        self._owed = min(self._owed + n_bytes, self._most)

    def due(self, said: bytes) -> bytes:
        """What is to be said to the modem now, of this and of what waits."""
        waiting = self._waiting + said
        if (excess := len(waiting) - self._most) > 0:
            self.left_out += excess
            waiting = waiting[excess:]
        now = min(self._owed, len(waiting)) // SAMPLE_BYTES * SAMPLE_BYTES
        self._owed -= now
        # More than that comes of no heap: our clock is slower, or we have stood still.
        missing = max(0, self._owed - self._most) // SAMPLE_BYTES * SAMPLE_BYTES
        self._owed -= missing
        self._waiting = waiting[now:]
        return waiting[:now] + bytes(missing)

    def change(self, frame_bytes: int) -> None:
        """The modem's rate has changed: what waits was for the one before."""
        self._most, self._waiting = MOST_FRAMES * frame_bytes, b""
