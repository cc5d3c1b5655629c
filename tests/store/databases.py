"""The two kinds of database that a journal can be in, each a test's own, and a way past it into both."""

import importlib
import itertools
import pkgutil
import sqlite3
from pathlib import Path
from typing import Any, Protocol

import psycopg
from sqlalchemy.dialects import sqlite

import store
from store.database.dialect import url_of
from store.database.query import MADE, Query
from tests.store.places import journal_at
from tests.support.postgres import PostgresServer

_TEMPLATE = "form"
_count = itertools.count(1)
_dumped: list[str] = []
_with_template: set[PostgresServer] = set()


class Database(Protocol):
    url: str
    broken: str
    """Bytes that are no event, as SQL says them."""

    def execute(self, statement: str, *values: object) -> list[Any]:
        """Do this without the journal; `?` stands for each of the values."""

    def holds(self, text: bytes) -> bool:
        """Whether these bytes stand anywhere in it."""

    def without_rules(self, *statements: str) -> None:
        """Do what the journal's triggers would not allow."""


def statements() -> list[Query]:
    for module in pkgutil.walk_packages(store.__path__, "store."):
        if ".migrations." not in module.name:
            importlib.import_module(module.name)
    # Not by a test, a step that brings an older form up to date, or a backup's rows of any form.
    old = ("store.database.migrations", "features.backup.rows")
    made = [one for one in MADE if one.made_in.startswith("store.") and not one.made_in.startswith(old)]
    return [one for one in made if "fallback_note" not in one.prepared(sqlite.dialect()).sql]


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
        rules = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name GLOB '[ae][uv][de]*_*'"
        for (trigger,) in self.execute(rules):
            self.execute(f"DROP TRIGGER {trigger}")
        for statement in statements:
            self.execute(statement)


class PostgresDatabase:
    broken = r"'\xc1'::bytea"

    def __init__(self, server: PostgresServer, name: str, schema: str = "") -> None:
        self.server = server
        self.name = name
        self.url = server.url(name, **({"options": f"-csearch_path%3D{schema}"} if schema else {}))

    def execute(self, statement: str, *values: object) -> list[Any]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            cursor = connection.execute(statement.replace("?", "%s").encode(), values or None)
            return cursor.fetchall() if cursor.description else []

    def holds(self, text: bytes) -> bool:
        tables = self.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        values = (value for (table,) in tables for row in self.execute(f"TABLE {table}") for value in row)
        return any(text in (value if isinstance(value, bytes) else str(value).encode()) for value in values)

    def without_rules(self, *statements: str) -> None:
        for table in ("event", "audit"):
            self.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in statements:
            self.execute(statement)


def new_database(server: PostgresServer) -> PostgresDatabase:
    """One of its own with an empty journal in it, for what is done to a whole database."""
    statements = _statements(server)
    if server not in _with_template:
        server.execute(f"CREATE DATABASE {_TEMPLATE} TEMPLATE template0")
        server.execute(statements, _TEMPLATE)
        _with_template.add(server)
    return PostgresDatabase(server, server.database(_TEMPLATE))


def new_schema(server: PostgresServer) -> PostgresDatabase:
    """The same in a schema of its own, which costs a tenth of the time."""
    schema = f"test{next(_count)}"
    server.execute(f"CREATE SCHEMA {schema}; SET search_path = {schema}; {_statements(server)}")
    return PostgresDatabase(server, "postgres", schema)


def _statements(server: PostgresServer) -> str:
    """Those that make an empty journal, as the steps have made it on the first server that was asked."""
    if not _dumped:
        name = server.database()
        journal_at(server.url(name)).close()
        dumped = server.dump(name, "--schema=public", "--no-owner", "--inserts")
        _dumped.extend(
            line.replace("public.", "")
            for line in dumped.splitlines(keepends=True)
            # Nor what is meant for psql.
            if "search_path" not in line and "SCHEMA public" not in line and not line.startswith("\\")
        )
    return "".join(_dumped)
