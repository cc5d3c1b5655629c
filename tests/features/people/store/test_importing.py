"""A file of people is taken in whole or not at all, and every fault is told with its line and column."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from features.people.importing import Imported, import_users
from features.people.people_file import Fault, ImportFaulty
from messages.events import PersonalDataChanged
from messages.ids import E164
from store.journal.journal import Append, Journal
from store.registry.people import Person
from store.registry.registry import Registry
from tests.store.children import Say, children
from tests.store.databases import Database
from tests.store.places import journal_at
from tests.support.each import each
from tests.support.there import there

GIULIA = Person(
    phones=("333 111 2223", "+39 02 0000 0001"), first_name="Giulia", last_name="Rossi", language="it",
    notes="diabetic", devices=("d1", "d2"),
)  # fmt: skip


@pytest.fixture
def registry(journal: Journal) -> Registry:
    return Registry(journal)


def write(tmp_path: Path, text: str | bytes) -> Path:
    file = tmp_path / "users.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def test_a_file_of_people_is_taken_in(registry: Registry, journal: Journal, tmp_path: Path) -> None:
    file = write(
        tmp_path,
        "\ufeffPhone;First name;LAST_NAME;language;notes;devices\r\n"
        '333 111 2223;Giulia;Rossi;it;"says: ""hello""\r\nand waits";d1|d2\r\n'
        "\r\n"
        '"+44 20 7946 0958; +393339999999";Ann;O\'Neil;en;;\r\n',
    )
    assert import_users(journal, file, by="anna") == Imported(added=2, changed=0, unchanged=0)
    giulia, ann = registry.user_by_device("d2"), registry.user_by_phone(E164("+442079460958"))
    assert giulia is not None
    assert ann is not None
    assert (giulia.notes, giulia.devices) == ('says: "hello"\r\nand waits', ("d1", "d2"))
    assert (ann.phones, ann.language) == (("+442079460958", "+393339999999"), "en")
    (told,) = journal.read(f"user-{ann.id}")
    assert told.event == PersonalDataChanged(by="anna", what="added")
    assert import_users(journal, file, by="anna") == Imported(added=0, changed=0, unchanged=2)
    assert journal.last_seq() == 2


def test_known_people_are_changed_and_keep_what_is_not_said(
    registry: Registry, journal: Journal, tmp_path: Path
) -> None:
    giulia = registry.add_user(GIULIA, by="x")
    file = write(
        tmp_path, "phone,last_name,device\n+39 02 0000 0001|+393330000003,Verdi,d3\n+393330000004,New,\n"
    )
    assert import_users(journal, file, by="x") == Imported(added=1, changed=1, unchanged=0)
    changed = there(registry.user(giulia.id))
    assert changed.phones == ("+393331112223", "+390200000001", "+393330000003")
    assert changed.devices == ("d1", "d2", "d3")
    assert (changed.first_name, changed.last_name, changed.notes) == ("Giulia", "Verdi", "diabetic")


def test_every_fault_is_told_with_its_line_and_column_and_nothing_is_taken(
    registry: Registry, journal: Journal, tmp_path: Path
) -> None:
    giulia = registry.add_user(GIULIA, by="x")
    maria = registry.add_user(Person(phones=("+393339999999",)), by="x")
    before = journal.last_seq()
    file = write(
        tmp_path,
        "phone,language,device,cancel_pin,duress_pin\n"
        "+393330000001,it,,,\n"
        "112,it,,,\n"
        "hello|12,italiano,,1,22\n"
        ",it,,,\n"
        "+393330000005,it\n"
        "+393330000001,it,,,\n"
        "+393330000006,it,d1,,\n"
        "+393331112223|+393339999999,it,,,\n"
        "+393330000007,it,,1234,1234\n",
    )
    with pytest.raises(ImportFaulty) as error:
        import_users(journal, file, by="x")
    assert [(one.line, one.column) for one in error.value.faults] == [
        (3, "phone"), (4, "phone"), (4, "phone"), (4, "language"), (4, "cancel_pin"), (4, "duress_pin"),
        (5, "phone"), (6, ""), (7, "phone"), (8, "device"), (9, "phone"), (10, "duress_pin"),
    ]  # fmt: skip
    told = str(error.value)
    assert f"{file}:3: phone: '112' is an emergency number" in told
    assert f"{file}:7: phone: +393330000001 is on line 2 too" in told
    assert f"{file}:8: device: d1 belongs to {giulia.id}" in told
    assert f"{file}:9: phone: belong to {' and '.join(sorted((giulia.id, maria.id)))}" in told
    assert (registry.count_users(), journal.last_seq()) == (2, before)


@each(
    ("text", "told"),
    [
        (b"", ":1: is empty"),
        (b"\n\n", ":1: is empty"),
        (b"first_name\nAnna\n", ":1: phone: is missing"),
        (b"phone,colour\n+391,red\n", ":1: colour: is no column; there are phone, "),
        (b"phone,phones\n+391,+392\n", ":1: phone: is there twice"),
        (b"phone\n+393331112223\n\xff\xfe\n", ":3: is not UTF-8"),
        (b'phone\n+393331112223\n"+39333', ":3: unexpected end of data"),
        (b'phone\n"+393331112223"x\n', ":2: "),
    ],
)
def test_a_file_that_is_no_list_of_people_is_refused(
    registry: Registry, journal: Journal, tmp_path: Path, text: bytes, told: str
) -> None:
    file = write(tmp_path, text)
    with pytest.raises(ImportFaulty) as error:
        import_users(journal, file, by="x")
    assert f"{file}{told}" in str(error.value)
    assert registry.count_users() == 0


def test_a_file_that_is_not_there_is_told(journal: Journal, tmp_path: Path) -> None:
    with pytest.raises(ImportFaulty, match="cannot be read: No such file"):
        import_users(journal, tmp_path / "missing.csv", by="x")
    assert str(Fault(1, "phone", "x"))


def test_while_many_are_taken_in_others_get_the_write_lock(
    registry: Registry, journal: Journal, database: Database, tmp_path: Path
) -> None:
    people = "".join(f"+39334{n:07d}\n" for n in range(1500))
    file = write(tmp_path, f"phone\n{people}")

    def take_in(say: Say) -> None:
        say("begun")
        say(str(import_users(journal_at(database.url), file, by="x").added))

    longest = 0.0
    with children(take_in) as (child,):
        assert child.line() == "begun"
        while not (count := registry.count_users()) or count < 1500:
            began = time.perf_counter()
            journal.append(Append("user-u", None, (PersonalDataChanged(by="x", what="y"),)))
            longest = max(longest, time.perf_counter() - began)
        assert child.line() == "1500"
    assert longest < 2.0  # the patience of whoever accepts an alert
