"""The proofs of the nodes, as their streams have them."""

from __future__ import annotations

from typing import Final

from sqlalchemy import bindparam, select

from messages.ids import SECOND, Instant, NodeId
from messages.journal import Recorded
from model.proof.proving import Proving
from store import streams
from store.database.query import Query
from store.database.schema import event
from store.journal import rows
from store.journal.journal import Journal
from store.streams import StreamKind

KEPT_US: Final = Instant(91 * 86_400 * SECOND)
"""So far back the proofs are shown, and judged by."""
_c = event.c
_SINCE: Final = Query(
    select(event).where(_c.stream == bindparam("stream"), _c.at_us >= bindparam("since")).order_by(_c.seq),
    "stream",
    "since",
)
_OF_ALL: Final = Query(
    select(event)
    .where(
        # By the streams' own index; what follows the hyphen is any node.
        _c.stream >= f"{StreamKind.PROOF}-",
        _c.stream < f"{StreamKind.PROOF}.",
        _c.at_us >= bindparam("since"),
        _c.at_us < bindparam("before"),
    )
    .order_by(_c.seq),
    "since",
    "before",
)


def proofs_of(journal: Journal, node: NodeId, since_us: Instant) -> Proving:
    """Those that were begun since. Raises JournalError."""
    return Proving(rows.recorded(journal.rows(_SINCE, streams.proof(node), since_us)))


def proofs_told(journal: Journal, since: Instant, before: Instant) -> list[Recorded]:
    """The events of all nodes' proofs in this time. Raises JournalError."""
    return rows.recorded(journal.rows(_OF_ALL, since, before))
