"""The journal in PostgreSQL: one server for all nodes, and the only judge of what was first.

A writer holds one advisory lock for the length of its transaction, so that seq has no holes and the order
of seq is the order of commits: whoever sees an event sees all before it. Nothing that a client does can
keep the others waiting for long: the server ends a transaction whose client is silent for a second.

What a commit promises is the server's to say (`synchronous_commit`, a synchronous standby), and is
never weakened here. `off` alone is overridden for our sessions: it would call durable what is not, and a
center that refused to start for it would help nobody.
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

from store.database.dialect import shown
from store.database.postgresql_connecting import connected, conninfo_of, named
from store.database.query import MADE, Prepared, Query, Row
from store.database.schema import PERSONAL
from store.errors import JournalError, JournalUnavailable, StoreMisuse

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection as Engine

T = TypeVar("T")

CHANNEL: Final = "securwoman_journal"
"""Where a node says with each commit what it has written (`store.journal.notify.news`)."""
SILENT_MS: Final = 1000
"""A writer that is frozen or cut off in the middle of its transaction loses it, and the lock, after this."""
_READER_SILENT_MS: Final = 60_000
"""A reader keeps nobody waiting; only what it sees cannot be tidied away meanwhile."""
_ANSWER_S: Final = 1.0
"""Beyond the patience for the lock, which the server itself keeps: then it is taken for lost."""
_MIGRATES_WITHIN_MS: Final = 60_000

_BEGIN: Final = (
    f"BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL idle_in_transaction_session_timeout = {SILENT_MS}"
)
_NOW: Final = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"

_prepared: Final[dict[Query, Prepared]] = {}


def _compiler() -> PGDialect_psycopg:
    dialect = PGDialect_psycopg(paramstyle="format")  # type: ignore[no-untyped-call]
    # What a connection would tell it: `standard_conforming_strings`, on since 9.1. ESCAPE depends on it.
    dialect._backslash_escapes = False
    return dialect


_COMPILER: Final = _compiler()


class _Savepoint(Enum):
    NONE = auto()
    WANTED = auto()
    SET = auto()


class PostgresConnection:
    """One connection to a PostgreSQL server."""

    lasting: Final = True

    def __init__(self, url: str, *, patience_s: float) -> None:
        """Connect, to the first of the address's servers that it allows. Raises JournalUnavailable."""
        self.name: Final = shown(url)
        self.closed = False
        self._news = ""
        self._warning = ""
        self._savepoint = _Savepoint.NONE
        try:
            self._raw = connected(conninfo_of(url), patience_s + _ANSWER_S)
        except psycopg.Error as error:
            raise self._named(error) from error
        self._raw.add_notice_handler(self._noticed)
        try:
            self._begin_write = self._settle(patience_s)
        except BaseException:
            self.close()
            raise

    def _settle(self, patience_s: float) -> str:
        """Set up the session; the statement that begins to write."""
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
            raise JournalUnavailable(f"{self.name}: there is no schema to work in (search_path)")
        # Of this database alone, as the server sees to; and two centers may have a schema each in one.
        digest = hashlib.sha256(f"securwoman journal {schema}".encode()).digest()
        key = int.from_bytes(digest[:8], "big", signed=True)
        return f"{_BEGIN}; SELECT pg_advisory_xact_lock({key})"

    # ------------------------------------------------------------------------------ statements

    def all(self, query: Query, *values: object) -> list[Row]:
        """All rows of the answer."""
        return self._run(lambda: self._execute(query, values).fetchall())

    def one(self, query: Query, *values: object) -> Row | None:
        """The answer's first row, or none."""
        return self._run(lambda: self._execute(query, values).fetchone())

    def write(self, query: Query, *values: object) -> int:
        """Change something, within `begin_write`; how many rows it was."""
        self._run(self._before_writing)
        return self._run(lambda: self._execute(query, values).rowcount)

    def write_many(self, query: Query, rows: Iterable[tuple[object, ...]]) -> None:
        """The same for many rows, within `begin_write`; sent together."""
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
        """From here to `end` every read sees the same state."""
        self._run(lambda: self._script("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"))

    def begin_write(self) -> None:
        """Take the one write lock, waiting for at most the patience. Raises JournalLocked."""
        self._news, self._savepoint = "", _Savepoint.NONE
        self._run(lambda: self._script(self._begin_write))

    def begin_beside(self) -> None:
        """Take no lock but those of the rows that are changed."""
        self._news, self._savepoint = "", _Savepoint.NONE
        self._run(lambda: self._script(_BEGIN))

    def now_us(self, clock_us: int) -> int:
        """The server's clock at this moment, and not that of the transaction's beginning."""
        row = self._run(lambda: self._raw.execute(_NOW).fetchone())
        return clock_us if row is None else int(row[0])

    def tell(self, news: str) -> None:
        """Notify CHANNEL, with the commit."""
        self._news = news

    def commit(self) -> None:
        """Make it last, as far as the server promises. Raises JournalUnavailable where nobody knows."""
        text = "COMMIT"
        if self._news:
            news = sql.Literal(self._news).as_string(self._raw)
            text = f"SELECT pg_notify('{CHANNEL}', {news}); COMMIT"
        self._warning = ""
        cursor = self._run(lambda: self._script(text))
        while cursor.nextset():
            pass
        if self._warning:
            # Its wait for the standby was cancelled: committed here, and a failover might lose it.
            self.close()
            raise JournalUnavailable(f"{self.name}: {self._warning}")
        if cursor.statusmessage != "COMMIT":
            raise StoreMisuse(f"{self.name}: the transaction had failed, and was committed")

    def wait_for_writers(self) -> None:
        """Until whoever was within a commit has ended it, be it a connection of ours that is lost."""
        self.begin_write()
        self.end()

    def harden(self) -> None:
        """A commit of its own: once the server promises that, what comes before it lasts, too."""
        self.begin_write()
        # Something has to be written: of a commit without it the server neither flushes nor sends anything.
        self._run(lambda: self._script("SELECT pg_logical_emit_message(true, 'securwoman', 'commit')"))
        self.commit()

    def end(self) -> None:
        """Give up what was begun, if anything was."""
        self._news = ""
        if self.closed or self._raw.pgconn.transaction_status == TransactionStatus.IDLE:
            return
        try:
            self._run(lambda: self._script("ROLLBACK"))
        except (JournalError, StoreMisuse):
            self.close()

    def savepoint(self) -> None:
        """Remember this point, to go back to; the server is told when there is something to undo."""
        self._savepoint = _Savepoint.WANTED

    def back_to_savepoint(self) -> None:
        """Undo everything since `savepoint`. Raises JournalUnavailable where a read has failed before the
        server was told of it: then the whole transaction has.
        """
        if self._savepoint is _Savepoint.SET:
            self._run(lambda: self._script("ROLLBACK TO unit; RELEASE unit"))
        elif self._raw.pgconn.transaction_status == TransactionStatus.INERROR:
            raise JournalUnavailable(f"{self.name}: the transaction has failed with a read")
        self._savepoint = _Savepoint.NONE

    def forget_savepoint(self) -> None:
        """Keep everything since `savepoint`."""
        if self._savepoint is _Savepoint.SET:
            self._run(lambda: self._script("RELEASE unit"))
        self._savepoint = _Savepoint.NONE

    def _before_writing(self) -> None:
        if self._savepoint is _Savepoint.WANTED:
            self._script("SAVEPOINT unit")
            self._savepoint = _Savepoint.SET

    # ----------------------------------------------------------------------------- maintenance

    def scrub(self) -> str:
        """Write the small tables anew, without what was deleted from them. Why it has not worked; empty where
        it has.
        """
        # The server says when it is done, however long that is; for a lock it waits no longer than others.
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
        """The names of all tables of our schema."""
        found = self._run(
            lambda: self._raw.execute(
                "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()"
            ).fetchall()
        )
        return {str(row[0]) for row in found}

    def settings(self, *names: str) -> dict[str, str]:
        """The server's settings, as a new session has them; for the doctor."""
        found = self._run(
            lambda: self._raw.execute(
                "SELECT name, reset_val FROM pg_settings WHERE name = ANY(%s)", (list(names),)
            ).fetchall()
        )
        return {str(name): str(value) for name, value in found}

    def way(self) -> tuple[str, bool, str]:
        """The server's address, a path where it is a Unix socket; whether TLS is spoken; `sslmode`."""
        info = self._raw.info
        mode = info.get_parameters().get("sslmode", "prefer")
        return info.hostaddr or info.host, self._raw.pgconn.ssl_in_use, mode

    def changes_events(self) -> bool:
        """Whether our role could change or delete an event; for the doctor."""
        row = self._run(
            lambda: self._raw.execute(
                "SELECT coalesce(has_table_privilege(found, 'UPDATE') OR has_table_privilege(found, 'DELETE')"
                " OR has_table_privilege(found, 'TRUNCATE'), true) FROM to_regclass('event') AS found"
            ).fetchone()
        )
        return row is None or bool(row[0])

    def may_scrub(self) -> bool:
        """Whether our role may write the tables anew that hold what is erased; for the doctor."""
        row = self._run(
            lambda: self._raw.execute(
                "SELECT coalesce(bool_and(pg_has_role(relowner, 'USAGE')), true) FROM pg_class "
                "WHERE oid = to_regclass('alert_key')"
            ).fetchone()
        )
        return row is None or bool(row[0])

    def clients(self) -> int:
        """How many connections the server has, of whomever; for the doctor."""
        row = self._run(
            lambda: self._raw.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
            ).fetchone()
        )
        return 0 if row is None else int(row[0])

    @contextmanager
    def migrating(self) -> Iterator[Engine]:
        """The one write lock and a transaction, for Alembic; waits longer for both than anybody else."""
        from sqlalchemy import create_engine
        from sqlalchemy.exc import DBAPIError
        from sqlalchemy.pool import StaticPool

        answer_s, self._raw.answer_s = self._raw.answer_s, None
        # Never disposed of: the driver's connection is ours and goes on.
        engine = create_engine(
            "postgresql+psycopg://",
            creator=lambda: self._raw,
            poolclass=StaticPool,
            pool_reset_on_return=None,
            use_native_hstore=False,
        )
        try:
            # In this order: the engine's first connection rolls back whatever was begun before it.
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
            # Its settings are the migration's now.
            self.close()

    def check(self) -> list[Row]:
        """The server sees to its own files."""
        return [("ok",)]

    def close(self) -> None:
        """Let go of the connection."""
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
        lost = raw is None or raw.pgconn.status != ConnStatus.OK or _hangs(raw)
        found = named(self.name, error, lost=lost)
        if raw is not None and (lost or found.again):
            self.close()
        return found.error

    def _noticed(self, notice: psycopg.errors.Diagnostic) -> None:
        if notice.severity_nonlocalized == "WARNING":
            self._warning = notice.message_primary or "a warning without words"


def _hangs(raw: psycopg.Connection[Any]) -> bool:
    """Whether we have stopped waiting for an answer that may still come."""
    return raw.pgconn.transaction_status == TransactionStatus.ACTIVE


def _prepare(query: Query) -> Prepared:
    prepared = _prepared.get(query)
    if prepared is None:
        prepared = _prepared[query] = query.prepared(_COMPILER)
    return prepared


def prepare_all() -> None:
    """See `store.database.dialect.prepare_all`."""
    for query in MADE:
        _prepare(query)
