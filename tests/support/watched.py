"""What a watcher has found at the intake, as a center keeps it."""

from __future__ import annotations

from model.availability import MINUTE_US, ProbeResult
from store.journal.journal import Journal
from store.probe_results import store_results


def watched(journal: Journal, *failed: int) -> None:
    """The minutes before this one, the newest last: how many of six tries failed."""
    first = journal.now_us() // MINUTE_US - len(failed)
    minutes = [
        ProbeResult(watcher="w", minute=first + n, tried=6, failed=one, worst_ms=90)
        for n, one in enumerate(failed)
    ]
    journal.transact(lambda tx: store_results(tx, "w", minutes))
