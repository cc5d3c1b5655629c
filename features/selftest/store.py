"""Queries of the nodes' self-tests."""

from __future__ import annotations

from typing import Final

from features.selftest.proving import SelfTests
from messages.ids import SECOND, Instant, NodeId
from store import streams
from store.journal.journal import Journal

KEPT_US: Final = Instant(91 * 86_400 * SECOND)
"""Age of the oldest self-tests that are shown and evaluated."""


def proofs_of(journal: Journal, node: NodeId, since_us: Instant) -> SelfTests:
    """Return the self-tests begun since then. Raises JournalError."""
    stream = streams.proof(node)
    return SelfTests(journal.read(stream, journal.version_before(stream, since_us)))
