"""An upgrade that failed brings the journal back into its older form; what a package is made of."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from messages.events import AlertClosed
from messages.ids import Outcome
from scripts.lib.install.journal_copy import back, copy
from scripts.lib.wheels import NOT_BROUGHT, SOURCE_ONLY, Locked, asked_for, locked_again, read
from store import streams
from store.alerts.accepting import accept
from store.audit.entry import Action, EntryContent
from store.audit.trail import Trail
from store.database.migrate import REVISION
from store.journal.journal import Append, Journal
from store.registry.people import Person
from store.registry.registry import Registry
from tests.center.test_install import parts
from tests.foundation.tree import ROOT
from tests.store.places import Clock, journal_in, signal
from tests.support.next_form import NEXT, install_next_version

USER, SECOND = "+393331112223", "+393331112224"


def enter(journal: Journal, keys: Path) -> None:
    """One entry more in the audit."""
    keys.mkdir(exist_ok=True)
    trail = Trail(keys)
    said = EntryContent(
        actor="marta", origin="cli", action=Action.READ_ALERT, subjects=("a",), detail="story"
    )
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


LOCKS = ("requirements.lock", "requirements-build.lock")


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_of_a_lock_is_read_with_all_its_hashes(lock: str) -> None:
    text = (ROOT / lock).read_text()
    found = read(ROOT / lock)
    assert len(found) == len(re.findall(r"^\S+==", text, re.MULTILINE))
    assert sum(len(one.hashes) for one in found) == text.count("--hash=")


def test_a_package_of_one_python_is_fetched_for_that_one() -> None:
    numpys = [one for one in read(ROOT / "requirements.lock") if one.name == "numpy"]
    assert [[one.is_for(python) for one in numpys] for python in ("3.11", "3.13")] == [
        [True, False],
        [False, True],
    ]
    foreign = [
        one.name for one in read(ROOT / "requirements.lock") if not (one.is_for("3.11") or one.is_for("3.13"))
    ]
    assert "tzdata" in foreign, "for Windows"


def test_whoever_fetches_for_another_python_is_not_asked_of_its_own() -> None:
    asked = "".join(asked_for(read(ROOT / "requirements.lock"), "3.13"))
    assert " ; " not in asked
    assert len(re.findall(r"^numpy==", asked, re.MULTILINE)) == 1


def test_what_is_built_or_left_out_is_in_a_lock() -> None:
    named = {one.name for lock in LOCKS for one in read(ROOT / lock)}
    assert {*SOURCE_ONLY, *NOT_BROUGHT} <= named


def test_a_lock_of_the_wheels_names_each_that_is_there_and_nothing_else(tmp_path: Path) -> None:
    for name in (
        "a_b-1.0-cp311-cp311-linux_x86_64.whl",
        "a_b-1.0-cp313-cp313-linux_x86_64.whl",
        "c-2-py3-none-any.whl",
    ):
        (tmp_path / name).write_text(name)
    wanted = [
        Locked(name="a-b", version="1.0", marker="python_version > '3'", hashes=("sha256:old",)),
        Locked(name="c", version="3", marker="", hashes=("sha256:old",)),
    ]
    (tmp_path / "lock").write_text(locked_again(wanted, tmp_path))
    (one,) = read(tmp_path / "lock")
    digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(tmp_path.glob("a_b*"))]
    assert (one.name, one.marker) == ("a-b", "python_version > '3'")
    assert list(one.hashes) == [f"sha256:{digest}" for digest in digests]


def test_the_container_has_all_that_an_installation_has_but_its_units() -> None:
    copied = re.findall(r"^COPY (.*) \S+$", (ROOT / "deploy/Containerfile").read_text(), re.MULTILINE)
    assert {name for line in copied for name in line.split()} == set(parts()) - {"deploy"}
