"""Sheet of one alert, from the journal, as of now."""

from __future__ import annotations

from messages.ids import AlertId
from model.telling.sheet import Sheet, evolve, fold
from store import streams
from store.alerts.recent import events_since
from store.journal.journal import Journal, Transaction


def read_sheet(journal: Journal, alert: AlertId) -> Sheet | None:
    """Return the sheet of an alert; None if there is none. Raises JournalError."""
    return fold(journal.read_streams(streams.inbox(alert), streams.case(alert)))


def current_sheet(transaction: Transaction, known: Sheet) -> Sheet:
    """Return a recently folded sheet, updated to the present end of its two streams."""
    for recorded in events_since(transaction, known.case):
        known = evolve(known, recorded)
    return known
