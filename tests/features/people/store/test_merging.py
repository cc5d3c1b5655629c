"""Two who are one: all of both is there once, old journals lead to it, and an erasure reaches all of it."""

from __future__ import annotations

from typing import Any

import pytest

from features.people.merging import SamePerson, merge
from features.people.person_changes import Fields
from messages.events import AlertClosed, NoteAdded, UserIdentified
from messages.ids import AlertId, OperatorId, Outcome, UserId
from model.record import Contact, DangerousPerson, PersonRecord, RecordTooLarge
from model.rules.pins import PinVerdict
from model.settings.storage import RetentionSettings
from store import streams
from store.alerts.accepting import accept
from store.alerts.erasing import erase_expired, erase_person
from store.audit.search import ids_of
from store.errors import ChangedMeanwhile, InAnAlert, NotRegistered
from store.journal import erasable
from store.journal.journal import Append, Journal
from store.registry import devices
from store.registry.people import Person, User
from store.registry.registry import Registry
from store.registry.users import records
from store.registry.users.merged import other_ids
from tests.store.places import Clock, on_both, signal
from tests.support.pictures import png
from tests.support.there import there

GIULIA, ALSO = "+393331112223", "+393409876543"
FACE = png(2, 2)


@pytest.fixture
def registry(journal: Journal) -> Registry:
    return Registry(journal)


@pytest.fixture
def giulia(registry: Registry) -> User:
    entered = Person(phones=(GIULIA,), first_name="Giulia", notes="asthma", devices=("old-app",))
    return registry.add_user(entered, by="x")


@pytest.fixture
def also(registry: Registry) -> User:
    entered = Person(
        phones=(ALSO,), first_name="Julia", last_name="Rossi", language="en", notes="two children",
        cancel_pin="4711", duress_pin="9999",
    )  # fmt: skip
    return registry.add_user(entered, by="x")


def seen(user: User) -> Fields:
    return Fields(
        phones=user.phones, first_name=user.first_name, last_name=user.last_name,
        language=user.language, notes=user.notes,
    )  # fmt: skip


def merged(journal: Journal, kept: User, other: User) -> User:
    was = seen(kept), seen(other)
    return journal.transact(lambda tx: merge(tx, kept.id, other.id, was, by="eva", region="IT"))


def raised(journal: Journal, clock: Clock, user: User, *, close: bool = True) -> AlertId:
    alert = accept(journal, signal(clock, user.phones[0]), 50).alert
    journal.append(
        Append(streams.inbox(alert), None, (NoteAdded(by=OperatorId("anna"), text="in the kitchen"),)),
        Append(streams.case(alert), None, (UserIdentified(user=user.id, phone=user.phones[0]),)),
    )
    if close:
        journal.append(Append(streams.case(alert), None, (AlertClosed(outcome=Outcome.HANDED_OVER),)))
        clock.forward(200)
    return alert


def events(journal: Journal, alert: AlertId) -> list[Any]:
    return [one.event for one in journal.read_streams(streams.inbox(alert), streams.case(alert))]


def enrolled(journal: Journal, secret_of: str) -> str:
    made = journal.transact(lambda tx: devices.invite(tx, secret_of, "eva"))  # type: ignore[arg-type]
    key = there(journal.transact(lambda tx: devices.accept_invitation(tx, made, b"\x04" * 65, "phone")))
    return key.device


def keep(journal: Journal, user: User, record: PersonRecord) -> None:
    journal.transact(lambda tx: records.write_record(tx, user.id, record, expected=None, by="x", region="IT"))


def record_of(journal: Journal, user: UserId) -> PersonRecord:
    return journal.at_one_moment(lambda one: records.read_record(one, user)).record


@on_both
def test_everything_of_both_is_one_persons_and_each_id_leads_there(
    journal: Journal, registry: Registry, giulia: User, also: User
) -> None:
    device = enrolled(journal, ALSO)
    one = merged(journal, giulia, also)
    assert (one.id, one.phones, one.devices) == (giulia.id, (GIULIA, ALSO), ("old-app",))
    assert (one.first_name, one.last_name, one.language) == ("Giulia", "Rossi", "it")
    assert one.notes == "asthma\ntwo children"
    assert registry.user(also.id) == registry.user_by_phone(also.phones[0]) == one
    assert [phone.device for phone in devices.devices_of(journal, giulia.id)] == [device]
    assert registry.count_users() == 1
    assert registry.users("rossi") == registry.users("340 987") == [one]
    # By either id: an alert that is being cancelled may know the old one.
    assert [registry.check_pin(who, "9999") for who in (giulia.id, also.id)] == [PinVerdict.DURESS] * 2


def test_pins_of_two_persons_are_never_mixed(journal: Journal, registry: Registry, also: User) -> None:
    entered = Person(phones=(GIULIA,), first_name="Giulia", cancel_pin="1111")
    kept = registry.add_user(entered, by="x")
    one = merged(journal, kept, also)
    assert (one.has_cancel_pin, one.has_duress_pin) == (True, False)
    assert registry.check_pin(one.id, "9999") is PinVerdict.WRONG


def test_what_the_old_journal_tells_is_read_as_before_and_found_in_the_audit(
    journal: Journal, registry: Registry, clock: Clock, giulia: User, also: User
) -> None:
    alert = raised(journal, clock, also)
    before = events(journal, alert)
    merged(journal, giulia, also)
    assert events(journal, alert) == before
    assert {alert, also.id, giulia.id} <= ids_of(journal, registry, GIULIA, "IT")
    assert ids_of(journal, registry, also.id, "IT") == ids_of(journal, registry, giulia.id, "IT")


def test_nothing_of_a_merged_one_is_erased(journal: Journal, clock: Clock, giulia: User, also: User) -> None:
    alert = raised(journal, clock, also)
    merged(journal, giulia, also)
    assert [done for page in erase_expired(journal, RetentionSettings()) for done in page] == []
    assert erasable.kinds_of(journal.row, alert)


@on_both
def test_an_erasure_reaches_the_alerts_of_both_and_leads_nowhere_after(
    journal: Journal, registry: Registry, clock: Clock, giulia: User, also: User
) -> None:
    first, second = raised(journal, clock, also), raised(journal, clock, giulia)
    merged(journal, giulia, also)
    done = erase_person(journal, also.id, by="eva")
    assert {one.alert for one in done if one.kinds} == {first, second}
    assert [erasable.kinds_of(journal.row, one) for one in (first, second)] == [(), ()]
    assert (registry.user(giulia.id), registry.user(also.id)) == (None, None)
    assert other_ids(journal.rows, giulia.id) == ()


def test_who_is_merged_twice_is_one_step_away(
    journal: Journal, registry: Registry, clock: Clock, giulia: User, also: User
) -> None:
    alert = raised(journal, clock, also)
    third = registry.add_user(Person(phones=("+393451111111",), first_name="G."), by="x")
    one = merged(journal, third, merged(journal, giulia, also))
    assert registry.user(also.id) == registry.user(giulia.id) == one
    assert {done.alert for done in erase_person(journal, one.id, by="eva")} == {alert}


def test_records_are_joined_and_sealed_for_who_stays(journal: Journal, giulia: User, also: User) -> None:
    face = journal.transact(lambda tx: records.add_picture(tx, also.id, FACE))
    ugo = DangerousPerson(name="Ugo", picture=face)
    mother = Contact(name="Ada", number="+393200000001")
    keep(journal, giulia, PersonRecord(medical="asthma", safe_word="rose", addresses=("Via Roma 1",)))
    keep(
        journal,
        also,
        PersonRecord(
            medical="diabetes", children="two", photo=face, dangerous=(ugo,), contacts=(mother,),
            addresses=("Via Roma 1", "Via Po 2"),
        ),
    )  # fmt: skip
    merged(journal, giulia, also)
    assert record_of(journal, also.id) == record_of(journal, giulia.id) == PersonRecord(
        medical="asthma / diabetes", safe_word="rose", children="two", photo=face, dangerous=(ugo,),
        contacts=(mother,), addresses=("Via Roma 1", "Via Po 2"),
    )  # fmt: skip
    assert there(journal.at_one_moment(lambda one: records.read_picture(one, giulia.id, face))).data == FACE


def test_too_large_records_stay_two(journal: Journal, registry: Registry, giulia: User, also: User) -> None:
    for user in (giulia, also):
        keep(journal, user, PersonRecord(medical=user.first_name * 120))
    with pytest.raises(RecordTooLarge):
        merged(journal, giulia, also)
    assert registry.user(also.id) == also


@pytest.mark.parametrize("whose", ["kept", "other"])
def test_while_an_alert_of_either_is_open_nobody_becomes_another(
    journal: Journal, registry: Registry, clock: Clock, giulia: User, also: User, whose: str
) -> None:
    raised(journal, clock, giulia if whose == "kept" else also, close=False)
    with pytest.raises(InAnAlert):
        merged(journal, giulia, also)
    assert registry.user(also.id) == also


def test_who_was_changed_since_is_not_merged_unseen(
    journal: Journal, registry: Registry, giulia: User, also: User
) -> None:
    registry.change_user(also.id, Person(phones=("+393200000009",)), by="another admin")
    with pytest.raises(ChangedMeanwhile) as raised:
        merged(journal, giulia, also)
    assert (raised.value.field, raised.value.is_now) == ("phones", "+393200000009")


def test_one_is_not_merged_with_oneself_nor_with_nobody(journal: Journal, giulia: User, also: User) -> None:
    with pytest.raises(SamePerson):
        merged(journal, giulia, giulia)
    merged(journal, giulia, also)
    with pytest.raises(SamePerson):
        merged(journal, giulia, also)
    erase_person(journal, giulia.id, by="x")
    with pytest.raises(NotRegistered):
        merged(journal, giulia, also)
