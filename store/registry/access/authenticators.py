"""By what an operator signs on besides a password or a token: passkeys, codes of an authenticator app (TOTP,
RFC 6238) and recovery codes; NIST SP 800-63B calls all of them authenticators. One table keeps them.

A use is counted, and what does not count up is refused: so a code is used once, and a passkey that was copied
is noticed (WebAuthn, 6.1.1). While the disk cannot be written uses are counted in memory alone: who sits
before an alert signs on then, too. A recovery code is not taken then, for it would be there again afterwards.
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
from store.registry.access.sessions import tell_change

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
        # Of many passkeys there is no counter: they say 0 each time.
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


class Kind(StrEnum):
    """What it is."""

    PASSKEY = "passkey"
    TOTP = "totp"
    RECOVERY = "recovery"


SECOND_FACTORS: Final = (Kind.PASSKEY, Kind.TOTP)


class Authenticator(msgspec.Struct, frozen=True, array_like=True):
    """One of one operator's. The fields are the table's columns, in its order."""

    id: bytes
    operator: OperatorId
    kind: Kind
    name: str
    secret: bytes
    counter: int
    backed_up: bool
    created_at: Instant
    used_at: Instant | None = None
    until: Instant | None = None


def of_operator(journal: Journal, operator: OperatorId) -> list[Authenticator]:
    """The operator's second factors, oldest first. Raises JournalError."""
    found = [_made(row) for row in journal.rows(_OF, operator)]
    return [one for one in found if one.kind in SECOND_FACTORS]


def by_id(journal: Journal, which: bytes) -> Authenticator | None:
    """The authenticator of this id. Raises JournalError."""
    row = journal.row(_BY_ID, which)
    return None if row is None else _made(row)


def add(tx: Transaction, made: Authenticator) -> None:
    """Keep a new one; of codes an operator has one seed, the last. Raises AlreadyTaken, JournalNotDurable."""
    if tx.one(_BY_ID, made.id) is not None:
        raise AlreadyTaken("the authenticator", made.name)
    if made.kind is Kind.TOTP:
        tx.write(_DROP_KIND, made.operator, made.kind)
    tx.write(_ADD, *msgspec.structs.astuple(made))
    tell_change(tx, made.operator, made.operator, f"added {made.kind}")


def rename(tx: Transaction, operator: OperatorId, which: bytes, name: str) -> bool:
    """Give the operator's own another name; whether there is such a one."""
    return tx.write(_RENAME, which, operator, name) > 0


def remove(tx: Transaction, operator: OperatorId, which: bytes) -> bool:
    """Forget the operator's own; whether there was such a one."""
    if not tx.write(_DROP, which, operator):
        return False
    tell_change(tx, operator, operator, "removed authenticator")
    return True


def remove_all(tx: Transaction, operator: OperatorId, *kinds: Kind) -> None:
    """Forget those of these kinds."""
    for kind in kinds:
        tx.write(_DROP_KIND, operator, kind)


def count_use(tx: Transaction, which: bytes, counter: int, *, backed_up: bool = False) -> bool:
    """It was used, with this counter. False where it was used with that one or a later one before, or is
    gone.
    """
    return tx.write_meanwhile(_COUNT, which, counter, counter, counter, backed_up, tx.at_us) > 0


def issue_recovery(tx: Transaction, operator: OperatorId, code: str, *, by: str) -> Instant:
    """`code` signs the operator on once, within a day; one before no more. Until when."""
    until = Instant(tx.at_us + RECOVERY_LIFE_S * SECOND)
    made = Authenticator(fingerprint(code), operator, Kind.RECOVERY, by, b"", 0, False, tx.at_us, until=until)
    tx.write(_DROP_KIND, operator, Kind.RECOVERY)
    tx.write(_ADD, *msgspec.structs.astuple(made))
    tell_change(tx, operator, by, "made recovery code")
    return until


def new_recovery_code() -> str:
    """One that is not guessed."""
    return new_secret(RECOVERY_PREFIX)


def operator_of_recovery(journal: Journal, code: str, now_us: Instant) -> OperatorId | None:
    """Whom this code signs on. Raises JournalError."""
    found = by_id(journal, fingerprint(code))
    if found is None or found.kind is not Kind.RECOVERY or found.until is None or found.until <= now_us:
        return None
    return found.operator


def use_recovery(tx: Transaction, operator: OperatorId, code: str) -> bool:
    """The code is used up. False where it was before. Raises JournalNotDurable."""
    if not tx.write(_DROP, fingerprint(code), operator):
        return False
    tell_change(tx, operator, operator, "used recovery code")
    return True


def _made(row: Row) -> Authenticator:
    id_, who, kind, name, secret, counter, backed_up, created_us, used_us, until_us = row
    return Authenticator(
        id=bytes(id_),
        operator=OperatorId(who),
        kind=Kind(kind),
        name=name,
        secret=bytes(secret),
        counter=int(counter),
        backed_up=bool(backed_up),
        created_at=Instant(created_us),
        used_at=None if used_us is None else Instant(used_us),
        until=None if until_us is None else Instant(until_us),
    )
