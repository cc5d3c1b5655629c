"""The watchdog's ladder for a modem that does not answer: resync, reopen, reset, USB reset, quarantine.

Decides the next step and its time; takes no step. A modem that may hold a live call is never reset.
"""

from __future__ import annotations

from typing import Final

from gateways.gsm.driver.events import Stage

RETRY_S: Final = 30.0
"""Seconds between two attempts with a quarantined modem."""
ROUND_S: Final = 600.0
"""Seconds after which the whole ladder is repeated: a step without effect on a hung modem may help later."""
RETRY_LIVE_S: Final = 5.0
"""Seconds between two attempts with a modem that may hold a call."""

PORT_PROCESS_WAIT_S: Final = 10.0
"""Seconds to wait for the process that opens ports and resets devices."""


class RecoveryLadder:
    """The ladder of one modem. Call `on_sync_failed` after each synchronisation without an answer,
    `on_modem_answering` after one with an answer."""

    def __init__(self, *, reboot_s: float) -> None:
        self.reboot_s = reboot_s
        self._steps = 0
        self._try_at_s: float | None = None
        self._round_at_s = 0.0

    @property
    def is_recovering(self) -> bool:
        """True if the modem counts as dead at present."""
        return self._steps > 0

    def on_sync_failed(self, now_s: float, *, live: bool) -> Stage:
        """Note a failed synchronisation; return the next step. `live`: the modem may hold a call."""
        self._steps += 1
        self._try_at_s = None
        if self._steps == 1:
            self._try_at_s = now_s + PORT_PROCESS_WAIT_S
            return Stage.REOPEN
        if live:
            self._try_at_s = now_s + RETRY_LIVE_S
            self._steps = 1  # once a reset is allowed, the reset comes first
            return Stage.QUARANTINE
        if self._steps == 2:
            self._try_at_s = now_s + self.reboot_s
            return Stage.RESET
        if self._steps == 3:
            self._try_at_s = now_s + PORT_PROCESS_WAIT_S
            return Stage.USB_RESET
        if self._steps == 4:
            self._round_at_s = now_s + ROUND_S
        elif now_s >= self._round_at_s:
            self._steps = 1
            self._try_at_s = now_s + PORT_PROCESS_WAIT_S
            return Stage.REOPEN
        self._try_at_s = now_s + RETRY_S
        return Stage.QUARANTINE

    def on_modem_answering(self) -> bool:
        """Note that the modem answers; return True if it did not before."""
        was_dead, self._steps, self._try_at_s = self._steps > 0, 0, None
        return was_dead

    def take_attempt_due(self, now_s: float) -> bool:
        """Return True if the next attempt is due; only once for each attempt."""
        if self._try_at_s is not None and now_s >= self._try_at_s:
            self._try_at_s = None
            return True
        return False

    def on_reset_ordered(self, now_s: float) -> None:
        """Note that an answering modem was ordered to restart: if it reports no restart, it is queried once
        the restart should be over."""
        self._try_at_s = now_s + self.reboot_s

    def on_reopened(self) -> None:
        """Note that the port was reopened: the reopening is an attempt."""
        self._try_at_s = None

    def next_deadline(self) -> float | None:
        """Return the time, in seconds, at which `take_attempt_due` may return True; None if no attempt is
        planned.
        """
        return self._try_at_s
