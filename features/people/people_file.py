"""Parser of CSV files of people: rows as persons, each with its faults. Pure.

The first line names the columns, in any order and any case:

    phone        required; several in one cell are separated by `;`, `|` or `/`; the first is called first
    first_name, last_name, language, notes
    device       several are separated by `;` or `|`
    cancel_pin, duress_pin
    address, contact, dangerous, children, medical, court_order, safe_word, reach
                 of the record: `store.registry.users.records_text`

Separated by commas, semicolons or tabs; UTF-8, UTF-16 or, as spreadsheets write it, Windows-1252. A person
known by one of the numbers is changed: fields of the file replace old values, numbers and devices are added,
and columns missing in the file stay unchanged. Every fault has its line and column.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import islice
from typing import Final

import msgspec

from messages.ids import E164
from store.errors import NumberRefused, RegistryError
from store.registry import numbers
from store.registry.people import Person
from store.registry.users import records_text
from store.registry.users.users import PreparedEntry, faults_of

COLUMNS: Final = (
    *("phone", "first_name", "last_name", "language", "notes", "device", "cancel_pin", "duress_pin"),
    *records_text.COLUMNS,
)
REASON: Final = "why_not"
"""Column with the reason of a rejected row: ignored when the file is imported again."""
_ALSO_CALLED: Final = {"phones": "phone", "devices": "device", "e164": "phone"}
_SEPARATORS: Final = ",;\t"
_SEPARATOR_NAMED: Final = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
"""Line that names the separator for Excel."""
_NO_TEXT: Final = re.compile(b"[\x00-\x08\x0e-\x1f\x7f\x81\x8d\x8f\x90\x9d]|\xff\xfe|\xfe\xff")
"""Bytes that no text in Windows-1252 has: undefined ones, and byte order marks of UTF-16 in the middle."""
ROWS_MAX: Final = 100_000
"""Maximal number of rows: some seconds of a processor that alerts need as well."""
_HEADING_MAX: Final = 4096
"""Maximal length in characters; a longer line is no heading, and would take seconds to report."""
_RUNS: Final = re.compile(r"[=+@-](?![0-9 ()./;|-]*$)")
"""Text that a spreadsheet takes for a formula, and is no number: written after a `'`, to stay text."""
_KEPT: Final = re.compile(r"\A'(?=[=+@-])")
_AS_FORMULA: Final = re.compile(r'="(.*)"', re.DOTALL)
"""Excel's notation that keeps the `+` of a number."""
_ROUNDED: Final = re.compile(r"\d+(?:[.,]\d+)?[eE]\+?\d+")
"""A number that a spreadsheet has converted to a quantity."""


class Flaw(StrEnum):
    """Kind of a fault, by which pages find their words. `reason` has the full text."""

    NO_FILE = "no_file"
    """The content is no list of people."""
    NO_COLUMN = "no_column"
    COLUMN_TWICE = "column_twice"
    COLUMN_MISSING = "column_missing"
    CELLS = "cells"
    """The row has more or fewer cells than columns."""
    EMPTY = "empty"
    NO_NUMBER = "no_number"
    ROUNDED = "rounded"
    """A spreadsheet has converted a number to a quantity: `3.93E+11`."""
    EMERGENCY = "emergency"
    LANGUAGE = "language"
    PIN = "pin"
    PINS_SAME = "pins_same"
    TWICE = "twice"
    """The value is on another line, too."""
    OF_OTHERS = "of_others"
    """The value belongs to another person, or to two."""
    RECORD = "record"
    """The value is invalid in the record."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of a file, with its place."""

    line: int
    column: str
    """Heading of the column; empty for the whole line."""
    reason: str
    flaw: Flaw = Flaw.RECORD


class ImportFaulty(RegistryError):
    """The file of people is rejected; nothing was imported."""

    def __init__(self, file: str, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(self._line(file, fault) for fault in faults))
        self.file = file
        self.faults = faults

    @staticmethod
    def _line(file: str, fault: Fault) -> str:
        where = f"{file}:{fault.line}"
        return f"{where}: {fault.column}: {fault.reason}" if fault.column else f"{where}: {fault.reason}"


_FLAWS: Final = {"language": Flaw.LANGUAGE, "cancel_pin": Flaw.PIN, "duress_pin": Flaw.PIN}


class Encoding(StrEnum):
    """Character encoding of a file."""

    UTF_8 = "utf-8"
    UTF_16 = "utf-16"
    WINDOWS = "windows-1252"


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """A file split into rows."""

    encoding: Encoding
    separator: str
    heading: tuple[str, ...]
    """Headings as written."""
    columns: tuple[str, ...]
    """Headings, converted to the column names of this module."""
    rows: list[tuple[int, list[str]]]
    """Rows with their first line number; without empty rows."""


def read(content: bytes, file: str) -> Sheet:
    """Split a file into rows. Raises ImportFaulty for other files; `file` is the name in the error."""
    text, encoding = _decoded(content, file)
    named = _SEPARATOR_NAMED.match(text)
    begin = named.end() if named else 0
    first = text[begin:].lstrip("\r\n").partition("\n")[0]
    if len(first) > _HEADING_MAX:
        raise ImportFaulty(file, (Fault(1, "", "is too long to name columns", Flaw.NO_FILE),))
    separator = named[1] if named else max(_SEPARATORS, key=first.count)
    rows = _rows(text[begin:], separator, 1 if named else 0, file)
    line, heading = next(rows, (1, []))
    if not heading:
        raise ImportFaulty(file, (Fault(1, "", "is empty: the first line names the columns", Flaw.NO_FILE),))
    found = list(islice(rows, ROWS_MAX + 1))
    if len(found) > ROWS_MAX:
        raise ImportFaulty(file, (Fault(found[-1][0], "", f"has more than {ROWS_MAX} rows", Flaw.NO_FILE),))
    if REASON in heading:
        at, cells = heading.index(REASON), len(heading)
        heading = [*heading[:at], *heading[at + 1 :]]
        found = [(n, [*row[:at], *row[at + 1 :]] if len(row) == cells else row) for n, row in found]
    return Sheet(
        encoding=encoding,
        separator=separator,
        heading=tuple(heading),
        columns=_columns(heading, line, file),
        rows=found,
    )


def written(sheet: Sheet, rows: list[list[str]]) -> bytes:
    """Format rows, each with its reason at the end, as a file of the same form; UTF-8 marked for Excel."""
    made = io.StringIO()
    writer = csv.writer(made, delimiter=sheet.separator)
    writer.writerow([*sheet.heading, REASON])
    writer.writerows([f"'{cell}" if _RUNS.match(cell) else cell for cell in row] for row in rows)
    return made.getvalue().encode("utf-8-sig")


def _decoded(content: bytes, file: str) -> tuple[str, Encoding]:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return content.decode("utf-16"), Encoding.UTF_16
        except UnicodeDecodeError as error:
            raise ImportFaulty(file, (Fault(1, "", "is not UTF-16", Flaw.NO_FILE),)) from error
    try:
        return content.decode("utf-8-sig"), Encoding.UTF_8
    except UnicodeDecodeError as error:
        if not _NO_TEXT.search(content):
            return content.decode("cp1252"), Encoding.WINDOWS
        line = content.count(b"\n", 0, error.start) + 1
        raise ImportFaulty(file, (Fault(line, "", "is not UTF-8", Flaw.NO_FILE),)) from error


def _rows(text: str, separator: str, before: int, file: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    while True:
        line = before + reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            fault = Fault(before + reader.line_num, "", str(error), Flaw.NO_FILE)
            raise ImportFaulty(file, (fault,)) from error
        if any(cell.strip() for cell in cells):
            yield line, [_KEPT.sub("", _AS_FORMULA.sub(r"\1", cell.strip())) for cell in cells]


def _columns(cells: list[str], line: int, file: str) -> tuple[str, ...]:
    names = [re.sub(r"[\s-]+", "_", cell.strip().lower()) for cell in cells]
    names = [_ALSO_CALLED.get(name, name) for name in names]
    faults = [
        Fault(line, cell.strip(), f"is no column; there are {', '.join(COLUMNS)}", Flaw.NO_COLUMN)
        for cell, name in zip(cells, names, strict=True)
        if name not in COLUMNS
    ]
    twice = [name for name in COLUMNS if names.count(name) > 1]
    faults += [Fault(line, name, "is there twice", Flaw.COLUMN_TWICE) for name in twice]
    if "phone" not in names:
        faults.append(Fault(line, "phone", "is missing", Flaw.COLUMN_MISSING))
    if faults:
        raise ImportFaulty(file, tuple(faults))
    return tuple(names)


class Line:
    """A row: a person, or faults."""

    def __init__(self, number: int, cells: list[str], region: str) -> None:
        self.number: Final = number
        """Line of the file on which the row begins."""
        self.cells: Final = cells
        self.person = Person()
        self.record: dict[str, str] = {}
        """Fields of the record, by column."""
        self.faults: list[Fault] = []
        self._region = region

    @cached_property
    def entry(self) -> PreparedEntry:
        """Data to be written. Computing the entry hashes the PINs, which takes long."""
        return PreparedEntry(self.person, self._region)

    @property
    def name(self) -> str:
        """First and last name, or the first number."""
        known = f"{self.person.first_name or ''} {self.person.last_name or ''}".strip()
        return known or next(iter(self.person.phones), "")


def lines(sheet: Sheet, region: str) -> list[Line]:
    """Parse every row of the sheet."""
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
