"""Secrets shared by all nodes of a center: created at first use, and equal for all."""

from __future__ import annotations

import secrets
from typing import Final

from sqlalchemy import bindparam, insert, select

from store.database.query import Query
from store.database.schema import keyring
from store.journal.journal import Journal, Transaction

BYTES: Final = 32
VOICE: Final = "voice"
"""Secret that admits a node's bridges to another node's voice gate."""
ACTORS: Final = "actors"
"""Secret that authenticates messages between actors of different nodes."""

SIGN_ON: Final = "sign_on"
"""Secret that authenticates the challenges that the center has sent to a browser."""

_ONE: Final = Query(select(keyring.c.secret).where(keyring.c.name == bindparam("which")), "which")
_ADD: Final = Query(insert(keyring), "name", "secret")


PAGE: Final = "page"
"""Secret that derives stream names from the codes of pages for 112."""
DUTY: Final = "duty"
"""Secret that encrypts the roster of people on duty."""


def shared_secret(journal: Journal, name: str) -> bytes:
    """Return the secret of this name, 32 bytes. Raises JournalError."""
    row = journal.row(_ONE, name)
    return bytes(row[0]) if row is not None else journal.transact(lambda tx: secret_within(tx, name))


def secret_within(transaction: Transaction, name: str) -> bytes:
    """Return the secret of this name within a transaction; create it if missing, also in memory. An
    operator's order may be the first that needs it, and the journal receives it on its return.
    """
    known = transaction.one(_ONE, name)
    if known is not None:
        return bytes(known[0])
    made = secrets.token_bytes(BYTES)
    transaction.write_nondurable(_ADD, name, made)
    return made
