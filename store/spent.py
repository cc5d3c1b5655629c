"""What may be used once, and what may not be used any more: known to all nodes that share the journal.

A name is spent until the moment from which nobody would believe in it anyway; then it is forgotten.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import bindparam, delete, insert, select

from messages.ids import Instant
from store.journal import Journal, Transaction
from store.query import Query
from store.schema import spent

_ONE: Final = Query(select(spent.c.id).where(spent.c.id == bindparam("which")), "which")
_ADD: Final = Query(insert(spent), "id", "until_us")
_FORGET: Final = Query(delete(spent).where(spent.c.until_us < bindparam("now")), "now")


def spend(journal: Journal, name: str, until_us: Instant) -> bool:
    """Use it up; False where that was done before. Raises JournalError."""
    return journal.transact(lambda transaction: spend_in(transaction, name, until_us))


def spend_in(transaction: Transaction, name: str, until_us: Instant) -> bool:
    """The same within a transaction that somebody else commits."""
    if is_spent_in(transaction, name):
        return False
    transaction.write(_FORGET, transaction.at_us)
    transaction.write(_ADD, name, until_us)
    return True


def is_spent(journal: Journal, name: str) -> bool:
    """Whether it is used up. Raises JournalError."""
    return journal.row(_ONE, name) is not None


def is_spent_in(transaction: Transaction, name: str) -> bool:
    """The same within a transaction."""
    return transaction.one(_ONE, name) is not None
