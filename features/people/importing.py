"""Import of a file of people: each line is compared with the registry, then all or the valid ones are
written.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Final

import msgspec
from sqlalchemy import select

from features.people.people_file import Fault, Flaw, ImportFaulty, Line, Sheet, lines, read, written
from messages.ids import UserId
from store.database.dialect import Connection
from store.database.query import Query
from store.database.schema import person, person_device, person_phone
from store.errors import AlreadyTaken, ChangedMeanwhile
from store.journal.journal import Journal, Transaction
from store.registry import numbers
from store.registry.users import records, records_text
from store.registry.users.users import owner_of_phone, read_user, write_user

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
_MOST_FAULTS: Final = 50
_PORTION: Final = 500
_PORTION_S: Final = 0.1
"""People in one transaction, during which no alert can be accepted: some 20 ms. The time limit applies to
database servers, where each person takes a dozen round trips.
"""
_BREATH_S: Final = 0.005
"""Pause between portions, for other writers waiting for the write lock."""


class LineOutcome(StrEnum):
    """Result of comparing a line with the registry."""

    NEW = "new"
    CHANGES = "changes"
    SAME = "same"
    BAD = "bad"


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """Result of an import."""

    added: int
    changed: int
    unchanged: int
    encoding: str = "utf-8"
    """Encoding in which the file was read."""


class ComparedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line compared with the registry."""

    line: int
    verdict: LineOutcome
    name: str
    """Name in the line; the number if the line has no name."""
    user: UserId | None = None
    """The person to be changed."""
    changed: tuple[str, ...] = ()
    """Columns that differ from the registry."""
    faults: tuple[Fault, ...] = ()


class _Known:
    """All people, read at once: reading by line would take a database round trip each."""

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


def compare(connection: Connection, lines: Sequence[Line], region: str) -> list[ComparedLine]:
    """Compare each line with the registry at this moment."""
    known = _Known(connection)
    return [_seen(known, line, region) for line in lines]


def _seen(known: _Known, line: Line, region: str) -> ComparedLine:
    phones = known.owner["phone"]
    owners = {phones[one] for one in line.person.phones if one in phones}
    faults = (*line.faults, *(() if line.faults else _of_others(known, line, owners)))
    if faults:
        return ComparedLine(line=line.number, verdict=LineOutcome.BAD, name=line.name, faults=faults)
    if not owners:
        return ComparedLine(line=line.number, verdict=LineOutcome.NEW, name=line.name)
    (user,) = owners
    changed = tuple(_changed(known, line, user, region))
    verdict = LineOutcome.CHANGES if changed else LineOutcome.SAME
    return ComparedLine(line=line.number, verdict=verdict, name=line.name, user=user, changed=changed)


def _of_others(known: _Known, line: Line, owners: set[UserId]) -> Iterator[Fault]:
    """Yield faults that depend on the registry, such as numbers of two people in one line."""
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
        # A PIN is stored as a hash: comparing would take a tenth of a second.
        if now is not None and (bool(now or before[name]) if name in _PINS else now != before[name]):
            yield name
    if line.record:
        kept = records.read_record(known.connection, user).record
        was = records_text.field_texts(kept)
        now_texts = records_text.field_texts(records_text.change_fields(kept, line.record, region))
        yield from (name for name in records_text.COLUMNS if was.get(name) != now_texts.get(name))


class ImportPreview(msgspec.Struct, frozen=True, kw_only=True):
    """A file compared with the registry."""

    sheet: Sheet
    lines: list[Line]
    seen: list[ComparedLine]

    @property
    def tag(self) -> str:
        """Digest of the changes to be made; differs if any change differs."""
        return sha256(msgspec.msgpack.encode(self.seen)).hexdigest()[:32]

    def count(self, verdict: LineOutcome) -> int:
        """Return the number of lines with this verdict."""
        return sum(one.verdict is verdict for one in self.seen)

    def bad_rows(self) -> bytes:
        """Return the rejected lines as a file of the same form, with the reason in an additional column."""
        rows = [
            [*line.cells, "; ".join(_told(fault) for fault in one.faults)]
            for line, one in zip(self.lines, self.seen, strict=True)
            if one.verdict is LineOutcome.BAD
        ]
        return written(self.sheet, rows)


def preview_import(journal: Journal, content: bytes, file: str, region: str) -> ImportPreview:
    """Compare the file with the registry, without writing. Raises ImportFaulty if it is no list of people."""
    sheet = read(content, file)
    found = lines(sheet, region)
    seen = journal.at_one_moment(lambda connection: compare(connection, found, region))
    return ImportPreview(sheet=sheet, lines=found, seen=seen)


def import_users(journal: Journal, file: Path, *, by: str, region: str = numbers.DEFAULT_REGION) -> Imported:
    """Import the people of the file. Raises ImportFaulty with every fault, and then imports nothing."""
    try:
        content = file.read_bytes()
    except OSError as error:
        fault = Fault(0, "", f"cannot be read: {error.strerror}", Flaw.NO_FILE)
        raise ImportFaulty(str(file), (fault,)) from error
    looked = preview_import(journal, content, str(file), region)
    faults = [fault for one in looked.seen for fault in one.faults]
    if faults:
        raise ImportFaulty(str(file), tuple(faults[:_MOST_FAULTS]))
    done = _take(journal, looked.lines, by, str(file), region)
    return msgspec.structs.replace(done, encoding=looked.sheet.encoding)


def import_file(
    journal: Journal, content: bytes, file: str, *, tag: str, by: str, region: str
) -> tuple[ImportPreview, Imported]:
    """Import the valid lines of a previewed file; `tag` is the tag of the preview. Raises ChangedMeanwhile if
    the result would differ now, ImportFaulty.
    """
    looked = preview_import(journal, content, file, region)
    if looked.tag != tag:
        raise ChangedMeanwhile("the registry", "")
    wanted = (LineOutcome.NEW, LineOutcome.CHANGES)
    good = [line for line, one in zip(looked.lines, looked.seen, strict=True) if one.verdict in wanted]
    done = _take(journal, good, by, file, region)
    same = looked.count(LineOutcome.SAME) + done.unchanged
    return looked, msgspec.structs.replace(done, unchanged=same)


def _take(journal: Journal, people: Sequence[Line], by: str, file: str, region: str) -> Imported:
    """Write the lines. More than 500 are written in portions, so that alerts are accepted meanwhile; if the
    disk fails between two portions, repeating the import completes it.
    """
    done = Imported(added=0, changed=0, unchanged=0)
    rest = people
    while rest:
        if rest is not people:
            time.sleep(_BREATH_S)
        portion = rest[:_PORTION]
        for line in portion:
            _ = line.entry  # hash the PINs before the write lock is taken
        part = journal.transact(partial(_write, lines=portion, by=by, file=file, region=region))
        rest = rest[part.added + part.changed + part.unchanged :]
        done = Imported(
            added=done.added + part.added,
            changed=done.changed + part.changed,
            unchanged=done.unchanged + part.unchanged,
        )
    return done


def _write(tx: Transaction, lines: Sequence[Line], by: str, file: str, region: str) -> Imported:
    """Write the first lines, at least one, up to the time limit of a transaction."""
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
                record = records_text.change_fields(records.read_record(tx, user).record, line.record, region)
                records.write_record(tx, user, record, expected=None, by=by, region=region)
        except AlreadyTaken as error:
            # Another writer has taken a number or device since the comparison.
            fault = Fault(line.number, "", str(error), Flaw.OF_OTHERS)
            raise ImportFaulty(file, (fault,)) from error
        if before is None:
            added += 1
        elif len(tx.written) > events:
            changed += 1
        else:
            unchanged += 1
    return Imported(added=added, changed=changed, unchanged=unchanged)


def _told(fault: Fault) -> str:
    return f"{fault.column}: {fault.reason}" if fault.column else fault.reason
