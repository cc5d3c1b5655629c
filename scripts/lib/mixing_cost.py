"""What a tick of a conference costs by itself, in microseconds: nobody else runs, nothing wakes up.

`compute` is the arithmetic alone (jitter buffers, N−1 mix, levels, digits and tones), which bounds how many
conferences one core could mix; `with_ports` adds reading and writing PTYs.
"""

from __future__ import annotations

import os
import time
import tty
from collections.abc import Callable
from contextlib import suppress

import numpy as np

from media.conference.clock import Tick
from media.conference.conference import Conference
from media.conference.core import ConferenceCore
from media.ports.ports import TtyVoicePort
from media.sound.frames import FRAME_SAMPLES, FRAME_US

PARTIES = (2, 3, 4, 6)
TICKS = 3000
ROUNDS = 3


def arithmetic() -> dict[str, object]:
    """Each number of parties, all of whom speak all the time."""
    return {
        str(parties): {
            "compute_us": round(compute := _compute_us(parties), 1),
            "with_ports_us": round(_with_ports_us(parties), 1),
            "conferences_per_core_compute_only": int(FRAME_US / compute),
        }
        for parties in PARTIES
    }


def _sound(parties: int) -> list[list[bytes]]:
    """Some frames of noise for each party, so that nothing is cheap by being silent."""
    draw = np.random.default_rng(1)
    return [
        [draw.integers(-8000, 8000, FRAME_SAMPLES).astype("<i2").tobytes() for _ in range(parties)]
        for _ in range(16)
    ]


def _best_us(tick: Callable[[int], object], ticks: int) -> float:
    """The least average of a few rounds: what it costs when nobody else wants the processor."""
    rounds = []
    for _ in range(ROUNDS):
        began = time.perf_counter_ns()
        for number in range(ticks):
            tick(number)
        rounds.append((time.perf_counter_ns() - began) / ticks / 1000)
    return min(rounds)


def _compute_us(parties: int) -> float:
    legs = [f"leg{number}" for number in range(parties)]
    said = [dict(zip(legs, frames, strict=True)) for frames in _sound(parties)]
    core = ConferenceCore()
    core.keep(legs)

    def tick(number: int) -> None:
        core.tick(said[number % len(said)])
        core.listen()

    return _best_us(tick, TICKS)


def _with_ports_us(parties: int) -> float:
    """A whole turn, without what the modems' side of the bench costs."""
    frames = _sound(parties)
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
        _best_us(turn, TICKS // 3)
        return spent_ns / (ROUNDS * (TICKS // 3)) / 1000
    finally:
        conference.stop()
        for master, slave in pairs:
            os.close(master)
            os.close(slave)
