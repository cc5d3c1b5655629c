"""Whether what is dialled on a line comes to nothing, and until when it is left alone then. Pure.

A modem may refuse every dial (a barred SIM, fixed dialling numbers), or its network take none (no IMS, and no
2G to fall back to), and yet look well. Whoever needs a line would be given this one again and again.
"""

from __future__ import annotations

from typing import Final

from gateways.gsm.at.parse import Direction
from gateways.gsm.driver.events import CallAnswered, CallEvent, CallId, CallReleased, CallRinging
from messages.base import HangupCause

IN_A_ROW: Final = 3
"""So many failures, and the person on duty is told."""
_PAUSES_S: Final = (1.0, 2.0, 15.0, 30.0, 60.0, 120.0, 240.0)
"""After the first, the second …: a second attempt may be luckier, a tenth is not."""
_EMERGENCY_PAUSES_S: Final = (0.0, 0.0, 10.0, 20.0, 30.0)
"""The line may be the only one that calls 112."""
_BESIDE_S: Final = 5.0
"""At least so long where somebody was put on hold for the dial."""

_THE_LINES: Final = frozenset(
    {HangupCause.NO_CIRCUIT, HangupCause.NETWORK_OUT_OF_ORDER, HangupCause.TEMPORARY_FAILURE}
)
_UNTOLD: Final = frozenset({HangupCause.NORMAL, HangupCause.NORMAL_UNSPECIFIED})


class DialFaults:
    """Of one line. `emergency`: whether it is kept for 112."""

    def __init__(self, *, emergency: bool) -> None:
        self._pauses_s = _EMERGENCY_PAUSES_S if emergency else _PAUSES_S
        self._in_a_row = 0
        self._rests_until_s = float("-inf")
        self._rang: set[CallId] = set()
        self.well = False
        """Whether the last dial that told anything of the line has left it."""

    @property
    def failing(self) -> bool:
        """Whether so many in a row have failed that somebody should look at it."""
        return self._in_a_row >= IN_A_ROW

    def rests(self, now_s: float) -> bool:
        """Whether nothing is to be dialled now."""
        return now_s < self._rests_until_s

    def next_s(self, now_s: float) -> float | None:
        """When it may be dialled on again, where that is not now."""
        return self._rests_until_s if self.rests(now_s) else None

    def hear(self, event: CallEvent, now_s: float, *, beside: bool) -> None:
        """What has become of a call. `beside`: others are up on the line, and were put on hold for it."""
        match event:
            case CallRinging():
                self._rang.add(event.call)
                self._got_through()
            case CallAnswered(direction=Direction.OUT, confirmed=True):
                self._got_through()
            case CallReleased(direction=Direction.OUT, answered=False, cause=int(cause)):
                rang = event.call in self._rang
                self._rang.discard(event.call)
                if cause in _THE_LINES and not rang:
                    self._failed(now_s, beside=beside)
                elif cause not in _UNTOLD and 1 <= cause <= HangupCause.INTERWORKING and not rang:
                    self._got_through()  # the network has said this of the party
            case CallReleased():
                self._rang.discard(event.call)
            case _:
                pass

    def _got_through(self) -> None:
        self._in_a_row, self.well = 0, True

    def _failed(self, now_s: float, *, beside: bool) -> None:
        pause_s = self._pauses_s[min(self._in_a_row, len(self._pauses_s) - 1)]
        self._rests_until_s = now_s + (max(pause_s, _BESIDE_S) if beside else pause_s)
        self._in_a_row, self.well = self._in_a_row + 1, False
