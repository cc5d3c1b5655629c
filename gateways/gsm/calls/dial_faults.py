"""Failing dials on a line, and the pause before the line is dialled on again. Pure.

A modem may refuse every dial (a barred SIM, fixed dialling numbers), or its network may accept none (no IMS,
and no 2G to fall back to), and yet look well. Without a pause every request for a line would get this line
again and again.
"""

from __future__ import annotations

from typing import Final

from gateways.gsm.at.parse import Direction
from gateways.gsm.driver.events import CallAnswered, CallEvent, CallId, CallReleased, CallRinging
from messages.base import HangupCause

FAILURES_BEFORE_ALARM: Final = 3
"""Failures in a row before the operator is alerted."""
_PAUSES_S: Final = (1.0, 2.0, 15.0, 30.0, 60.0, 120.0, 240.0)
"""Pauses after the first, the second … failure, in seconds: a second may succeed, a tenth will not."""
_EMERGENCY_PAUSES_S: Final = (0.0, 0.0, 10.0, 20.0, 30.0)
"""Pauses on a line that may be the only line for calls to 112, in seconds."""
_PAUSE_WITH_HELD_CALL_S: Final = 5.0
"""Shortest pause, in seconds, if a party was put on hold for the dial."""

_LINE_CAUSES: Final = frozenset(
    {HangupCause.NO_CIRCUIT, HangupCause.NETWORK_OUT_OF_ORDER, HangupCause.TEMPORARY_FAILURE}
)
_UNINFORMATIVE_CAUSES: Final = frozenset({HangupCause.NORMAL, HangupCause.NORMAL_UNSPECIFIED})


class DialFaults:
    """A counter of the failing dials of one line. `emergency`: the line is kept for 112."""

    def __init__(self, *, emergency: bool) -> None:
        self._pauses_s = _EMERGENCY_PAUSES_S if emergency else _PAUSES_S
        self._consecutive_failures = 0
        self._paused_until_s = float("-inf")
        self._ringing_calls: set[CallId] = set()
        self.last_dial_succeeded = False
        """True if the last dial with a known outcome has left the line."""

    @property
    def failing(self) -> bool:
        """True if so many dials in a row have failed that the line needs attention."""
        return self._consecutive_failures >= FAILURES_BEFORE_ALARM

    def is_paused(self, now_s: float) -> bool:
        """Return True if the line must not be dialled on now."""
        return now_s < self._paused_until_s

    def next_s(self, now_s: float) -> float | None:
        """Return the time when the line may be dialled on again; None if now."""
        return self._paused_until_s if self.is_paused(now_s) else None

    def on_event(self, event: CallEvent, now_s: float, *, calls_held: bool) -> None:
        """Process an event of a call. `calls_held`: other calls are up, and were held for this call."""
        match event:
            case CallRinging():
                self._ringing_calls.add(event.call)
                self._on_success()
            case CallAnswered(direction=Direction.OUT, confirmed=True):
                self._on_success()
            case CallReleased(direction=Direction.OUT, answered=False, cause=int(cause)):
                rang = event.call in self._ringing_calls
                self._ringing_calls.discard(event.call)
                if cause in _LINE_CAUSES and not rang:
                    self._on_failure(now_s, calls_held=calls_held)
                elif (
                    cause not in _UNINFORMATIVE_CAUSES and 1 <= cause <= HangupCause.INTERWORKING and not rang
                ):
                    self._on_success()  # the network reports this cause about the party, not about the line
            case CallReleased():
                self._ringing_calls.discard(event.call)
            case _:
                pass

    def _on_success(self) -> None:
        self._consecutive_failures, self.last_dial_succeeded = 0, True

    def _on_failure(self, now_s: float, *, calls_held: bool) -> None:
        pause_s = self._pauses_s[min(self._consecutive_failures, len(self._pauses_s) - 1)]
        self._paused_until_s = now_s + (max(pause_s, _PAUSE_WITH_HELD_CALL_S) if calls_held else pause_s)
        self._consecutive_failures, self.last_dial_succeeded = self._consecutive_failures + 1, False
