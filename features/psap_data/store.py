"""Queries of the journal and the registry for 112's systems: recently reported alerts, and data of a user."""

from __future__ import annotations

from typing import Final

from sqlalchemy import bindparam, select, text

from messages.ids import AlertId, Instant, UserId
from model.record import PsapPerson, SharedField, shared_with_psap
from model.telling.sheet import Sheet
from store import streams
from store.alerts.sheets import read_sheet
from store.database.query import Query
from store.database.schema import event
from store.journal import rows
from store.journal.history import seq_at
from store.journal.journal import Journal
from store.registry.users import records
from store.registry.users.users import read_user

PAGE: Final = 5_000
"""Places of the journal in one query: some milliseconds."""
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


def recent_sheets(journal: Journal, since_us: Instant) -> list[Sheet]:
    """Return closed alerts that were closed, or reported to 112, since then. Raises JournalError."""
    last = journal.last_seq()
    after = seq_at(journal, since_us, last)
    found: dict[AlertId, bool] = {}
    while after < last:
        upto = min(last, after + PAGE)
        for stream, kind in journal.rows(_TOLD, after, upto):
            alert = streams.alert_of(str(stream))
            if alert is not None:
                found[alert] = found.get(alert, False) or kind != "alert.closed"
        after = upto
    # After a storm thousands of closed alerts were never reported to 112: those are not read.
    told = (one for one, lately in found.items() if lately or _was_sent(journal, one))
    sheets = (read_sheet(journal, one) for one in told)
    return [one for one in sheets if one is not None and one.case.closed_at is not None]


def _was_sent(journal: Journal, alert: AlertId) -> bool:
    return bool(journal.rows(rows.NEWEST_OF_TYPE, streams.inbox(alert), "data.sent"))


def who_is(journal: Journal, user: UserId | None, shares: tuple[SharedField, ...]) -> PsapPerson | None:
    """Return the person's data for 112, with the parts of the record in `shares`; None for an unknown person.

    Raises StoreError.
    """
    if user is None:
        return None
    known, kept = journal.at_one_moment(lambda one: (read_user(one, user), records.read_record(one, user)))
    if known is None:
        return None
    # Pictures are left out here: 112's page shows them.
    fields = tuple(one for one in shares if one is not SharedField.PHOTO)
    record = shared_with_psap(kept.record, fields)
    return PsapPerson(name=known.name, language=known.language, notes=known.notes, record=record)
