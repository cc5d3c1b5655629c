"""Journal in PostgreSQL: one server for all nodes, and the only authority on the order of writes.

A writer holds one advisory lock for its whole transaction. Therefore seq has no holes, and the order of seq
is the order of commits: a reader that sees an event sees all earlier events. No client can block the others
for long: the server ends a transaction after one second of silence.

The durability of a commit is set on the server (`synchronous_commit`, a synchronous standby) and never
weakened here. Only `off` is overridden for the center's sessions: it would report data as durable that is
not, and a center that refused to start because of it would help no user.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, Final, TypeVar

import psycopg
from psycopg import sql
from psycopg.pq import ConnStatus, TransactionStatus
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from store.database.dialect import url_for_display
from store.database.postgresql_connecting import connect, conninfo_of, map_error
from store.database.query import MADE, Prepared, Query, Row
from store.database.schema import PERSONAL
from store.errors import JournalError, JournalUnavailable, StoreMisuse

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection as Engine

T = TypeVar("T")

CHANNEL: Final = "securwoman_journal"
"""Channel on which a node publishes each commit (`store.journal.notify.encode_commit`)."""
SILENT_MS: Final = 1000
"""Silence after which a frozen or disconnected writer loses its transaction and the lock, in milliseconds."""
_READER_SILENT_MS: Final = 60_000
"""Longer limit for readers, in milliseconds: a reader blocks only the cleaning of the rows that it sees."""
_ANSWER_S: Final = 1.0
"""Time beyond the lock timeout, which the server enforces, after which the server is taken for lost."""
_MIGRATES_WITHIN_MS: Final = 60_000

_BEGIN: Final = (
    f"BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL idle_in_transaction_session_timeout = {SILENT_MS}"
)
_NOW: Final = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"

_prepared: Final[dict[Query, Prepared]] = {}


def _compiler() -> PGDialect_psycopg:
    dialect = PGDialect_psycopg(paramstyle="format")  # type: ignore[no-untyped-call]
    # A connection would report `standard_conforming_strings`, on since 9.1. ESCAPE depends on it.
    dialect._backslash_escapes = False
    return dialect


_COMPILER: Final = _compiler()


class _Savepoint(Enum):
    NONE = auto()
    WANTED = auto()
    SET = auto()


class PostgresConnection:
    """Connection to a PostgreSQL server."""

    lasting: Final = True

    def __init__(self, url: str, *, patience_s: float) -> None:
        """Connect to the first acceptable server of the address. Raises JournalUnavailable."""
        self.name: Final = url_for_display(url)
        self.closed = False
        self._news = ""
        self._warning = ""
        self._savepoint = _Savepoint.NONE
        try:
            self._raw = connect(conninfo_of(url), patience_s + _ANSWER_S)
        except psycopg.Error as error:
            raise self._named(error) from error
        self._raw.add_notice_handler(self._noticed)
        try:
            self._begin_write = self._settle(patience_s)
        except BaseException:
            self.close()
            raise

    def _settle(self, patience_s: float) -> str:
        """Set up the session; return the statement that begins a write."""
        row = self._run(
            lambda: self._raw.execute(
                "SELECT current_schema(), set_config('synchronous_commit', "
                "CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on' "
                "ELSE current_setting('synchronous_commit') END, false), "
                f"set_config('lock_timeout', '{max(1, round(patience_s * 1000))}', false), "
                f"set_config('idle_in_transaction_session_timeout', '{_READER_SILENT_MS}', false)"
            ).fetchone()
        )
        schema = None if row is None else row[0]
        if schema is None:
            raise JournalUnavailable(
                f"{self.name}: search_path names no schema that the account may use: grant one"
            )
        # The server limits advisory locks to this database; two centers may use a schema each in one
        # database.
        digest = hashlib.sha256(f"securwoman journal {schema}".encode()).digest()
        key = int.from_bytes(digest[:8], "big", signed=True)
        return f"{_BEGIN}; SELECT pg_advisory_xact_lock({key})"

    # ------------------------------------------------------------------------------ statements

    def all(self, query: Query, *values: object) -> list[Row]:
        """Return all rows of the result."""
        return self._run(lambda: self._execute(query, values).fetchall())

    def one(self, query: Query, *values: object) -> Row | None:
        """Return the first row of the result; None if it is empty."""
        return self._run(lambda: self._execute(query, values).fetchone())

    def write(self, query: Query, *values: object) -> int:
        """Change rows, within `begin_write`; return the number of changed rows."""
        self._run(self._before_writing)
        return self._run(lambda: self._execute(query, values).rowcount)

    def write_many(self, query: Query, rows: Iterable[tuple[object, ...]]) -> None:
        """Execute a change for many rows, within `begin_write`; the rows are sent together."""
        prepared = _prepare(query)
        laid_out = [prepared.lay_out(row) for row in rows]
        self._run(self._before_writing)
        if len(laid_out) == 1:
            self._run(lambda: self._raw.execute(prepared.sql, laid_out[0], prepare=True))
        elif laid_out:
            self._run(lambda: self._raw.cursor().executemany(prepared.sql, laid_out))

    def _execute(self, query: Query, values: tuple[object, ...]) -> psycopg.Cursor[Row]:
        prepared = _prepare(query)
        return self._raw.execute(prepared.sql, prepared.lay_out(values), prepare=True, binary=True)

    def _script(self, text: str) -> psycopg.Cursor[Row]:
        return self._raw.execute(text.encode(), prepare=False)

    # ---------------------------------------------------------------------------- transactions

    def begin_read(self) -> None:
        """Begin a read transaction: until `end`, all reads see the same state."""
        self._run(lambda: self._script("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"))

    def begin_write(self) -> None:
        """Take the single write lock, waiting at most for the time limit. Raises JournalLocked."""
        self._news, self._savepoint = "", _Savepoint.NONE
        self._run(lambda: self._script(self._begin_write))

    def begin_beside(self) -> None:
        """Begin a write that takes only the locks of the changed rows."""
        self._news, self._savepoint = "", _Savepoint.NONE
        self._run(lambda: self._script(_BEGIN))

    def now_us(self, clock_us: int) -> int:
        """Return the present time of the server's clock, not that of the start of the transaction."""
        row = self._run(lambda: self._raw.execute(_NOW).fetchone())
        return clock_us if row is None else int(row[0])

    def tell(self, news: str) -> None:
        """Notify CHANNEL with the commit."""
        self._news = news

    def commit(self) -> None:
        """Commit as durably as the server is set to. Raises JournalUnavailable if the outcome is unknown."""
        text = "COMMIT"
        if self._news:
            news = sql.Literal(self._news).as_string(self._raw)
            text = f"SELECT pg_notify('{CHANNEL}', {news}); COMMIT"
        self._warning = ""
        cursor = self._run(lambda: self._script(text))
        while cursor.nextset():
            pass
        if self._warning:
            # The wait for the standby was cancelled: the commit is local, and a failover might lose it.
            self.close()
            raise JournalUnavailable(f"{self.name}: {self._warning}")
        if cursor.statusmessage != "COMMIT":
            raise StoreMisuse(f"{self.name}: the transaction had failed, and was committed")

    def wait_for_writers(self) -> None:
        """Wait until every process within a commit has ended it, including a lost connection of the
        center.
        """
        self.begin_write()
        self.end()

    def harden(self) -> None:
        """Commit a write of its own: once it is durable, all earlier commits are durable too."""
        self.begin_write()
        # Write something: for an empty commit the server neither flushes nor replicates.
        self._run(lambda: self._script("SELECT pg_logical_emit_message(true, 'securwoman', 'commit')"))
        self.commit()

    def end(self) -> None:
        """Roll back the open transaction, if any."""
        self._news = ""
        if self.closed or self._raw.pgconn.transaction_status == TransactionStatus.IDLE:
            return
        try:
            self._run(lambda: self._script("ROLLBACK"))
        except (JournalError, StoreMisuse):
            self.close()

    def savepoint(self) -> None:
        """Request a savepoint; it is set on the server before the first write."""
        self._savepoint = _Savepoint.WANTED

    def back_to_savepoint(self) -> None:
        """Undo all changes since `savepoint`. Raises JournalUnavailable if a read has failed before the
        savepoint was set on the server: then the whole transaction has failed.
        """
        if self._savepoint is _Savepoint.SET:
            self._run(lambda: self._script("ROLLBACK TO unit; RELEASE unit"))
        elif self._raw.pgconn.transaction_status == TransactionStatus.INERROR:
            raise JournalUnavailable(f"{self.name}: the transaction has failed with a read")
        self._savepoint = _Savepoint.NONE

    def forget_savepoint(self) -> None:
        """Release the savepoint and keep all changes since."""
        if self._savepoint is _Savepoint.SET:
            self._run(lambda: self._script("RELEASE unit"))
        self._savepoint = _Savepoint.NONE

    def _before_writing(self) -> None:
        if self._savepoint is _Savepoint.WANTED:
            self._script("SAVEPOINT unit")
            self._savepoint = _Savepoint.SET

    # ----------------------------------------------------------------------------- maintenance

    def scrub(self) -> str:
        """Rewrite the personal tables without deleted rows. Return the reason of a failure, else empty."""
        # VACUUM may take any time; its wait for a lock has the usual limit.
        self._raw.answer_s = None
        for table in PERSONAL:
            try:
                self._run(lambda table=table: self._script(f"VACUUM FULL {table}"))  # type: ignore[misc]
            except JournalError as error:
                return str(error)
            if self._warning:
                warning, self._warning = self._warning, ""
                return warning
        return ""

    def tables(self) -> set[str]:
        """Return the names of all tables of the center's schema."""
        found = self._run(
            lambda: self._raw.execute(
                "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()"
            ).fetchall()
        )
        return {str(row[0]) for row in found}

    def settings(self, *names: str) -> dict[str, str]:
        """Return the server's settings as in a new session; for the doctor."""
        found = self._run(
            lambda: self._raw.execute(
                "SELECT name, reset_val FROM pg_settings WHERE name = ANY(%s)", (list(names),)
            ).fetchall()
        )
        return {str(name): str(value) for name, value in found}

    def way(self) -> tuple[str, bool, str]:
        """Return the server's address (a path for a Unix socket), True for TLS, and `sslmode`."""
        info = self._raw.info
        mode = info.get_parameters().get("sslmode", "prefer")
        return info.hostaddr or info.host, self._raw.pgconn.ssl_in_use, mode

    def changes_events(self) -> bool:
        """Return True if the database role of the center could change or delete an event; for `securwoman
        doctor`.
        """
        row = self._run(
            lambda: self._raw.execute(
                "SELECT coalesce(has_table_privilege(found, 'UPDATE') OR has_table_privilege(found, 'DELETE')"
                " OR has_table_privilege(found, 'TRUNCATE'), true) FROM to_regclass('event') AS found"
            ).fetchone()
        )
        return row is None or bool(row[0])

    def may_scrub(self) -> bool:
        """Return True if the database role of the center may rewrite the tables with erasable data; for
        `securwoman doctor`.
        """
        row = self._run(
            lambda: self._raw.execute(
                "SELECT coalesce(bool_and(pg_has_role(relowner, 'USAGE')), true) FROM pg_class "
                "WHERE oid = to_regclass('alert_key')"
            ).fetchone()
        )
        return row is None or bool(row[0])

    def clients(self) -> int:
        """Return the number of client connections of the server, of all programs; for the doctor."""
        row = self._run(
            lambda: self._raw.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
            ).fetchone()
        )
        return 0 if row is None else int(row[0])

    @contextmanager
    def migrating(self) -> Iterator[Engine]:
        """Hold the single write lock and a transaction for Alembic, with longer timeouts than other users.
        Raises JournalError.
        """
        from sqlalchemy import create_engine
        from sqlalchemy.exc import DBAPIError
        from sqlalchemy.pool import StaticPool

        answer_s, self._raw.answer_s = self._raw.answer_s, None
        # Never disposed of: the driver's connection is ours and stays open.
        engine = create_engine(
            "postgresql+psycopg://",
            creator=lambda: self._raw,
            poolclass=StaticPool,
            pool_reset_on_return=None,
            use_native_hstore=False,
        )
        try:
            # In this order: the first connection of the engine rolls back any open transaction.
            with engine.connect() as on, on.begin():
                self._run(lambda: self._script(f"SET lock_timeout = {_MIGRATES_WITHIN_MS}"))
                self.begin_write()
                self._run(
                    lambda: self._script(
                        f"SET LOCAL idle_in_transaction_session_timeout = {_MIGRATES_WITHIN_MS}"
                    )
                )
                yield on
        except DBAPIError as error:
            if isinstance(error.orig, psycopg.Error):
                raise self._named(error.orig) from error
            raise
        finally:
            self.end()
            self._raw.answer_s = answer_s
            # The session has the settings of the migration now.
            self.close()

    def check(self) -> list[Row]:
        """Return `ok`: the server checks its own files."""
        return [("ok",)]

    def close(self) -> None:
        """Close the connection."""
        self.closed = True
        self._raw.close()

    # ---------------------------------------------------------------------------------- errors

    def _run(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except psycopg.Error as error:
            raise self._named(error) from error

    def _named(self, error: psycopg.Error) -> JournalError | StoreMisuse:
        raw = getattr(self, "_raw", None)
        lost = raw is None or raw.pgconn.status != ConnStatus.OK or _awaits_answer(raw)
        found = map_error(self.name, error, lost=lost)
        if raw is not None and (lost or found.again):
            self.close()
        return found.error

    def _noticed(self, notice: psycopg.errors.Diagnostic) -> None:
        if notice.severity_nonlocalized == "WARNING":
            self._warning = notice.message_primary or "a warning without words"


def _awaits_answer(raw: psycopg.Connection[Any]) -> bool:
    """Return True if the connection still awaits an answer that we no longer wait for."""
    return raw.pgconn.transaction_status == TransactionStatus.ACTIVE


def _prepare(query: Query) -> Prepared:
    prepared = _prepared.get(query)
    if prepared is None:
        prepared = _prepared[query] = query.prepared(_COMPILER)
    return prepared


def prepare_all() -> None:
    """Compile all statements, as `store.database.dialect.prepare_all` requires."""
    for query in MADE:
        _prepare(query)
