"""How soon was answered, beside what others of the field ask of themselves. Pure.

Only what a source says. EN 50518 has such figures, too; its text was within no reach, so none is named here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from messages.ids import SECOND, Instant
from model.figures import DUE_US, Row


class Benchmark(msgspec.Struct, frozen=True, kw_only=True):
    """A share of calls that is to be answered within so long."""

    by: str
    share: float
    within_s: int
    source: str


_NENA: Final = "NENA-STA-020.1-2020 (nena.org, 2020-06-25)"
_TSA: Final = "TSA Quality Standards Framework (Tendring District Council on its audit, 2021-09)"

BENCHMARKS: Final = (
    Benchmark(by="NENA", share=0.90, within_s=15, source=_NENA),
    Benchmark(by="NENA", share=0.95, within_s=20, source=_NENA),
    Benchmark(by="TSA", share=0.975, within_s=60, source=_TSA),
    Benchmark(by="TSA", share=0.99, within_s=180, source=_TSA),
)


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """What a center has of it."""

    by: str
    share: float
    within_s: int
    found: float | None
    """None: there was nothing to answer."""


class Answering(msgspec.Struct, frozen=True, kw_only=True):
    """From an alert's receipt until an operator was on the line. Real alerts alone."""

    of: int
    """Those that were to be answered: of which it is known by now."""
    answered: int
    measured: tuple[Measured, ...]


def answering(rows: Sequence[Row], now_us: Instant) -> Answering:
    """Of these alerts. One that has ended without an operator, or waits still, was not answered in time."""
    took = [
        row.to_operator_us
        for row in rows
        if not row.test
        and (row.operator_us or row.closed_us is not None or row.received_us + DUE_US <= now_us)
    ]
    done = [one for one in took if one is not None]
    return Answering(
        of=len(took),
        answered=len(done),
        measured=tuple(
            Measured(
                by=one.by,
                share=one.share,
                within_s=one.within_s,
                found=sum(us <= one.within_s * SECOND for us in done) / len(took) if took else None,
            )
            for one in BENCHMARKS
        ),
    )
