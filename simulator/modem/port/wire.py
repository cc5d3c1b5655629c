"""How a modem's lines become bytes, well or badly. Pure; it must not know what a line means."""

from __future__ import annotations

from collections.abc import Sequence

_END = "\r\n"
_FINALS = ("OK", "ERROR", "NO CARRIER", "BUSY", "NO ANSWER", "COMMAND NOT SUPPORT")
_CODES = tuple("+^*#$%")


def is_final(line: str) -> bool:
    """Whether it ends a command, or a call: a result, which comes out where the command went in."""
    return line in _FINALS or line.startswith(("+CME ERROR:", "+CMS ERROR:"))


def is_code(line: str) -> bool:
    """Whether it is one that comes unasked: no result, and no answer either (+CMGS and +COLP come late)."""
    return line.startswith(_CODES) and not is_final(line) and not line.startswith(("+CMGS:", "+COLP:"))


def frames(lines: Sequence[str], *, glued: bool) -> list[bytes]:
    """Each line with its line ends (V.250 5.7.1); `glued`: a final result runs into a code behind it."""
    made: list[str] = []
    before = ""
    for line in lines:
        if glued and before in _FINALS and line.startswith(_CODES):
            made[-1] = f"{made[-1].removesuffix(_END)}{line}{_END}"
        else:
            made.append(f"{_END}{line}{_END}")
        before = line
    return [frame.encode() for frame in made]
