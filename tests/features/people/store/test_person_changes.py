"""Persons are corrected where each field still holds what was seen."""

from __future__ import annotations

import pytest

from features.people.person_changes import Fields, change
from messages.events import PersonalDataChanged
from messages.ids import UserId
from store import streams
from store.errors import AlreadyTaken, ChangedMeanwhile, NotRegistered, NumberRefused
from store.journal.journal import Journal
from store.registry.people import Person, User
from store.registry.registry import Registry
from tests.store.places import on_both
from tests.support.there import there


@pytest.fixture
def registry(journal: Journal) -> Registry:
    return Registry(journal)


@pytest.fixture
def nicolo(registry: Registry) -> User:
    entered = Person(phones=("+393331112223",), first_name="Nicolò", last_name="D'Àngelo", notes="asthma")
    return registry.add_user(entered, by="x")


def changed(journal: Journal, who: UserId, was: Fields, now: Fields, by: str = "eva") -> tuple[str, ...]:
    return journal.transact(lambda tx: change(tx, who, was, now, by=by, region="IT"))[1]


def test_who_is_corrected_is_found_by_the_truth(journal: Journal, registry: Registry, nicolo: User) -> None:
    was = Fields(phones=nicolo.phones, last_name=nicolo.last_name)
    changed(journal, nicolo.id, was, Fields(phones=("340 555 5555",), last_name="Bruni"))
    assert [registry.users(text) for text in ("angelo", "111 2223")] == [[], []]
    assert [one.id for one in registry.users("bruni 340555")] == [nicolo.id]


@on_both
def test_numbers_are_changed_added_and_taken_away_in_the_order_in_which_they_are_called(
    journal: Journal, registry: Registry, nicolo: User
) -> None:
    seen = Fields(phones=nicolo.phones)
    now = Fields(phones=("02 5551234", "333 111 2223", "+39025551234"))
    assert changed(journal, nicolo.id, seen, now) == ("phones",)
    known = there(registry.user(nicolo.id))
    assert known.phones == ("+39025551234", "+393331112223")
    assert (known.first_name, known.notes) == ("Nicolò", "asthma")
    assert changed(journal, nicolo.id, Fields(phones=known.phones), seen) == ("phones",)
    assert registry.user(nicolo.id) == nicolo
    told = [one.event for one in journal.read(streams.user(nicolo.id))]
    assert isinstance(told[-1], PersonalDataChanged)
    assert (told[-1].by, told[-1].what) == ("eva", "changed phones")


def test_of_two_at_once_the_second_is_told_and_other_fields_are_nobodys_conflict(
    journal: Journal, registry: Registry, nicolo: User
) -> None:
    seen = Fields(phones=nicolo.phones)
    changed(journal, nicolo.id, seen, Fields(phones=(*nicolo.phones, "+393400000001")), by="eva")
    with pytest.raises(ChangedMeanwhile) as raised:
        changed(journal, nicolo.id, seen, Fields(phones=("+393400000002",)), by="ugo")
    assert (raised.value.field, raised.value.is_now) == ("phones", "+393331112223, +393400000001")
    changed(journal, nicolo.id, Fields(notes="asthma"), Fields(notes="asthma, cats"), by="ugo")
    known = there(registry.user(nicolo.id))
    assert (known.phones, known.notes) == (("+393331112223", "+393400000001"), "asthma, cats")


def test_what_is_wanted_already_is_no_change(journal: Journal, nicolo: User) -> None:
    before = journal.last_seq()
    assert changed(journal, nicolo.id, Fields(notes="old"), Fields(notes=" asthma ")) == ()
    assert journal.last_seq() == before


@pytest.mark.parametrize(
    ("phone", "error"), [("+393409876543", AlreadyTaken), ("112", NumberRefused), ("Carla", NumberRefused)]
)
def test_a_number_that_cannot_be_a_persons_or_is_anothers_is_refused_and_nothing_is_changed(
    journal: Journal, registry: Registry, nicolo: User, phone: str, error: type[Exception]
) -> None:
    registry.add_user(Person(phones=("+393409876543",), first_name="Carla"), by="x")
    with pytest.raises(error):
        changed(journal, nicolo.id, Fields(phones=nicolo.phones), Fields(phones=(phone,), notes="lost"))
    assert registry.user(nicolo.id) == nicolo


def test_nobody_is_changed_who_is_not_there(journal: Journal) -> None:
    with pytest.raises(NotRegistered):
        changed(journal, UserId("u0"), Fields(notes=""), Fields(notes="x"))
