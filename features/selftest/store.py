"""The proofs of the nodes, as their streams have them."""

from __future__ import annotations

from typing import Final

from features.selftest.proving import Proving
from messages.ids import SECOND, Instant, NodeId
from store import streams
from store.journal.journal import Journal

KEPT_US: Final = Instant(91 * 86_400 * SECOND)
"""So far back the proofs are shown, and judged by."""


def proofs_of(journal: Journal, node: NodeId, since_us: Instant) -> Proving:
    """Those that were begun since. Raises JournalError."""
    stream = streams.proof(node)
    return Proving(journal.read(stream, journal.version_before(stream, since_us)))
