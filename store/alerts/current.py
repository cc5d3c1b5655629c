"""A case as it is at this moment, within a transaction, at the cost of what is new in it alone."""

from __future__ import annotations

from model.alert.case import Case
from model.alert.evolve import evolve
from store import streams
from store.journal.transaction import Transaction


def current(transaction: Transaction, known: Case) -> Case:
    """Bring a case that was folded a moment ago to where its two streams are."""
    newer = (
        *transaction.read(streams.inbox(known.alert), known.inbox_version),
        *transaction.read(streams.case(known.alert), known.case_version),
    )
    for recorded in sorted(newer, key=lambda one: one.seq):
        known = evolve(known, recorded)
    return known
