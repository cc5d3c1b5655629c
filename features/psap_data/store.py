"""Alerts of which 112, or its own systems, were told lately: whoever sends them data begins with these."""

from __future__ import annotations

from typing import Final

from sqlalchemy import bindparam, select, text

from messages.ids import AlertId, Instant
from model.telling.sheet import Sheet
from store import streams
from store.alerts.sheets import read
from store.database.query import Query
from store.database.schema import event
from store.journal import rows
from store.journal.history import place_at
from store.journal.journal import Journal

PAGE: Final = 5_000
"""Places of the journal in one look: some milliseconds."""
_TOLD: Final = Query(
    select(event.c.stream, event.c.type)
    .where(
        event.c.seq > bindparam("after"),
        event.c.seq <= bindparam("upto"),
        text("type IN ('psap.requested', 'psap.called_elsewhere', 'data.sent', 'alert.closed')"),
    )
    .distinct(),
    "after",
    "upto",
)


def told_lately(journal: Journal, since_us: Instant) -> list[Sheet]:
    """Closed ones that were closed, or of which something was told, since then. Raises JournalError."""
    last = journal.last_seq()
    after = place_at(journal, since_us, last)
    found: dict[AlertId, bool] = {}
    while after < last:
        upto = min(last, after + PAGE)
        for stream, kind in journal.rows(_TOLD, after, upto):
            alert = streams.alert_of(str(stream))
            if alert is not None:
                found[alert] = found.get(alert, False) or kind != "alert.closed"
        after = upto
    # After a storm thousands were closed of which 112 was told nothing: those are not read.
    told = (one for one, lately in found.items() if lately or _was_sent(journal, one))
    sheets = (read(journal, one) for one in told)
    return [one for one in sheets if one is not None and one.case.closed_at is not None]


def _was_sent(journal: Journal, alert: AlertId) -> bool:
    return bool(journal.rows(rows.NEWEST_OF_TYPE, streams.inbox(alert), "data.sent"))
