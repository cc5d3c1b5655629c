"""The ends of alerts in the journal, and what became of telling of them."""

from __future__ import annotations

from typing import Final

from sqlalchemy import bindparam, text

from features.webhooks.decider import End, Owed
from features.webhooks.events import EndNotTold, EndTold
from messages.events import AlertClosed
from messages.ids import NodeId
from messages.journal import Recorded
from store.database.query import Query
from store.database.schema import event
from store.journal import rows
from store.journal.journal import Journal
from store.streams import alert_of

PAGE: Final = 5_000
"""Places of the journal in one look: some milliseconds."""
_ENDS: Final = Query(
    rows.with_keys()
    .where(
        event.c.seq > bindparam("after"),
        event.c.seq <= bindparam("upto"),
        text("type IN ('alert.closed', 'webhook.told', 'webhook.not_told')"),
    )
    .order_by(event.c.seq),
    "after",
    "upto",
)


def news(journal: Journal, node: NodeId, after: int) -> tuple[int, list[tuple[End, Owed | None]]]:
    """Return the place up to which the journal was read, and what `node` has written behind `after`.

    With None it is an end of which something became. Raises JournalError.
    """
    last, found = journal.last_seq(), []
    while after < last:
        upto = min(last, after + PAGE)
        found += rows.recorded(journal.rows(_ENDS, after, upto))
        after = upto
    return last, [pair for one in found if one.node == node and (pair := _heard(one)) is not None]


def _heard(one: Recorded) -> tuple[End, Owed | None] | None:
    match one.event:
        case EndTold() | EndNotTold() as event:
            return End(event.alert, event.version), None
        case AlertClosed(outcome=outcome) if (alert := alert_of(one.stream)) is not None:
            return End(alert, one.version), Owed(at=one.at_us, outcome=outcome)
        case _:
            return None
