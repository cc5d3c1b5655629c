"""`user record`: a record is entered by staff, and what is wrong with it is said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import delete

from application.state.journals import journal_of
from application.state.state_dir import StateDir
from center import cli
from center.checks.running import people
from model.record import Contact, DangerousPerson, PersonRecord
from store.database import schema
from store.database.query import Query
from store.registry.people import Person
from store.registry.registry import Registry
from store.registry.users import records
from tests.support.pictures import GREY

GIULIA = "+393331112223"


@pytest.fixture
def state(tmp_path: Path) -> StateDir:
    made = StateDir(tmp_path / "state")
    with journal_of(made, create=True) as journal:
        Registry(journal).add_user(Person(phones=(GIULIA,), first_name="Giulia"), by="test")
    return made


def typed(state: StateDir, *words: str) -> int:
    return cli.run(["user", "record", GIULIA, *words, "--state", str(state.path)])


def kept(state: StateDir, phone: str = GIULIA) -> PersonRecord:
    with journal_of(state) as journal:
        user = Registry(journal).user_by_phone(phone)  # type: ignore[arg-type]
        assert user is not None
        return journal.at_one_moment(lambda connection: records.read_record(connection, user.id)).record


def test_fields_are_set_and_shown(state: StateDir, capfd: pytest.CaptureFixture[str]) -> None:
    assert typed(state) == 0
    assert capfd.readouterr().out == "no record\n"
    assert typed(state, "--set", "medical=asthma", "--set", "dangerous=Marco Neri, Panda, has a rifle") == 0
    assert (
        typed(state, "--set", "contact=Anna, 347 123 4567, sister, tell | Paola, +390212345678, where") == 0
    )
    shown = capfd.readouterr().out
    assert "contact      Anna, +393471234567, sister, tell | Paola, +390212345678, where\n" in shown
    assert shown.endswith("version 2, 0 pictures\n")
    assert kept(state) == PersonRecord(
        medical="asthma",
        dangerous=(DangerousPerson(name="Marco Neri", car="Panda", note="has a rifle"),),
        contacts=(
            Contact(name="Anna", number="+393471234567", relation="sister", tell=True),
            Contact(name="Paola", number="+390212345678", tell=True, where=True),
        ),
    )
    assert typed(state, "--set", "medical=") == 0
    assert kept(state).medical == ""


def test_pictures_stay_with_the_name_and_go_with_an_empty_file(
    state: StateDir, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file, none = tmp_path / "face.png", tmp_path / "none"
    file.write_bytes(GREY)
    none.write_bytes(b"")
    assert typed(state, "--set", "dangerous=Marco", "--picture", f"Marco={file}", "--photo", str(file)) == 0
    before = kept(state)
    assert len(list(before.pictures)) == 2
    assert typed(state, "--set", "dangerous=Marco, a blue Panda", "--photo", str(none)) == 0
    assert list(kept(state).pictures) == [before.dangerous[0].picture]
    for words in (("--picture", f"Nobody={file}"), ("--photo", __file__), ("--photo", "/nowhere")):
        assert typed(state, *words) != 0
    assert "the picture is not a JPEG, PNG or WebP" in capfd.readouterr().err


def test_the_doctor_counts_records_that_nothing_opens(state: StateDir) -> None:
    typed(state, "--set", "medical=asthma")
    assert not any("records" in one.text for one in people(state))
    with journal_of(state) as journal:
        journal.transact(lambda tx: tx.write(Query(delete(schema.record_key))))
    assert any("records of 1 users" in one.text for one in people(state))
    assert kept(state) == PersonRecord()


def test_a_whole_record_comes_as_json_and_a_fault_changes_nothing(
    state: StateDir, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "record.json"
    file.write_text(json.dumps({"children": "Luca, 4", "addresses": ["via Roma 12"]}))
    assert typed(state, "--file", str(file)) == 0
    capfd.readouterr()
    assert typed(state, "--json") == 0
    assert json.loads(capfd.readouterr().out)["record"] == json.loads(file.read_text())
    for text, said in (
        ("colour=red", "is no field"),
        ("contact=Anna, 112", "Anna"),
        ("contact=, +393471234567", "name"),
        ("address=" + "|".join("abcdef"), "length <= 5"),
    ):
        assert typed(state, "--set", text) == 1
        assert said in capfd.readouterr().err
    assert kept(state) == PersonRecord(children="Luca, 4", addresses=("via Roma 12",))
