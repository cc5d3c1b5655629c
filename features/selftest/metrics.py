"""Prometheus metrics of this node's self-tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from prometheus_client import Gauge, Metric
from prometheus_client.registry import Collector

from features.selftest.store import proofs_of
from messages.ids import SECOND, Instant
from messages.proofs import StepResult
from runtime.clock import Clock
from store.errors import JournalError
from store.journal.journal import Journal

PROOFS_US: Final = 8 * 86_400 * SECOND
"""Age of the oldest result shown: after a week without a test the state of a step is unknown."""


class SelfTestMetrics(Collector):
    """Collector of the results of the last self-tests."""

    def __init__(self, journal: Journal, _: Path, clock: Clock) -> None:
        self._journal, self._clock = journal, clock
        self._ok = Gauge(
            "securwoman_proof_ok",
            "1: the step was well when this node last tried it, by the night or on demand",
            ["step", "subject"],
            registry=None,
        )
        self._at = Gauge(
            "securwoman_proof_last_timestamp_seconds",
            "When this node's last whole proof came to its end",
            registry=None,
        )

    def collect(self) -> Iterator[Metric]:
        """Yield the results of the last self-tests; known ones while the journal cannot be read."""
        with suppress(JournalError):
            self._look()
        yield from self._ok.collect()
        yield from self._at.collect()

    def _look(self) -> None:
        since = Instant(self._clock.now_us() - PROOFS_US)
        proving = proofs_of(self._journal, self._journal.node, since)
        self._ok.clear()
        tried = set(proving.tried())
        for item, ended in proving.newest().items():
            if item in tried:
                good = ended.shown.result is StepResult.OK
                self._ok.labels(item.step, item.subject).set(good)
        if (last := proving.whole_at()) is not None:
            self._at.set(last / SECOND)
