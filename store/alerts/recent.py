"""Reads of recent additions to an alert, at constant cost for any length of its inbox."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import bindparam, desc, text

from messages.events import DialogueSaid
from messages.ids import AlertId
from messages.journal import Recorded
from model.alert.case import Case
from model.alert.evolve import evolve
from store import streams
from store.database.query import Query
from store.database.schema import event
from store.journal import rows
from store.journal.journal import Transaction

SIGNALS_WITHIN: Final = 256
"""Number of inbox events that are searched for signals."""
SIGNALS_MOST: Final = 64
WORDS_WITHIN: Final = 4_000
"""Number of inbox events searched for words of the dialogue; a dialogue's limit is an eighth of it."""


def _newest(types: str) -> Query:
    return Query(
        rows.with_keys()
        .where(event.c.stream == bindparam("stream"), event.c.version > bindparam("after"), text(types))
        .order_by(desc(event.c.version))
        .limit(bindparam("most")),
        "stream",
        "after",
        "most",
    )


_SIGNALS: Final = _newest("type IN ('alert.signal_added', 'claim.added', 'alert.cancelled', 'pin.wrong')")
_WORDS: Final = _newest("type = 'dialogue.said'")


def events_since(transaction: Transaction, known: Case) -> list[Recorded]:
    """Return the events of the alert's two streams that are newer than a recently folded case, in order."""
    read = (
        *transaction.read(streams.inbox(known.alert), known.inbox_version),
        *transaction.read(streams.case(known.alert), known.case_version),
    )
    return sorted(read, key=lambda one: one.seq)


def current_case(transaction: Transaction, known: Case) -> Case:
    """Return a recently folded case, updated to the present end of its two streams."""
    for recorded in events_since(transaction, known):
        known = evolve(known, recorded)
    return known


def recent_signals(transaction: Transaction, alert: AlertId) -> list[Recorded]:
    """Return the recent signals, claims and attempts to cancel, newest first."""
    return _read(transaction, _SIGNALS, alert, SIGNALS_WITHIN, SIGNALS_MOST)


def recent_messages(transaction: Transaction, alert: AlertId) -> Iterator[DialogueSaid]:
    """Yield the recent messages of the dialogue, newest first."""
    for one in _read(transaction, _WORDS, alert, WORDS_WITHIN, WORDS_WITHIN):
        if isinstance(one.event, DialogueSaid):
            yield one.event


def _read(transaction: Transaction, query: Query, alert: AlertId, within: int, most: int) -> list[Recorded]:
    inbox = streams.inbox(alert)
    after = transaction.version(inbox) - within
    return rows.events_from(transaction.all(query, inbox, after, most))
