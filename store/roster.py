"""Roster of people on duty: one document in one encrypted row, with a version.

The roster holds names and numbers of people. The row is encrypted with a secret of the center that lies in
another table, and no event contains it. A writer names the version that it has read: of two concurrent
writers the second is refused.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Final

import msgspec
from sqlalchemy import bindparam, delete, insert, select, update

from messages.base import MALFORMED
from messages.ids import Instant
from model.callouts.roster import BY_NUMBER, EMPTY, Contact, Roster, tidied
from store.database.dialect import Connection
from store.database.query import Query, Row
from store.database.schema import duty_roster, keyring
from store.errors import NumberRefused, RegistryError
from store.journal.journal import Journal, Transaction
from store.journal.sealing import decrypt_bytes, encrypt_bytes
from store.journal.transaction import Snapshot
from store.registry import numbers
from store.registry.keyring import DUTY, secret_within

_NAME: Final = "duty"
_ASIDE: Final = "duty.unreadable"
"""Row that preserves the newest unreadable roster, for people to inspect, after another was stored."""
_d = duty_roster.c
_READ: Final = Query(
    select(_d.version, _d.at_us, _d.by, _d.sealed, keyring.c.secret)
    .join(keyring, keyring.c.name == DUTY, isouter=True)
    .where(_d.name == _NAME)
)
_PUT_ASIDE: Final = Query(update(duty_roster).where(_d.name == _NAME).values(name=_ASIDE))
_DROP: Final = Query(delete(duty_roster).where(_d.name == bindparam("which")), "which")
_ADD: Final = Query(insert(duty_roster), *duty_roster.columns.keys())


class StoredRoster(msgspec.Struct, frozen=True, kw_only=True):
    """Roster as stored, with version, author and time."""

    roster: Roster = EMPTY
    version: int = 0
    """Version of the document; 0 if none is stored yet."""
    by: str = ""
    """Operator id; `local` for the command line."""
    at: Instant = Instant(0)
    unreadable: str = ""
    """Parts of the roster that this version cannot read, in words; `roster` has the rest."""


class RosterChanged(RegistryError):
    """The roster has changed since the writer read it."""

    def __init__(self, version: int) -> None:
        super().__init__("the roster was changed meanwhile: read it again")
        self.version = version


def roster_of(db: Journal | Connection | Snapshot) -> StoredRoster:
    """Return the stored roster; an empty roster if none is stored or its secret is lost. Unreadable parts are
    left out and named in `unreadable`, so that the other people are still called. Raises JournalError.
    """
    row = db.row(_READ) if isinstance(db, Journal) else db.one(_READ)
    return StoredRoster() if row is None else _kept(row)


def store_roster(tx: Transaction, roster: Roster, *, was_version: int | None, by: str) -> StoredRoster:
    """Store the roster in place of the present one. `was_version`: version that the writer has read; None
    replaces any version. Raises RosterChanged, JournalNotDurable.
    """
    before = roster_of(tx)
    if was_version is not None and was_version != before.version:
        raise RosterChanged(before.version)
    made = StoredRoster(roster=tidied(roster, tx.at_us), version=before.version + 1, by=by, at=tx.at_us)
    sealed = encrypt_bytes(msgspec.msgpack.encode(made.roster), secret_within(tx, DUTY), _NAME)
    if before.unreadable:
        tx.write(_DROP, _ASIDE)
        tx.write(_PUT_ASIDE)
    tx.write(_DROP, _NAME)
    tx.write(_ADD, _NAME, made.version, made.at, made.by, sealed)
    return made


def normalised(roster: Roster, region: str) -> Roster:
    """Return the roster with numbers in E.164; an invalid one stays as written, for `flaws` to report."""

    def contact(one: Contact) -> Contact:
        to = one.to.strip()
        if one.way in BY_NUMBER:
            with suppress(NumberRefused):
                to = numbers.of_a_person(to, region)
        return msgspec.structs.replace(one, to=to)

    people = tuple(
        msgspec.structs.replace(
            one, name=" ".join(one.name.split()), contacts=tuple(contact(way) for way in one.contacts)
        )
        for one in roster.people
    )
    return msgspec.structs.replace(roster, people=people)


def _kept(row: Row) -> StoredRoster:
    version, at_us, by, sealed, secret = row
    roster, unreadable = EMPTY, ""
    if secret is not None:
        plain = decrypt_bytes(bytes(sealed), bytes(secret), _NAME)
        roster, unreadable = (EMPTY, "it does not open by its secret") if plain is None else _read(plain)
    return StoredRoster(roster=roster, version=version, by=by, at=Instant(at_us), unreadable=unreadable)


def _read(plain: bytes) -> tuple[Roster, str]:
    """Return the roster as far as it can be read, and a description of the unreadable parts."""
    try:
        return msgspec.msgpack.decode(plain, type=Roster), ""
    except MALFORMED as whole:
        try:
            parts = msgspec.msgpack.decode(plain, type=dict[str, msgspec.Raw])
        except MALFORMED:
            return EMPTY, str(whole)
    found, faults = EMPTY, list[str]()
    for field in msgspec.structs.fields(Roster):
        if field.name in parts:
            value, wrong = _read_part(parts[field.name], field.type)
            faults += (f"{field.name}{one}" for one in wrong)
            if value is not None:
                found = msgspec.structs.replace(found, **{field.name: value})
    return found, "; ".join(faults)


def _read_part(said: msgspec.Raw, kind: object) -> tuple[object, list[str]]:
    """Return the valid rows of a field, or the value of a field that is no list, and the faults by row."""
    try:
        return msgspec.msgpack.decode(said, type=kind), []
    except MALFORMED as error:
        try:
            rows = msgspec.msgpack.decode(said, type=list[msgspec.Raw])
        except MALFORMED:
            return None, [f": {error}"]
    sound: list[object] = []
    faults: list[str] = []
    for number, row in enumerate(rows, 1):
        try:
            sound += msgspec.convert([msgspec.msgpack.decode(row)], kind)
        except MALFORMED as error:
            faults.append(f" {number}: {error}")
    return tuple(sound), faults
