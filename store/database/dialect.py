"""What the package sees of a database: its address, and a Connection behind which both kinds are alike.

`store.database.sqlite` has the one kind, a file of this machine; `store.database.postgresql` the other, a
server that several nodes share. What only a file can have (the spare journal, the checkpoints, the
JournalKeeper) asks `is_server` first; nobody else needs to know.
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
    """One connection to a database. Not for two threads at once. All errors are of `store.errors`."""

    closed: bool
    """Whether it is of no more use."""

    @property
    def name(self) -> str:
        """How it is called in what is said of it. Never with a password."""

    @property
    def lasting(self) -> bool:
        """Whether what is committed here survives the machine."""

    # ------------------------------------------------------------------------------ statements

    def all(self, query: Query, *values: object) -> list[Row]:
        """All rows of the answer."""

    def one(self, query: Query, *values: object) -> Row | None:
        """The answer's first row, or none."""

    def write(self, query: Query, *values: object) -> int:
        """Change something, within `begin_write`; how many rows it was."""

    def write_many(self, query: Query, rows: Iterable[tuple[object, ...]]) -> None:
        """The same for many rows, within `begin_write`."""

    # ---------------------------------------------------------------------------- transactions

    def begin_read(self) -> None:
        """From here to `end` every read sees the same state."""

    def begin_write(self) -> None:
        """Take the one write lock, waiting for at most the patience; what was committed before is seen
        from here on. Raises JournalLocked."""

    def begin_beside(self) -> None:
        """Begin to write where no order has to be kept: a server lets it wait for nobody who appends."""

    def now_us(self, clock_us: int) -> int:
        """The database's own clock, where it has one; else that of whoever uses it."""

    def tell(self, news: str) -> None:
        """Say this to those who listen at the database, with the commit and not without it."""

    def commit(self) -> None:
        """Make it last: returns when it does.

        An error other than JournalUnavailable means that nothing was written; after that one it
        is not known, and this connection is not to be used again.
        """

    def wait_for_writers(self) -> None:
        """Until a commit whose connection was lost has ended, one way or the other. Raises JournalLocked."""

    def harden(self) -> None:
        """Make what is found after a failed commit last, by a second way. Raises JournalUnavailable."""

    def end(self) -> None:
        """Give up what was begun, if anything was. Never fails: it is called when something has."""

    def savepoint(self) -> None:
        """Remember this point, to go back to."""

    def back_to_savepoint(self) -> None:
        """Undo everything since `savepoint`. Raises JournalError or StoreMisuse where the whole transaction
        has ended.
        """

    def forget_savepoint(self) -> None:
        """Keep everything since `savepoint`."""

    # ----------------------------------------------------------------------------- maintenance

    def scrub(self) -> str:
        """Leave nothing on the disk of what was deleted. Why it has not worked; empty where it has."""

    def tables(self) -> set[str]:
        """The names of all tables that are there."""

    def migrating(self) -> AbstractContextManager[Engine]:
        """The one write lock and a transaction, for Alembic: committed at the end, undone by an error."""

    def check(self) -> list[Row]:
        """What the database says of its own file: one row a fault, `ok` alone if there is none."""

    def close(self) -> None:
        """Let go of it."""


def opened(url: str, *, patience_s: float, create: bool = False) -> Connection:
    """A new connection to what this address means. Raises StoreMisuse for an address that is none.

    `create` makes a file that is missing; a server has its database already.
    """
    if is_server(url):
        # Not with the module: a center on SQLite is not to wait for what it never needs.
        from store.database.postgresql import PostgresConnection

        return PostgresConnection(url, patience_s=patience_s)
    from store.database.sqlite import SqliteConnection

    return SqliteConnection(path_of(url), patience_s=patience_s, create=create)


def prepare_all() -> None:
    """Compile every statement now: in the process from which those that use them are forked."""
    from store.database import sqlite

    sqlite.prepare_all()


# --------------------------------------------------------------------------------------- addresses


def is_server(url: str) -> bool:
    """Whether the journal is in PostgreSQL, which several nodes can share; else it is in a file."""
    return url.partition("://")[0] in _SERVERS


def path_of(url: str) -> Path:
    """The file of `sqlite:///PATH`, taken as it stands. Raises StoreMisuse for any other database."""
    scheme, found, path = url.partition(":///")
    if scheme != "sqlite" or not found or not path or path.startswith(":memory:"):
        raise StoreMisuse(f"{shown(url)!r}: neither sqlite:///PATH nor postgresql://…")
    return Path(path)


def url_of(path: Path) -> str:
    """The URL of a journal in this file."""
    return f"sqlite:///{path.absolute()}"


def shown(url: str) -> str:
    """The address as it may be said and written down: without a password, be it ever so badly written."""
    if not is_server(url):
        return url
    scheme, _, rest = url.partition("://")
    # Everything up to the last @ may be of the password, whatever a parser makes of it.
    who, at, where = rest.rpartition("@")
    place, _, query = where.partition("?")
    kept = "&".join(one for one in query.split("&") if one and one.partition("=")[0] not in _SECRETS)
    return f"{scheme}://{who.partition(':')[0]}{at}{place}" + (f"?{kept}" if kept else "")
