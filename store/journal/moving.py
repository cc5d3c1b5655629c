"""A whole center's journal from one database into another: every event as it is, and the registry.

All of it is one transaction of the new journal: there is no half-moved center to tell from a whole one, and
whoever breaks it off begins again. It is a matter of minutes for a million events, in which nobody works.
The old journal is read, as it was at one moment, and left as it is.
"""

from __future__ import annotations

from typing import Final

import msgspec
from sqlalchemy import Boolean, Table, func, insert, select

from store.database.dialect import Connection
from store.database.query import Query, Row
from store.database.schema import app_key, operator, outbox, person, person_device, person_phone
from store.errors import TransferError
from store.journal import rows
from store.journal.journal import Journal, Transaction

_PORTION: Final = 500
_TABLES: Final = (person, person_phone, person_device, operator, app_key, outbox)
_ALL: Final = {table.name: Query(select(table)) for table in _TABLES}
_COUNT: Final = {table.name: Query(select(func.count()).select_from(table)) for table in _TABLES}
_ADD: Final = {table.name: Query(insert(table), *table.columns.keys()) for table in _TABLES}


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """How much it was."""

    events: int
    users: int
    operators: int
    app_keys: int


def move(source: Journal, target: Journal) -> Moved:
    """Take all of `source` into `target`, or by an error nothing.

    Raises TransferError where `target` holds anything, JournalError.
    """

    def read(old: Connection) -> Moved:
        return target.transact(lambda new: _move(old, new))

    return source.at_one_moment(read)


def _move(old: Connection, new: Transaction) -> Moved:
    if new.seq:
        raise TransferError(f"the journal holds events up to seq {new.seq}; an import needs an empty one")
    for name, query in _COUNT.items():
        found = new.one(query)
        if found is not None and found[0]:
            raise TransferError(f"the registry holds {found[0]} of {name}; an import needs an empty one")
    events = seq = 0
    while portion := old.all(rows.AFTER, seq, _PORTION):
        new.restore(portion)
        seq = int(portion[-1][0])
        events += len(portion)
    counts = {table.name: _copy(table, old, new) for table in _TABLES}
    return Moved(
        events=events,
        users=counts[person.name],
        operators=counts[operator.name],
        app_keys=counts[app_key.name],
    )


def _copy(table: Table, old: Connection, new: Transaction) -> int:
    found = old.all(_ALL[table.name])
    # SQLite has 0 and 1 for them.
    truths = {place for place, column in enumerate(table.columns) if isinstance(column.type, Boolean)}
    for start in range(0, len(found), _PORTION):
        new.write_rows(_ADD[table.name], [_typed(row, truths) for row in found[start : start + _PORTION]])
    return len(found)


def _typed(row: Row, truths: set[int]) -> Row:
    return tuple(bool(value) if place in truths else value for place, value in enumerate(row))
