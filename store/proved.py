"""What the nodes' proofs have come to in some time, as the journal has it."""

from __future__ import annotations

from typing import Final

from sqlalchemy import bindparam, select

from messages.ids import Instant
from messages.journal import Recorded
from store.database.query import Query
from store.database.schema import event
from store.journal import rows
from store.journal.journal import Journal
from store.streams import StreamKind

_e = event.c
_TOLD: Final = Query(
    select(event)
    .where(
        # By the streams' own index; what follows the hyphen is any node.
        _e.stream >= f"{StreamKind.PROOF}-",
        _e.stream < f"{StreamKind.PROOF}.",
        _e.at_us >= bindparam("since"),
        _e.at_us < bindparam("before"),
    )
    .order_by(_e.seq),
    "since",
    "before",
)


def proofs_told(journal: Journal, since: Instant, before: Instant) -> list[Recorded]:
    """The events of all nodes' proofs in this time. Raises JournalError."""
    return rows.known(journal.rows(_TOLD, since, before))
