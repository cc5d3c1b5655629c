"""Output of a modem on the way to its ports: framed, shifted by one command, corrupted by vices and a bad
cable, and kept until taken.

The meaning of the output, and the presence of a host, are not handled here.
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
"""Lines of an answer, and its final result."""


class Corruption:
    """Corruption of the output until `until_s`."""

    def __init__(self, seed: str) -> None:
        self.until_s = float("-inf")
        self._random = random.Random(seed)

    def burst(self) -> bytes:
        """Return meaningless bytes that include line ends."""
        return self._random.randbytes(self._random.randint(8, 40)) + b"\r\n\xff\x00+CL"

    def corrupt(self, data: bytes, now_s: float) -> bytes:
        """Return the data with a burst before it, a byte changed, or its end lost; unchanged once the time is
        over.
        """
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
    """Return True for the end of a command or of a call: a result, sent at the port of the command."""
    return line in _FINALS or line.startswith(("+CME ERROR:", "+CMS ERROR:"))


def is_code(line: str) -> bool:
    """Return True for an unsolicited code: neither a result nor a late answer (+CMGS and +COLP)."""
    return line.startswith(_CODES) and not is_final(line) and not line.startswith(("+CMGS:", "+COLP:"))


def frames(lines: Sequence[str], *, glued: bool) -> list[bytes]:
    """Return each line with its line ends (V.250 5.7.1); `glued`: a final result runs into a following
    code.
    """
    made: list[str] = []
    before = ""
    for line in lines:
        if glued and before in _FINALS and line.startswith(_CODES):
            made[-1] = f"{made[-1].removesuffix(_END)}{line}{_END}"
        else:
            made.append(f"{_END}{line}{_END}")
        before = line
    return [frame.encode() for frame in made]


class AnswerShift:
    """Delay of answers by one command, while on; the first command gets a stray OK."""

    def __init__(self) -> None:
        self._delayed: Answer | None = None

    @property
    def on(self) -> bool:
        return self._delayed is not None

    def begin(self) -> None:
        """Start with the next command."""
        self._delayed = ([], ["OK"])

    def end(self) -> None:
        """Stop; the delayed answer is lost."""
        self._delayed = None

    def delay(self, answer: Answer) -> Answer:
        """Return the output in place of this answer."""
        if self._delayed is None:
            return answer
        earlier, self._delayed = self._delayed, answer
        return earlier


class ModemOutput:
    """Output of one modem; `vices`: its present vices."""

    def __init__(self, name: str, vices: Callable[[], Vices]) -> None:
        self.garbage = Corruption(name)
        self._vices = vices
        self._command_port = bytearray()
        self._other_port = bytearray()
        self._codes = 0

    def __bool__(self) -> bool:
        return bool(self._command_port or self._other_port)

    def take(self) -> bytes:
        """Return the output at the command port since the last call."""
        output = bytes(self._command_port)
        self._command_port.clear()
        return output

    def take_other_port(self) -> bytes:
        """Return the output at another port since the last call."""
        output = bytes(self._other_port)
        self._other_port.clear()
        return output

    def put(self, data: bytes, now_s: float) -> None:
        """Add bytes for the command port."""
        end = self._vices().line_end
        data = data if end is None else data.replace(b"\r\n", end.encode())
        self._command_port += self.garbage.corrupt(data, now_s)
        del self._command_port[:-OUTPUT_LIMIT]

    def framed(self, lines: Sequence[str], *, codes_here: bool) -> list[bytes]:
        """Return unsolicited lines, each framed for the command port; lines for another port are stored
        there.
        """
        said = [self._cut(line) for line in lines]
        if not codes_here:
            codes = [line for line in said if not is_final(line)]
            said = [line for line in said if is_final(line)]
            self._other_port += b"".join(frames(codes, glued=False))
            del self._other_port[:-OUTPUT_LIMIT]
        return frames(said, glued=bool(self._vices().glued_lines))

    def _cut(self, line: str) -> str:
        """Return the line; of every third code only a part: its beginning and its middle in turn."""
        if not self._vices().cut_codes or not is_code(line):
            return line
        self._codes += 1
        if self._codes % CUT_EVERY:
            return line
        return line[:2] if self._codes % 2 else line.partition(": ")[2][:2] or line[:2]
