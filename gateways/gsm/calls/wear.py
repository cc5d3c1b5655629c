"""Whether a modem's voice is worn: the first calls since its power-on are good, later ones are mute or
broken until it is started anew (SIM7600; callpilot, DAWN, LilyGo 542); and when a worn one is: with no
call on its line, while another line can take the next. Decides; sends nothing.

It shows by a voice path that is refused, though earlier calls had theirs, or by digital silence from the
first moment of a call, after one that had sound. How long earlier calls were refused at first is this
firmware's way, and no sign.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from gateways.gsm.driver.events import CallId
from messages.base import Joins
from messages.ids import SECOND, Instant, LineId
from messages.lines import LineReport

FROM_THE_START_S: Final = 10.0
"""Silence is reported three seconds after it has begun, and told each second."""
LEAST_S: Final = 3.0
"""A refusal for a moment is the way of modems that are well, too."""
_WAY: Final = 2.0
"""So many times as long as ever before may a call's voice be refused."""


class _Voice(msgspec.Struct):
    refused_s: float | None = None
    """Since when."""
    taken_s: float | None = None
    silent: bool = False


class VoiceWear:
    """Whether one modem's voice is worn, since its power-on as far as this process has seen it."""

    def __init__(self, *, worn: bool = False) -> None:
        """`worn`: it was found to be by a process before this one."""
        self.worn = worn
        self._calls: dict[CallId, _Voice] = {}
        self._carried = False
        """Whether a call that is over had sound."""
        self._longest_s = 0.0
        """How long a call's voice was refused that was then taken."""

    def refused(self, call: CallId, now_s: float) -> None:
        """The modem has declined to switch on this call's voice."""
        voice = self._calls.setdefault(call, _Voice())
        voice.refused_s = now_s if voice.refused_s is None else voice.refused_s
        if self._carried and now_s - voice.refused_s >= max(LEAST_S, _WAY * self._longest_s):
            self.worn = True

    def taken(self, call: CallId, now_s: float) -> None:
        """The call's voice is switched on."""
        voice = self._calls.setdefault(call, _Voice())
        if voice.refused_s is not None:
            self._longest_s = max(self._longest_s, now_s - voice.refused_s)
        voice.refused_s, voice.taken_s = None, now_s

    def silent(self, call: CallId, now_s: float) -> None:
        """Whoever hears the call says that it carries digital silence, or takes no sound."""
        voice = self._calls.get(call)
        if voice is None or voice.taken_s is None or voice.silent:
            return
        voice.silent = True
        if self._carried and now_s - voice.taken_s <= FROM_THE_START_S:
            self.worn = True

    def gone(self, call: CallId) -> None:
        """The call is over."""
        voice = self._calls.pop(call, None)
        self._carried = self._carried or (
            voice is not None and voice.taken_s is not None and not voice.silent
        )

    def started_anew(self) -> None:
        """The modem was reset, or its power was gone."""
        self.worn = self._carried = False
        self._calls.clear()
        self._longest_s = 0.0


EVERY_US: Final = Instant(300 * SECOND)
"""Not sooner again: a reset that has not helped would keep the line away from calls."""


class WearReset:
    """When one line's worn modem is reset. `alone`: no other line of its kind is configured, so that none is
    waited for.
    """

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
