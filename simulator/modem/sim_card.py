"""The card in a modem: its PIN, the counter of wrong ones, its PUK (TS 31.101 9.5).

It must not know the modem. The counter outlives the power. A wrong PUK is refused however often, where a
real card dies of the tenth.
"""

from __future__ import annotations

TRIES = 3
"""So many wrong PINs in a row lock it."""

READY, WANTS_PIN, WANTS_PUK = "READY", "SIM PIN", "SIM PUK"


class SimCard:
    """Closed at every power-on, if it has a PIN. `tries`: how many wrong ones it still allows."""

    def __init__(self, pin: str, puk: str, tries: int) -> None:
        self._sold_with = pin
        self._pin = pin
        self._puk = puk
        self._tries = tries
        self._opened = False

    @property
    def state(self) -> str:
        """What it waits for, in the words of +CPIN (TS 27.007 8.3)."""
        if self._tries == 0:
            return WANTS_PUK
        return WANTS_PIN if self._pin and not self._opened else READY

    @property
    def usable(self) -> bool:
        return self.state == READY

    def power_on(self, pin: str) -> None:
        """The modem has started; with another PIN than at its last start it has another card."""
        if pin != self._sold_with:
            self._sold_with = self._pin = pin
            self._tries = TRIES
        self._opened = False

    def enter_pin(self, pin: str) -> bool:
        """Whether it is right; a wrong one counts."""
        self._opened = pin == self._pin
        self._tries = TRIES if self._opened else self._tries - 1
        return self._opened

    def enter_puk(self, puk: str, pin: str) -> bool:
        """Whether it is right; from then on `pin` is the PIN."""
        if puk != self._puk:
            return False
        self._pin, self._tries, self._opened = pin, TRIES, True
        return True
