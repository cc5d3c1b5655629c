"""Merging of two persons of the registry into one, with all data of both.

The journal keeps the other id permanently, and the registry resolves it to the remaining person
(`store.registry.users.merged`). Sealed data thus stays encrypted with its alerts' keys, and erasing the
person erases the alerts of both.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import bindparam, select, update

from features.people.conditional_change import to_change
from features.people.person_changes import Fields
from messages.ids import AlertId, UserId
from model.record import merge_records
from store.alerts.candidates import is_open
from store.alerts.erasing import OF_PERSON, alerts_of
from store.database.query import Query
from store.database.schema import device_key, person
from store.errors import InAnAlert, NotRegistered, RegistryError
from store.journal.transaction import Transaction
from store.registry.people import Person, User
from store.registry.users import merged, records
from store.registry.users.users import PreparedEntry, drop_rows, read_user, write_user

_d = device_key.c
_DEVICES: Final = Query(
    update(device_key).where(_d.person == bindparam("before")).values(person=bindparam("now")),
    "now",
    "before",
)
_pins = (person.c.cancel_pin, person.c.duress_pin)
_PINS: Final = Query(select(*_pins).where(person.c.id == bindparam("who")), "who")
_SET_PINS: Final = Query(
    update(person)
    .where(person.c.id == bindparam("who"))
    .values(cancel_pin=bindparam("cancel"), duress_pin=bindparam("duress")),
    "cancel",
    "duress",
    "who",
)


class SamePerson(RegistryError):
    """Both ids name the same person."""


def merge(
    tx: Transaction, kept: UserId, other: UserId, was: tuple[Fields, Fields], *, by: str, region: str
) -> User:
    """Merge `other` into `kept` and return the result; `other` is removed. `was`: fields of both as seen.

    Raises NotRegistered; SamePerson; ChangedMeanwhile; InAnAlert while an alert of either person is open,
    since the person that the operator sees must not change; RecordTooLarge (`model.record.merge_records`);
    JournalNotDurable.
    """
    one, two = _there(tx, kept), _there(tx, other)
    if one.id == two.id:
        raise SamePerson(f"{kept} and {other} are the same person already")
    for known, seen in zip((one, two), was, strict=True):
        to_change(known, seen, seen.said())
        for alert in sorted(alerts_of(tx, known)):
            if is_open(tx, alert):
                raise InAnAlert(f"the alert {alert} of {known.id} is open: merge after it is closed")
    alerts = [AlertId(row[0]) for row in tx.all(OF_PERSON, two.id)]
    pins = _pins_of(tx, one, two)
    record = merge_records(records.read_record(tx, one.id).record, records.move_pictures(tx, one.id, two.id))
    tx.write(_DEVICES, one.id, two.id)
    drop_rows(tx, two.id)
    merged.redirect(tx, two.id, one.id)
    for alert in alerts:
        tx.set_person(alert, one.id)
    tx.write(_SET_PINS, *pins, one.id)
    records.write_record(tx, one.id, record, expected=None, by=by, region=region)
    write_user(tx, one.id, PreparedEntry(together(one, two), region), by)
    merged.record_change(tx, one.id, by, f"merged with {two.id}")
    return _there(tx, one.id)


def together(kept: User, other: User) -> Person:
    """Combine two persons: fields of `kept` take precedence; numbers, devices and notes are joined."""
    notes = [kept.notes, *([] if other.notes in kept.notes else [other.notes])]
    return Person(
        phones=(*kept.phones, *other.phones),
        first_name=kept.first_name or other.first_name,
        last_name=kept.last_name or other.last_name,
        notes="\n".join(filter(None, notes)),
        devices=(*kept.devices, *other.devices),
    )


def _there(tx: Transaction, who: UserId) -> User:
    known = read_user(tx, who)
    if known is None:
        raise NotRegistered(f"no user has the id or number {who}")
    return known


def _pins_of(tx: Transaction, *those: User) -> tuple[str, str]:
    """Return both PINs of one person, the first with a PIN: hashes of two persons cannot be compared."""
    rows = [tuple(row) for one in those if (row := tx.one(_PINS, one.id)) is not None]
    return next((row for row in rows if any(row)), ("", ""))
