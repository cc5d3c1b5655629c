"""Count a process's use of its SQLite files: statements, rows returned, and steps within SQLite.

A step is an instruction of SQLite's virtual machine: some ten for each row read, returned or not. A scan of
old rows is therefore visible on a machine of any speed. Steps are counted in tens.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import msgspec

from store.database.query import Query, Row
from store.database.sqlite import SqliteConnection

AT_ONCE: Final = 10


class Counted(msgspec.Struct):
    """Queries of one loop, and their duration."""

    statements: int = 0
    rows: int = 0
    steps: int = 0
    ms: float = 0.0


class Counter:
    """Counter of all connections opened within `watching`; `of` returns the use by one piece of work."""

    def __init__(self) -> None:
        self.now = Counted()

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Count the use of each connection opened until the end of the context."""
        kept = SqliteConnection._settle, SqliteConnection.all, SqliteConnection.one
        settle, read_all, read_one = kept

        def step() -> None:
            self.now.steps += AT_ONCE

        def settled(connection: SqliteConnection) -> None:
            settle(connection)
            connection._raw.set_progress_handler(step, AT_ONCE)

        def all_rows(connection: SqliteConnection, query: Query, *values: object) -> list[Row]:
            found = read_all(connection, query, *values)
            self.now.statements += 1
            self.now.rows += len(found)
            return found

        def one_row(connection: SqliteConnection, query: Query, *values: object) -> Row | None:
            found = read_one(connection, query, *values)
            self.now.statements += 1
            self.now.rows += found is not None
            return found

        self._put(settled, all_rows, one_row)
        try:
            yield
        finally:
            self._put(*kept)

    def of(self, work: Callable[[], object]) -> Counted:
        """Return the use by this piece of work."""
        self.now = found = Counted()
        begun = time.perf_counter()
        work()
        found.ms = round((time.perf_counter() - begun) * 1000, 1)
        return found

    @staticmethod
    def _put(*methods: Any) -> None:
        for name, method in zip(("_settle", "all", "one"), methods, strict=True):
            setattr(SqliteConnection, name, method)
