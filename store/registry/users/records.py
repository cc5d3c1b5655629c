"""Records of persons, and their pictures, encrypted with a key per person (docs/decisions/0087).

Erasing a person destroys the key with the rows, so that an old copy of the database reveals nothing. A record
has a version, which grows with each change. A writer names the version that it has read, and the second of
two concurrent writers is refused. The person's stream lists the changed fields, never their values.
"""

from __future__ import annotations

import os
import secrets
from typing import Final

import msgspec
from sqlalchemy import bindparam, delete, insert, select

from messages.base import MALFORMED
from messages.ids import E164, SECOND, Instant, UserId
from model.picture import PictureKind, kind_of
from model.record import EMPTY, Contact, PersonRecord, fill_record
from store.database import schema
from store.database.dialect import Connection
from store.database.query import Query
from store.errors import NotRegistered, NumberRefused, RegistryError
from store.journal.journal import Transaction
from store.journal.sealing import KEY_BYTES, decrypt_bytes, encrypt_bytes
from store.journal.transaction import Snapshot
from store.registry import numbers
from store.registry.users.merged import current_id, record_change
from store.registry.users.users import read_user

PICTURES_MAX: Final = 12
"""Maximum per person, more than a record names: new pictures are stored before old ones are removed."""
UNNAMED_US: Final = Instant(3600 * SECOND)
"""Time for which a picture waits for a record that names it."""

_r, _p, _k = schema.record.c, schema.picture.c, schema.record_key.c
_ONE: Final = Query(
    select(_r.version, _r.changed_us, _r.sealed, _k.key)
    .join(schema.record_key, _k.person == _r.person, isouter=True)
    .where(_r.person == bindparam("who")),
    "who",
)
_KEY: Final = Query(select(_k.key).where(_k.person == bindparam("who")), "who")
_ADD_KEY: Final = Query(insert(schema.record_key), *schema.record_key.columns.keys())
_DROP: Final = Query(delete(schema.record).where(_r.person == bindparam("who")), "who")
_ADD: Final = Query(insert(schema.record), *schema.record.columns.keys())
_PICTURE: Final = Query(
    select(_p.kind, _p.sealed, _k.key)
    .join(schema.record_key, _k.person == _p.person)
    .where(_p.person == bindparam("who"), _p.id == bindparam("which")),
    "who",
    "which",
)
_PICTURES: Final = Query(select(_p.id, _p.created_us).where(_p.person == bindparam("who")), "who")
_ADD_PICTURE: Final = Query(insert(schema.picture), *schema.picture.columns.keys())
_DROP_PICTURE: Final = Query(delete(schema.picture).where(_p.id == bindparam("which")), "which")
_ALL: Final = Query(
    select(_r.person, _r.sealed, _k.key).join(schema.record_key, _k.person == _r.person, isouter=True)
)


class StoredRecord(msgspec.Struct, frozen=True, kw_only=True):
    """Record as stored."""

    record: PersonRecord = EMPTY
    version: int = 0
    """Version of the record; 0 if none is stored yet."""
    changed_at: Instant | None = None
    unreadable: str = ""
    """Reason why this version cannot read the stored record, in words; `record` is empty then."""


class StoredPicture(msgspec.Struct, frozen=True, kw_only=True):
    """Picture of a record."""

    kind: PictureKind
    data: bytes


class RecordChanged(RegistryError):
    """The record has changed since the writer read it."""

    def __init__(self, version: int) -> None:
        super().__init__("the record was changed meanwhile: read it again")
        self.version = version


class PictureMissing(RegistryError):
    """The record names a picture that this person does not have."""


class PicturesFull(RegistryError):
    """The maximum of pictures of one person is reached."""


def read_record(connection: Connection | Snapshot, user: UserId) -> StoredRecord:
    """Return the person's record; an empty one if there is none, or if it cannot be read."""
    user = current_id(connection.one, user)
    row = connection.one(_ONE, user)
    if row is None:
        return StoredRecord()
    version, changed_us, sealed, key = row
    record, unreadable = _opened(user, sealed, key)
    return StoredRecord(record=record, version=version, changed_at=Instant(changed_us), unreadable=unreadable)


def write_record(
    tx: Transaction, user: UserId, record: PersonRecord, *, expected: int | None, by: str, region: str
) -> StoredRecord:
    """Store the record in place of the present one, and delete pictures that it no longer names.

    `expected`: version that the writer has read; None replaces any version. Raises NotRegistered,
    RecordChanged, PictureMissing, NumberRefused, JournalNotDurable.
    """
    if read_user(tx, user) is None:
        raise NotRegistered(f"no user {user}")
    before = read_record(tx, user)
    if expected is not None and expected != before.version:
        raise RecordChanged(before.version)
    record = normalised(record, region)
    there = check_pictures(tx, user, record)
    if changed := _differing(before.record, record):
        plain = msgspec.msgpack.encode(record)
        tx.write(_DROP, user)
        sealed = encrypt_bytes(plain, _key(tx, user), "record", user)
        tx.write(_ADD, user, before.version + 1, tx.at_us, sealed)
        record_change(tx, user, by, f"changed record: {', '.join(changed)}")
    kept = set(record.pictures)
    for name, created_at in there.items():
        # A recent picture may be another writer's, who is about to name it.
        if name not in kept and (name in before.record.pictures or created_at < tx.at_us - UNNAMED_US):
            tx.write(_DROP_PICTURE, name)
    return read_record(tx, user)


def fill(tx: Transaction, user: UserId, entered: PersonRecord, *, by: str, region: str) -> StoredRecord:
    """Write the entered fields into the record, keep the others, and return the record. Missing pictures are
    left out. Raises NumberRefused, NotRegistered, JournalNotDurable.
    """
    there = {str(row[0]) for row in tx.all(_PICTURES, user)}
    dangerous = tuple(
        one if one.picture in there else msgspec.structs.replace(one, picture="") for one in entered.dangerous
    )
    photo = entered.photo if entered.photo in there else ""
    entered = msgspec.structs.replace(entered, dangerous=dangerous, photo=photo)
    before = read_record(tx, user)
    return write_record(
        tx, user, fill_record(before.record, entered), expected=before.version, by=by, region=region
    )


def add_picture(tx: Transaction, user: UserId, data: bytes) -> str:
    """Store a picture for a record that will name it, and return its id. Raises PictureRefused, PicturesFull,
    NotRegistered, JournalNotDurable.
    """
    kind = kind_of(data)
    if read_user(tx, user) is None:
        raise NotRegistered(f"no user {user}")
    before = read_record(tx, user)
    named = set(before.record.pictures)
    there = [(str(row[0]), row[1]) for row in tx.all(_PICTURES, user)]
    for name, created_us in there:
        # An unreadable record may name the picture.
        if not before.unreadable and name not in named and created_us < tx.at_us - UNNAMED_US:
            tx.write(_DROP_PICTURE, name)
    if len(tx.all(_PICTURES, user)) >= PICTURES_MAX:
        raise PicturesFull(f"{PICTURES_MAX} pictures of one person are enough")
    made = tx.chance(lambda: secrets.token_hex(16))
    sealed = encrypt_bytes(data, _key(tx, user), "picture", user, made)
    tx.write(_ADD_PICTURE, made, user, tx.at_us, kind, sealed)
    return made


def move_pictures(tx: Transaction, kept: UserId, other: UserId) -> PersonRecord:
    """Move the pictures of `other` to `kept`, encrypted again; return the record of `other`, which the caller
    merges. Raises JournalNotDurable.
    """
    theirs = read_record(tx, other).record
    for name, created_us in tx.all(_PICTURES, other):
        if (found := read_picture(tx, other, name)) is not None:
            tx.write(_DROP_PICTURE, name)
            sealed = encrypt_bytes(found.data, _key(tx, kept), "picture", kept, name)
            tx.write(_ADD_PICTURE, name, kept, created_us, found.kind, sealed)
    return theirs


def read_picture(connection: Connection | Snapshot, user: UserId, which: str) -> StoredPicture | None:
    """Return the person's picture of this id; None if there is none or it cannot be decrypted."""
    user = current_id(connection.one, user)
    row = connection.one(_PICTURE, user, which)
    plain = None if row is None else decrypt_bytes(bytes(row[1]), bytes(row[2]), "picture", user, which)
    return None if row is None or plain is None else StoredPicture(kind=PictureKind(row[0]), data=plain)


def number_of(contact: Contact) -> E164:
    """Return the number of a stored contact, which is E.164."""
    return E164(contact.number)


def unreadable_records(connection: Connection) -> dict[UserId, str]:
    """Return the users with a record that cannot be read, and the reason. Opens every record."""
    found = {UserId(row[0]): _opened(UserId(row[0]), row[1], row[2])[1] for row in connection.all(_ALL)}
    return {user: fault for user, fault in found.items() if fault}


def check_pictures(
    connection: Connection | Snapshot, user: UserId, record: PersonRecord
) -> dict[str, Instant]:
    """Return the person's pictures with their times. Raises PictureMissing if the record names another."""
    there = {str(row[0]): Instant(row[1]) for row in connection.all(_PICTURES, user)}
    if missing := [one for one in record.pictures if one not in there]:
        raise PictureMissing(f"no such picture: {missing[0]}")
    return there


def normalised(record: PersonRecord, region: str) -> PersonRecord:
    """Return the record with the numbers of its contacts as E.164. Raises NumberRefused."""
    return msgspec.structs.replace(record, contacts=tuple(_contact(one, region) for one in record.contacts))


def _opened(user: UserId, sealed: bytes, key: bytes | None) -> tuple[PersonRecord, str]:
    """Return the record, or an empty one and the reason why it cannot be read."""
    if key is None:
        return EMPTY, "its key is gone"
    plain = decrypt_bytes(bytes(sealed), bytes(key), "record", user)
    if plain is None:
        return EMPTY, "it does not open by its key"
    try:
        return msgspec.msgpack.decode(plain, type=PersonRecord), ""
    except MALFORMED as error:
        return EMPTY, str(error)


def _contact(one: Contact, region: str) -> Contact:
    if not one.number.strip():
        return msgspec.structs.replace(one, number="")
    try:
        return msgspec.structs.replace(one, number=numbers.of_a_person(one.number, region))
    except NumberRefused as error:
        raise NumberRefused(f"{one.name}: {error}") from error


def _differing(before: PersonRecord, after: PersonRecord) -> list[str]:
    names = [field.name for field in msgspec.structs.fields(PersonRecord)]
    return [name for name in names if getattr(before, name) != getattr(after, name)]


def _key(tx: Transaction, user: UserId) -> bytes:
    row = tx.one(_KEY, user)
    if row is not None:
        return bytes(row[0])
    made = bytes.fromhex(tx.chance(lambda: os.urandom(KEY_BYTES).hex()))
    tx.write(_ADD_KEY, user, made)
    return made
