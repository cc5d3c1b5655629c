"""Address of a database, and the Connection that hides its kind from the rest of the package.

`store.database.sqlite` implements a file of this machine; `store.database.postgresql` a server that several
nodes share. Features of a file alone (fallback journal, checkpoints, FallbackKeeper) test `is_server` first;
no other code depends on the kind.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from store.database.query import Query, Row
from store.errors import StoreMisuse

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection as Engine

_SERVERS: Final = ("postgresql", "postgresql+psycopg")
_SECRETS: Final = ("password", "sslpassword", "passfile")


class Connection(Protocol):
    """Connection to a database, for one thread at a time. All errors are of `store.errors`."""

    closed: bool
    """True if the connection is no longer usable."""

    @property
    def name(self) -> str:
        """Name of the database for messages, without password."""

    @property
    def lasting(self) -> bool:
        """True if committed data survives the machine."""

    # ------------------------------------------------------------------------------ statements

    def all(self, query: Query, *values: object) -> list[Row]:
        """Return all rows of the result."""

    def one(self, query: Query, *values: object) -> Row | None:
        """Return the first row of the result; None if it is empty."""

    def write(self, query: Query, *values: object) -> int:
        """Change rows, within `begin_write`; return the number of changed rows."""

    def write_many(self, query: Query, rows: Iterable[tuple[object, ...]]) -> None:
        """Execute a change for many rows, within `begin_write`."""

    # ---------------------------------------------------------------------------- transactions

    def begin_read(self) -> None:
        """Begin a read transaction: until `end`, all reads see the same state."""

    def begin_write(self) -> None:
        """Take the single write lock, waiting at most for the time limit. All earlier commits are visible
        from here on. Raises JournalLocked.
        """

    def begin_beside(self) -> None:
        """Begin a write without order among writes: on a server it does not wait for appending writers."""

    def now_us(self, clock_us: int) -> int:
        """Return the database's own time, else `clock_us` if it has none; in microseconds since 1970."""

    def tell(self, news: str) -> None:
        """Notify the listeners of the database of `news`, with the commit and only if it succeeds."""

    def commit(self) -> None:
        """Commit durably: returns when the data is durable.

        An error other than JournalUnavailable means that nothing was written. After JournalUnavailable the
        outcome is unknown, and this connection must not be used again.
        """

    def wait_for_writers(self) -> None:
        """Wait until a commit on a lost connection has ended, successful or not. Raises JournalLocked."""

    def harden(self) -> None:
        """Make the data found after a failed commit durable in a second way. Raises JournalUnavailable."""

    def end(self) -> None:
        """Roll back the open transaction, if any. Never raises: it is called after errors."""

    def savepoint(self) -> None:
        """Set a savepoint."""

    def back_to_savepoint(self) -> None:
        """Undo all changes since `savepoint`. Raises JournalError, StoreMisuse if no transaction is left."""

    def forget_savepoint(self) -> None:
        """Release the savepoint and keep all changes since."""

    # ----------------------------------------------------------------------------- maintenance

    def scrub(self) -> str:
        """Remove deleted data physically from the disk. Return the reason of a failure; empty on success."""

    def tables(self) -> set[str]:
        """Return the names of all existing tables."""

    def migrating(self) -> AbstractContextManager[Engine]:
        """Hold the write lock and a transaction for Alembic: committed at the end, undone by an error."""

    def check(self) -> list[Row]:
        """Return the result of the database's self-check: one row per fault, or a single row `ok`."""

    def close(self) -> None:
        """Close the connection."""


def open_connection(url: str, *, patience_s: float, create: bool = False) -> Connection:
    """Open a new connection to this address. Raises StoreMisuse for an invalid address.

    `create`: create a missing file; a server has its database already.
    """
    if is_server(url):
        # Imported on use: a center on SQLite does not load the PostgreSQL driver.
        from store.database.postgresql import PostgresConnection

        return PostgresConnection(url, patience_s=patience_s)
    from store.database.sqlite import SqliteConnection

    return SqliteConnection(path_of(url), patience_s=patience_s, create=create)


def prepare_all() -> None:
    """Compile all statements now, in the process from which their users are forked."""
    from store.database import sqlite

    sqlite.prepare_all()


# --------------------------------------------------------------------------------------- addresses


def is_server(url: str) -> bool:
    """Return True if the journal is in PostgreSQL, which several nodes can share; False for a file."""
    return url.partition("://")[0] in _SERVERS


def path_of(url: str) -> Path:
    """Return the file of `sqlite:///PATH`, its path as written. Raises StoreMisuse for another database."""
    scheme, found, path = url.partition(":///")
    if scheme != "sqlite" or not found or not path or path.startswith(":memory:"):
        raise StoreMisuse(f"{url_for_display(url)!r}: neither sqlite:///PATH nor postgresql://…")
    return Path(path)


def url_of(path: Path) -> str:
    """Return the URL of a journal in this file."""
    return f"sqlite:///{path.absolute()}"


def url_for_display(url: str) -> str:
    """Return the address without password, safe for messages and logs even if the address is malformed."""
    if not is_server(url):
        return url
    scheme, _, rest = url.partition("://")
    # Everything up to the last @ may belong to the password, even if a parser disagrees.
    who, at, where = rest.rpartition("@")
    place, _, query = where.partition("?")
    kept = "&".join(one for one in query.split("&") if one and one.partition("=")[0] not in _SECRETS)
    return f"{scheme}://{who.partition(':')[0]}{at}{place}" + (f"?{kept}" if kept else "")
