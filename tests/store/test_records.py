"""The record of a person: sealed, with a version, gone with the person, and nowhere readable on the disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import bindparam, select, update

from messages.ids import SECOND, UserId
from model.picture import PictureKind, PictureRefused
from model.record import EMPTY, Contact, DangerousPerson, PersonRecord
from store.alerts.erasing import erase_person
from store.database import schema
from store.database.query import Query
from store.errors import NotRegistered, NumberRefused
from store.journal.journal import Journal
from store.journal.sealing import encrypt_bytes
from store.registry.people import Person, User
from store.registry.registry import Registry
from store.registry.users import records
from store.registry.users.records import PictureMissing, PicturesFull, RecordChanged, StoredRecord
from tests.store.places import Clock, journal_in, on_both
from tests.support.pictures import GREY
from tests.support.unreadable import GARBAGE

RECORD = PersonRecord(
    dangerous=(DangerousPerson(name="Marco Neri", car="Fiat Panda, AB123CD", note="has a hunting rifle"),),
    children="Luca, 4, at home",
    medical="asthma",
    court_order="Trib. Milano 123/26",
    safe_word="the blue umbrella",
    reach="by message first",
    addresses=("via Roma 12, Milano", "via Po 3, Torino"),
    contacts=(Contact(name="Anna Rossi", number="347 123 4567", relation="sister", tell=True),),
)
SECRETS = (b"Marco Neri", b"AB123CD", b"asthma", b"the blue umbrella", b"via Roma 12", b"Anna Rossi")


def added(journal: Journal) -> User:
    return Registry(journal).add_user(Person(phones=("+393331112223",), first_name="Giulia"), by="test")


def keep(
    journal: Journal,
    user: UserId,
    record: PersonRecord = RECORD,
    expected: int | None = None,
    by: str = "anna",
) -> StoredRecord:
    return journal.transact(
        lambda tx: records.write_record(tx, user, record, expected=expected, by=by, region="IT")
    )


def kept(journal: Journal, user: UserId) -> StoredRecord:
    return journal.at_one_moment(lambda connection: records.read_record(connection, user))


def picture(journal: Journal, user: UserId, data: bytes = GREY) -> str:
    return journal.transact(lambda tx: records.add_picture(tx, user, data))


def seen(journal: Journal, user: UserId, which: str) -> records.StoredPicture | None:
    return journal.at_one_moment(lambda connection: records.read_picture(connection, user, which))


def test_who_has_none_has_an_empty_one(journal: Journal) -> None:
    user = added(journal).id
    assert kept(journal, user) == StoredRecord(record=EMPTY, version=0, changed_at=None)


def test_it_is_kept_as_it_was_entered_with_numbers_as_e164(journal: Journal, clock: Clock) -> None:
    user = added(journal).id
    keep(journal, user)
    found = kept(journal, user)
    contact = msgspec.structs.replace(RECORD.contacts[0], number="+393471234567")
    assert found.record == msgspec.structs.replace(RECORD, contacts=(contact,))
    assert (found.version, found.changed_at) == (1, clock())


def test_the_journal_says_which_fields_were_changed_and_not_what_they_hold(journal: Journal) -> None:
    user = added(journal).id
    keep(journal, user, PersonRecord(medical="asthma"))
    keep(journal, user, PersonRecord(medical="asthma", children="Luca"))
    keep(journal, user, PersonRecord(medical="asthma", children="Luca"))
    said = [one.event for one in journal.read(f"user-{user}")]
    assert [getattr(one, "what", "") for one in said][1:] == [
        "changed record: medical",
        "changed record: children",
    ]


def test_of_two_who_write_at_once_the_second_is_told(journal: Journal) -> None:
    user = added(journal).id
    keep(journal, user, PersonRecord(medical="asthma"), expected=0)
    with pytest.raises(RecordChanged) as told:
        keep(journal, user, PersonRecord(medical="nothing"), expected=0)
    assert told.value.version == 1
    assert keep(journal, user, PersonRecord(medical="nothing"), expected=1).version == 2


def test_a_number_that_is_none_and_a_person_who_is_none_are_refused(journal: Journal) -> None:
    user = added(journal).id
    for number in ("12", "no number", "112"):
        with pytest.raises(NumberRefused, match="Anna"):
            keep(journal, user, PersonRecord(contacts=(Contact(name="Anna", number=number),)))
    with pytest.raises(NotRegistered):
        keep(journal, UserId("u0"))
    assert kept(journal, user).version == 0


@on_both
def test_pictures_go_when_no_record_names_them_any_more(journal: Journal, clock: Clock) -> None:
    user = added(journal).id
    face, other = picture(journal, user), picture(journal, user)
    keep(journal, user, PersonRecord(photo=face, dangerous=(DangerousPerson(name="Marco", picture=other),)))
    assert seen(journal, user, face) == records.StoredPicture(kind=PictureKind.PNG, data=GREY)
    keep(journal, user, PersonRecord(photo=face))
    assert seen(journal, user, other) is None
    waits = picture(journal, user)
    keep(journal, user, PersonRecord(photo=face, medical="asthma"))
    assert seen(journal, user, waits) is not None, "another writer is about to name it"
    clock.forward(records.UNNAMED_US / SECOND + 1)
    keep(journal, user, PersonRecord(photo=face))
    assert seen(journal, user, waits) is None
    assert seen(journal, user, face) is not None


def test_a_picture_is_one_person_s(journal: Journal) -> None:
    user = added(journal).id
    other = Registry(journal).add_user(Person(phones=("+393331112224",)), by="test").id
    face = picture(journal, user)
    assert seen(journal, other, face) is None
    with pytest.raises(PictureMissing):
        keep(journal, other, PersonRecord(photo=face))


def test_nobody_fills_the_disk_with_pictures(journal: Journal, clock: Clock) -> None:
    user = added(journal).id
    for _ in range(records.PICTURES_MAX):
        picture(journal, user)
    with pytest.raises(PicturesFull):
        picture(journal, user)
    with pytest.raises(PictureRefused):
        picture(journal, user, b"<svg/>")
    clock.forward(records.UNNAMED_US / SECOND + 1)
    picture(journal, user)


@on_both
def test_what_is_sealed_opens_for_its_own_person_and_with_its_own_key_alone(journal: Journal) -> None:
    user = added(journal).id
    other = Registry(journal).add_user(Person(phones=("+393331112224",)), by="test").id
    keep(journal, user)
    keep(journal, other, PersonRecord(medical="diabetes"))
    row = schema.record.c
    taken = journal.rows(Query(select(row.sealed).where(row.person == bindparam("who")), "who"), user)[0][0]
    moved = update(schema.record).where(row.person == bindparam("whose")).values(sealed=bindparam("text"))
    journal.transact(lambda tx: tx.write(Query(moved, "text", "whose"), taken, other))
    assert kept(journal, other).record == EMPTY


@on_both
def test_erasing_the_person_takes_record_key_and_pictures(journal: Journal) -> None:
    user = added(journal).id
    face = picture(journal, user)
    keep(journal, user, msgspec.structs.replace(RECORD, photo=face))
    erase_person(journal, user, by="test")
    assert kept(journal, user) == StoredRecord()
    assert seen(journal, user, face) is None
    for table in (schema.record, schema.record_key, schema.picture):
        assert journal.rows(Query(select(table))) == []


def test_nothing_of_it_stands_open_on_the_disk_or_in_the_spare(path: Path) -> None:
    journal = journal_in(path)
    user = added(journal).id
    journal.transact(lambda tx: records.add_picture(tx, user, GREY))
    keep(journal, user)
    journal.close()
    everything = b"".join(file.read_bytes() for file in path.parent.rglob("*") if file.is_file())
    assert b"Giulia" in everything, "so the right files are looked at"
    assert [one for one in (*SECRETS, GREY) if one in everything] == []


def test_the_next_opening_has_it(open_journal: Callable[..., Journal]) -> None:
    user = added(open_journal()).id
    keep(open_journal(), user)
    assert kept(open_journal(), user).record.medical == "asthma"


@pytest.mark.parametrize("data", GARBAGE.values(), ids=GARBAGE)
def test_a_record_that_cannot_be_read_counts_as_none_and_is_named(journal: Journal, data: bytes) -> None:
    user, other = added(journal).id, UserId("other")
    keep(journal, user)
    key = Query(select(schema.record_key.c.key))
    (row,) = journal.rows(key)
    sealed = encrypt_bytes(data, bytes(row[0]), "record", user)
    journal.transact(lambda tx: tx.write(Query(update(schema.record).values(sealed=sealed))))
    found = kept(journal, user)
    assert (found.record, found.version) == (EMPTY, 1)
    assert found.unreadable
    assert journal.at_one_moment(records.unreadable_records) == {user: found.unreadable}
    assert kept(journal, other) == StoredRecord()
    keep(journal, user, expected=1)
    assert kept(journal, user).unreadable == ""
    assert journal.at_one_moment(records.unreadable_records) == {}


@on_both
def test_pictures_of_a_record_that_cannot_be_read_stay(journal: Journal, clock: Clock) -> None:
    user = added(journal).id
    named = picture(journal, user)
    keep(journal, user, msgspec.structs.replace(RECORD, photo=named))
    journal.transact(lambda tx: tx.write(Query(update(schema.record).values(sealed=b"damaged"))))
    assert list(journal.at_one_moment(records.unreadable_records)) == [user]
    clock.forward(7200)
    picture(journal, user)
    assert seen(journal, user, named) is not None
