"""The watchdog's ladder for a modem that does not answer: resync, reopen, reset, USB reset, quarantine.

It decides what comes next and when; it does nothing. A modem that may hold a live call is never reset.
"""

from __future__ import annotations

from typing import Final

from gateways.gsm.driver.events import Stage

RETRY_S: Final = 30.0
"""How often a quarantined modem is tried again."""
ROUND_S: Final = 600.0
"""How often the whole ladder is climbed again: what did not help a modem that hung may help it later."""
RETRY_LIVE_S: Final = 5.0
"""The same while it may hold a call."""

OUTSIDE_S: Final = 10.0
"""How long whoever opens ports and resets devices is waited for."""


class Ladder:
    """See the module. `failed` for each synchronisation that found nobody, `answered` for one that did."""

    def __init__(self, *, reboot_s: float) -> None:
        self.reboot_s = reboot_s
        self._steps = 0
        self._try_at_s: float | None = None
        self._round_at_s = 0.0

    @property
    def climbing(self) -> bool:
        """Whether the modem counts as dead at present."""
        return self._steps > 0

    def failed(self, now_s: float, *, live: bool) -> Stage:
        """Nobody answered. What is to be done now; `live`: the modem may hold a call."""
        self._steps += 1
        self._try_at_s = None
        if self._steps == 1:
            self._try_at_s = now_s + OUTSIDE_S
            return Stage.REOPEN
        if live:
            self._try_at_s = now_s + RETRY_LIVE_S
            self._steps = 1  # once it may be reset, that comes first
            return Stage.QUARANTINE
        if self._steps == 2:
            self._try_at_s = now_s + self.reboot_s
            return Stage.RESET
        if self._steps == 3:
            self._try_at_s = now_s + OUTSIDE_S
            return Stage.USB_RESET
        if self._steps == 4:
            self._round_at_s = now_s + ROUND_S
        elif now_s >= self._round_at_s:
            self._steps = 1
            self._try_at_s = now_s + OUTSIDE_S
            return Stage.REOPEN
        self._try_at_s = now_s + RETRY_S
        return Stage.QUARANTINE

    def answered(self) -> bool:
        """It answers; true when it did not before."""
        was_dead, self._steps, self._try_at_s = self._steps > 0, 0, None
        return was_dead

    def try_again(self, now_s: float) -> bool:
        """Whether the next attempt is due; once."""
        if self._try_at_s is not None and now_s >= self._try_at_s:
            self._try_at_s = None
            return True
        return False

    def reset_ordered(self, now_s: float) -> None:
        """It answers, and was told to start anew: it is asked once it should have, if it has not said so."""
        self._try_at_s = now_s + self.reboot_s

    def opened(self) -> None:
        """Somebody opened the port anew: that is an attempt."""
        self._try_at_s = None

    def next_deadline(self) -> float | None:
        """When `try_again` has something to do."""
        return self._try_at_s
