"""When the disk will be full, by what the proofs before have found free on it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec.structs import replace

from features.selftest.bounds import LEAST_DAYS_OF_DISK
from messages.ids import SECOND, Instant
from messages.proofs import ProofWhy, Shown, StepResult

DAY_US: Final = 86_400 * SECOND
FRESH_US: Final = DAY_US // 2
"""What a few hours have brought says little of a day: a backup is written, a recording deleted."""
OLD_US: Final = 14 * DAY_US

Known = tuple[Instant, float]
"""When so many bytes were free."""


def days_left(free: float, before: Iterable[Known], now_us: Instant) -> float | None:
    """In how many days it will be full, by the fastest that it has filled: since yesterday, since a week ago,
    since each proof of a fortnight. None: it does not fill, as far as is known.
    """
    rates = [
        (then - free) / ((now_us - at) / DAY_US) for at, then in before if FRESH_US <= now_us - at <= OLD_US
    ]
    fastest = max(rates, default=0.0)
    return None if fastest <= 0 else free / fastest


def judged(shown: Shown, before: Iterable[Known], now_us: Instant) -> Shown:
    """What a look at the disk means."""
    free = shown.figures.get("free_bytes")
    days = None if free is None else days_left(free, before, now_us)
    if days is None or shown.result is StepResult.FAILED:
        return shown
    told = replace(shown, figures={**shown.figures, "days": round(days, 1)})
    if days >= LEAST_DAYS_OF_DISK:
        return told
    return replace(told, result=StepResult.FAILED, why=ProofWhy.FULL_SOON)
