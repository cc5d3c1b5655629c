"""Records of a CSV file of people: what it has no column for is left, and each fault says where it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from application.errors import CenterError
from application.state.journals import journal_of
from application.state.state_dir import StateDir
from center import cli
from features.people.importing import import_users
from model.record import Contact, DangerousPerson, PersonRecord
from store.registry.people import Person
from store.registry.registry import Registry
from store.registry.users import records

GIULIA = "+393331112223"


@pytest.fixture
def state(tmp_path: Path) -> StateDir:
    made = StateDir(tmp_path / "state")
    with journal_of(made, create=True) as journal:
        Registry(journal).add_user(Person(phones=(GIULIA,), first_name="Giulia"), by="test")
    return made


def kept(state: StateDir, phone: str = GIULIA) -> PersonRecord:
    with journal_of(state) as journal:
        user = Registry(journal).user_by_phone(phone)  # type: ignore[arg-type]
        assert user is not None
        return journal.at_one_moment(lambda connection: records.read_record(connection, user.id)).record


def taken_in(state: StateDir, tmp_path: Path, *lines: str) -> PersonRecord:
    file = tmp_path / "users.csv"
    file.write_text("\n".join(lines) + "\n")
    with journal_of(state) as journal:
        import_users(journal, file, by="test")
    return kept(state)


def test_a_file_in_another_encoding_is_taken_and_that_is_said(
    state: StateDir, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "users.csv"
    file.write_bytes("phone;medical\n+393331112223;caffè\n".encode("cp1252"))
    assert cli.run(["user", "import", str(file), "--state", str(state.path)]) == 0
    told = capfd.readouterr()
    assert told.out == "0 added, 1 changed, 0 unchanged\n"
    assert "read as windows-1252" in told.err
    assert kept(state).medical == "caffè"


def test_a_csv_file_takes_records_and_leaves_what_it_has_no_column_for(
    state: StateDir, tmp_path: Path
) -> None:
    with journal_of(state) as journal:
        user = Registry(journal).user_by_phone(GIULIA)
        assert user is not None
        known = PersonRecord(safe_word="umbrella")
        journal.transact(
            lambda tx: records.write_record(tx, user.id, known, expected=None, by="test", region="IT")
        )
    found = taken_in(
        state,
        tmp_path,
        "phone,medical,dangerous,contact,address",
        f'{GIULIA},asthma,"Marco, Panda, has, a rifle","Anna, 3471234567, tell",via Roma 12 | via Po 3',
    )
    assert found == PersonRecord(
        medical="asthma",
        safe_word="umbrella",
        dangerous=(DangerousPerson(name="Marco", car="Panda", note="has, a rifle"),),
        contacts=(Contact(name="Anna", number="+393471234567", tell=True),),
        addresses=("via Roma 12", "via Po 3"),
    )


def test_each_fault_of_a_csv_file_is_told_with_line_and_column(state: StateDir, tmp_path: Path) -> None:
    long = "x" * 1001
    with pytest.raises(CenterError) as told:
        taken_in(
            state,
            tmp_path,
            "phone,contact,dangerous,medical",
            f'{GIULIA},"Anna, 12",,',
            f'+393331112224,,", Panda",{long}',
            "+393331112225,,a|b|c|d|e,",
        )
    found = [line.split(":")[1:3] for line in str(told.value).splitlines()]
    assert found == [["2", " contact"], ["3", " dangerous"], ["3", " medical"], ["4", " dangerous"]]
    assert kept(state) == PersonRecord()
