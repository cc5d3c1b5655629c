"""The rows of a sheet as persons, each with what is wrong about it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Final

from features.people.users_csv.sheet import Sheet
from messages.ids import E164
from store.errors import Fault, Flaw, NumberRefused
from store.registry import numbers
from store.registry.people import Person
from store.registry.users import records_text
from store.registry.users.users import Entry, faults_of

_ROUNDED: Final = re.compile(r"\d+(?:[.,]\d+)?[eE]\+?\d+")
"""A number as a spreadsheet shows it that has taken it for a quantity."""
_FLAWS: Final = {"language": Flaw.LANGUAGE, "cancel_pin": Flaw.PIN, "duress_pin": Flaw.PIN}


class Line:
    """One row: a person, or what is wrong."""

    def __init__(self, number: int, cells: list[str], region: str) -> None:
        self.number: Final = number
        """On which line of the file it begins."""
        self.cells: Final = cells
        self.person = Person()
        self.record: dict[str, str] = {}
        """What it says of the record, by column."""
        self.faults: list[Fault] = []
        self._region = region

    @cached_property
    def entry(self) -> Entry:
        """What is to be written. It hashes the PINs, which takes long."""
        return Entry(self.person, self._region)

    @property
    def name(self) -> str:
        """First and last name, or the first number."""
        known = f"{self.person.first_name or ''} {self.person.last_name or ''}".strip()
        return known or next(iter(self.person.phones), "")


def lines(sheet: Sheet, region: str) -> list[Line]:
    """Every row of the sheet."""
    seen: dict[str, int] = {}
    made = []
    for number, cells in sheet.rows:
        line = Line(number, cells, region)
        if len(cells) != len(sheet.columns):
            told = f"has {len(cells)} cells, not {len(sheet.columns)}"
            line.faults.append(Fault(number, "", told, Flaw.CELLS))
        else:
            fields = dict(zip(sheet.columns, cells, strict=True))
            _fill(line, fields, region)
            if not line.faults:
                line.faults.extend(_twice(line, seen))
        made.append(line)
    return made


def _fill(line: Line, fields: Mapping[str, str], region: str) -> None:
    phones, faults = _phones(line.number, fields["phone"], region)
    line.person = Person(
        phones=phones,
        first_name=fields.get("first_name"),
        last_name=fields.get("last_name"),
        language=fields.get("language") or None,
        notes=fields.get("notes"),
        devices=_several(fields["device"], ";|") if "device" in fields else None,
        cancel_pin=fields.get("cancel_pin"),
        duress_pin=fields.get("duress_pin"),
    )
    faults.extend(
        Fault(line.number, field, reason, Flaw.PINS_SAME if "differ" in reason else _FLAWS[field])
        for field, reason in faults_of(line.person)
    )
    line.record = {name: fields[name] for name in records_text.COLUMNS if name in fields}
    said = {name: text for name, text in line.record.items() if text}
    faults.extend(Fault(line.number, *fault) for fault in records_text.faults_of(said, region))
    line.faults = faults


def _phones(number: int, cell: str, region: str) -> tuple[tuple[E164, ...], list[Fault]]:
    phones: dict[E164, None] = {}
    faults: list[Fault] = []
    for one in _several(cell.removeprefix("'"), ";|/"):
        try:
            phones[numbers.of_a_person(one, region)] = None
        except NumberRefused as error:
            if _ROUNDED.fullmatch(one):
                told = f"{one!r} was a number before a spreadsheet rounded it: have the column as text"
                faults.append(Fault(number, "phone", told, Flaw.ROUNDED))
            else:
                flaw = Flaw.EMERGENCY if numbers.is_emergency(one, region) else Flaw.NO_NUMBER
                faults.append(Fault(number, "phone", str(error), flaw))
    if not phones and not faults:
        faults.append(Fault(number, "phone", "is empty", Flaw.EMPTY))
    return tuple(phones), faults


def _several(cell: str, separators: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in re.split(f"[{separators}]", cell) if one.strip())


def _twice(line: Line, seen: dict[str, int]) -> Iterator[Fault]:
    for column, keys in (("phone", line.person.phones), ("device", line.person.devices or ())):
        for key in keys:
            other = seen.setdefault(f"{column} {key}", line.number)
            if other != line.number:
                yield Fault(line.number, column, f"{key} is on line {other} too", Flaw.TWICE)
