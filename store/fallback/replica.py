"""Replication of the journal to the fallback: the data that actors need to continue without the disk.

The copied rows are:

- those that `store.journal.rebuild` reads: both streams of every open alert, the newest events of operators
  and lines;
- the alerts closed within the time of the rule of duplicates, and the newest events of their numbers and
  devices;
- the newest events of the nodes' streams with the alarms, and of the shelved alarms and callouts;
- the registry.

Rows are copied unchanged; this module interprets events only as far as that selection needs.

The fallback has the tables of the journal without the triggers that forbid holes: it starts in the middle.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import Final

import msgspec
from sqlalchemy import (
    Column,
    LargeBinary,
    MetaData,
    Table,
    Text,
    bindparam,
    delete,
    desc,
    insert,
    select,
    text,
)
from sqlalchemy.dialects import sqlite as sqlite_dialect
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlalchemy.sql.schema import Index

from messages.events import AlertReceived, AlertSignalAdded
from messages.ids import SECOND, AlertId, Instant
from store import streams
from store.database import schema
from store.database.dialect import Connection
from store.database.migrate import REVISION
from store.database.query import Query, Row
from store.database.sqlite import SqliteConnection
from store.errors import JournalTorn, JournalUnavailable
from store.fallback.fallback import Fallback
from store.journal import erasable, rows
from store.journal.matters import open_alerts, relevant_rows, streams_of
from store.streams import StreamKind

CLOSED_KEPT_US: Final = Instant(150 * SECOND)
"""Time for which a closed alert is kept, longer than `model.rules.duplicates.SAME_EVENT_S`."""
NODE_EVENTS: Final = 400
"""Number of events per node: enough for its start, the alarms since, and a day of shelved alarms."""
_MANY: Final = 2000
"""Number of new events above which the fallback is rebuilt instead of extended."""
_LATELY: Final = 20_000
"""Number of recent events that are searched for closed alerts, because they have no index."""
_FORM: Final = f"{REVISION}.1"
_ERASED: Final = "alert.erased"
_ANEW: Final = ("alert.reopened", _ERASED)
"""Events after which the fallback is rebuilt: an alert returns that may be missing, or data must go."""

_note_table = Table(
    "fallback_note", MetaData(), Column("key", Text, primary_key=True), Column("value", LargeBinary)
)
_NOTE: Final = Query(select(_note_table.c.value).where(_note_table.c.key == bindparam("k")), "k")
_NOTED: Final = Query(insert(_note_table).prefix_with("OR REPLACE"), "key", "value")

_e = schema.event
_KEEP: Final = Query(insert(_e).prefix_with("OR IGNORE"), *(column.name for column in _e.columns))
_LAST: Final = Query(select(_e).order_by(desc(_e.c.seq)).limit(1))
_CLOSED: Final = Query(
    select(_e.c.stream).where(
        _e.c.seq > bindparam("after"), text("type = 'alert.closed'"), _e.c.at_us >= bindparam("since")
    ),
    "after",
    "since",
)
_NEWEST: Final = Query(
    select(_e).where(_e.c.stream == bindparam("s")).order_by(desc(_e.c.version)).limit(bindparam("most")),
    "s",
    "most",
)
_PEOPLE: Final = (
    *(schema.person, schema.merged, schema.person_phone, schema.person_device),
    *(schema.device_key, schema.record_key, schema.record),
)
_STAFF: Final = (
    *(schema.operator, schema.authenticator, schema.app_key, schema.keyring, schema.session),
    *(schema.shift_note, schema.duty_roster, schema.confirmation, schema.invitation, schema.enrolment),
)
_NOT_COPIED: Final = (
    schema.open_alert,
    schema.alert_row,
    schema.alert_rows_kept,
    schema.outbox,
    schema.audit,
    schema.picture,
    schema.watched_day,
    *(schema.lease, schema.member),
)
"""Tables that are not copied: their rows arise here from the copied events, or while the fallback is in use.
Pictures are too large for the memory; watchers' results are not accepted while the journal is not durable; a
journal of several nodes has no fallback.
"""
_BY_ALERT: Final = tuple(erasable.TABLES.values())
"""Tables of which only the rows of copied alerts and streams are copied."""
_REPLACE: Final = {
    name: Query(insert(table).prefix_with("OR REPLACE"), *table.columns.keys())
    for name, table in erasable.TABLES.items()
}
_ALL: Final = {table: Query(select(table)) for table in (*_PEOPLE, *_STAFF)}
_ADD: Final = {
    table: Query(insert(table).prefix_with("OR IGNORE"), *(column.name for column in table.columns))
    for table in (*_PEOPLE, *_STAFF)
}
_EMPTY: Final = {table: Query(delete(table)) for table in (*_PEOPLE, *_STAFF, *_BY_ALERT, *_NOT_COPIED, _e)}
_PERSON: Final = {
    schema.person: schema.person.c.id,
    schema.merged: schema.merged.c.person,
    schema.person_phone: schema.person_phone.c.person,
    schema.person_device: schema.person_device.c.person,
    schema.device_key: schema.device_key.c.person,
    schema.record_key: schema.record_key.c.person,
    schema.record: schema.record.c.person,
}
_OF_PERSON: Final = {
    table: Query(select(table).where(key == bindparam("p")), "p") for table, key in _PERSON.items()
}
_DROP_PERSON: Final = {
    table: Query(delete(table).where(key == bindparam("p")), "p") for table, key in _PERSON.items()
}


class ReplicaPosition(msgspec.Struct, frozen=True, array_like=True):
    """Row of the journal that identifies the position up to which the fallback is a copy."""

    seq: int = 0
    stream: str = ""
    version: int = 0
    at_us: int = 0

    @classmethod
    def of(cls, row: Row) -> ReplicaPosition:
        """Return the position of a row."""
        return cls(row[0], row[1], row[2], row[4])

    def is_in(self, journal: Connection) -> bool:
        """Return True if the journal has this very row."""
        if self.seq == 0:
            return True
        row = journal.one(rows.AT_SEQ, self.seq)
        return row is not None and ReplicaPosition.of(row) == self


class SwitchNote(msgspec.Struct, frozen=True, array_like=True):
    """Note of a switch to the fallback, kept until the fallback is rebuilt."""

    since_us: int
    reason: str
    torn: bool
    """True if the journal was damaged: it is checked before the return."""


def open_fallback(fallback: Fallback, patience_s: float) -> SqliteConnection:
    """Open the fallback's database; create it if missing. Raises JournalError."""
    connection = SqliteConnection(fallback.file, patience_s=patience_s, create=True, lasting=False)
    try:
        if not _is_made(connection, fallback):
            connection.begin_write()
            if not _is_made(connection, fallback):
                _make(connection)
            connection.commit()
    except BaseException:
        connection.close()
        raise
    return connection


def check_form(fallback: Fallback, patience_s: float) -> None:
    """Check the form of a fallback in use. Raises JournalUnavailable if another version has made it, which
    alone can read its tables and return them to the disk; another JournalError if it cannot be read.
    """
    with closing(SqliteConnection(fallback.file, patience_s=patience_s, lasting=False)) as connection:
        value = read_note(connection, "form")
    made = None if value is None else msgspec.msgpack.decode(value, type=str)
    if made != _FORM:
        raise JournalUnavailable(
            f"{fallback.file}: another version (form {made}, not {_FORM}) has continued here in memory:"
            " run that version until the disk can be written, and update then"
        )


def read_position(fallback: Connection) -> ReplicaPosition | None:
    """Return the position up to which the fallback is a copy; None if it was never filled."""
    value = read_note(fallback, "place")
    return None if value is None else msgspec.msgpack.decode(value, type=ReplicaPosition)


def read_file_identity(fallback: Connection) -> tuple[int, int]:
    """Return the inodes of the journal's file and log: another file may be a copy with the same position."""
    value = read_note(fallback, "file")
    return (0, 0) if value is None else msgspec.msgpack.decode(value, type=tuple[int, int])


def read_switch_note(fallback: Connection) -> SwitchNote | None:
    """Return time and reason of the switch to the fallback; None if it is not in use."""
    value = read_note(fallback, "used")
    return None if value is None else msgspec.msgpack.decode(value, type=SwitchNote | None)


def read_note(fallback: Connection, key: str) -> bytes | None:
    """Return the note of this key; None if missing."""
    row = fallback.one(_NOTE, key)
    return None if row is None else row[0]


def write_note(fallback: Connection, key: str, value: object) -> None:
    """Store a note, within a transaction."""
    fallback.write(_NOTED, key, msgspec.msgpack.encode(value))


def update_replica(journal: Connection, fallback: Connection, *, anew: bool = False) -> ReplicaPosition:
    """Update the fallback, within the caller's transaction on it; return its new position.

    The fallback is rebuilt, without data that is no longer needed, for `anew`, after use, for another journal
    than before, and if a new event concerns an alert that may be missing here.
    """
    journal.begin_read()
    try:
        before = read_position(fallback)
        if before is not None and (read_switch_note(fallback) is not None or not before.is_in(journal)):
            before = None
        found = [] if before is None else rows.without_keys(journal.all(rows.AFTER, before.seq, _MANY))
        people = None
        if before is not None and len(found) < _MANY:
            people = {streams.parse(row[1])[1] for row in found if row[3] == "user.data_changed"}
        if anew or people is None or any(row[3] in _ANEW for row in found):
            place = _fill(journal, fallback)
            write_note(fallback, "used", None)
            if any(row[3] == _ERASED for row in found):
                write_note(fallback, "erased", found[-1][0])
        else:
            place = add_rows(fallback, found) or before or ReplicaPosition()
            add_accompanying_rows(fallback, _accompanying_rows(journal, {str(row[1]) for row in found}))
        _copy_registry(journal, fallback, people)
    finally:
        journal.end()
    write_note(fallback, "place", place)
    return place


def add_rows(fallback: Connection, found: Iterable[Row]) -> ReplicaPosition | None:
    """Insert rows of the journal that follow the present ones; return the last position, None for no rows."""
    place = None
    wanted = []
    for row in found:
        place = ReplicaPosition.of(row)
        if not row[1].startswith(f"{StreamKind.USER}-"):
            wanted.append(row)
    fallback.write_many(_KEEP, wanted)
    return place


def add_accompanying_rows(fallback: Connection, found: Iterable[tuple[str, Row]]) -> None:
    """Insert or replace rows of tables that accompany the journal."""
    for name, row in found:
        fallback.write(_REPLACE[name], *row)


def _accompanying_rows(journal: Connection, names: Iterable[str]) -> Iterator[tuple[str, Row]]:
    """Yield the keys of these streams' alerts, and the owners of the streams of numbers and devices."""
    for alert in {alert for name in names if (alert := streams.alert_of(name)) is not None}:
        if (row := journal.one(erasable.KEY_ROW, alert)) is not None:
            yield schema.alert_key.name, row
    for name in names:
        if (row := journal.one(erasable.ALIAS_ROW, name)) is not None:
            yield schema.alias.name, row


def registry_rows(connection: Connection) -> Iterator[tuple[Query, list[Row]]]:
    """Yield the tables of the registry, each with the statement that inserts missing rows."""
    for table in (*_PEOPLE, *_STAFF):
        yield _ADD[table], connection.all(_ALL[table])


def _fill(journal: Connection, fallback: Connection) -> ReplicaPosition:
    newest = journal.all(_LAST)
    place = ReplicaPosition.of(newest[0]) if newest else ReplicaPosition()
    since_us = place.at_us - CLOSED_KEPT_US
    closed = [streams.alert_of(row[0]) for row in journal.all(_CLOSED, place.seq - _LATELY, since_us)]
    found: dict[int, Row] = {}
    names: set[str] = set()
    for alert in (*open_alerts(journal), *closed):
        assert alert is not None, "only a case says that it is closed"
        for stream in (streams.inbox(alert), streams.case(alert)):
            told = journal.all(rows.STREAM, stream, 0)
            found.update((int(row[0]), row) for row in rows.without_keys(told))
            names |= {stream, *_keys(journal, told)}
    for kind in (StreamKind.OPERATOR, StreamKind.LINE, StreamKind.SERVICE):
        for stream in streams_of(journal, kind):
            found.update((int(row[0]), row) for row in relevant_rows(journal, kind, stream))
    for kind in (StreamKind.NODE, StreamKind.SHELF, StreamKind.DUTY):
        for stream in streams_of(journal, kind):
            found.update((int(row[0]), row) for row in journal.all(_NEWEST, stream, NODE_EVENTS))
    for stream in names:
        found.update((int(row[0]), row) for row in journal.all(_NEWEST, stream, 1))
    for table in (*_BY_ALERT, *_NOT_COPIED, _e):
        fallback.write(_EMPTY[table])
    fallback.write_many(rows.INSERT, (found[seq] for seq in sorted(found)))
    add_accompanying_rows(fallback, _accompanying_rows(journal, names))
    return place


def _copy_registry(journal: Connection, fallback: Connection, people: set[str] | None) -> None:
    """Copy the staff, and the changed people; None: all people."""
    for table in (*_STAFF, *(_PEOPLE if people is None else ())):
        now = journal.all(_ALL[table])
        if now != fallback.all(_ALL[table]):
            fallback.write(_EMPTY[table])
            fallback.write_many(_ADD[table], now)
    for table in _PEOPLE if people else ():
        # Delete all changed people first: a number may have moved between two of them.
        fallback.write_many(_DROP_PERSON[table], [(person,) for person in people or ()])
        for person in people or ():
            fallback.write_many(_ADD[table], journal.all(_OF_PERSON[table], person))


def _keys(journal: Connection, told: Iterable[Row]) -> Iterator[str]:
    """Yield the streams of the numbers and devices of this alert."""
    for recorded in rows.events_from(
        row for row in told if row[3] in ("alert.received", "alert.signal_added")
    ):
        event = recorded.event
        if isinstance(event, AlertReceived | AlertSignalAdded):
            yield from erasable.streams_of(journal.one, (event.phone,), (event.device, event.key))
        if isinstance(event, AlertSignalAdded) and event.alias:
            yield streams.signal(AlertId(event.alias))


def _is_made(connection: Connection, fallback: Fallback) -> bool:
    """Return True if the tables have this version's form. A fallback in use is kept in any form."""
    try:
        value = read_note(connection, "form")
    except JournalTorn:
        return False
    return value is not None and (fallback.in_use or msgspec.msgpack.decode(value) == _FORM)


def _make(fallback: SqliteConnection) -> None:
    """Create the tables of this version, after dropping those of an older one."""
    tables = (*schema.metadata.sorted_tables, _note_table)
    dialect = sqlite_dialect.dialect()
    for table in tables:
        fallback.script(f"DROP TABLE IF EXISTS {table.name}")
        fallback.script(str(CreateTable(table).compile(dialect=dialect)))
        for index in table.indexes:
            assert isinstance(index, Index)
            fallback.script(str(CreateIndex(index).compile(dialect=dialect)))
    for statement in (
        "CREATE TRIGGER alert_opens AFTER INSERT ON event "
        "WHEN NEW.type = 'alert.received' AND NEW.version = 1 "
        "BEGIN INSERT OR IGNORE INTO open_alert (alert, seq) VALUES (substr(NEW.stream, 7), NEW.seq); END",
        "CREATE TRIGGER alert_closes AFTER INSERT ON event WHEN NEW.type = 'alert.closed' "
        "BEGIN DELETE FROM open_alert WHERE alert = substr(NEW.stream, 7); END",
        "CREATE TRIGGER alert_reopens AFTER INSERT ON event WHEN NEW.type = 'alert.reopened' "
        "BEGIN INSERT OR IGNORE INTO open_alert (alert, seq) VALUES (substr(NEW.stream, 7), NEW.seq); END",
    ):
        fallback.script(statement)
    write_note(fallback, "form", _FORM)
