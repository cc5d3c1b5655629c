"""The dial guard: the last function before the bytes reach a modem.

The guard refuses every call to an emergency number unless both switches are on, `psap.live` and the trunk's
`emergency`. The refusal holds for every caller and every form of the number: CLIR prefixes, `+`, `00`,
country codes, blanks, pauses, several commands in one line, redial, phonebook dialling, deflection. A dial
that cannot be proved harmless is refused too. The guard checks whole command lines: an unfinished line is
kept back, so that no command passes in pieces.

The third switch, `psap.last_resort`, allows one more command on a line of another trunk, and only with
`psap.live`: the plain dial of a number that is called for 112, and only as a command line of its own.

The guard must stay free of every other concern, and must not be optional.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from gateways.gsm.errors import DialRefused
from model.rules.calls.psap import is_named

EMERGENCY_NUMBERS: Final = frozenset({"112", "113", "115", "118", "911", "999", "000", "08", "110", "119"})
"""Numbers of 22.101 clause 10.1 and Italy's own; the SIM's numbers (EF_ECC) are added."""

_LINE_END: Final = re.compile(rb"[\r\x1a\x1b]")
_RETURN: Final = 0x0D
_PDU_TEXT: Final = re.compile(rb"[0-9A-Fa-f]*")
_MAX_KEPT: Final = 4096

# Parameters of these reach a number too: deflection, forwarding, transfer, a call by a vendor's own command.
_CALLING: Final = re.compile(r"\+(?:CTFR|CCFC|CHLD)|[\^$#*%]\w*(?:DIAL|CALL)\w*|\+\w*DIAL\w*")
# Single key presses on a keypad, and a URI, cannot be judged.
_UNJUDGED: Final = re.compile(r"\+(?:CKPD|CDU)(?!\w)|[\^$#*%]\w*KEY\w*")
_DIAL: Final = re.compile(r"D")
# 27.007 clause 6.2 lets a modem ignore V.250's modifiers (`,` `W` `@` `!`) and so dial another number than
# the written number: a number with any of these modifiers cannot be judged.
_DIAL_STRING: Final = re.compile(r"[TP]?(?P<number>[+\d*#]+)[IG]*(?:;|$)")
_LOOSE_DIAL_STRING: Final = re.compile(r"[TPL>@,W!()\-./]*(?P<number>[+\d*#]+)")


class DialGuard:
    """A dial guard for one open port."""

    def __init__(self, *, psap_live: bool, trunk_emergency: bool, last_resort: Collection[str] = ()) -> None:
        """Create a guard. `last_resort`: the numbers called for 112, if `psap.last_resort` is on."""
        self._open = psap_live and trunk_emergency
        self._last_resort = frozenset(f"ATD{one};".encode("ascii") for one in last_resort if psap_live)
        self._numbers = EMERGENCY_NUMBERS
        self._kept = bytearray()

    def learn(self, numbers: tuple[str, ...]) -> None:
        """Add the emergency numbers of the SIM to the fixed numbers."""
        self._numbers = self._numbers | {number for number in numbers if number.isdigit()}

    def pass_through(self, data: bytes) -> bytes:
        """Return the bytes that may be written now: whole command lines. Raises DialRefused: nothing passes.

        An unfinished line is kept until its end comes. A refusal discards the kept bytes.
        """
        whole = bytes(self._kept) + data
        self._kept.clear()
        passed = 0
        for end in _LINE_END.finditer(whole):
            line = whole[passed : end.start()]
            if not self._open and not (line in self._last_resort and whole[end.start()] == _RETURN):
                self._check(line, whole[end.start()])
            passed = end.end()
        self._kept += whole[passed:]
        if len(self._kept) > _MAX_KEPT:
            self._kept.clear()
            raise DialRefused("the command line has no end")
        return whole[:passed]

    def is_emergency(self, number: str) -> bool:
        """Return True if dialling this number would call an emergency service, as far as the number shows."""
        return is_named(number, self._numbers)

    def _check(self, line: bytes, terminator: int) -> None:
        if terminator != _RETURN:
            # This byte ends the text of a message, or cancels the text. A modem without a prompt may ignore
            # the byte, and read the text around it as one line.
            if _PDU_TEXT.fullmatch(line) is None:
                raise DialRefused("the command line ends like a text message")
            return
        text = line.decode("latin-1").removeprefix("\n").upper()
        if "A/" in text:
            raise DialRefused("a repeated command line could dial a number")
        if any(ord(char) < 0x20 or ord(char) > 0x7E for char in text):
            # With a backspace or a dropped byte the modem would read another line than the line checked here.
            raise DialRefused("the command line has control characters")
        compact = text.replace(" ", "")
        self._check_dials(compact)
        if _UNJUDGED.search(compact):
            raise DialRefused(f"{compact}: the command could dial a number")
        if _CALLING.search(compact) and any(self.is_emergency(run) for run in re.findall(r"[+\d]+", compact)):
            raise DialRefused(f"{compact}: the command names an emergency number")

    def _check_dials(self, compact: str) -> None:
        """Check every `D` that may begin a dial string, after `AT` or elsewhere. Raises DialRefused."""
        for dial in _DIAL.finditer(compact):
            rest = compact[dial.end() :]
            loose = _LOOSE_DIAL_STRING.match(rest)
            if loose is not None and self.is_emergency(loose["number"]):
                raise DialRefused(
                    f"{compact}: an emergency number, which psap.live or the trunk does not allow"
                )
            if _is_command(compact, dial.start()):
                strict = _DIAL_STRING.match(rest)
                if strict is None:
                    raise DialRefused(f"{compact}: the command dials a number that cannot be read")


def _is_command(compact: str, place: int) -> bool:
    """Return True if this `D` is at the place of a dial command (V.250 clause 5.4): behind AT and basic
    commands, or behind `;`.

    Not behind `&` (`&D0`), nor within an extended command's name or value.
    """
    start = compact.rfind("AT", 0, place)
    if start < 0:
        return False
    before = compact[start + 2 : place]
    after_extended = before.rpartition(";")[2]
    return _BASIC_COMMANDS.fullmatch(after_extended) is not None


_BASIC_COMMANDS: Final = re.compile(r"(?:[A-CE-Z]\d*|S\d+(?:=\d+|\?)?|&[A-Z]\d*)*")
