"""The invitations that are open: for which number, of whom, until when, and brought by which message."""

from __future__ import annotations

from typing import Final

import msgspec
from sqlalchemy import bindparam, delete, select

from messages.ids import E164, Instant, TextId, UserId
from store.database.query import Query
from store.database.schema import invitation, person, person_phone
from store.journal.journal import Journal, Transaction

MOST: Final = 200
"""That are listed, the newest."""

_i = invitation.c
_OPEN: Final = Query(
    select(
        *(_i.hash, _i.phone, _i.by, _i.created_us, _i.until_us, _i.text),
        *(person.c.id, person.c.first_name, person.c.last_name),
    )
    .outerjoin(person_phone, person_phone.c.phone == _i.phone)
    .outerjoin(person, person.c.id == person_phone.c.person)
    .where(_i.used_us.is_(None), _i.until_us > bindparam("now"))
    .order_by(_i.created_us.desc(), _i.hash)
    .limit(MOST),
    "now",
)
_HASHES: Final = Query(
    select(_i.hash, _i.phone).where(_i.used_us.is_(None), _i.until_us > bindparam("now")), "now"
)
_DROP: Final = Query(delete(invitation).where(_i.hash == bindparam("hash")), "hash")


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """One that is open; by what is kept of it."""

    sign: str
    """By which two of a person are told apart."""
    phone: E164
    person: UserId | None
    """None: whoever uses it becomes a person by the number alone."""
    name: str
    by: str
    """The operator, or the account, who has made it."""
    created_at: Instant
    until: Instant
    text: TextId | None
    """The short message that brings it."""


def open_invitations(journal: Journal, now_us: Instant) -> list[Invitation]:
    """Those that still enrol a phone, newest first."""
    return [
        Invitation(
            sign=_sign(hash_),
            phone=E164(phone),
            person=None if who is None else UserId(who),
            name=f"{first or ''} {last or ''}".strip(),
            by=by,
            created_at=Instant(created_us),
            until=Instant(until_us),
            text=None if text is None else TextId(text),
        )
        for hash_, phone, by, created_us, until_us, text, who, first, last in journal.rows(_OPEN, now_us)
    ]


def revoke_invitation(tx: Transaction, sign: str) -> E164 | None:
    """The open one of this sign enrols nobody any more; whose number it was for, None where there is none."""
    for hash_, phone in tx.all(_HASHES, tx.at_us):
        if _sign(hash_) == sign:
            tx.write(_DROP, bytes(hash_))
            return E164(phone)
    return None


def _sign(hash_: bytes) -> str:
    return bytes(hash_).hex()[:8]
