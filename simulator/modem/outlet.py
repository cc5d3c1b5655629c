"""What a modem says on its way to its ports: framed, one command late, spoilt as its vices and a bad cable
have it, and kept until it is taken.

It must not know what is said, or whether anybody listens.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from simulator.modem.vices import Vices

OUTPUT_LIMIT = 65536
CUT_EVERY = 3
_END = "\r\n"
_FINALS = ("OK", "ERROR", "NO CARRIER", "BUSY", "NO ANSWER", "COMMAND NOT SUPPORT")
_CODES = tuple("+^*#$%")

Answer = tuple[list[str], list[str]]
"""The lines of an answer, and its final result."""


class Garbage:
    """Spoils what is said until `until_s`."""

    def __init__(self, seed: str) -> None:
        self.until_s = float("-inf")
        self._random = random.Random(seed)

    def burst(self) -> bytes:
        """Bytes of no meaning, line ends among them."""
        return self._random.randbytes(self._random.randint(8, 40)) + b"\r\n\xff\x00+CL"

    def spoilt(self, data: bytes, now_s: float) -> bytes:
        """The data with a burst before it, a byte changed, or its end lost; untouched when the time is
        over."""
        if now_s >= self.until_s or not data:
            return data
        match self._random.randrange(3):
            case 0:
                return self.burst() + data
            case 1:
                at = self._random.randrange(len(data))
                return data[:at] + bytes([data[at] ^ 1 << self._random.randrange(8)]) + data[at + 1 :]
            case _:
                return data[: self._random.randrange(len(data))]


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


class Shift:
    """Keeps back one answer while it is on; the first command gets an OK that nobody has asked for."""

    def __init__(self) -> None:
        self._behind: Answer | None = None

    @property
    def on(self) -> bool:
        return self._behind is not None

    def begin(self) -> None:
        """From the next command on."""
        self._behind = ([], ["OK"])

    def end(self) -> None:
        """What is kept back is lost."""
        self._behind = None

    def passed(self, answer: Answer) -> Answer:
        """What comes out now that this should."""
        if self._behind is None:
            return answer
        earlier, self._behind = self._behind, answer
        return earlier


class Outlet:
    """The way out of one modem; `vices`: those that it has now."""

    def __init__(self, name: str, vices: Callable[[], Vices]) -> None:
        self.garbage = Garbage(name)
        self._vices = vices
        self._here = bytearray()
        self._elsewhere = bytearray()
        self._codes = 0

    def __bool__(self) -> bool:
        return bool(self._here or self._elsewhere)

    def take(self) -> bytes:
        """What has come out at the command port since the last time."""
        output = bytes(self._here)
        self._here.clear()
        return output

    def take_elsewhere(self) -> bytes:
        """What has come out at another port since the last time."""
        output = bytes(self._elsewhere)
        self._elsewhere.clear()
        return output

    def put(self, data: bytes, now_s: float) -> None:
        """Bytes for the command port."""
        end = self._vices().line_end
        data = data if end is None else data.replace(b"\r\n", end.encode())
        self._here += self.garbage.spoilt(data, now_s)
        del self._here[:-OUTPUT_LIMIT]

    def framed(self, lines: Sequence[str], *, codes_here: bool) -> list[bytes]:
        """Lines that nobody has asked for, each as it goes to the command port; what goes elsewhere is gone
        there."""
        said = [self._cut(line) for line in lines]
        if not codes_here:
            codes = [line for line in said if not is_final(line)]
            said = [line for line in said if is_final(line)]
            self._elsewhere += b"".join(frames(codes, glued=False))
            del self._elsewhere[:-OUTPUT_LIMIT]
        return frames(said, glued=bool(self._vices().glued_lines))

    def _cut(self, line: str) -> str:
        """The line, or what is left of it: its beginning and a piece of its middle in turn."""
        if not self._vices().cut_codes or not is_code(line):
            return line
        self._codes += 1
        if self._codes % CUT_EVERY:
            return line
        return line[:2] if self._codes % 2 else line.partition(": ")[2][:2] or line[:2]
