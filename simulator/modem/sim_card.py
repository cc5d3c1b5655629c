"""SIM card of a modem: its PIN, the counter of wrong PINs, its PUK (TS 31.101 9.5).

Independent of the modem. The counter survives a loss of power. A wrong PUK is always refused, while a real
card is disabled after the tenth.
"""

from __future__ import annotations

TRIES = 3
"""Number of consecutive wrong PINs that lock the card."""

READY, WANTS_PIN, WANTS_PUK = "READY", "SIM PIN", "SIM PUK"


class SimCard:
    """Card, locked at every power-on if it has a PIN. `tries`: number of wrong PINs still allowed."""

    def __init__(self, pin: str, puk: str, tries: int) -> None:
        self._sold_with = pin
        self._pin = pin
        self._puk = puk
        self._tries = tries
        self._opened = False

    @property
    def state(self) -> str:
        """State in the words of +CPIN (TS 27.007 8.3)."""
        if self._tries == 0:
            return WANTS_PUK
        return WANTS_PIN if self._pin and not self._opened else READY

    @property
    def usable(self) -> bool:
        return self.state == READY

    def power_on(self, pin: str) -> None:
        """Start with the modem; a PIN other than at the last start means another card."""
        if pin != self._sold_with:
            self._sold_with = self._pin = pin
            self._tries = TRIES
        self._opened = False

    def enter_pin(self, pin: str) -> bool:
        """Return True if the PIN is right; count a wrong one."""
        self._opened = pin == self._pin
        self._tries = TRIES if self._opened else self._tries - 1
        return self._opened

    def enter_puk(self, puk: str, pin: str) -> bool:
        """Return True if the PUK is right; `pin` is then the new PIN."""
        if puk != self._puk:
            return False
        self._pin, self._tries, self._opened = pin, TRIES, True
        return True
