"""Whether a SIM's PIN may be given: to each card once, ever, until it is known to be right.

Three wrong PINs lock a card, and a centre that restarts would give them within seconds. That a PIN is about
to be given is on disk before it is given; one that was refused, or of which nobody knows what became of it,
is never given to that card again, whatever restarts. A card whose number is not known may be any.

The record holds no PIN, only what it takes to know it again.
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
"""The record must not be a short way to the PIN, although whoever reads it could read the PIN's own file."""


class Fate(StrEnum):
    """What became of a PIN."""

    GIVEN = "given"
    """It was, or was about to be; nothing is known of the answer."""
    TAKEN = "taken"
    REFUSED = "refused"


class _Tried(msgspec.Struct, frozen=True, kw_only=True):
    salt: bytes
    digest: bytes
    fate: Fate
    card: str = ""
    """Its ICCID; empty where the modem did not tell."""


class PinMemory:
    """Of one line. `pin_file`: where its PIN stands, empty where the settings name none; `record`: what was
    tried; `typed`: where it stands, with no `pin_file`, once somebody has typed it at the console.
    """

    def __init__(self, pin_file: str, record: Path, typed: Path | None = None) -> None:
        self._named = pin_file
        self._typed = typed
        self._record = record
        self._waits = False
        """A PIN was given, and the SIM is not open yet."""
        self._refused_as: tuple[int, int, str] | None = None
        """How file, record and card were when it was last decided that no PIN is given."""
        self.fault = ""
        """Why no PIN is given, in words; empty while none was wanted, or one was given."""

    @property
    def _pin_file(self) -> str:
        """Empty where there is none."""
        if self._named or self._typed is None or not self._typed.exists():
            return self._named
        return str(self._typed)

    def to_give(self, card: str = "") -> str:
        """The PIN to give now to this card, remembered as given; empty where none may be. May be asked every
        second. `card`: its ICCID, empty where that is not known.
        """
        now = (_changed_ns(Path(self._pin_file)) if self._pin_file else 0, _changed_ns(self._record), card)
        if self._waits or now == self._refused_as:
            return ""
        pin = self._decide(card)
        self._refused_as = None if pin else (now[0], _changed_ns(self._record), card)
        return pin

    def _decide(self, card: str) -> str:
        pin = self._read()
        if not pin:
            return ""
        tried = self._tried()
        same = [one for one in tried if hmac.compare_digest(one.digest, _digest(pin, one.salt))]
        for one in same:
            # Where either was not known, it may have been this card.
            if one.fate is not Fate.TAKEN and (one.card == card or not one.card or not card):
                self.fault = (
                    f"the PIN in {self._pin_file} was {_WORDS[one.fate]} and is not tried again: write the "
                    f"right one there, or remove {self._record} to have the same one tried once more"
                )
                return ""
        salt = secrets.token_bytes(16)
        others = [one for one in tried if one not in same or one.card != card]
        given = _Tried(salt=salt, digest=_digest(pin, salt), fate=Fate.GIVEN, card=card)
        if not self._write([*others, given]):
            return ""
        self._waits, self.fault = True, ""
        return pin

    def answered(self, *, right: bool | None) -> None:
        """What the SIM has said of the PIN that was given last; none where that cannot be told.

        That it was right counts only once the SIM is open: an OK may be another command's.
        """
        if right is False:
            self._remember(Fate.REFUSED)
        # A SIM that has taken it may ask for it for a moment more.
        self._waits = bool(right)

    def opened(self) -> None:
        """The SIM is open: should it ask again, it was switched off meanwhile."""
        if self._waits:
            self._remember(Fate.TAKEN)
        self._waits = False

    def _remember(self, fate: Fate) -> None:
        tried = self._tried()
        if tried:
            self._write([*tried[:-1], msgspec.structs.replace(tried[-1], fate=fate)])

    def _read(self) -> str:
        if not self._pin_file:
            self.fault = "it has a PIN, which nobody has typed, and no pin_file is set"
            return ""
        try:
            pin = Path(self._pin_file).read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            self.fault = f"pin_file {self._pin_file} cannot be read ({error})"
            return ""
        if not (pin.isdecimal() and 4 <= len(pin) <= 8):
            self.fault = f"pin_file {self._pin_file} does not hold a PIN of 4 to 8 digits"
            return ""
        return pin

    def _tried(self) -> list[_Tried]:
        """Oldest first."""
        try:
            return msgspec.json.decode(self._record.read_bytes(), type=list[_Tried])
        except (OSError, *MALFORMED):
            return []

    def _write(self, tried: list[_Tried]) -> bool:
        """Durably, or not at all."""
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
            self.fault = f"what became of the PIN cannot be written down, so it is not given ({error})"
            return False
        return True


_WORDS: Final = {
    Fate.GIVEN: "given once, nobody knows with what result,",
    Fate.REFUSED: "refused by the SIM",
    Fate.TAKEN: "taken by the SIM",
}


def _changed_ns(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return -1


def _digest(pin: str, salt: bytes) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", pin.encode(), salt, ROUNDS)
