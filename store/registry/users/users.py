"""Users of the registry, with their numbers, devices and PINs (part of `store.registry.registry`)."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from threading import Thread
from typing import Final

from sqlalchemy import BindParameter, bindparam, delete, func, insert, select, update

from messages.ids import E164, Instant, UserId
from model.rules.pins import PinVerdict
from store.database.dialect import Connection
from store.database.query import Query, Row
from store.database.schema import (
    device_key,
    enrolment,
    invitation,
    merged,
    outbox,
    person,
    person_device,
    person_phone,
    picture,
    record,
    record_key,
)
from store.errors import AlreadyTaken, NotRegistered, RegistryError, StoreError
from store.journal.journal import Journal, Transaction
from store.journal.transaction import Snapshot
from store.registry import numbers
from store.registry.people import Person, User
from store.registry.users.finding import find_silent, find_users, search_text
from store.registry.users.merged import current_id, record_change
from store.registry.users.pins import hash_pin, is_old, pin_fits, pin_verdict

_LANGUAGE: Final = re.compile(r"[a-z]{2,3}")
_PIN: Final = re.compile(r"[0-9]{4,12}|")

_p = person.c
_ID: Final[BindParameter[str]] = bindparam("id")
_KEPT: Final = tuple(column for column in person.columns if column.name != "found_by")
_NAMES: Final = tuple(column.name for column in _KEPT)
_BY_ID: Final = Query(select(*_KEPT).where(_p.id == _ID), "id")
_PHONES: Final = Query(
    select(person_phone.c.phone).where(person_phone.c.person == _ID).order_by(person_phone.c.place), "id"
)
_DEVICES: Final = Query(
    select(person_device.c.device).where(person_device.c.person == _ID).order_by(person_device.c.place), "id"
)
_OF_PHONE: Final = Query(
    select(person_phone.c.person).where(person_phone.c.phone == bindparam("phone")), "phone"
)
_OF_DEVICE: Final = Query(
    select(person_device.c.person).where(person_device.c.device == bindparam("device")), "device"
)
_NUMBER_OF_DEVICE: Final = Query(
    select(person_phone.c.phone)
    .join(person_device, person_device.c.person == person_phone.c.person)
    .where(person_device.c.device == bindparam("device"))
    .order_by(person_phone.c.place)
    .limit(1),
    "device",
)
_COUNT: Final = Query(select(func.count()).select_from(person))
_FIELDS: Final = _NAMES[1:]
_ADD: Final = Query(insert(person).values({name: bindparam(name) for name in _NAMES}), *_NAMES)
_CHANGE: Final = Query(
    update(person)
    .where(_p.id == bindparam("person_id"))
    .values({name: bindparam(f"new_{name}") for name in _FIELDS}),
    *(f"new_{name}" for name in _FIELDS),
    "person_id",
)
_FIND_BY: Final = Query(
    update(person).where(_p.id == bindparam("person_id")).values(found_by=bindparam("words")),
    "words",
    "person_id",
)
_PINS: Final = {PinVerdict.CANCEL: "cancel_pin", PinVerdict.DURESS: "duress_pin"}
_RAISE: Final = {
    verdict: Query(
        update(person)
        .where(_p.id == bindparam("person_id"), _p[column] == bindparam("old"))
        .values({column: bindparam("new")}),
        "new",
        "person_id",
        "old",
    )
    for verdict, column in _PINS.items()
}
_ADD_PHONE: Final = Query(insert(person_phone), "phone", "person", "place")
_ADD_DEVICE: Final = Query(insert(person_device), "device", "person", "place")
_ENROLLED: Final = Query(select(device_key.c.device).where(device_key.c.person == _ID), "id")
_DROP: Final = tuple(
    Query(delete(column.table).where(column == _ID), "id")
    for column in (
        *(_p.id, person_phone.c.person, person_device.c.person, device_key.c.person),
        *(record_key.c.person, record.c.person, picture.c.person),
    )
)
_DROP_IDS: Final = Query(delete(merged).where(merged.c.kept == _ID), "id")
_DROP_OF_NUMBER: Final = tuple(
    Query(delete(column.table).where(column == bindparam("phone")), "phone")
    for column in (enrolment.c.phone, invitation.c.phone, outbox.c.phone)
)
_DROP_INVITED: Final = Query(delete(invitation).where(invitation.c.phone == bindparam("phone")), "phone")
_DROP_PHONES: Final = Query(delete(person_phone).where(person_phone.c.person == _ID), "id")
_DROP_DEVICES: Final = Query(delete(person_device).where(person_device.c.person == _ID), "id")


class Users:
    """Users of the registry, over one process's journal."""

    def __init__(self, journal: Journal, *, region: str = numbers.DEFAULT_REGION) -> None:
        """Store the parameters. `region`: region of a number without a country code."""
        self._journal = journal
        self._region = region

    # --------------------------------------------------------------------------------- finding

    def user(self, user: UserId) -> User | None:
        """Return the user of this id; None for an unknown id."""
        return self._journal.at_one_moment(lambda connection: read_user(connection, user))

    def user_by_phone(self, phone: E164) -> User | None:
        """Return the user with this number, written as E.164; None for an unknown number."""
        return self._found(_OF_PHONE, phone)

    def user_by_device(self, device: str) -> User | None:
        """Return the user with this device; None for an unknown device."""
        return self._found(_OF_DEVICE, device)

    def users(self, search: str = "", *, limit: int = 100, offset: int = 0) -> list[User]:
        """Return users by name. `search`: parts of a name or number, a whole device or id; empty: all."""
        return self.found(search, limit=limit, offset=offset)[0]

    def found(self, search: str = "", *, limit: int, offset: int = 0) -> tuple[list[User], int]:
        """Return a page of matching users by name, and the total of matches. `search`: as for `users`."""

        def read(connection: Connection) -> tuple[list[User], int]:
            found = find_users(connection, search, most=limit, past=offset)
            users = (read_user(connection, one) for one in found.ids)
            return [user for user in users if user is not None], found.count

        return self._journal.at_one_moment(read)

    def silent(self, now_us: Instant, *, limit: int) -> tuple[list[User], int]:
        """Return a page of users with a phone that has missed its checks, by name, and their total."""

        def read(connection: Connection) -> tuple[list[User], int]:
            found = find_silent(connection, now_us, most=limit)
            users = (read_user(connection, one) for one in found.ids)
            return [user for user in users if user is not None], found.count

        return self._journal.at_one_moment(read)

    def count_users(self) -> int:
        """Return the number of users."""
        row = self._journal.row(_COUNT)
        return 0 if row is None else int(row[0])

    def check_pin(self, user: UserId | None, pin: str) -> PinVerdict:
        """Return which PIN of the user was entered; NONE_SET for an unknown user. Takes about 45 ms."""
        row = None if user is None else _row_of(self._journal.row, user)
        fields = {} if row is None else dict(zip(_NAMES, row, strict=True))
        kept = {verdict: str(fields.get(column, "")) for verdict, column in _PINS.items()}
        verdict = pin_verdict(pin, cancel=kept[PinVerdict.CANCEL], duress=kept[PinVerdict.DURESS])
        if row is not None and is_old(kept.get(verdict, "")):
            # On a thread: the duration of an answer must not reveal that a PIN was right.
            Thread(target=self._raise_pin, args=(row[0], verdict, pin, kept[verdict]), name="pin").start()
        return verdict

    def change_pins(
        self,
        user: UserId,
        *,
        current: str,
        pin: str,
        duress_pin: str | None,
        by: str,
        seeming: bool = False,
    ) -> PinVerdict:
        """Set new PINs, durable when returned, if `current` is the cancel PIN or no PIN is set; return the
        verdict of `current`. Return WRONG as well if `pin` is the duress PIN that stays. `seeming`: change
        nothing, for any `current`.

        Takes about as long, and hashes as often, if nothing is changed. Raises RegistryError if the two new
        PINs are equal or malformed, for any `current`.
        """
        verdict = self.check_pin(user, current)
        ready = PreparedEntry(Person(cancel_pin=pin, duress_pin=duress_pin), self._region)
        row = _row_of(self._journal.row, user)
        fields = {} if row is None else dict(zip(_NAMES, row, strict=True))
        is_duress = pin_fits(pin, "" if duress_pin is not None else str(fields.get("duress_pin", "")))
        if seeming or verdict not in (PinVerdict.CANCEL, PinVerdict.NONE_SET) or row is None:
            return verdict
        if is_duress:
            return PinVerdict.WRONG
        self._journal.transact(lambda tx: write_user(tx, row[0], ready, by))
        return verdict

    def _raise_pin(self, user: UserId, verdict: PinVerdict, pin: str, old: str) -> None:
        new = hash_pin(pin)
        # Retried at the next correct use, if it cannot be written now.
        with suppress(StoreError):
            self._journal.transact(lambda tx: tx.write(_RAISE[verdict], new, user, old))

    # -------------------------------------------------------------------------------- changing

    def add_user(self, entered: Person, *, by: str) -> User:
        """Add a user, durable when returned. `by`: author of the entry.

        Raises NumberRefused, AlreadyTaken (a number or device of another user), RegistryError (no number, an
        invalid language or PIN).
        """
        user = UserId(f"u{secrets.token_hex(6)}")
        ready = PreparedEntry(entered, self._region)
        ready.needs_a_number()
        return self._journal.transact(lambda tx: write_user(tx, user, ready, by))

    def change_user(self, user: UserId, entered: Person, *, by: str) -> User:
        """Replace the given fields, keep the others. Raises NotRegistered, and the errors of `add_user`."""
        ready = PreparedEntry(entered, self._region)
        self._pins_differ(user, entered)

        def work(tx: Transaction) -> User:
            if tx.one(_BY_ID, user) is None:
                raise NotRegistered(f"no user {user}")
            return write_user(tx, user, ready, by)

        return self._journal.transact(work)

    def _pins_differ(self, user: UserId, entered: Person) -> None:
        row = self._journal.row(_BY_ID, user)
        if row is None:
            return
        kept = dict(zip(_NAMES, row, strict=True))
        pins = ((entered.cancel_pin, "duress_pin"), (entered.duress_pin, "cancel_pin"))
        for pin, other in pins:
            if pin and getattr(entered, other) is None and pin_fits(pin, str(kept[other])):
                raise RegistryError("the duress PIN must differ from the other one")

    def _found(self, query: Query, key: str) -> User | None:
        def read(connection: Connection) -> User | None:
            row = connection.one(query, key)
            return None if row is None else read_user(connection, UserId(row[0]))

        return self._journal.at_one_moment(read)


def faults_of(entered: Person) -> Iterator[tuple[str, str]]:
    """Yield the faults of the entered data, except numbers: field and reason."""
    if entered.language is not None and not _LANGUAGE.fullmatch(entered.language):
        yield "language", f"{entered.language!r} is no language (ISO 639, like it or en)"
    for field, pin in (("cancel_pin", entered.cancel_pin), ("duress_pin", entered.duress_pin)):
        if pin is not None and not _PIN.fullmatch(pin):
            yield field, "a PIN has 4 to 12 digits"
    if entered.cancel_pin and entered.cancel_pin == entered.duress_pin:
        yield "duress_pin", "the duress PIN must differ from the other one"


class PreparedEntry:
    """Entered data, prepared outside the write lock: numbers normalised, PINs hashed."""

    def __init__(self, entered: Person, region: str) -> None:
        """Check and prepare the data. Raises NumberRefused, RegistryError."""
        self.phones = tuple(dict.fromkeys(numbers.of_a_person(one, region) for one in entered.phones))
        self.devices = None if entered.devices is None else tuple(dict.fromkeys(entered.devices))
        for _field, reason in faults_of(entered):
            raise RegistryError(reason)
        self.fields: Final = {
            "first_name": entered.first_name,
            "last_name": entered.last_name,
            "language": entered.language,
            "notes": entered.notes,
            "cancel_pin": None if entered.cancel_pin is None else hash_pin(entered.cancel_pin),
            "duress_pin": None if entered.duress_pin is None else hash_pin(entered.duress_pin),
        }

    def keep(self, user: User) -> None:
        """Keep the user's present numbers and devices in addition to the entered ones."""
        self.phones = tuple(dict.fromkeys((*user.phones, *self.phones)))
        if self.devices is not None:
            self.devices = tuple(dict.fromkeys((*user.devices, *self.devices)))

    def needs_a_number(self) -> None:
        """Check that there is a number to call. Raises RegistryError."""
        if not self.phones:
            raise RegistryError("a user needs a number to be called on")


def read_user(connection: Connection | Snapshot, user: UserId) -> User | None:
    """Return the user of this id, or the user to whom it leads (`store.registry.users.merged`); None for an
    unknown id.
    """
    row = _row_of(connection.one, user)
    if row is None:
        return None
    user, first_name, last_name, language, notes, cancel_pin, duress_pin, created_us, changed_us = row
    return User(
        id=user,
        phones=tuple(E164(one[0]) for one in connection.all(_PHONES, user)),
        first_name=first_name,
        last_name=last_name,
        language=language,
        notes=notes,
        devices=tuple(one[0] for one in connection.all(_DEVICES, user)),
        has_cancel_pin=bool(cancel_pin),
        has_duress_pin=bool(duress_pin),
        created_at=Instant(created_us),
        changed_at=Instant(changed_us),
    )


def _row_of(one: Callable[..., Row | None], user: UserId) -> Row | None:
    row = one(_BY_ID, user)
    return one(_BY_ID, current_id(one, user)) if row is None else row


def drop(tx: Transaction, user: User) -> None:
    """Delete the person from every table of the registry. For the journal, see `store.alerts.erasing`."""
    drop_rows(tx, user.id)
    tx.write(_DROP_IDS, user.id)
    for query in _DROP_OF_NUMBER:
        for phone in user.phones:
            tx.write(query, phone)


def drop_rows(tx: Transaction, user: UserId) -> None:
    """Delete the rows of this id: person, numbers, devices, record."""
    for query in _DROP:
        tx.write(query, user)


def devices_enrolled(read: Snapshot, user: UserId) -> tuple[str, ...]:
    """Return the devices that have ever signed for this person, including those with revoked keys."""
    return tuple(row[0] for row in read.all(_ENROLLED, user))


def owner_of_phone(connection: Connection | Snapshot, phone: str) -> UserId | None:
    """Return the user with this number; None for an unknown number."""
    row = connection.one(_OF_PHONE, phone)
    return None if row is None else UserId(row[0])


def owner_of_device(connection: Connection | Snapshot, device: str) -> UserId | None:
    """Return the user with this device; None for an unknown device."""
    row = connection.one(_OF_DEVICE, device)
    return None if row is None else UserId(row[0])


def number_of_device(connection: Connection | Snapshot, device: str) -> E164 | None:
    """Return the first number for calls to the owner of this device; None if there is no number."""
    row = connection.one(_NUMBER_OF_DEVICE, device)
    return None if row is None else E164(row[0])


def write_user(tx: Transaction, user: UserId, entry: PreparedEntry, by: str) -> User:
    """Add or change the user; record the change in the user's stream if a field differs. Raises NotRegistered
    if the written user cannot be read back.
    """
    before = tx.one(_BY_ID, user)
    changed = _write_fields(tx, user, entry, before)
    if entry.phones:
        changed += _write_keys(tx, user, "phone", entry.phones)
    if entry.devices is not None:
        changed += _write_keys(tx, user, "device", entry.devices)
    if changed or before is None:
        what = "added" if before is None else f"changed {', '.join(changed)}"
        tx.write(_FIND_BY, _words(tx, user), user)
        record_change(tx, user, by, what)
    written = read_user(tx, user)
    if written is None:
        raise NotRegistered(f"no user {user}")
    return written


def _words(tx: Transaction, user: UserId) -> str:
    row = tx.one(_BY_ID, user)
    assert row is not None, "it was just written"
    return search_text(row[1], row[2], [one[0] for one in tx.all(_PHONES, user)])


def _write_fields(tx: Transaction, user: UserId, entry: PreparedEntry, before: Row | None) -> list[str]:
    names = list(entry.fields)
    old = ("", "", "it", "", "", "") if before is None else before[1:7]
    created = tx.at_us if before is None else before[7]
    new = [value if given is None else given for given, value in zip(entry.fields.values(), old, strict=True)]
    if before is None:
        tx.write(_ADD, user, *new, created, tx.at_us)
        return names
    changed = [name for name, one, other in zip(names, new, old, strict=True) if one != other]
    if changed:
        tx.write(_CHANGE, *new, created, tx.at_us, user)
    return changed


def _write_keys(tx: Transaction, user: UserId, kind: str, keys: Sequence[str]) -> list[str]:
    """Replace the user's numbers or devices by `keys`; return the names of changed fields."""
    owner, listed, drop, add = {
        "phone": (owner_of_phone, _PHONES, _DROP_PHONES, _ADD_PHONE),
        "device": (owner_of_device, _DEVICES, _DROP_DEVICES, _ADD_DEVICE),
    }[kind]
    before = [row[0] for row in tx.all(listed, user)]
    if before == list(keys):
        return []
    for key in keys:
        holder = owner(tx, key)
        if holder is not None and holder != user:
            raise AlreadyTaken(f"{kind} {key}", holder)
    tx.write(drop, user)
    for place, key in enumerate(keys):
        tx.write(add, key, user, place)
    for left in set(before) - set(keys) if kind == "phone" else ():
        # The invitation was for this person, and must not enrol a phone for the next holder of the number.
        tx.write(_DROP_INVITED, left)
    return [f"{kind}s"]
