"""The lines of a file beside the registry: who is new, what of whom would change, what belongs to others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Final

import msgspec
from sqlalchemy import select

from features.people.users_csv.lines import Line
from messages.ids import UserId
from store.database.dialect import Connection
from store.database.query import Query
from store.database.schema import person, person_device, person_phone
from store.errors import Fault, Flaw
from store.registry.users import records, records_text

_PHONES: Final = Query(
    select(person_phone.c.phone, person_phone.c.person).order_by(person_phone.c.person, person_phone.c.place)
)
_DEVICES: Final = Query(
    select(person_device.c.device, person_device.c.person).order_by(
        person_device.c.person, person_device.c.place
    )
)
_FIELDS: Final = ("first_name", "last_name", "language", "notes", "cancel_pin", "duress_pin")
_PERSONS: Final = Query(select(person.c.id, *(person.c[name] for name in _FIELDS)))
_PINS: Final = ("cancel_pin", "duress_pin")


class Verdict(StrEnum):
    """What becomes of a line."""

    NEW = "new"
    CHANGES = "changes"
    SAME = "same"
    BAD = "bad"


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """One line as it was looked at."""

    line: int
    verdict: Verdict
    name: str
    """Of whom: as the line says it, the number where there is no name."""
    user: UserId | None = None
    """Who is changed."""
    changed: tuple[str, ...] = ()
    """The columns in which it says something else than the registry."""
    faults: tuple[Fault, ...] = ()


class _Known:
    """Everybody, read at once: line by line it would be a way to the database for each."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.owner: dict[str, dict[str, UserId]] = {"phone": {}, "device": {}}
        self.keys: dict[str, dict[UserId, list[str]]] = {"phone": {}, "device": {}}
        for kind, query in (("phone", _PHONES), ("device", _DEVICES)):
            for key, who in connection.all(query):
                self.owner[kind][key] = UserId(who)
                self.keys[kind].setdefault(UserId(who), []).append(key)
        self.fields = {
            UserId(who): dict(zip(_FIELDS, values, strict=True)) for who, *values in connection.all(_PERSONS)
        }


def compare(connection: Connection, lines: Sequence[Line], region: str) -> list[Seen]:
    """Each line beside the registry as it is at this moment."""
    known = _Known(connection)
    return [_seen(known, line, region) for line in lines]


def _seen(known: _Known, line: Line, region: str) -> Seen:
    phones = known.owner["phone"]
    owners = {phones[one] for one in line.person.phones if one in phones}
    faults = (*line.faults, *(() if line.faults else _of_others(known, line, owners)))
    if faults:
        return Seen(line=line.number, verdict=Verdict.BAD, name=line.name, faults=faults)
    if not owners:
        return Seen(line=line.number, verdict=Verdict.NEW, name=line.name)
    (user,) = owners
    changed = tuple(_changed(known, line, user, region))
    verdict = Verdict.CHANGES if changed else Verdict.SAME
    return Seen(line=line.number, verdict=verdict, name=line.name, user=user, changed=changed)


def _of_others(known: _Known, line: Line, owners: set[UserId]) -> Iterator[Fault]:
    """Faults that only the registry can tell: numbers of one line that are two people's."""
    if len(owners) > 1:
        told = f"belong to {' and '.join(sorted(owners))}"
        yield Fault(line.number, "phone", told, Flaw.OF_OTHERS)
        return
    for device in line.person.devices or ():
        holder = known.owner["device"].get(device)
        if holder is not None and holder not in owners:
            yield Fault(line.number, "device", f"{device} belongs to {holder}", Flaw.OF_OTHERS)


def _changed(known: _Known, line: Line, user: UserId, region: str) -> Iterator[str]:
    for kind, keys in (("phone", line.person.phones), ("device", line.person.devices or ())):
        if not set(keys) <= set(known.keys[kind].get(user, ())):
            yield kind
    before = known.fields[user]
    for name in _FIELDS:
        now = getattr(line.person, name)
        # A PIN is kept as a hash: whether it is another one would take a tenth of a second to know.
        if now is not None and (bool(now or before[name]) if name in _PINS else now != before[name]):
            yield name
    if line.record:
        kept = records.read(known.connection, user).record
        was = records_text.texts(kept)
        now_texts = records_text.texts(records_text.changed(kept, line.record, region))
        yield from (name for name in records_text.COLUMNS if was.get(name) != now_texts.get(name))
