"""Permission to enter a SIM's PIN: once for each card, ever, until the PIN is known to be right.

Three wrong PINs lock a card, and a center that restarts would enter them within seconds. Each attempt is on
disk before the PIN is entered. A PIN that was refused, or has an unknown outcome, is never entered into that
card again, not even after a restart. A card without a known number may be any card.

The record holds no PIN, only a salted digest that recognises the PIN.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from enum import StrEnum
from pathlib import Path
from typing import Final

import msgspec

from messages.base import MALFORMED

ROUNDS: Final = 20_000
"""Rounds of the digest. The record must not be a short way to the PIN, although a reader of the record could
also read the PIN's own file."""


class PinOutcome(StrEnum):
    """The outcome of a PIN."""

    ENTERED = "given"
    """The PIN was entered, or was about to be; the answer is unknown."""
    ACCEPTED = "taken"
    REFUSED = "refused"


class _PinAttempt(msgspec.Struct, frozen=True, kw_only=True):
    salt: bytes
    digest: bytes
    fate: PinOutcome
    card: str = ""
    """ICCID of the card; empty if the modem did not report the number."""


class PinMemory:
    """The PIN attempts of one line. `pin_file`: the file with the PIN, empty if the settings name none.
    `record`: the file with the attempts. `typed`: the file of a PIN typed at the console, used without
    `pin_file`.
    """

    def __init__(self, pin_file: str, record: Path, typed: Path | None = None) -> None:
        self._configured_file = pin_file
        self._typed_file = typed
        self._record = record
        self._awaiting_sim = False
        """True if a PIN was entered and the SIM is not open yet."""
        self._unchanged_since: tuple[int, int, str] | None = None
        """State of file, record and card at the last decision against entering a PIN."""
        self.fault = ""
        """Reason why no PIN is entered, as text; empty if no PIN was needed, or one was entered."""

    @property
    def _pin_file(self) -> str:
        """Path of the file with the PIN; empty without one."""
        if self._configured_file or self._typed_file is None or not self._typed_file.exists():
            return self._configured_file
        return str(self._typed_file)

    def take_pin(self, card: str = "") -> str:
        """Return the PIN to enter into this card now, recorded as entered; empty if no PIN may be entered.
        May be called every second. `card`: its ICCID, empty if unknown.
        """
        now = (_changed_ns(Path(self._pin_file)) if self._pin_file else 0, _changed_ns(self._record), card)
        if self._awaiting_sim or now == self._unchanged_since:
            return ""
        pin = self._decide(card)
        self._unchanged_since = None if pin else (now[0], _changed_ns(self._record), card)
        return pin

    def _decide(self, card: str) -> str:
        pin = self._read()
        if not pin:
            return ""
        tried = self._read_attempts()
        same = [one for one in tried if hmac.compare_digest(one.digest, _digest(pin, one.salt))]
        for one in same:
            # If either card number is unknown, it may be this card.
            if one.fate is not PinOutcome.ACCEPTED and (one.card == card or not one.card or not card):
                self.fault = (
                    f"the PIN in {self._pin_file} was {_OUTCOME_TEXT[one.fate]} and is not tried again: "
                    f"write the right PIN to this file, or remove {self._record} to have the same PIN "
                    "tried again"
                )
                return ""
        salt = secrets.token_bytes(16)
        others = [one for one in tried if one not in same or one.card != card]
        given = _PinAttempt(salt=salt, digest=_digest(pin, salt), fate=PinOutcome.ENTERED, card=card)
        if not self._write([*others, given]):
            return ""
        self._awaiting_sim, self.fault = True, ""
        return pin

    def on_pin_answer(self, *, right: bool | None) -> None:
        """Process the SIM's answer to the last PIN; None if the answer is unclear.

        An accepted PIN counts as right only once the SIM is open: an OK may belong to another command.
        """
        if right is False:
            self._record_outcome(PinOutcome.REFUSED)
        # A SIM that has accepted the PIN may request it for a moment more.
        self._awaiting_sim = bool(right)

    def on_sim_ready(self) -> None:
        """Note that the SIM is open: if it requests a PIN again, it was switched off meanwhile."""
        if self._awaiting_sim:
            self._record_outcome(PinOutcome.ACCEPTED)
        self._awaiting_sim = False

    def _record_outcome(self, fate: PinOutcome) -> None:
        tried = self._read_attempts()
        if tried:
            self._write([*tried[:-1], msgspec.structs.replace(tried[-1], fate=fate)])

    def _read(self) -> str:
        if not self._pin_file:
            self.fault = "pin_file is not set: write the PIN to a file, and set pin_file of the line"
            return ""
        try:
            pin = Path(self._pin_file).read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            self.fault = f"pin_file {self._pin_file} cannot be read ({error})"
            return ""
        if not (pin.isdecimal() and 4 <= len(pin) <= 8):
            self.fault = f"pin_file {self._pin_file} must hold a PIN of 4 to 8 digits"
            return ""
        return pin

    def _read_attempts(self) -> list[_PinAttempt]:
        """Return the attempts, oldest first."""
        try:
            return msgspec.json.decode(self._record.read_bytes(), type=list[_PinAttempt])
        except (OSError, *MALFORMED):
            return []

    def _write(self, tried: list[_PinAttempt]) -> bool:
        """Write the attempts durably, or not at all; return True if written."""
        part = self._record.with_suffix(f".{os.getpid()}")
        try:
            self._record.parent.mkdir(mode=0o700, exist_ok=True)
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(msgspec.json.encode(tried))
                file.flush()
                os.fsync(file.fileno())
            part.replace(self._record)
            directory = os.open(self._record.parent, os.O_RDONLY)
            try:
                os.fsync(directory)
            finally:
                os.close(directory)
        except OSError as error:
            self.fault = f"the PIN is not tried, because its result could not be recorded ({error})"
            return False
        return True


_OUTCOME_TEXT: Final = {
    PinOutcome.ENTERED: "entered once with unknown result",
    PinOutcome.REFUSED: "refused by the SIM",
    PinOutcome.ACCEPTED: "accepted by the SIM",
}


def _changed_ns(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return -1


def _digest(pin: str, salt: bytes) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", pin.encode(), salt, ROUNDS)
