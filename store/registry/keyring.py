"""Secrets that all nodes of a center share: made once by whoever needs one first, and the same for all."""

from __future__ import annotations

import secrets
from typing import Final

from sqlalchemy import bindparam, insert, select

from store.database.query import Query
from store.database.schema import keyring
from store.journal.journal import Journal, Transaction

BYTES: Final = 32
VOICE: Final = "voice"
"""By which a node's bridges are let in at another one's voice gate."""
ACTORS: Final = "actors"
"""By which an actor knows a message of another node's."""

SIGN_ON: Final = "sign_on"
"""By which a center knows the challenges that it has given to a browser."""

_ONE: Final = Query(select(keyring.c.secret).where(keyring.c.name == bindparam("which")), "which")
_ADD: Final = Query(insert(keyring), "name", "secret")


PAGE: Final = "page"
"""By which the codes of 112's pages are named."""
DUTY: Final = "duty"
"""By which the roster of those on duty is sealed."""


def shared_secret(journal: Journal, name: str) -> bytes:
    """The secret of this name, 32 bytes. Raises JournalError."""
    row = journal.row(_ONE, name)
    return bytes(row[0]) if row is not None else journal.transact(lambda tx: secret_within(tx, name))


def secret_within(transaction: Transaction, name: str) -> bytes:
    """The same within a transaction; made where there is none, in memory too: an operator's order may be the
    first that needs it, and the journal gets it on its return.
    """
    known = transaction.one(_ONE, name)
    if known is not None:
        return bytes(known[0])
    made = secrets.token_bytes(BYTES)
    transaction.write_meanwhile(_ADD, name, made)
    return made
