"""First admin of a center: a code shown at installation, by which one person becomes the first admin, once.

Only the hash of the code is stored, in the keyring. The code is invalid once an admin exists, and after a
day.
"""

from __future__ import annotations

import hmac
from typing import Final

from sqlalchemy import bindparam, delete, insert, select

from messages.ids import DEMO_OPERATOR, E164, SECOND, Instant
from store.database.query import Query
from store.database.schema import keyring
from store.errors import NotRegistered
from store.journal.journal import Journal, Transaction
from store.registry.access.authenticators import issue_recovery, new_recovery_code
from store.registry.access.credentials import fingerprint, new_secret
from store.registry.people import Operator, StaffRole
from store.registry.staff import add, operators_in

PREFIX: Final = "swf"
LIFE_S: Final = 24 * 3600
_NAME: Final = "first admin"
_INSTANT: Final = 8
"""Bytes of the end of validity, stored before the hash."""

_ONE: Final = Query(select(keyring.c.secret).where(keyring.c.name == bindparam("which")), "which")
_DROP: Final = Query(delete(keyring).where(keyring.c.name == bindparam("which")), "which")
_ADD: Final = Query(insert(keyring), "name", "secret")


def issue_code(journal: Journal) -> str:
    """Return a new code, which replaces the earlier one. Raises NotRegistered if an admin exists."""
    code = new_secret(PREFIX)

    def work(tx: Transaction) -> None:
        _refuse_with_admin(tx)
        until = int(tx.at_us + LIFE_S * SECOND)
        tx.write(_DROP, _NAME)
        tx.write(_ADD, _NAME, until.to_bytes(_INSTANT) + fingerprint(code))

    journal.transact(work)
    return code


def create_first_admin(
    tx: Transaction, code: str, name: str, number: E164, language: str
) -> tuple[Operator, str, Instant]:
    """Create the first admin; return the operator, a recovery code for the first sign-on, and the end of its
    validity.

    Raises NotRegistered (the code is invalid), AlreadyTaken, RegistryError (an empty name).
    """
    _refuse_with_admin(tx)
    row = tx.one(_ONE, _NAME)
    kept = b"" if row is None else bytes(row[0])
    until = int.from_bytes(kept[:_INSTANT])
    if not hmac.compare_digest(kept[_INSTANT:], fingerprint(code)) or until <= tx.at_us:
        raise NotRegistered("the code of the first admin is unknown or has expired")
    tx.write(_DROP, _NAME)
    made = add(tx, name, number, language=language, role=StaffRole.ADMIN, by="first start")
    secret = new_recovery_code()
    return made, secret, issue_recovery(tx, made.id, secret, by=made.id)


def _refuse_with_admin(tx: Transaction) -> None:
    if any(one.role is StaffRole.ADMIN and one.id != DEMO_OPERATOR for one in operators_in(tx)):
        raise NotRegistered("there is an admin already")
