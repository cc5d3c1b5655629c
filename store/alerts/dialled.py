"""Which calls the center has begun lately, as the journal says."""

from __future__ import annotations

from typing import Final

from sqlalchemy import bindparam

from messages.events import LegOriginating
from messages.ids import Instant
from messages.journal import Recorded
from store.database.query import Query
from store.database.schema import event as table
from store.journal import rows
from store.journal.history import place_at
from store.journal.journal import Journal

_ORIGINATING: Final = Query(
    rows.with_keys()
    .where(table.c.seq > bindparam("after"), table.c.type == "leg.originating")
    .order_by(table.c.seq),
    "after",
)


def originated_since(journal: Journal, at_us: Instant) -> list[Recorded]:
    """The calls that were begun since then, oldest first. Raises JournalError."""
    after = place_at(journal, at_us, journal.last_seq())
    found = rows.recorded(journal.rows(_ORIGINATING, after))
    return [one for one in found if isinstance(one.event, LegOriginating)]
