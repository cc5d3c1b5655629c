"""A whole center's journal from one database into another: every event as it is, and the registry.

All of it is one transaction of the new journal: there is no half-moved center to tell from a whole one, and
whoever breaks it off begins again. It is a matter of minutes for a million events, in which nobody works.
The old journal is read, as it was at one moment, and left as it is.
"""

from __future__ import annotations

from typing import Final

import msgspec
from sqlalchemy import func, insert, select

from store.database.dialect import Connection
from store.database.kept import KEPT, LASTING, portions
from store.database.query import Query
from store.database.schema import app_key, audit, event, operator, person
from store.errors import TransferError
from store.journal.journal import Journal, Transaction

_COUNT: Final = {
    table.name: Query(select(func.count()).select_from(table)) for table in KEPT if table not in LASTING
}
_ENTERED: Final = Query(select(audit.c.number).limit(1))
_ADD: Final = {table.name: Query(insert(table), *table.columns.keys()) for table in KEPT}


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
    counts = dict.fromkeys((table.name for table in KEPT), 0)
    for table in KEPT:
        if table is audit and new.one(_ENTERED) is not None:
            # It has its own already, of whoever has looked into it.
            continue
        for portion in portions(old, table):
            counts[table.name] += len(portion)
            if table is event:
                new.restore(portion)
            else:
                new.write_rows(_ADD[table.name], portion)
    return Moved(
        events=counts[event.name],
        users=counts[person.name],
        operators=counts[operator.name],
        app_keys=counts[app_key.name],
    )
