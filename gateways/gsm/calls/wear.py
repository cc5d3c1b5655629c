"""Degraded voice of a modem: the first calls since its power-on are good, later calls have no or broken audio
until the modem is restarted (SIM7600; callpilot, DAWN, LilyGo 542). A degraded modem is restarted while its
line has no call and another line can take the next. Decides; sends nothing.

There are two signs, both after an earlier call with sound: the modem refuses a voice path, or a call has
digital silence from its first moment. The time for which earlier calls were refused at first is normal for
this firmware, and no sign.
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
"""Seconds from the start of a call in which silence counts: silence is reported three seconds after its
start, and again every second."""
LEAST_S: Final = 3.0
"""A refusal for less than this time, in seconds, is normal for healthy modems too."""
_WAY: Final = 2.0
"""Factor on the longest refusal so far within which a refusal is no sign."""


class _Voice(msgspec.Struct):
    refused_s: float | None = None
    """Time of the first refusal; None if not refused."""
    taken_s: float | None = None
    silent: bool = False


class VoiceWear:
    """A detector of degraded voice of one modem, since its power-on as far as this process has seen."""

    def __init__(self, *, worn: bool = False) -> None:
        """Create the detector. `worn`: an earlier process found the modem degraded."""
        self.worn = worn
        self._calls: dict[CallId, _Voice] = {}
        self._carried = False
        """True if an ended call had sound."""
        self._longest_s = 0.0
        """Longest time, in seconds, for which a call's voice was refused and then accepted."""

    def refused(self, call: CallId, now_s: float) -> None:
        """Note that the modem has declined to switch on this call's voice."""
        voice = self._calls.setdefault(call, _Voice())
        voice.refused_s = now_s if voice.refused_s is None else voice.refused_s
        if self._carried and now_s - voice.refused_s >= max(LEAST_S, _WAY * self._longest_s):
            self.worn = True

    def taken(self, call: CallId, now_s: float) -> None:
        """Note that the call's voice is switched on."""
        voice = self._calls.setdefault(call, _Voice())
        if voice.refused_s is not None:
            self._longest_s = max(self._longest_s, now_s - voice.refused_s)
        voice.refused_s, voice.taken_s = None, now_s

    def silent(self, call: CallId, now_s: float) -> None:
        """Note that the call carries digital silence, or accepts no sound, as its receiver reports."""
        voice = self._calls.get(call)
        if voice is None or voice.taken_s is None or voice.silent:
            return
        voice.silent = True
        if self._carried and now_s - voice.taken_s <= FROM_THE_START_S:
            self.worn = True

    def gone(self, call: CallId) -> None:
        """Note that the call is over."""
        voice = self._calls.pop(call, None)
        self._carried = self._carried or (
            voice is not None and voice.taken_s is not None and not voice.silent
        )

    def started_anew(self) -> None:
        """Clear everything: the modem was reset, or had no power."""
        self.worn = self._carried = False
        self._calls.clear()
        self._longest_s = 0.0


EVERY_US: Final = Instant(300 * SECOND)
"""Shortest time between two resets: a reset without effect would keep the line away from calls."""


class WearReset:
    """The time of a reset of one line's degraded modem. `alone`: no other line of its kind is configured, so
    that the reset waits for none.
    """

    def __init__(self, line: LineId, *, emergency: bool, alone: bool) -> None:
        self._line = line
        self._emergency = emergency
        self._alone = alone
        self._last_us: Instant | None = None

    def may_be_now(self, others: Iterable[LineReport], now_us: Instant) -> bool:
        """Return True if a free and degraded line may be reset. `others`: reports of this node's lines."""
        if self._last_us is not None and now_us - self._last_us < EVERY_US:
            return False
        return self._alone or any(self._stands_in(other) for other in others)

    def begun(self, now_us: Instant) -> None:
        """Note that the reset was ordered."""
        self._last_us = now_us

    def _stands_in(self, other: LineReport) -> bool:
        if other.line == self._line or other.emergency is not self._emergency:
            return False
        # Of several degraded lines the first is reset first, and then can replace the next.
        if other.joins is not Joins.HOST:
            return False  # a call on that line would have no audio here
        return other.usable and not other.busy and (not other.worn or other.line > self._line)
