"""The dial guard: the last function before the bytes reach a modem.

It refuses every call to an emergency number unless both switches are on, `psap.live` and the trunk's
`emergency`, whatever asked for it and however the number is dressed: CLIR prefixes, `+`, `00`, country
codes, blanks, pauses, several commands in one line, redial, phonebook dialling, deflection. A dial of
which it cannot be proved that it is harmless is refused as well. It looks at whole command lines: a
line whose end has not come is kept back, so that nothing gets past it in pieces.

The third switch, `psap.last_resort`, lets one thing more pass on a line of another trunk, and only with
`psap.live`: the plain dial of a number that is called for 112, and that command line alone.

It must stay free of every other concern, and must not be asked whether it wants to look.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from gateways.gsm.errors import DialRefused
from model.rules.calls.psap import is_named

EMERGENCY_NUMBERS: Final = frozenset({"112", "113", "115", "118", "911", "999", "000", "08", "110", "119"})
"""22.101 clause 10.1 and Italy's own; those that the SIM lists (EF_ECC) come on top."""

_LINE_END: Final = re.compile(rb"[\r\x1a\x1b]")
_RETURN: Final = 0x0D
_PDU_TEXT: Final = re.compile(rb"[0-9A-Fa-f]*")
_MAX_KEPT: Final = 4096

# Parameters of these reach a number too: deflection, forwarding, transfer, a call by a vendor's own verb.
_CALLING: Final = re.compile(r"\+(?:CTFR|CCFC|CHLD)|[\^$#*%]\w*(?:DIAL|CALL)\w*|\+\w*DIAL\w*")
# A keypad that is pressed key by key, and a URI, cannot be judged.
_UNJUDGED: Final = re.compile(r"\+(?:CKPD|CDU)(?!\w)|[\^$#*%]\w*KEY\w*")
_DIAL: Final = re.compile(r"D")
# 27.007 clause 6.2 lets a modem ignore V.250's modifiers (`,` `W` `@` `!`) and so read another number
# than the one that is written: with any of them in it a number cannot be judged.
_DIAL_STRING: Final = re.compile(r"[TP]?(?P<number>[+\d*#]+)[IG]*(?:;|$)")
_LOOSE_DIAL_STRING: Final = re.compile(r"[TPL>@,W!()\-./]*(?P<number>[+\d*#]+)")


class DialGuard:
    """See the module. One for each open port."""

    def __init__(self, *, psap_live: bool, trunk_emergency: bool, last_resort: Collection[str] = ()) -> None:
        """`last_resort`: the numbers called for 112, where `psap.last_resort` is on; else none."""
        self._open = psap_live and trunk_emergency
        self._last_resort = frozenset(f"ATD{one};".encode("ascii") for one in last_resort if psap_live)
        self._numbers = EMERGENCY_NUMBERS
        self._kept = bytearray()

    def learn(self, numbers: tuple[str, ...]) -> None:
        """Emergency numbers that the SIM lists, beside the fixed ones."""
        self._numbers = self._numbers | {number for number in numbers if number.isdigit()}

    def pass_through(self, data: bytes) -> bytes:
        """The bytes that may be written now: whole command lines. Raises DialRefused, and then writes
        nothing.

        An unfinished line is kept until its end comes. What was kept is forgotten with a refusal.
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
            raise DialRefused("a command line without an end")
        return whole[:passed]

    def is_emergency(self, number: str) -> bool:
        """Whether dialling this would call an emergency service, as far as can be told from the number."""
        return is_named(number, self._numbers)

    def _check(self, line: bytes, terminator: int) -> None:
        if terminator != _RETURN:
            # Ends the text of a message, or cancels it; a modem that is not at the prompt may overread
            # it, and take what stands around it for one line.
            if _PDU_TEXT.fullmatch(line) is None:
                raise DialRefused("a command line that ends like a message")
            return
        text = line.decode("latin-1").removeprefix("\n").upper()
        if "A/" in text:
            raise DialRefused("a repeated command line could be a dial")
        if any(ord(char) < 0x20 or ord(char) > 0x7E for char in text):
            # A backspace or a dropped byte would make the modem read another line than the one looked
            # at here.
            raise DialRefused("control characters in a command line")
        compact = text.replace(" ", "")
        self._check_dials(compact)
        if _UNJUDGED.search(compact):
            raise DialRefused(f"{compact}: could be a dial")
        if _CALLING.search(compact) and any(self.is_emergency(run) for run in re.findall(r"[+\d]+", compact)):
            raise DialRefused(f"{compact}: names an emergency number")

    def _check_dials(self, compact: str) -> None:
        """Every `D` that may begin a dial string, the one behind `AT` and any other in the line."""
        for dial in _DIAL.finditer(compact):
            rest = compact[dial.end() :]
            loose = _LOOSE_DIAL_STRING.match(rest)
            if loose is not None and self.is_emergency(loose["number"]):
                raise DialRefused(
                    f"{compact}: an emergency number, and psap.live or the trunk does not allow it"
                )
            if _is_command(compact, dial.start()):
                strict = _DIAL_STRING.match(rest)
                if strict is None:
                    raise DialRefused(f"{compact}: a dial whose number cannot be seen")


def _is_command(compact: str, place: int) -> bool:
    """Whether this `D` stands where a dial command would (V.250 clause 5.4): behind AT and basic
    commands, or `;`.

    Not behind `&` (`&D0`), nor within an extended command's name or value.
    """
    start = compact.rfind("AT", 0, place)
    if start < 0:
        return False
    before = compact[start + 2 : place]
    after_extended = before.rpartition(";")[2]
    return _BASIC_COMMANDS.fullmatch(after_extended) is not None


_BASIC_COMMANDS: Final = re.compile(r"(?:[A-CE-Z]\d*|S\d+(?:=\d+|\?)?|&[A-Z]\d*)*")
