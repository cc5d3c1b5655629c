"""Sheets as the journal has them: of one alert, as it is now."""

from __future__ import annotations

from messages.ids import AlertId
from model.telling.sheet import Sheet, evolve, fold
from store import streams
from store.alerts.lately import newer
from store.journal.journal import Journal, Transaction


def read(journal: Journal, alert: AlertId) -> Sheet | None:
    """Return the sheet of an alert; None where there is none. Raises JournalError."""
    return fold(journal.read_streams(streams.inbox(alert), streams.case(alert)))


def current(transaction: Transaction, known: Sheet) -> Sheet:
    """Bring a sheet that was folded a moment ago to where its two streams are."""
    for recorded in newer(transaction, known.case):
        known = evolve(known, recorded)
    return known
