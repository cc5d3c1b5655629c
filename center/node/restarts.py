"""When something that has died is started again: at once, then with pauses if it keeps dying. Pure."""

from __future__ import annotations

from collections import deque
from typing import Final

WITHIN_S: Final = 10.0
AT_ONCE: Final = 5
"""This many deaths within `WITHIN_S` are answered at once; then each waits, twice as long every time."""
FIRST_PAUSE_S: Final = 0.25
LONGEST_PAUSE_S: Final = 5.0


class Restarts:
    """The deaths of one process or group."""

    def __init__(self) -> None:
        self.count = 0
        """How often it has been started again."""
        self._recent: deque[float] = deque()
        self._beyond = 0

    def died(self, now_s: float) -> float:
        """It has died: how many seconds to wait before it is started again. It is never given up."""
        self.count += 1
        while self._recent and self._recent[0] <= now_s - WITHIN_S:
            self._recent.popleft()
        self._recent.append(now_s)
        if len(self._recent) <= AT_ONCE:
            self._beyond = 0
            return 0.0
        self._beyond += 1
        return float(min(FIRST_PAUSE_S * 2 ** (self._beyond - 1), LONGEST_PAUSE_S))
