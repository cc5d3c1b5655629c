"""Move of a whole center's journal from one database into another: all events unchanged, and the registry.

The move is one transaction of the new journal: a partial move cannot exist, and an interrupted one starts
again. A million events take minutes, in which the center does not work. The old journal is read as of one
moment, and left unchanged.
"""

from __future__ import annotations

from typing import Final

import msgspec
from sqlalchemy import func, insert, select

from store.database.dialect import Connection
from store.database.kept_tables import KEPT, LASTING, portions
from store.database.query import Query
from store.database.schema import app_key, audit, event, operator, person
from store.errors import TransferError
from store.journal.journal import Journal, Transaction

_COUNT: Final = {
    table.name: Query(select(func.count()).select_from(table)) for table in KEPT if table not in LASTING
}
_ENTERED: Final = Query(select(audit.c.number).limit(1))
_ADD: Final = {table.name: Query(insert(table), *table.columns.keys()) for table in KEPT}


class MovedRows(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers of moved rows."""

    events: int
    users: int
    operators: int
    app_keys: int


def move_journal(source: Journal, target: Journal) -> MovedRows:
    """Copy all of `source` into `target`, or nothing on an error.

    Raises TransferError if `target` holds anything, JournalError.
    """

    def read(old: Connection) -> MovedRows:
        return target.transact(lambda new: _move(old, new))

    return source.at_one_moment(read)


def _move(old: Connection, new: Transaction) -> MovedRows:
    if new.seq:
        raise TransferError(f"the journal holds events up to seq {new.seq}; an import needs an empty one")
    for name, query in _COUNT.items():
        found = new.one(query)
        if found is not None and found[0]:
            raise TransferError(f"the registry holds {found[0]} of {name}; an import needs an empty one")
    counts = dict.fromkeys((table.name for table in KEPT), 0)
    for table in KEPT:
        if table is audit and new.one(_ENTERED) is not None:
            # The target has audit entries of its own already, made by its readers.
            continue
        for portion in portions(old, table):
            counts[table.name] += len(portion)
            if table is event:
                new.restore(portion)
            else:
                new.write_rows(_ADD[table.name], portion)
    return MovedRows(
        events=counts[event.name],
        users=counts[person.name],
        operators=counts[operator.name],
        app_keys=counts[app_key.name],
    )
