"""Plays many scripts, and shrinks the first that breaks an invariant. One seed makes the same scripts."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

import msgspec
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as hypothesis_seed

from tests.chaos.in_process.invariants import broken
from tests.chaos.in_process.play import play
from tests.chaos.in_process.script import Script, to_json
from tests.chaos.in_process.strategies import scripts


class Broken(msgspec.Struct, frozen=True, kw_only=True):
    """The least script that breaks something, as far as it could be made smaller."""

    script: str
    """As JSON."""
    faults: tuple[str, ...]
    story: str


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one seed's scripts."""

    runs: int
    broken: Broken | None
    met: dict[str, int]
    seconds: float


class InvariantBroken(AssertionError):
    """A run after which something is as it may never be."""


def search(seed: int, runs: int, *, shrink: bool = True, until: Callable[[], bool] = lambda: False) -> Found:
    """Play `runs` scripts made from this seed, fewer where `until` says so or one breaks something."""
    met: Counter[str] = Counter()
    played = 0
    worst: list[Broken] = []
    began_s = time.monotonic()
    phases = (Phase.generate, Phase.shrink) if shrink else (Phase.generate,)

    @hypothesis_seed(seed)
    @settings(
        max_examples=runs,
        database=None,
        deadline=None,
        phases=phases,
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    @given(scripts)
    def one(script: Script) -> None:
        nonlocal played
        if not worst:
            if until():
                return
            played += 1
        result = play(script)
        faults = tuple(broken(result.evidence))
        if not worst:
            met.update(result.met)
        if faults:
            worst[:] = [Broken(script=to_json(script), faults=faults, story=result.story)]
            raise InvariantBroken("; ".join(faults))

    with suppress(InvariantBroken):
        one()
    return Found(
        runs=played,
        broken=worst[0] if worst else None,
        met=dict(sorted(met.items())),
        seconds=time.monotonic() - began_s,
    )
