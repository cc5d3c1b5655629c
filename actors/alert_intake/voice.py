"""Which of the calls that come in becomes a signal of an alert, and when (S2; cases 2, 14). Pure."""

from __future__ import annotations

from enum import Enum, auto
from typing import Final

from messages.calls import IncomingCall
from messages.ids import LineId
from model.rules.calls.withheld_numbers import unfit
from model.settings.alerts import VoiceAlert
from model.setup import Setup


class Verdict(Enum):
    """What becomes of a call."""

    WAIT = auto()
    """Its number may still come."""
    TAKE = auto()
    """It is a signal, and the user's leg."""
    REJECT = auto()
    """It is a signal, and declined: the user is called back."""
    KNOWN = auto()
    """It has been taken already; the modem only says again that it rings."""


_REMEMBERED: Final = 1024
"""More calls than all lines ring with at a time: the end of one that was taken is not told by its line."""


class VoiceAlerts:
    """The calls that are ringing now."""

    def __init__(self, setup: Setup) -> None:
        self._settings = setup.settings
        self._callback = setup.settings.voice_alert is VoiceAlert.CALLBACK
        self._taken: dict[tuple[LineId, int], None] = {}

    def known(self, line: LineId, call: int) -> None:
        """This call is in the journal already: the intake was started again while it rang."""
        self._taken[line, call] = None
        while len(self._taken) > _REMEMBERED:
            del self._taken[next(iter(self._taken))]

    def hear(self, call: IncomingCall, *, hushed: bool = False) -> Verdict:
        """What to do about this call. `hushed`: its user is not to be called back."""
        if (call.line, call.call) in self._taken:
            return Verdict.KNOWN
        if not call.settled:
            return Verdict.WAIT
        # A caller who cannot be called back, by itself at least, is answered whatever the setting says.
        called_back = call.number is not None and unfit(call.number, self._settings) is None and not hushed
        return Verdict.REJECT if self._callback and called_back else Verdict.TAKE

    def gone(self, line: LineId, call: int) -> None:
        """It rings no more; the modem may use its number again."""
        self._taken.pop((line, call), None)
