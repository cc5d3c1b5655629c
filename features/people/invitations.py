"""Open invitations: number, person, expiry, and the message that carries the invitation."""

from __future__ import annotations

from typing import Final

import msgspec
from sqlalchemy import bindparam, delete, select

from messages.ids import E164, Instant, TextId, UserId
from store.database.query import Query
from store.database.schema import invitation, person, person_phone
from store.journal.journal import Journal, Transaction

MOST: Final = 200
"""Maximal number of listed invitations, the newest."""

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
    """An open invitation, without its secret."""

    sign: str
    """Short id; distinguishes invitations of one person."""
    phone: E164
    person: UserId | None
    """Registered person of the number; if None, using the invitation creates a person."""
    name: str
    by: str
    """Operator or account that created the invitation."""
    created_at: Instant
    until: Instant
    text: TextId | None
    """Short message that carries the invitation."""


def open_invitations(journal: Journal, now_us: Instant) -> list[Invitation]:
    """Return the invitations that can still enrol a phone, newest first."""
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
    """Revoke the open invitation of this sign; return its number, None if there is no such invitation."""
    for hash_, phone in tx.all(_HASHES, tx.at_us):
        if _sign(hash_) == sign:
            tx.write(_DROP, bytes(hash_))
            return E164(phone)
    return None


def _sign(hash_: bytes) -> str:
    return bytes(hash_).hex()[:8]
