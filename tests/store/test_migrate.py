"""A start makes what is missing, costs nothing when nothing is, and the steps end where the code expects."""

import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from store.database import migrate, schema
from store.database.dialect import url_of
from store.errors import JournalNewer, StoreMisuse
from store.journal.journal import Append
from store.registry.registry import Registry
from tests.store.places import journal_at, journal_in, returned
from tests.support.next_form import NEXT, install_next_version

ROOT = Path(__file__).resolve().parents[2]

START = """
import sys, time
from store.journal.journal import Journal
from store.journal.notify import LocalNotifier
began = time.perf_counter()
Journal.open(sys.argv[1], node="n", clock=lambda: 0, notify=LocalNotifier()).close()
print(time.perf_counter() - began, "alembic" in sys.modules)
"""


def test_the_code_expects_the_last_step() -> None:
    settings = Config()
    settings.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(settings).get_heads() == [migrate.REVISION]


def test_the_steps_make_the_tables_that_the_statements_are_written_for(path: Path) -> None:
    journal_at(url_of(path)).close()
    with create_engine(url_of(path)).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, schema.metadata) == []


def test_a_start_with_the_present_form_loads_nothing_and_takes_no_time(path: Path) -> None:
    journal = journal_in(path)
    journal.append(Append("line-a", None, (returned(),)))
    journal.close()

    def took_s() -> float:
        took, alembic = subprocess.run(
            [sys.executable, "-c", START, url_of(path)], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.split()
        assert alembic == "False"
        return float(took)

    # half a millisecond on an idle machine; the best of three, so that a busy one does not fail
    assert any(took_s() < 0.02 for _ in range(3))


def test_an_empty_file_becomes_a_journal(path: Path) -> None:
    path.touch()
    journal = journal_in(path)
    assert journal.append(Append("line-a", None, (returned(),)))[0].seq == 1


def test_a_start_of_the_next_version_changes_what_is_there(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = journal_in(path)
    Registry(journal).add_operator("Anna", "+390200000011", by="test")
    journal.close()
    with monkeypatch.context() as patched:
        install_next_version(patched, tmp_path / "next")
        journal_in(path).close()
        journal_in(path).close()
    database = sqlite3.connect(path)
    found = database.execute("SELECT known_as, version_num FROM operator, alembic_version").fetchall()
    database.close()
    assert found == [("Anna", NEXT)]
    with pytest.raises(JournalNewer, match=NEXT):
        journal_in(path)


def test_a_step_that_fails_leaves_nothing(path: Path) -> None:
    database = sqlite3.connect(path)
    database.execute("PRAGMA journal_mode = WAL")
    with database:
        # The step meets an index of that name halfway.
        database.execute("CREATE TABLE other (x)")
        database.execute("CREATE INDEX event_newest ON other (x)")
    database.close()
    with pytest.raises(StoreMisuse, match="event_newest"):
        journal_in(path)
    database = sqlite3.connect(path)
    tables = {row[0] for row in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    database.close()
    assert tables == {"other"}


def test_the_log_is_moved_without_anybody_asking(path: Path) -> None:
    journal = journal_in(path)
    before = path.stat().st_size
    deadline = time.monotonic() + 30
    count = 0
    while path.stat().st_size < before + 100_000 and time.monotonic() < deadline:
        count += len(journal.append(Append("line-a", None, (returned(),) * 50)))
    assert path.stat().st_size >= before + 100_000, f"nothing was moved after {count} events"


def test_an_append_costs_little_besides_the_flush(path: Path) -> None:
    """In the processor's time, which does not depend on what else the machine does."""
    journal = journal_in(path)
    journal.append(Append("line-a", None, (returned(),)))
    began = time.process_time()
    for _ in range(300):
        journal.append(Append("line-a", None, (returned(),)))
    # some 100 µs, the kernel's work for the flush included
    assert (time.process_time() - began) / 300 < 0.001
