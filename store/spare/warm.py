"""Keeps the spare journal warm: copies into it what the actors would need to go on without the disk.

That is what `store.journal.rebuild` reads (both streams of every open alert, the newest of each operator's
and line's stream), the alerts that were closed within the time of the rule of duplicates, the newest of the
numbers and devices that they came from, the newest of the nodes' streams with their alarms, and the registry.
Rows are copied as they are; nothing here understands more of an event than that rule needs.

The spare has the journal's tables, but not the triggers that forbid holes: it begins in the middle.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec
from sqlalchemy import Column, LargeBinary, MetaData, Table, Text, bindparam, delete, desc, insert, select
from sqlalchemy.dialects import sqlite as sqlite_dialect
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlalchemy.sql.schema import Index

from messages.events import NumberRaised
from messages.ids import SECOND, AlertId, Instant
from store import streams
from store.database import schema
from store.database.dialect import Connection
from store.database.migrate import REVISION
from store.database.query import Query, Row
from store.database.sqlite import SqliteConnection
from store.errors import JournalTorn
from store.journal import rows
from store.journal.matters import open_alerts, still_matters, streams_of
from store.spare.spare import Spare
from store.streams import StreamKind

CLOSED_KEPT_US: Final = Instant(150 * SECOND)
"""Longer than a closed alert takes up signals (`store.alerts.accepting.SAME_EVENT_S`)."""
NODE_EVENTS: Final = 400
"""Of each node: enough for its start and the alarms since."""
MANY_PEOPLE: Final = 500
"""More changed people than this are copied by copying all."""
_PORTION: Final = 2000
_LATELY: Final = 5000
_FORM: Final = f"{REVISION}.1"

_note_table = Table(
    "spare_note", MetaData(), Column("key", Text, primary_key=True), Column("value", LargeBinary)
)
_NOTE: Final = Query(select(_note_table.c.value).where(_note_table.c.key == bindparam("k")), "k")
_NOTED: Final = Query(insert(_note_table).prefix_with("OR REPLACE"), "key", "value")

_e = schema.event
_KEEP: Final = Query(insert(_e).prefix_with("OR IGNORE"), *(column.name for column in _e.columns))
_DROP: Final = Query(delete(_e).where(_e.c.seq == bindparam("s")), "s")
_DROP_STREAM: Final = Query(delete(_e).where(_e.c.stream == bindparam("s")), "s")
_CLOSED: Final = Query(
    select(_e.c.stream).where(_e.c.type == "alert.closed", _e.c.at_us < bindparam("before")), "before"
)
_SEQS: Final = Query(select(_e.c.seq).where(_e.c.stream == bindparam("s")), "s")
_NEWEST: Final = Query(
    select(_e).where(_e.c.stream == bindparam("s")).order_by(desc(_e.c.version)).limit(bindparam("most")),
    "s",
    "most",
)
_PEOPLE: Final = (schema.person, schema.person_phone, schema.person_device)
_STAFF: Final = (schema.operator, schema.app_key, schema.session)
_ALL: Final = {table.name: Query(select(table)) for table in (*_PEOPLE, *_STAFF)}
_ADD: Final = {
    table.name: Query(insert(table).prefix_with("OR IGNORE"), *(column.name for column in table.columns))
    for table in (*_PEOPLE, *_STAFF)
}
_DERIVED: Final = (schema.open_alert, schema.alert_row, schema.alert_rows_kept)
_EMPTY: Final = {table.name: Query(delete(table)) for table in (*_PEOPLE, *_STAFF, *_DERIVED, _e)}
_PERSON_KEY: Final = {"person": "id", "person_phone": "person", "person_device": "person"}
_OF_PERSON: Final = {
    table.name: Query(select(table).where(table.c[_PERSON_KEY[table.name]] == bindparam("p")), "p")
    for table in _PEOPLE
}
_DROP_PERSON: Final = {
    table.name: Query(delete(table).where(table.c[_PERSON_KEY[table.name]] == bindparam("p")), "p")
    for table in _PEOPLE
}


class Place(msgspec.Struct, frozen=True, array_like=True):
    """A row of the journal by which it is known again: up to here the spare has it."""

    seq: int = 0
    stream: str = ""
    version: int = 0
    at_us: int = 0

    @classmethod
    def of(cls, row: Row) -> Place:
        """The row's."""
        return cls(row[0], row[1], row[2], row[4])

    def is_in(self, journal: Connection) -> bool:
        """Whether that journal has this very row."""
        if self.seq == 0:
            return True
        row = journal.one(rows.AT_SEQ, self.seq)
        return row is not None and Place.of(row) == self


class Used(msgspec.Struct, frozen=True, array_like=True):
    """Noted when the journal changes over to the spare, until the spare is filled anew."""

    since_us: int
    reason: str
    torn: bool
    """The journal was damaged: it is checked before anybody goes back to it."""


def open_spare(spare: Spare, patience_s: float) -> SqliteConnection:
    """The spare's database, made if need be. Raises JournalError."""
    connection = SqliteConnection(spare.file, patience_s=patience_s, create=True, lasting=False)
    try:
        if _form(connection) != _FORM:
            connection.begin_write()
            try:
                if _form(connection) != _FORM:
                    _make(connection)
                    connection.commit()
            finally:
                connection.end()
    except BaseException:
        connection.close()
        raise
    return connection


def known_place(spare: Connection) -> Place | None:
    """Up to where the spare has the journal; none for one that was never filled."""
    value = note(spare, "place")
    return None if value is None else msgspec.msgpack.decode(value, type=Place)


def known_use(spare: Connection) -> Used | None:
    """Whether, when and why the journal has changed over to what is in the spare."""
    value = note(spare, "used")
    return None if value is None else msgspec.msgpack.decode(value, type=Used | None)


def note(spare: Connection, key: str) -> bytes | None:
    """What was noted under this key."""
    row = spare.one(_NOTE, key)
    return None if row is None else row[0]


def noted(spare: Connection, key: str, value: object) -> None:
    """Note it, within a transaction."""
    spare.write(_NOTED, key, msgspec.msgpack.encode(value))


def copy(journal: Connection, spare: Connection) -> Place:
    """Bring the spare up to date, within a transaction of its own. Where it is then.

    Everything is copied anew after the spare was in use, and of another journal than the one before.
    """
    journal.begin_read()
    try:
        place = known_place(spare)
        if place is None or known_use(spare) is not None or not place.is_in(journal):
            place = _fill(journal, spare)
            noted(spare, "used", None)
        else:
            place = _go_on(journal, spare, place)
    finally:
        journal.end()
    noted(spare, "place", place)
    return place


def add_rows(spare: Connection, found: Iterable[Row]) -> Place | None:
    """Put in rows of the journal that come after all that is there. The place of the last."""
    place = None
    wanted = []
    for row in found:
        place = Place.of(row)
        if not row[1].startswith(f"{StreamKind.USER}-"):
            wanted.append(row)
    spare.write_many(_KEEP, wanted)
    return place


def purge(spare: Connection, now_us: Instant) -> None:
    """Let go of what matters no longer, within a transaction. Not while the spare is in use."""
    closed = {streams.alert_of(row[0]) for row in spare.all(_CLOSED, now_us - CLOSED_KEPT_US)}
    closed -= set(open_alerts(spare))
    for stream in streams_of(spare, StreamKind.INBOX):
        alert = streams.alert_of(stream)
        # Late news of an alert that was let go of before has no beginning here.
        if alert is not None and (alert in closed or not spare.all(rows.FIRST, stream)):
            spare.write(_DROP_STREAM, stream)
            spare.write(_DROP_STREAM, streams.case(alert))
    for kind in (StreamKind.NUMBER, StreamKind.DEVICE):
        for stream in streams_of(spare, kind):
            newest = spare.all(_NEWEST, stream, 1)
            if not _is_of_a_known_alert(spare, newest[0]):
                newest = []
            _keep_only(spare, stream, newest)
    for kind in (StreamKind.OPERATOR, StreamKind.LINE):
        for stream in streams_of(spare, kind):
            _keep_only(spare, stream, [*spare.all(_NEWEST, stream, 8), *still_matters(spare, kind, stream)])
    for stream in streams_of(spare, StreamKind.NODE):
        _keep_only(spare, stream, spare.all(_NEWEST, stream, NODE_EVENTS))


def registry_rows(connection: Connection) -> Iterator[tuple[Query, list[Row]]]:
    """All of the registry, table by table, each with the statement that puts missing rows in."""
    for table in (*_PEOPLE, *_STAFF):
        yield _ADD[table.name], connection.all(_ALL[table.name])


def session_rows(connection: Connection) -> tuple[Query, list[Row]]:
    """All sessions, with the statement that puts missing ones in: they go on while the disk does not."""
    name = schema.session.name
    return _ADD[name], connection.all(_ALL[name])


def _fill(journal: Connection, spare: Connection) -> Place:
    for statement in _EMPTY.values():
        spare.write(statement)
    found: dict[int, Row] = {}
    last = journal.one(rows.LAST_SEQ)
    last_seq = 0 if last is None or last[0] is None else int(last[0])
    for alert in (*open_alerts(journal), *_closed_lately(journal, last_seq)):
        for stream in (streams.inbox(alert), streams.case(alert)):
            found.update((int(row[0]), row) for row in journal.all(rows.STREAM, stream, 0))
    for kind in (StreamKind.OPERATOR, StreamKind.LINE):
        for stream in streams_of(journal, kind):
            found.update((int(row[0]), row) for row in still_matters(journal, kind, stream))
    for stream in streams_of(journal, StreamKind.NODE):
        found.update((int(row[0]), row) for row in journal.all(_NEWEST, stream, NODE_EVENTS))
    for stream in _keys(found.values()):
        found.update((int(row[0]), row) for row in journal.all(_NEWEST, stream, 1))
    spare.write_many(rows.INSERT, (found[seq] for seq in sorted(found)))
    for statement, table in registry_rows(journal):
        spare.write_many(statement, table)
    row = journal.one(rows.AT_SEQ, last_seq)
    return Place() if row is None else Place.of(row)


def _closed_lately(journal: Connection, last_seq: int) -> Iterator[AlertId]:
    """Alerts that may still take up signals; looked for among the last events, for there is no index."""
    found = journal.all(rows.AFTER, last_seq - _LATELY, _LATELY)
    for row in found:
        alert = streams.alert_of(row[1])
        if alert is not None and row[3] == "alert.closed" and row[4] >= found[-1][4] - CLOSED_KEPT_US:
            yield alert


def _go_on(journal: Connection, spare: Connection, place: Place) -> Place:
    people: dict[str, None] = {}
    while found := journal.all(rows.AFTER, place.seq, _PORTION):
        for row in found:
            if row[3] == "alert.reopened":
                # What it was before its end was let go of, or never here.
                spare.write_many(_KEEP, _told_before(journal, row))
        place = add_rows(spare, found) or place
        for row in found:
            if row[3] == "user.data_changed":
                people[streams.parse(row[1])[1]] = None
    _copy_people(journal, spare, list(people))
    for table in _STAFF:
        now = journal.all(_ALL[table.name])
        if now != spare.all(_ALL[table.name]):
            spare.write(_EMPTY[table.name])
            spare.write_many(_ADD[table.name], now)
    return place


def _told_before(journal: Connection, reopened: Row) -> list[Row]:
    alert = streams.parse(reopened[1])[1]
    told = (
        row
        for stream in (streams.inbox(AlertId(alert)), streams.case(AlertId(alert)))
        for row in journal.all(rows.STREAM, stream, 0)
    )
    return sorted((row for row in told if row[0] < reopened[0]), key=lambda row: row[0])


def _copy_people(journal: Connection, spare: Connection, people: list[str]) -> None:
    for table in _PEOPLE:
        if len(people) > MANY_PEOPLE:
            spare.write(_EMPTY[table.name])
            spare.write_many(_ADD[table.name], journal.all(_ALL[table.name]))
            continue
        for person in people:
            spare.write(_DROP_PERSON[table.name], person)
        for person in people:
            spare.write_many(_ADD[table.name], journal.all(_OF_PERSON[table.name], person))


def _keys(alerts: Iterable[Row]) -> set[str]:
    """The streams of the numbers and devices that these alerts have come from."""
    found = set()
    for recorded in rows.known(row for row in alerts if row[3] in ("alert.received", "alert.signal_added")):
        phone, device = getattr(recorded.event, "phone", None), getattr(recorded.event, "device", None)
        if phone:
            found.add(streams.number(phone))
        if device:
            found.add(streams.device(device))
    return found


def _is_of_a_known_alert(spare: Connection, row: Row) -> bool:
    try:
        recorded = rows.recorded_from(row)
    except JournalTorn:
        return False
    if recorded is None or not isinstance(recorded.event, NumberRaised):
        return False
    first = spare.one(rows.VERSION, streams.inbox(AlertId(recorded.event.alert)))
    return first is not None and first[0] is not None


def _keep_only(spare: Connection, stream: str, kept: Iterable[Row]) -> None:
    wanted = {int(row[0]) for row in kept}
    for (seq,) in spare.all(_SEQS, stream):
        if seq not in wanted:
            spare.write(_DROP, seq)


def _form(spare: Connection) -> str | None:
    try:
        value = note(spare, "form")
    except JournalTorn:
        return None
    return None if value is None else msgspec.msgpack.decode(value, type=str)


def _make(spare: SqliteConnection) -> None:
    """The tables as they are now. An older version's are taken away first."""
    tables = (*schema.metadata.sorted_tables, _note_table)
    dialect = sqlite_dialect.dialect()
    for table in tables:
        spare.script(f"DROP TABLE IF EXISTS {table.name}")
        spare.script(str(CreateTable(table).compile(dialect=dialect)))
        for index in table.indexes:
            assert isinstance(index, Index)
            spare.script(str(CreateIndex(index).compile(dialect=dialect)))
    for statement in (
        f"CREATE INDEX event_rare ON event (stream, version) WHERE {schema.RARE}",
        "CREATE INDEX event_closed ON event (at_us) WHERE type = 'alert.closed'",
        "CREATE TRIGGER alert_opens AFTER INSERT ON event "
        "WHEN NEW.type = 'alert.received' AND NEW.version = 1 "
        "BEGIN INSERT OR IGNORE INTO open_alert (alert, seq) VALUES (substr(NEW.stream, 7), NEW.seq); END",
        "CREATE TRIGGER alert_closes AFTER INSERT ON event WHEN NEW.type = 'alert.closed' "
        "BEGIN DELETE FROM open_alert WHERE alert = substr(NEW.stream, 7); END",
        "CREATE TRIGGER alert_reopens AFTER INSERT ON event WHEN NEW.type = 'alert.reopened' "
        "BEGIN INSERT OR IGNORE INTO open_alert (alert, seq) VALUES (substr(NEW.stream, 7), NEW.seq); END",
    ):
        spare.script(statement)
    noted(spare, "form", _FORM)
