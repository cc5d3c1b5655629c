"""Check of the number of conversations that this machine carries, from the measured cost of mixing."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from typing import Final

import numpy as np

from application.checks import CheckCondition, check_row
from media.conference.core import ConferenceCore
from media.sound.frames import FRAME_SAMPLES, FRAME_US
from messages.rows import Sentence
from model.checks import Cost, Finding, ok, warn
from model.settings import Settings

EACH: Final = 13.0
"""Cost of a conversation (its share of a mixer, legs, modems, case, its part of the web, 112 in half of all),
in turns of the mixing of its conference: a slower processor takes longer for both. 10 and 24 conversations in
`scripts/bench/capacity` took 67 and 106 % of a processor, with an alert a second and a `turn_us` of 44.
"""
LINE: Final = 0.9
"""Cost of a line without a call, in the same turns: 110 such lines took 20 % of a processor."""
BESIDES: Final = 110.0
"""Cost of a center without lines and conversations, in which an alert is raised every second, in the same
turns.
"""
BUSY: Final = 0.6
"""Share of the processors that may be used: above that share a further alert must wait."""
ROUNDS: Final = 10
_TICKS: Final = 100


def capacity(settings: Settings) -> Iterator[Finding]:
    """Check if `limits.live_cases` is more than the processors can carry."""
    promised = settings.limits.live_cases
    carried = conversations(turn_us(2), processors(), len(settings.lines))
    text = f"{processors()} processors carry about {carried} conversations"
    if promised > carried:
        yield warn(
            "capacity",
            f"{text}, and limits.live_cases = {promised} permits more: audio would stutter beyond that, "
            f"and alerts would wait. Set it to {carried}: further apps are then advised at once to call 112",
        )
    else:
        yield ok("capacity", f"{text} (limits.live_cases = {promised})")


def conversations(of_turn_us: float, processors: int, lines: int) -> int:
    """Return how many conversations fit beside the lines, if a mixing turn with two parties takes
    `of_turn_us` microseconds.
    """
    turns = processors * BUSY * FRAME_US / of_turn_us
    return max(1, int((turns - BESIDES - LINE * lines) / EACH))


def turn_us(parties: int, ticks: int = _TICKS) -> float:
    """Return the processor time of a mixing turn in which all parties speak, in microseconds."""
    legs = [f"leg{number}" for number in range(parties)]
    said = [dict(zip(legs, frames, strict=True)) for frames in noise(parties)]
    core = ConferenceCore()
    core.keep(legs)

    def tick(number: int) -> None:
        core.tick(said[number % len(said)])
        core.analyse_input()

    return best_us(tick, ticks)


def best_us(tick: Callable[[int], object], ticks: int) -> float:
    """Return the lowest average of several rounds, in microseconds: the cost without disturbance by other
    processes.
    """
    rounds = []
    for _ in range(ROUNDS):
        began = time.thread_time_ns()
        for number in range(ticks):
            tick(number)
        rounds.append((time.thread_time_ns() - began) / ticks / 1000)
    return min(rounds)


def noise(parties: int) -> list[list[bytes]]:
    """Return some frames of noise for each party: silence would be cheaper to mix."""
    draw = np.random.default_rng(1)
    return [
        [draw.integers(-8000, 8000, FRAME_SAMPLES).astype("<i2").tobytes() for _ in range(parties)]
        for _ in range(16)
    ]


def processors() -> int:
    """Return the number of processors that this process may run on."""
    return len(os.sched_getaffinity(0))


CHECKS: Final = (
    check_row(
        "capacity",
        Sentence(
            "Number of conversations that the processors carry", "Quante conversazioni reggono i processori"
        ),
        Sentence("Set limits.live_cases to that number", "Metterlo in limits.live_cases"),
        lambda around: capacity(around.settings),
        CheckCondition.SETTINGS,
        cost=Cost.WORK,
    ),
)
