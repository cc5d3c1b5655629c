"""What a modem says on its way to its ports: framed, spoilt as its vices and a bad cable have it, and kept
until it is taken.

It must not know what is said, or whether anybody listens.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from simulator.modem.port.garbage import Garbage
from simulator.modem.port.wire import frames, is_code, is_final
from simulator.modem.vices import Vices

OUTPUT_LIMIT = 65536
CUT_EVERY = 3


class Outlet:
    """Of one modem; `vices`: those that it has now."""

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
