"""The proofs of the nodes, as their streams have them."""

from __future__ import annotations

from typing import Final

from messages.ids import SECOND, Instant, NodeId
from messages.journal import Recorded
from model.proof.proving import Proving
from store import streams
from store.journal.journal import Journal
from store.journal.matters import streams_of
from store.streams import StreamKind

KEPT_US: Final = Instant(91 * 86_400 * SECOND)
"""So far back the proofs are shown, and judged by."""


def proofs_of(journal: Journal, node: NodeId, since_us: Instant) -> Proving:
    """Those that were begun since. Raises JournalError."""
    return Proving(_since(journal, streams.proof(node), since_us))


def proofs_told(journal: Journal, since: Instant, before: Instant) -> list[Recorded]:
    """The events of all nodes' proofs in this time. Raises JournalError."""
    names = journal.at_one_moment(lambda connection: list(streams_of(connection, StreamKind.PROOF)))
    told = (one for name in names for one in _since(journal, name, since))
    return sorted((one for one in told if one.at_us < before), key=lambda one: one.seq)


def _since(journal: Journal, stream: str, since_us: Instant) -> list[Recorded]:
    return journal.read(stream, journal.version_before(stream, since_us))
