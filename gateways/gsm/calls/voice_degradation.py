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

INITIAL_SILENCE_S: Final = 10.0
"""Seconds from the start of a call in which silence counts: silence is reported three seconds after its
start, and again every second."""
NORMAL_REFUSAL_S: Final = 3.0
"""A refusal for less than this time, in seconds, is normal for healthy modems too."""
_REFUSAL_FACTOR: Final = 2.0
"""Factor on the longest refusal so far within which a refusal is no sign."""


class _CallVoice(msgspec.Struct):
    refused_s: float | None = None
    """Time of the first refusal; None if not refused."""
    accepted_s: float | None = None
    silent: bool = False


class VoiceDegradation:
    """A detector of degraded voice of one modem, since its power-on as far as this process has seen."""

    def __init__(self, *, degraded: bool = False) -> None:
        """Create the detector. `degraded`: an earlier process found the modem degraded."""
        self.degraded = degraded
        self._calls: dict[CallId, _CallVoice] = {}
        self._had_sound = False
        """True if an ended call had sound."""
        self._longest_refusal_s = 0.0
        """Longest time, in seconds, for which a call's voice was refused and then accepted."""

    def on_refused(self, call: CallId, now_s: float) -> None:
        """Note that the modem has declined to switch on this call's voice."""
        voice = self._calls.setdefault(call, _CallVoice())
        voice.refused_s = now_s if voice.refused_s is None else voice.refused_s
        if self._had_sound and now_s - voice.refused_s >= max(
            NORMAL_REFUSAL_S, _REFUSAL_FACTOR * self._longest_refusal_s
        ):
            self.degraded = True

    def on_accepted(self, call: CallId, now_s: float) -> None:
        """Note that the call's voice is switched on."""
        voice = self._calls.setdefault(call, _CallVoice())
        if voice.refused_s is not None:
            self._longest_refusal_s = max(self._longest_refusal_s, now_s - voice.refused_s)
        voice.refused_s, voice.accepted_s = None, now_s

    def on_silence(self, call: CallId, now_s: float) -> None:
        """Note that the call carries digital silence, or accepts no sound, as its receiver reports."""
        voice = self._calls.get(call)
        if voice is None or voice.accepted_s is None or voice.silent:
            return
        voice.silent = True
        if self._had_sound and now_s - voice.accepted_s <= INITIAL_SILENCE_S:
            self.degraded = True

    def on_released(self, call: CallId) -> None:
        """Note that the call is over."""
        voice = self._calls.pop(call, None)
        self._had_sound = self._had_sound or (
            voice is not None and voice.accepted_s is not None and not voice.silent
        )

    def on_modem_restarted(self) -> None:
        """Clear everything: the modem was reset, or had no power."""
        self.degraded = self._had_sound = False
        self._calls.clear()
        self._longest_refusal_s = 0.0


MIN_RESET_INTERVAL_US: Final = Instant(300 * SECOND)
"""Shortest time between two resets: a reset without effect would keep the line away from calls."""


class DegradedModemReset:
    """The time of a reset of one line's degraded modem. `alone`: no other line of its kind is configured, so
    that the reset waits for none.
    """

    def __init__(self, line: LineId, *, emergency: bool, alone: bool) -> None:
        self._line = line
        self._emergency = emergency
        self._alone = alone
        self._last_us: Instant | None = None

    def is_allowed(self, others: Iterable[LineReport], now_us: Instant) -> bool:
        """Return True if a free and degraded line may be reset. `others`: reports of this node's lines."""
        if self._last_us is not None and now_us - self._last_us < MIN_RESET_INTERVAL_US:
            return False
        return self._alone or any(self._can_replace(other) for other in others)

    def on_ordered(self, now_us: Instant) -> None:
        """Note that the reset was ordered."""
        self._last_us = now_us

    def _can_replace(self, other: LineReport) -> bool:
        if other.line == self._line or other.emergency is not self._emergency:
            return False
        # Of several degraded lines the first is reset first, and then can replace the next.
        if other.joins is not Joins.HOST:
            return False  # a call on that line would have no audio here
        return other.usable and not other.busy and (not other.worn or other.line > self._line)
