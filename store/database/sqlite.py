"""Journal in SQLite: opening, locking and flushing of one file.

The rest of the package uses `store.database.dialect.Connection`, except for features of a file alone: the
fallback journal, the checkpoints and the FallbackKeeper.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from sqlalchemy.dialects import sqlite as sqlite_dialect

from store.database import sqlite_file
from store.database.query import MADE, Prepared, Query, Row
from store.database.sqlite_file import is_locked, map_error
from store.errors import JournalError, JournalTorn, JournalUnavailable

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection as Engine

T = TypeVar("T")

_COMPILER: Final = sqlite_dialect.dialect(paramstyle="qmark")
_prepared: Final[dict[Query, Prepared]] = {}

_FIRST_PAUSE_S: Final = 50e-6
_LONGEST_PAUSE_S: Final = 2e-3
"""Longest pause between attempts, in seconds. SQLite's own handler waits up to 100 ms, far above a commit."""

_BACKSTOP_PAGES: Final = 65_536
"""WAL size in pages (256 MB) at which the next writer checkpoints, should every checkpoint thread fail."""

_MEMORY_PAGES: Final = 1000
"""WAL size, in pages, for a checkpoint in memory, where it costs a copy and the log costs memory."""


class SqliteConnection:
    """Connection to a SQLite file in WAL mode; every commit is flushed before it returns."""

    def __init__(self, path: Path, *, patience_s: float, create: bool = False, lasting: bool = True) -> None:
        """Open the file; with `create`, create it first, readable by its owner alone. Raises JournalError;
        JournalTorn for an empty file without `create`.

        `lasting`: False for a file in memory, which needs no flush.
        """
        self.path: Final = path
        self.name: Final = str(path)
        self.lasting: Final = lasting
        self._patience_s = patience_s
        self.closed = False
        if create:
            sqlite_file.create_file(path)
        elif sqlite_file.is_empty(path):
            raise JournalTorn(f"{path} is empty")
        try:
            # mode=rw: a missing journal is an error, not an empty new one.
            self._raw = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=rw",
                uri=True,
                timeout=0,
                isolation_level=None,
                check_same_thread=False,
            )
        except sqlite3.Error as error:
            raise map_error(self.path, error) from error
        try:
            self._settle()
            self._file = self._identity()
        except JournalError:
            self._raw.close()
            raise

    def _settle(self) -> None:
        mode = self._patiently(lambda: self._raw.execute("PRAGMA journal_mode = WAL").fetchone()[0])
        if mode != "wal":
            raise JournalUnavailable(
                f"{self.path}: the file system allows no WAL, only {mode!r}: use a local disk"
            )
        for pragma in (
            f"synchronous = {'FULL' if self.lasting else 'OFF'}",
            f"wal_autocheckpoint = {_BACKSTOP_PAGES if self.lasting else _MEMORY_PAGES}",
            "recursive_triggers = ON",
            # Overwrite deleted data: free pages must not keep personal data.
            "secure_delete = ON",
            "cache_size = -8192",
            "temp_store = MEMORY",
        ):
            self.script(f"PRAGMA {pragma}")

    # ------------------------------------------------------------------------------ statements

    def all(self, query: Query, *values: object) -> list[Row]:
        """Return all rows of the result."""
        prepared = _prepare(query)
        parameters = prepared.lay_out(values)
        return self._patiently(lambda: self._raw.execute(prepared.sql, parameters).fetchall())

    def one(self, query: Query, *values: object) -> Row | None:
        """Return the first row of the result; None if it is empty."""
        prepared = _prepare(query)
        parameters = prepared.lay_out(values)
        row: Row | None = self._patiently(lambda: self._raw.execute(prepared.sql, parameters).fetchone())
        return row

    def write(self, query: Query, *values: object) -> int:
        """Change rows after `begin_write`; return the number of changed rows. Raises JournalError, and
        StoreMisuse for a faulty statement.
        """
        prepared = _prepare(query)
        try:
            return self._raw.execute(prepared.sql, prepared.lay_out(values)).rowcount
        except sqlite3.Error as error:
            raise map_error(self.path, error) from error

    def write_many(self, query: Query, rows: Iterable[tuple[object, ...]]) -> None:
        """Execute a change for many rows after `begin_write`. Raises JournalError, and StoreMisuse for a
        faulty statement.
        """
        prepared = _prepare(query)
        try:
            self._raw.executemany(prepared.sql, map(prepared.lay_out, rows))
        except sqlite3.Error as error:
            raise map_error(self.path, error) from error

    def script(self, sql: str) -> list[Row]:
        """Run a statement specific to SQLite: a pragma or a check."""
        return self._patiently(lambda: self._raw.execute(sql).fetchall())

    # ---------------------------------------------------------------------------- transactions

    def begin_read(self) -> None:
        """Begin a read transaction: until `end`, all reads see the same state."""
        self._run(lambda: self._raw.execute("BEGIN"))

    def begin_write(self) -> None:
        """Take the single write lock, waiting at most for the time limit. Raises JournalLocked, and
        JournalUnavailable if the file was replaced.
        """
        if self._identity() != self._file:
            # SQLite does not check this and would continue to write to an unlinked file.
            raise JournalUnavailable(f"{self.path} was replaced while open")
        self._patiently(lambda: self._raw.execute("BEGIN IMMEDIATE"))

    def begin_beside(self) -> None:
        """Take the write lock: a file has one writer at a time."""
        self.begin_write()

    def now_us(self, clock_us: int) -> int:
        """Return the caller's time: a file has no clock."""
        return clock_us

    def commit(self) -> None:
        """Commit durably: returns when the data is on the disk.

        An error other than JournalUnavailable means that nothing was written. After JournalUnavailable the
        outcome is unknown, and this connection must not be used again.
        """
        self._run(lambda: self._raw.execute("COMMIT"))

    def tell(self, news: str) -> None:
        """Do nothing: a file has no listeners; `store.journal.notify` notifies the other processes."""

    def wait_for_writers(self) -> None:
        """Do nothing: a file's lock ends with the connection that held it."""

    def harden(self) -> None:
        """Write the content of the WAL into the database file, as a second way to the disk. Raises
        JournalUnavailable.
        """
        try:
            pages, moved = self.checkpoint(restart=True)
        except JournalError as error:
            raise JournalUnavailable(str(error), outcome_known=False) from error
        if pages != moved:
            raise JournalUnavailable(
                f"{self.path}: the data of a failed flush cannot be rewritten yet", outcome_known=False
            )

    def end(self) -> None:
        """Roll back the open transaction, if any. Never raises: it is called after errors."""
        try:
            if self._raw.in_transaction:
                self._raw.execute("ROLLBACK")
        except sqlite3.Error:
            self.close()

    def savepoint(self) -> None:
        """Set a savepoint."""
        self._run(lambda: self._raw.execute("SAVEPOINT unit"))

    def back_to_savepoint(self) -> None:
        """Undo all changes since `savepoint`."""
        self._run(lambda: self._raw.execute("ROLLBACK TO unit"))
        self._run(lambda: self._raw.execute("RELEASE unit"))

    def forget_savepoint(self) -> None:
        """Release the savepoint and keep all changes since."""
        self._run(lambda: self._raw.execute("RELEASE unit"))

    # ----------------------------------------------------------------------------- maintenance

    def checkpoint(self, *, restart: bool) -> tuple[int, int]:
        """Move the content of the WAL into the file. Return the pages in the WAL and the pages moved.

        Without `restart` no writer waits. With `restart` the WAL starts from its beginning, which takes the
        write lock for a moment, and fails while other connections read.
        """
        mode = "RESTART" if restart else "PASSIVE"
        rows = self._run(lambda: self._raw.execute(f"PRAGMA wal_checkpoint({mode})").fetchall())
        _busy, pages, moved = rows[0]
        return int(pages), int(moved)

    def scrub(self) -> str:
        """Remove deleted data from the log and one set aside. Return the reason of a failure; else empty."""
        sqlite_file.delete_log_aside(self.path)
        self.checkpoint(restart=False)
        # Most pages are moved by now: writers wait only for the rest.
        busy, *_ = self.script("PRAGMA wal_checkpoint(TRUNCATE)")[0]
        return "somebody is reading" if busy else ""

    def tables(self) -> set[str]:
        """Return the names of all existing tables."""
        return {str(row[0]) for row in self.script("SELECT name FROM sqlite_schema WHERE type = 'table'")}

    @contextmanager
    def migrating(self) -> Iterator[Engine]:
        """Hold the write lock and a transaction for Alembic: committed at the end, undone by an error. Raises
        JournalError.
        """
        from sqlalchemy import create_engine
        from sqlalchemy.exc import DBAPIError
        from sqlalchemy.pool import StaticPool

        # Never disposed of: the driver's connection is ours and stays open.
        engine = create_engine(
            "sqlite://", creator=lambda: self._raw, poolclass=StaticPool, pool_reset_on_return=None
        )
        try:
            # In this order: the first connection of the engine rolls back any open transaction.
            with engine.connect() as on, on.begin():
                self.begin_write()
                yield on
        except DBAPIError as error:
            if isinstance(error.orig, sqlite3.Error):
                raise map_error(self.path, error.orig) from error
            raise
        finally:
            self.end()

    def check(self) -> list[Row]:
        """Check every page of the file: one row per fault, or a single row `ok`."""
        return self.script("PRAGMA integrity_check")

    def close(self) -> None:
        """Close the connection."""
        self.closed = True
        try:
            self._raw.close()
        except sqlite3.Error:
            return

    # ---------------------------------------------------------------------------------- errors

    def _run(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except sqlite3.Error as error:
            raise map_error(self.path, error) from error

    def _patiently(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except sqlite3.Error as error:
            if not is_locked(error):
                raise map_error(self.path, error) from error
        deadline = time.monotonic() + self._patience_s
        pause = _FIRST_PAUSE_S
        while True:
            time.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE_S)
            try:
                return work()
            except sqlite3.Error as error:
                if not is_locked(error) or time.monotonic() >= deadline:
                    raise map_error(self.path, error) from error

    def _identity(self) -> tuple[int, int]:
        try:
            status = os.stat(self.path)
        except OSError as error:
            raise JournalUnavailable(f"{self.path} is gone: {error.strerror}") from error
        return status.st_dev, status.st_ino


def _prepare(query: Query) -> Prepared:
    prepared = _prepared.get(query)
    if prepared is None:
        prepared = _prepared[query] = query.prepared(_COMPILER)
    return prepared


def prepare_all() -> None:
    """Compile all statements, as `store.database.dialect.prepare_all` requires."""
    for query in MADE:
        _prepare(query)
