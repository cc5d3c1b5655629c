"""How SQLite finds what each statement asks for: what runs by itself looks at no rows that are only old.

The tables that grow as long as the center is there are the journal's, and those with a row an alert, a number
or an entry of the audit. Of them a statement may read what lies behind a place, one stream from a version on,
or the newest row of a kind. Each other one stands in a table here, with its reason.
"""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy.dialects import sqlite

from features.psap_data import store as psap_data_store
from store.alerts import erasing
from store.audit import search, table
from store.database import kept_tables
from store.database.query import Query
from store.fallback import merge, replica
from store.journal import history, matters, moving, rows
from tests.store.databases import statements
from tests.store.places import journal_in

GROWING = ("event", "alert_key", "alias", "alert_row", "audit")
BOUNDED = (
    "(rowid=?)", "(rowid>?)", "(rowid>? AND rowid<?)", "(rowid<?)", "(stream=? AND version=?)",
    "(stream=? AND version>?)", "(stream=? AND type=? AND version>?)", "USING PRIMARY KEY (stream=?)",
    "(alert=?)", "(alert>?)", "(kind=? AND value=?)", "(chain=? AND number=?)",
    "(chain=? AND number>?)", "(chain=?)", "(at_us<?)",
)  # fmt: skip
"""What a plan says of one step to its rows: by their key, or behind a place of it.

Also `chain=?`: the audit is pruned, and looked through as a whole by the nightly proof alone.
"""
ON_PURPOSE = {
    rows.LAST_SEQ: "the end of the table",
    rows.VERSION: "the end of the stream",
    rows.NEWEST_OF_STREAM: "the end of the stream, eight rows of it",
    rows.NEWEST_OF_TYPE: "one row, by the index on types",
    rows.NEWEST_OF_TYPE_UPTO: "one row, by the index on types",
    rows.VERSION_BEFORE: "from the end of the stream to that moment; what it walks is read next",
    matters._NEXT_STREAM: "one step in the index",
    replica._NEWEST: "the end of the stream",
    replica._LAST: "the end of the table",
    replica._EMPTY[rows.table]: "the fallback's own, which is small",
    history._NEWEST: "one number's alerts, from the newest",
    psap_data_store._TOLD: "a page of the journal, its streams told once",
    history._NUMBERS: "by a person who searches for the end of a number",
    history._STREAMS: "by a person who searches for the id of an alert",
    erasing.OF_PERSON: "by a person who erases, or merges two",
    erasing._COUNT: "by a person who asks for it",
    search._IDENTIFIED: "by a person who searches the audit",
    table._NEWEST_CHAIN: "one entry, by the index on times",
    table._CHAINS: "by the nightly proof of the audit",
    table._PRUNED: "by the nightly proof of the audit",
    table._NEWEST: "a page of the audit, by a person",
    table._NEWEST_OF: "a page of the audit, by a person",
    merge._ALIASES: "the fallback's own, which is small",
    merge._KEYS: "the fallback's own, which is small",
    merge._ENTRIES: "the fallback's own, which is small",
    moving._ENTERED: "one row",
    **dict.fromkeys(replica._EMPTY.values(), "the fallback's own, which is small"),
    **dict.fromkeys(moving._COUNT.values(), "once, by who carries a journal over"),
    **{pages.first: "the first page of a backup" for pages in kept_tables._PAGES.values()},
    **{pages.next: "a page of a backup" for pages in kept_tables._PAGES.values()},
}
_STEP = re.compile(rf"(?:SCAN|SEARCH) (?:{'|'.join(GROWING)})\b")


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("plans") / "journal.db"
    journal_in(path).close()
    return path


def plan_of(path: Path, query: Query) -> list[str]:
    """The steps that SQLite takes, in its own words; none for what it cannot run in the journal."""
    sql = query.prepared(sqlite.dialect(paramstyle="qmark")).sql
    database = sqlite3.connect(path)
    try:
        return [row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {sql}", [0] * sql.count("?"))]
    finally:
        database.close()


def is_bounded(plan: list[str]) -> bool:
    """Whether each step to a table that grows is one to its rows, and none of them is sorted first."""
    steps = [one for one in plan if _STEP.match(one)]
    sorts = any("TEMP B-TREE" in one for one in plan)
    return all(one.endswith((*BOUNDED, "LEFT-JOIN")) for one in steps) and not (steps and sorts)


def test_no_statement_looks_at_rows_that_are_only_old(journal: Path) -> None:
    plans = {query: plan_of(journal, query) for query in statements() if query not in ON_PURPOSE}
    assert len(plans) > 100
    unbounded = {
        query.prepared(sqlite.dialect()).sql: plan for query, plan in plans.items() if not is_bounded(plan)
    }
    assert unbounded == {}
    newest = plan_of(journal, rows.NEWEST_OF_TYPE)
    assert "event_newest (stream=? AND type=?)" in newest[0], "one row, by its index"


@pytest.mark.parametrize(
    ("sql", "is_so"),
    [
        ("SELECT * FROM event WHERE stream = ? AND at_us > ? ORDER BY seq", False),
        ("SELECT * FROM event WHERE type = ?", False),
        ("SELECT * FROM event WHERE stream = ? AND version > ? ORDER BY version", True),
        ("SELECT * FROM event WHERE seq > ? ORDER BY seq LIMIT 10", True),
    ],
)
def test_a_walk_over_a_stream_is_told_from_a_step(journal: Path, sql: str, is_so: bool) -> None:
    database = sqlite3.connect(journal)
    plan = [row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {sql}", [0] * sql.count("?"))]
    database.close()
    assert is_bounded(plan) == is_so
