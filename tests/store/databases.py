"""The two kinds of database that a journal can be in, each a test's own, and a way past the journal into both."""

import sqlite3
from pathlib import Path
from typing import Any, Protocol

import psycopg

from store.dialect import url_of
from tests.store.places import journal_at
from tests.support.postgres import PostgresServer

_TEMPLATE = "form"


class Database(Protocol):
    """Where a test's journal is."""

    url: str
    broken: str
    """Bytes that are no event, as SQL says them."""

    def execute(self, statement: str, *values: object) -> list[Any]:
        """Do this without the journal; `?` stands for each of the values."""

    def holds(self, text: bytes) -> bool:
        """Whether these bytes stand anywhere in it."""

    def without_rules(self, *statements: str) -> None:
        """Do what the journal's triggers would not allow."""


class SqliteFile:
    broken = "x'c1'"

    def __init__(self, path: Path) -> None:
        self.path = path
        self.url = url_of(path)

    def execute(self, statement: str, *values: object) -> list[Any]:
        database = sqlite3.connect(self.path)
        try:
            with database:
                return database.execute(statement, values).fetchall()
        finally:
            database.close()

    def holds(self, text: bytes) -> bool:
        files = (self.path, Path(f"{self.path}-wal"))
        return any(text in file.read_bytes() for file in files if file.exists())

    def without_rules(self, *statements: str) -> None:
        for trigger in ("event_is_never_updated", "event_is_never_deleted", "event_comes_next"):
            self.execute(f"DROP TRIGGER {trigger}")
        for statement in statements:
            self.execute(statement)


class PostgresDatabase:
    broken = r"'\xc1'::bytea"

    def __init__(self, server: PostgresServer, name: str) -> None:
        self.server = server
        self.name = name
        self.url = server.url(name)

    def execute(self, statement: str, *values: object) -> list[Any]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            cursor = connection.execute(statement.replace("?", "%s").encode(), values or None)
            return cursor.fetchall() if cursor.description else []

    def holds(self, text: bytes) -> bool:
        tables = self.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        values = (value for (table,) in tables for row in self.execute(f"TABLE {table}") for value in row)
        return any(text in (value if isinstance(value, bytes) else str(value).encode()) for value in values)

    def without_rules(self, *statements: str) -> None:
        self.execute("ALTER TABLE event DISABLE TRIGGER USER")
        for statement in statements:
            self.execute(statement)


def new_database(server: PostgresServer) -> PostgresDatabase:
    """One with an empty journal in it: made once for a server, and then copied."""
    if not server.execute(f"SELECT 1 FROM pg_database WHERE datname = '{_TEMPLATE}'"):
        server.execute(f"CREATE DATABASE {_TEMPLATE} TEMPLATE template0")
        journal_at(server.url(_TEMPLATE)).close()
    return PostgresDatabase(server, server.database(_TEMPLATE))
