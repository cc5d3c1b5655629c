"""When a line whose modem's voice is worn is reset: with no call on it, while another line can take the next.
Decides; does nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from messages.base import Joins
from messages.ids import SECOND, Instant, LineId
from messages.lines import LineReport

EVERY_US: Final = Instant(300 * SECOND)
"""Not sooner again: a reset that has not helped would keep the line away from calls."""


class WearReset:
    """Of one line. `alone`: no other line of its kind is configured, so that none is waited for."""

    def __init__(self, line: LineId, *, emergency: bool, alone: bool) -> None:
        self._line = line
        self._emergency = emergency
        self._alone = alone
        self._last_us: Instant | None = None

    def may_be_now(self, others: Iterable[LineReport], now_us: Instant) -> bool:
        """Whether a free line that is worn may be reset; `others`: how all lines of this node are."""
        if self._last_us is not None and now_us - self._last_us < EVERY_US:
            return False
        return self._alone or any(self._stands_in(other) for other in others)

    def begun(self, now_us: Instant) -> None:
        """The reset was ordered."""
        self._last_us = now_us

    def _stands_in(self, other: LineReport) -> bool:
        if other.line == self._line or other.emergency is not self._emergency:
            return False
        # Of several that are worn the first is reset first, and then stands in for the next.
        if other.joins is not Joins.HOST:
            return False  # nobody would be heard on it here
        return other.usable and not other.busy and (not other.worn or other.line > self._line)
