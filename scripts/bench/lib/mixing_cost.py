"""Cost of a conference's tick alone, in microseconds: no other process runs, no process wakes up.

`compute_us` is the arithmetic alone (jitter buffers, a mix of the other parties for each party, levels,
digits and tones), which limits the conferences that one core could mix; `with_ports_us` adds reading and
writing PTYs.
"""

from __future__ import annotations

import os
import time
import tty
from contextlib import suppress

from center.checks.capacity import ROUNDS, best_us, noise, turn_us
from media.conference.beat import Tick
from media.conference.conference import Conference
from media.ports.tty_port import TtyVoicePort
from media.sound.frames import FRAME_US

PARTIES = (2, 3, 4, 6)
TICKS = 3000


def arithmetic() -> dict[str, object]:
    """Measure each number of parties, who all speak all the time."""
    return {
        str(parties): {
            "compute_us": round(compute := turn_us(parties, TICKS // ROUNDS), 1),
            "with_ports_us": round(_with_ports_us(parties), 1),
            "conferences_per_core_compute_only": int(FRAME_US / compute),
        }
        for parties in PARTIES
    }


def _with_ports_us(parties: int) -> float:
    """Return the cost of a whole turn, without the simulated modems."""
    frames = noise(parties)
    pairs = [os.openpty() for _ in range(parties)]
    conference = Conference()
    for number, (master, slave) in enumerate(pairs):
        tty.setraw(slave)
        os.set_blocking(master, False)
        conference.join(f"leg{number}", TtyVoicePort(os.ttyname(slave)))

    def modems(number: int) -> None:
        for (master, _), frame in zip(pairs, frames[number % len(frames)], strict=True):
            os.write(master, frame)
            with suppress(BlockingIOError):
                os.read(master, 65536)

    spent_ns = 0

    def turn(number: int) -> None:
        nonlocal spent_ns
        modems(number)
        began = time.perf_counter_ns()
        conference.turn(Tick(number))
        spent_ns += time.perf_counter_ns() - began

    try:
        best_us(turn, TICKS // ROUNDS)
        return spent_ns / TICKS / 1000
    finally:
        conference.stop()
        for master, slave in pairs:
            os.close(master)
            os.close(slave)
