"""A record as text, field by field: columns of a CSV file, and values of `user record --set`. Pure.

    address      several are separated by `|`
    contact      NAME, NUMBER, RELATION, tell, where; several by `|`; `tell`: is notified by SMS that 112 was
                 called, `where`: and of the person's position
    dangerous    NAME, CAR, NOTE; several by `|`; an existing picture stays with the name
    children, medical, court_order, safe_word, reach

An empty text deletes the stored value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from model.record import EMPTY, Contact, DangerousPerson, PersonRecord
from store.errors import NumberRefused, RegistryError
from store.registry.users import records

_TELL: Final = {"tell": ("tell",), "where": ("tell", "where")}
_FIELD_OF: Final = {"address": "addresses", "contact": "contacts"}
_COLUMN_OF: Final = {field: column for column, field in _FIELD_OF.items()}
_PATH: Final = re.compile(r" - at `\$\.(\w+)(?:\[(?:\.\.\.|\d+)\])?(?:\.(\w+))?`")


class FieldRefused(RegistryError):
    """The field does not accept this text."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(f"{column}: {reason}")
        self.column = column
        self.reason = reason


def change_fields(before: PersonRecord, texts: Mapping[str, str], region: str) -> PersonRecord:
    """Return the record with these fields changed. Raises FieldRefused."""
    fields: dict[str, object] = {}
    for column, text in texts.items():
        if column not in COLUMNS:
            raise FieldRefused(column, f"is no field; there are {', '.join(COLUMNS)}")
        make = _LISTS.get(column)
        fields[_FIELD_OF.get(column, column)] = text.strip() if make is None else make(before, text)
    made = msgspec.structs.replace(before, **fields)
    try:
        checked = msgspec.convert(msgspec.to_builtins(made), PersonRecord)
        return records.normalised(checked, region)
    except msgspec.ValidationError as error:
        found = _PATH.search(str(error))
        column = _COLUMN_OF.get(found[1], found[1]) if found else ""
        part = f"{found[2]}: " if found and found[2] else ""
        raise FieldRefused(column, f"{part}{_PATH.sub('', str(error))}") from error
    except NumberRefused as error:
        raise FieldRefused("contact", str(error)) from error


def field_texts(record: PersonRecord) -> dict[str, str]:
    """Return the texts of all fields that are not empty."""
    found = {
        "address": " | ".join(record.addresses),
        "contact": " | ".join(_of_contact(one) for one in record.contacts),
        "dangerous": " | ".join(_of_dangerous(one) for one in record.dangerous),
        **{name: getattr(record, name) for name in COLUMNS if name not in _LISTS},
    }
    return {name: found[name] for name in COLUMNS if found[name]}


def _several(text: str) -> list[str]:
    return [one.strip() for one in text.split("|") if one.strip()]


def _addresses(_: PersonRecord, text: str) -> tuple[str, ...]:
    return tuple(_several(text))


def _contacts(_: PersonRecord, text: str) -> tuple[Contact, ...]:
    return tuple(_contact(one) for one in _several(text))


def _contact(text: str) -> Contact:
    name, number, *more = [*(part.strip() for part in text.split(",")), ""]
    said = {flag for part in more for flag in _TELL.get(part.lower(), ())}
    relation = ", ".join(part for part in more if part and part.lower() not in _TELL)
    return Contact(name=name, number=number, relation=relation, tell="tell" in said, where="where" in said)


def _dangerous(before: PersonRecord, text: str) -> tuple[DangerousPerson, ...]:
    pictures = {one.name: one.picture for one in before.dangerous}
    made = []
    for one in _several(text):
        name, car, note = [*(part.strip() for part in one.split(",", 2)), "", ""][:3]
        made.append(DangerousPerson(name=name, car=car, note=note, picture=pictures.get(name, "")))
    return tuple(made)


def _of_contact(one: Contact) -> str:
    flag = "where" if one.where else "tell" if one.tell else ""
    return ", ".join(filter(None, (one.name, one.number, one.relation, flag)))


def _of_dangerous(one: DangerousPerson) -> str:
    return ", ".join((one.name, one.car, one.note)).rstrip(", ")


_LISTS: Final[dict[str, Callable[[PersonRecord, str], object]]] = {
    "address": _addresses,
    "contact": _contacts,
    "dangerous": _dangerous,
}
COLUMNS: Final = (*_LISTS, "children", "medical", "court_order", "safe_word", "reach")


def faults_of(texts: Mapping[str, str], region: str) -> list[tuple[str, str]]:
    """Return the faults of these texts: column and reason."""
    found = []
    for column, text in texts.items():
        try:
            change_fields(EMPTY, {column: text}, region)
        except FieldRefused as error:
            found.append((error.column or column, error.reason))
    return found
