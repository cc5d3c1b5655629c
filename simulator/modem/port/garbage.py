"""What a bad cable makes of bytes; the same for the same modem at every run. It must not be random in
earnest."""

from __future__ import annotations

import random


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
