"""An upgrade that failed: the journal is brought back into its older form with all that came meanwhile."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from messages.events import AlertClosed
from messages.ids import Outcome
from scripts.lib.install.journal_copy import back, copy
from store import streams
from store.alerts.accepting import accept
from store.audit.entry import Action, Said
from store.audit.trail import Trail
from store.database.migrate import REVISION
from store.journal.journal import Append, Journal
from store.registry.people import Person
from store.registry.registry import Registry
from tests.store.places import Clock, journal_in, signal
from tests.support.next_form import NEXT, install_next_version

USER, SECOND = "+393331112223", "+393331112224"


def enter(journal: Journal, keys: Path) -> None:
    """One entry more in the audit."""
    keys.mkdir(exist_ok=True)
    trail = Trail(keys)
    said = Said(actor="marta", origin="cli", action=Action.READ_ALERT, subjects=("a",), detail="story")
    trail.committed(journal.transact(lambda tx: trail.append(tx, said)))
    trail.save()


def columns_of(file: Path, table: str) -> list[str]:
    with closing(sqlite3.connect(file)) as database:
        return sorted(str(row[1]) for row in database.execute(f'PRAGMA table_info("{table}")'))


def rows(file: Path, table: str, columns: list[str] | None = None) -> list[tuple[object, ...]]:
    """In these columns; without, in all that it has."""
    with closing(sqlite3.connect(file)) as database:
        named = ", ".join(f'"{column}"' for column in columns or columns_of(file, table))
        return sorted(database.execute(f'SELECT {named} FROM "{table}"'), key=repr)


def form(file: Path) -> str:
    (row,) = rows(file, "alembic_version")
    return str(row[0])


def test_what_came_under_the_newer_form_is_in_the_older_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state, kept, aside = (tmp_path / name for name in ("state", "kept", "aside"))
    for folder in (state, kept, aside):
        folder.mkdir()
    file = state / "journal.db"
    journal_in(file).close()
    copy(state, kept)
    install_next_version(monkeypatch, tmp_path / "next")
    clock = Clock()
    journal = journal_in(file)  # the new version starts
    first = accept(journal, signal(clock, USER), 50)
    accept(journal, signal(clock, SECOND), 50)
    closed = AlertClosed(outcome=Outcome.FALSE_ALARM)
    journal.append(Append(streams.case(first.alert), None, (closed,)))
    Registry(journal).add_user(Person(first_name="Giulia", phones=(USER,)), by="test")
    enter(journal, tmp_path / "keys")
    journal.close()
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("INSERT INTO made_up VALUES ('two hours')")
    wanted = {
        table: rows(file, table)
        for table in ("event", "open_alert", "person", "person_phone", "audit", "alert_key")
    }
    assert len(wanted["open_alert"]) == 1
    # What only the newer one has a column for is made anew when that comes again.
    known = {table: rows(file, table, columns_of(kept / "journal.db", table)) for table in wanted}
    back(state, kept, aside)
    assert form(file) == REVISION
    assert {table: rows(file, table) for table in wanted} == known
    # What was carried is about people, and does not lie about beside it.
    left = aside / "journal.db"
    assert rows(left, "made_up") == [("two hours",)]
    assert not any(one.encode() in left.read_bytes() for one in ("Giulia", USER))
    journal_in(file).close()  # and to the next attempt
    assert form(file) == NEXT
    assert {table: rows(file, table) for table in wanted} == wanted


def test_a_journal_of_the_same_form_stays_as_it_is(tmp_path: Path) -> None:
    state, kept, aside = (tmp_path / name for name in ("state", "kept", "aside"))
    for folder in (state, kept, aside):
        folder.mkdir()
    journal_in(state / "journal.db").close()
    copy(state, kept)
    journal = journal_in(state / "journal.db")
    accept(journal, signal(Clock(), USER), 50)
    journal.close()
    back(state, kept, aside)
    assert len(rows(state / "journal.db", "open_alert")) == 1
    assert not (aside / "journal.db").exists()


def test_a_center_without_a_journal_has_nothing_to_copy_or_bring_back(tmp_path: Path) -> None:
    copy(tmp_path, tmp_path)
    back(tmp_path, tmp_path / "kept", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_where_rows_cannot_be_carried_the_older_journal_is_there_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state, kept, aside = (tmp_path / name for name in ("state", "kept", "aside"))
    for folder in (state, kept, aside):
        folder.mkdir()
    journal_in(state / "journal.db").close()
    copy(state, kept)
    install_next_version(monkeypatch, tmp_path / "next")
    journal_in(state / "journal.db").close()
    with closing(sqlite3.connect(kept / "journal.db")) as database:
        # As if the newer form had left out what the older one cannot do without.
        database.execute(
            "CREATE TRIGGER needed BEFORE INSERT ON alert_key BEGIN SELECT RAISE(ABORT, ''); END"
        )
    journal = journal_in(state / "journal.db")
    accept(journal, signal(Clock(), USER), 50)
    journal.close()
    with pytest.raises(sqlite3.Error):
        back(state, kept, aside)
    assert form(state / "journal.db") == REVISION
    assert len(rows(aside / "journal.db", "open_alert")) == 1
