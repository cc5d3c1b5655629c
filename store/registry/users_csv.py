"""Users from a CSV file: all of them or, where the file has a fault, none.

The first line names the columns, in any order and any case:

    phone        needed; several in one cell are set apart by `;`, `|` or `/`; the first is called first
    first_name, last_name, language, notes
    device       several are set apart by `;` or `|`
    cancel_pin, duress_pin
    address, contact, dangerous, children, medical, court_order, safe_word, reach
                 of the record: `store.registry.records_text`

Commas or semicolons, UTF-8. A person who is known by one of her numbers is changed: what the file
says replaces what was there, numbers and devices are added to; columns that are not in the file
stay as they are. Every fault is told with its line and column.
"""

from __future__ import annotations

import csv
import io
import re
import secrets
import time
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from messages.ids import UserId
from store.database.dialect import Connection
from store.errors import AlreadyTaken, Fault, ImportFaulty, NumberRefused
from store.journal.journal import Journal, Transaction
from store.registry import numbers, records, records_text
from store.registry.people import Imported, Person
from store.registry.users import Entry, faults_of, owner_of_device, owner_of_phone, read_user, write_user

_COLUMNS: Final = (
    *("phone", "first_name", "last_name", "language", "notes", "device", "cancel_pin", "duress_pin"),
    *records_text.COLUMNS,
)
_ALSO_CALLED: Final = {"phones": "phone", "devices": "device", "e164": "phone"}
_MOST_FAULTS: Final = 50
_PORTION: Final = 500
_PORTION_S: Final = 0.1
"""People in one transaction, in which no alert can be accepted: some 20 ms, and never for longer than this
where each of them is a dozen ways to a server.
"""
_BREATH_S: Final = 0.005
"""Between portions, for those who wait for the write lock."""


class _Line(msgspec.Struct, frozen=True):
    """One person of the file."""

    number: int
    entry: Entry
    record: dict[str, str]
    """What it says of the record, by column."""


def import_users(journal: Journal, file: Path, *, by: str, region: str = numbers.DEFAULT_REGION) -> Imported:
    """Take the file's people in. Raises ImportFaulty with every fault, and nothing is taken then.

    All faults are found before anything is written. More than 500 people are written in portions,
    so that alerts are accepted meanwhile; should the disk fail between two of them, the same
    import again does the rest.
    """
    faults: list[Fault] = []
    lines = list(_lines(_text(file), faults, region, str(file)))
    journal.at_one_moment(lambda connection: _compare(connection, lines, faults))
    if faults:
        raise ImportFaulty(str(file), tuple(sorted(faults, key=lambda fault: fault.line)[:_MOST_FAULTS]))
    done = Imported(added=0, changed=0, unchanged=0)
    rest = lines
    while rest:
        if rest is not lines:
            time.sleep(_BREATH_S)
        part = journal.transact(partial(_write, lines=rest[:_PORTION], by=by, file=str(file), region=region))
        rest = rest[part.added + part.changed + part.unchanged :]
        done = Imported(
            added=done.added + part.added,
            changed=done.changed + part.changed,
            unchanged=done.unchanged + part.unchanged,
        )
    return done


def _text(file: Path) -> str:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise ImportFaulty(str(file), (Fault(0, "", f"cannot be read: {error.strerror}"),)) from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ImportFaulty(str(file), (Fault(line, "", "is not UTF-8"),)) from error


def _lines(text: str, faults: list[Fault], region: str, file: str) -> Iterator[_Line]:
    first = text.partition("\n")[0]
    separator = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    seen: dict[str, int] = {}
    columns: list[str] | None = None
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            raise ImportFaulty(file, (Fault(reader.line_num, "", str(error)),)) from error
        if not any(cell.strip() for cell in cells):
            continue
        if columns is None:
            columns = _heading(cells, reader.line_num, file)
        elif len(cells) != len(columns):
            faults.append(Fault(reader.line_num, "", f"has {len(cells)} cells, not {len(columns)}"))
        else:
            fields = {name: cell.strip() for name, cell in zip(columns, cells, strict=True)}
            entry = _entry(fields, reader.line_num, faults, region)
            record = {name: fields[name] for name in records_text.COLUMNS if name in fields}
            wrong = [Fault(reader.line_num, *fault) for fault in records_text.faults_of(record, region)]
            faults.extend(wrong)
            if entry is not None and not _twice(entry, reader.line_num, seen, faults) and not wrong:
                yield _Line(reader.line_num, entry, record)
    if columns is None:
        raise ImportFaulty(file, (Fault(1, "", "is empty: the first line names the columns"),))


def _heading(cells: list[str], line: int, file: str) -> list[str]:
    names = [re.sub(r"[\s-]+", "_", cell.strip().lower()) for cell in cells]
    names = [_ALSO_CALLED.get(name, name) for name in names]
    faults = [
        Fault(line, cell.strip(), f"is no column; there are {', '.join(_COLUMNS)}")
        for cell, name in zip(cells, names, strict=True)
        if name not in _COLUMNS
    ]
    faults += [Fault(line, name, "is there twice") for name in _COLUMNS if names.count(name) > 1]
    if "phone" not in names:
        faults.append(Fault(line, "phone", "is missing"))
    if faults:
        raise ImportFaulty(file, tuple(faults))
    return names


def _entry(fields: Mapping[str, str], line: int, faults: list[Fault], region: str) -> Entry | None:
    """The line's person; none where it has a fault."""
    before = len(faults)
    phones = []
    for one in _several(fields["phone"], ";|/"):
        try:
            phones.append(numbers.of_a_person(one, region))
        except NumberRefused as error:
            faults.append(Fault(line, "phone", str(error)))
    if not phones and len(faults) == before:
        faults.append(Fault(line, "phone", "is empty"))
    person = Person(
        phones=tuple(phones),
        first_name=fields.get("first_name"),
        last_name=fields.get("last_name"),
        language=fields.get("language") or None,
        notes=fields.get("notes"),
        devices=_several(fields["device"], ";|") if "device" in fields else None,
        cancel_pin=fields.get("cancel_pin"),
        duress_pin=fields.get("duress_pin"),
    )
    faults.extend(Fault(line, field, reason) for field, reason in faults_of(person))
    return Entry(person, region) if len(faults) == before else None


def _several(cell: str, separators: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in re.split(f"[{separators}]", cell) if one.strip())


def _twice(entry: Entry, line: int, seen: dict[str, int], faults: list[Fault]) -> bool:
    before = len(faults)
    for column, keys in (("phone", entry.phones), ("device", entry.devices or ())):
        for key in keys:
            other = seen.setdefault(f"{column} {key}", line)
            if other != line:
                faults.append(Fault(line, column, f"{key} is on line {other} too"))
    return len(faults) > before


def _compare(connection: Connection | Transaction, lines: list[_Line], faults: list[Fault]) -> None:
    """Faults that only the registry can tell: numbers of one line that are two people's."""
    for line in lines:
        owners = {owner for one in line.entry.phones if (owner := owner_of_phone(connection, one))}
        if len(owners) > 1:
            faults.append(Fault(line.number, "phone", f"belong to {' and '.join(sorted(owners))}"))
            continue
        for device in line.entry.devices or ():
            holder = owner_of_device(connection, device)
            if holder is not None and holder not in owners:
                faults.append(Fault(line.number, "device", f"{device} belongs to {holder}"))


def _write(tx: Transaction, lines: list[_Line], by: str, file: str, region: str) -> Imported:
    """The first of them, at least one, as far as one transaction's time goes."""
    added = changed = unchanged = 0
    until = time.monotonic() + _PORTION_S
    for line in lines:
        if time.monotonic() > until and added + changed + unchanged:
            break
        owners = {owner for one in line.entry.phones if (owner := owner_of_phone(tx, one))}
        user = min(owners) if owners else UserId(f"u{secrets.token_hex(6)}")
        before = read_user(tx, user) if owners else None
        if before is not None:
            line.entry.keep(before)
        events = len(tx.written)
        try:
            write_user(tx, user, line.entry, by)
            if line.record:
                record = records_text.changed(records.read(tx, user).record, line.record, region)
                records.write(tx, user, record, expected=None, by=by, region=region)
        except AlreadyTaken as error:
            # Somebody was quicker than this import, a moment ago.
            raise ImportFaulty(file, (Fault(line.number, "", str(error)),)) from error
        if before is None:
            added += 1
        elif len(tx.written) > events:
            changed += 1
        else:
            unchanged += 1
    return Imported(added=added, changed=changed, unchanged=unchanged)
