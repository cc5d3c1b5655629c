"""Authenticators of operators besides password and token: passkeys, codes of an authenticator app (TOTP, RFC
6238) and recovery codes. The term is that of NIST SP 800-63B. One table stores all of them.

Each use has a counter, and a use that does not increase it is refused: so a code works once, and a copied
passkey is detected (WebAuthn, 6.1.1). While the disk cannot be written, uses are counted in memory alone, so
that an operator with an alert can still sign on. A recovery code is refused then, because its use would be
forgotten.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec
from sqlalchemy import and_, bindparam, delete, insert, or_, select, update

from messages.ids import SECOND, Instant, OperatorId
from store.database.query import Query, Row
from store.database.schema import authenticator
from store.errors import AlreadyTaken
from store.journal.journal import Journal, Transaction
from store.registry.access.credentials import fingerprint, new_secret
from store.registry.access.sessions import record_change

RECOVERY_PREFIX: Final = "swr"
RECOVERY_LIFE_S: Final = 24 * 3600

_a = authenticator.c
_BY_ID: Final = Query(select(authenticator).where(_a.id == bindparam("which")), "which")
_OF: Final = Query(
    select(authenticator).where(_a.operator == bindparam("who")).order_by(_a.created_us, _a.id), "who"
)
_ADD: Final = Query(insert(authenticator), *(column.name for column in authenticator.columns))
_COUNT: Final = Query(
    update(authenticator)
    .where(
        _a.id == bindparam("which"),
        # Many passkeys have no counter: they report 0 each time.
        or_(_a.counter < bindparam("above"), and_(bindparam("none") == 0, _a.counter == 0)),
    )
    .values(counter=bindparam("now"), backed_up=bindparam("kept"), used_us=bindparam("at")),
    "which",
    "above",
    "none",
    "now",
    "kept",
    "at",
)
_MINE: Final = (_a.id == bindparam("which"), _a.operator == bindparam("who"))
_RENAME: Final = Query(
    update(authenticator).where(*_MINE).values(name=bindparam("called")), "which", "who", "called"
)
_DROP: Final = Query(delete(authenticator).where(*_MINE), "which", "who")
_DROP_KIND: Final = Query(
    delete(authenticator).where(_a.operator == bindparam("who"), _a.kind == bindparam("what")), "who", "what"
)


class AuthenticatorKind(StrEnum):
    """Kind of authenticator."""

    PASSKEY = "passkey"
    TOTP = "totp"
    RECOVERY = "recovery"


SECOND_FACTORS: Final = (AuthenticatorKind.PASSKEY, AuthenticatorKind.TOTP)


class Authenticator(msgspec.Struct, frozen=True, array_like=True):
    """Authenticator of an operator. The fields are the table's columns, in its order."""

    id: bytes
    operator: OperatorId
    kind: AuthenticatorKind
    name: str
    secret: bytes
    counter: int
    backed_up: bool
    created_at: Instant
    used_at: Instant | None = None
    until: Instant | None = None


def of_operator(journal: Journal, operator: OperatorId) -> list[Authenticator]:
    """Return the operator's second factors, oldest first. Raises JournalError."""
    found = [_made(row) for row in journal.rows(_OF, operator)]
    return [one for one in found if one.kind in SECOND_FACTORS]


def by_id(journal: Journal, which: bytes) -> Authenticator | None:
    """Return the authenticator of this id; None for an unknown id. Raises JournalError."""
    row = journal.row(_BY_ID, which)
    return None if row is None else _made(row)


def add(tx: Transaction, made: Authenticator) -> None:
    """Store an authenticator; a seed of codes replaces the last. Raises AlreadyTaken, JournalNotDurable."""
    if tx.one(_BY_ID, made.id) is not None:
        raise AlreadyTaken("the authenticator", made.name)
    if made.kind is AuthenticatorKind.TOTP:
        tx.write(_DROP_KIND, made.operator, made.kind)
    tx.write(_ADD, *msgspec.structs.astuple(made))
    record_change(tx, made.operator, made.operator, f"added {made.kind}")


def rename(tx: Transaction, operator: OperatorId, which: bytes, name: str) -> bool:
    """Rename an authenticator of the operator; return False if the operator has none of this id."""
    return tx.write(_RENAME, which, operator, name) > 0


def remove(tx: Transaction, operator: OperatorId, which: bytes) -> bool:
    """Delete an authenticator of the operator; return False if the operator has none of this id."""
    if not tx.write(_DROP, which, operator):
        return False
    record_change(tx, operator, operator, "removed authenticator")
    return True


def remove_all(tx: Transaction, operator: OperatorId, *kinds: AuthenticatorKind) -> None:
    """Delete the operator's authenticators of these kinds."""
    for kind in kinds:
        tx.write(_DROP_KIND, operator, kind)


def count_use(tx: Transaction, which: bytes, counter: int, *, backed_up: bool = False) -> bool:
    """Count a use with this counter. Return False if this counter or a later one was used before, or if the
    authenticator was deleted.
    """
    return tx.write_nondurable(_COUNT, which, counter, counter, counter, backed_up, tx.at_us) > 0


def issue_recovery(tx: Transaction, operator: OperatorId, code: str, *, by: str) -> Instant:
    """Store `code` as the operator's recovery code, for one sign-on within a day, in place of an earlier
    code. Return the end of its validity.
    """
    until = Instant(tx.at_us + RECOVERY_LIFE_S * SECOND)
    made = Authenticator(
        fingerprint(code), operator, AuthenticatorKind.RECOVERY, by, b"", 0, False, tx.at_us, until=until
    )
    tx.write(_DROP_KIND, operator, AuthenticatorKind.RECOVERY)
    tx.write(_ADD, *msgspec.structs.astuple(made))
    record_change(tx, operator, by, "made recovery code")
    return until


def new_recovery_code() -> str:
    """Return a new random recovery code."""
    return new_secret(RECOVERY_PREFIX)


def operator_of_recovery(journal: Journal, code: str, now_us: Instant) -> OperatorId | None:
    """Return the operator of this recovery code; None if it is invalid. Raises JournalError."""
    found = by_id(journal, fingerprint(code))
    if (
        found is None
        or found.kind is not AuthenticatorKind.RECOVERY
        or found.until is None
        or found.until <= now_us
    ):
        return None
    return found.operator


def use_recovery(tx: Transaction, operator: OperatorId, code: str) -> bool:
    """Delete the used code. Return False if it was used before. Raises JournalNotDurable."""
    if not tx.write(_DROP, fingerprint(code), operator):
        return False
    record_change(tx, operator, operator, "used recovery code")
    return True


def _made(row: Row) -> Authenticator:
    id_, who, kind, name, secret, counter, backed_up, created_us, used_us, until_us = row
    return Authenticator(
        id=bytes(id_),
        operator=OperatorId(who),
        kind=AuthenticatorKind(kind),
        name=name,
        secret=bytes(secret),
        counter=int(counter),
        backed_up=bool(backed_up),
        created_at=Instant(created_us),
        used_at=None if used_us is None else Instant(used_us),
        until=None if until_us is None else Instant(until_us),
    )
