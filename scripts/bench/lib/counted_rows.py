"""Counts what a process asks of its SQLite files: statements, rows that came back, and steps within SQLite.

A step is an instruction of SQLite's own machine: some ten for each row that is looked at, whether it comes
back or not, so that a walk over old rows shows on any machine, however fast. Counted in tens.
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
    """What one loop has asked, and how long it took."""

    statements: int = 0
    rows: int = 0
    steps: int = 0
    ms: float = 0.0


class Counter:
    """Every connection that is opened within `watching`; `of` gives what a piece of work asks."""

    def __init__(self) -> None:
        self.now = Counted()

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Until the end every connection counts."""
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
        """What this piece of work asks."""
        self.now = found = Counted()
        begun = time.perf_counter()
        work()
        found.ms = round((time.perf_counter() - begun) * 1000, 1)
        return found

    @staticmethod
    def _put(*methods: Any) -> None:
        for name, method in zip(("_settle", "all", "one"), methods, strict=True):
            setattr(SqliteConnection, name, method)
