"""A conference of PTYs that is ticked by hand: real ports, every byte of them, and no real time."""

from __future__ import annotations

import fcntl
import os
import sys
import termios
import tty
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from functools import partial

from media.conference.beat import Tick
from media.conference.conference import Conference
from media.ports.tty_port import TtyVoicePort
from tests.waiting import wait_until

RATE_HZ = 8000
FRAME_BYTES = 320


class Wires:
    """Three modems, or any number; each may speak at a rate of its own."""

    def __init__(self, rates_hz: Mapping[str, int], *, keeps_wide: bool = False) -> None:
        self.conference = Conference()
        self._rates = rates_hz
        self._ends = {leg: os.openpty() for leg in rates_hz}
        self._number = 0
        self.now_s = 0.0
        self.heard = dict.fromkeys(rates_hz, b"")
        for leg, (master, slave) in self._ends.items():
            tty.setraw(slave)
            os.set_blocking(master, False)
            ratio = rates_hz[leg] // RATE_HZ
            port = TtyVoicePort(
                os.ttyname(slave),
                rates_hz[leg],
                FRAME_BYTES * ratio,
                now_s=lambda: self.now_s,
                keeps_wide=keeps_wide,
            )
            self.conference.join(leg, port)

    def tick(self, said: Mapping[str, bytes]) -> None:
        """20 ms: each modem hands over what it has, at its own rate, and takes what it gets."""
        for leg, pcm in said.items():
            master, slave = self._ends[leg]
            os.write(master, pcm)
            wait_until(partial(_has_arrived, slave, len(pcm)), what="what was said has arrived")
        self.conference.turn(Tick(self._number))
        self._number += 1
        self.now_s += 0.02
        for leg, (master, _) in self._ends.items():
            with suppress(BlockingIOError):
                self.heard[leg] += os.read(master, 65536)

    def say(self, said: Mapping[str, bytes], at_hz: Mapping[str, int] | None = None) -> None:
        """All of it, frame by frame; what is said at a higher rate is longer by that. `at_hz`: who says it at
        another rate than was said when its port was opened."""
        rates = {**self._rates, **(at_hz or {})}
        frames = min(len(pcm) * RATE_HZ // rates[leg] // FRAME_BYTES for leg, pcm in said.items())
        for number in range(frames):
            self.tick({leg: _frame(pcm, rates[leg], number) for leg, pcm in said.items()})

    def close(self) -> None:
        self.conference.stop()
        for ends in self._ends.values():
            for end in ends:
                os.close(end)


def _frame(pcm: bytes, rate_hz: int, number: int) -> bytes:
    size = FRAME_BYTES * rate_hz // RATE_HZ
    return pcm[number * size : (number + 1) * size]


def _has_arrived(slave: int, count: int) -> bool:
    """It goes there by way of a kernel's thread."""
    waiting = fcntl.ioctl(slave, termios.FIONREAD, b"\0\0\0\0")
    return int.from_bytes(waiting, sys.byteorder) >= count


@contextmanager
def wires(*, keeps_wide: bool = False, **rates_hz: int) -> Iterator[Wires]:
    with closing(Wires(rates_hz, keeps_wide=keeps_wide)) as made:
        yield made
