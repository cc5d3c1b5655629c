"""Phones prove their numbers, and their keys stand until somebody ends them (trust: enrolment)."""

from __future__ import annotations

import pytest

from messages.ids import E164, SECOND, Instant
from store.alerts.erasing import erase_person
from store.journal.journal import Journal
from store.registry import devices
from store.registry.devices import CodeRefusal, DeviceKey, PendingEnrolment, TooManyCodes
from store.registry.people import Person
from store.registry.registry import Registry
from tests.store.places import Clock, on_both
from tests.support.there import is_a, there

GIULIA, ANNA = E164("+393331112223"), E164("+393471234567")
KEY = b"\x04" + bytes(64)


def asked(journal: Journal, phone: E164 = GIULIA) -> PendingEnrolment:
    return journal.transact(lambda tx: devices.start_enrolment(tx, phone, KEY, "phone"))


def confirmed(journal: Journal, device: str, code: str) -> DeviceKey | CodeRefusal:
    return journal.transact(lambda tx: devices.confirm(tx, device, code))


def enrolled(journal: Journal, phone: E164 = GIULIA) -> DeviceKey:
    one = asked(journal, phone)
    return is_a(DeviceKey, confirmed(journal, one.device, one.code))


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_the_code_enrols_and_the_number_is_a_person_s(journal: Journal) -> None:
    registry = Registry(journal)
    known = registry.add_user(Person(phones=(GIULIA,), first_name="Giulia"), by="test")
    one = asked(journal)
    assert devices.key_of(journal, one.device) is None, "not before it is confirmed"
    key = is_a(DeviceKey, confirmed(journal, one.device, one.code))
    assert (key.person, key.phone, key.key) == (known.id, GIULIA, KEY)
    assert devices.key_of(journal, one.device) == key
    assert devices.devices_of(journal, known.id) == [key]
    assert confirmed(journal, one.device, one.code) is CodeRefusal.OVER, "it counts once"


def test_a_number_that_nobody_has_becomes_a_person(journal: Journal) -> None:
    key = enrolled(journal)
    assert there(Registry(journal).user_by_phone(GIULIA)).id == key.person


def test_five_wrong_codes_end_it_also_for_the_right_one(journal: Journal) -> None:
    one = asked(journal)
    assert [confirmed(journal, one.device, wrong(one.code)) for _ in range(5)] == [CodeRefusal.WRONG] * 5
    assert confirmed(journal, one.device, one.code) is CodeRefusal.OVER


def test_after_ten_minutes_it_is_over(journal: Journal, clock: Clock) -> None:
    one = asked(journal)
    clock.forward(devices.CODE_LIFE_S)
    assert confirmed(journal, one.device, one.code) is CodeRefusal.OVER
    assert confirmed(journal, "d0", one.code) is CodeRefusal.OVER


def test_the_code_of_one_enrols_no_other(journal: Journal) -> None:
    one, other = asked(journal), asked(journal, ANNA)
    if one.code != other.code:
        assert confirmed(journal, other.device, one.code) is CodeRefusal.WRONG


def test_a_number_is_sent_one_a_minute_and_ten_a_day(journal: Journal, clock: Clock) -> None:
    for _ in range(devices.NUMBER_A_DAY):
        enrolled(journal)
        with pytest.raises(TooManyCodes) as soon:
            asked(journal)
        assert soon.value.retry_after_s == 60
        clock.forward(360)
    with pytest.raises(TooManyCodes, match="today"):
        asked(journal)
    asked(journal, ANNA)
    clock.forward(24 * 3600)
    asked(journal)


@on_both
def test_all_are_sent_some_an_hour(journal: Journal, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "CENTER_AN_HOUR", 3)
    for n in range(3):
        asked(journal, E164(f"+3933300000{n:02}"))
    clock.forward(600)
    with pytest.raises(TooManyCodes) as full:
        asked(journal)
    assert full.value.retry_after_s == 3000
    clock.forward(3000)
    asked(journal)


@on_both
def test_an_invitation_enrols_once_and_within_a_day(journal: Journal, clock: Clock) -> None:
    first, second = (journal.transact(lambda tx: devices.invite(tx, GIULIA, "admin")) for _ in range(2))

    def taken(secret: str) -> DeviceKey | None:
        return journal.transact(lambda tx: devices.accept_invitation(tx, secret, KEY, "phone"))

    assert there(taken(first)).phone == GIULIA
    assert taken(first) is None
    assert taken("swi_x") is None
    clock.forward(devices.INVITATION_LIFE_S)
    assert taken(second) is None


@on_both
def test_a_key_stands_until_it_is_revoked_or_the_number_or_the_person_goes(journal: Journal) -> None:
    registry = Registry(journal)
    revoked, moved, erased = (enrolled(journal, E164(f"+3933300000{n:02}")) for n in range(3))
    assert journal.transact(lambda tx: devices.revoke(tx, revoked.device, "admin"))
    assert not journal.transact(lambda tx: devices.revoke(tx, revoked.device, "admin"))
    registry.change_user(moved.person, Person(phones=(ANNA,)), by="test")
    erase_person(journal, erased.person, by="test")
    assert [devices.key_of(journal, one.device) for one in (revoked, moved, erased)] == [None] * 3
    assert devices.all_devices(journal) == []


@on_both
def test_a_key_beside_an_older_one_is_young_for_three_days(journal: Journal, clock: Clock) -> None:
    first = enrolled(journal)
    assert not first.is_young(first.created_at), "no other phone was there"
    clock.forward(devices.NUMBER_PAUSE_S)
    second = enrolled(journal)
    other = enrolled(journal, ANNA)
    end = second.created_at + devices.YOUNG_S * SECOND
    assert (second.is_young(Instant(end - 1)), second.is_young(Instant(end))) == (True, False)
    assert not other.is_young(other.created_at), "of another number"
    assert devices.key_of(journal, second.device) == second
    assert not first.is_young(second.created_at), "the older one is as before"


@pytest.mark.parametrize(("after_s", "young"), [(60, True), (devices.YOUNG_S, False)])
def test_a_phone_that_was_revoked_just_before_counts_as_the_older_one(
    journal: Journal, clock: Clock, after_s: int, young: bool
) -> None:
    first = enrolled(journal)
    journal.transact(lambda tx: devices.revoke(tx, first.device, devices.APP))
    clock.forward(after_s)
    key = enrolled(journal)
    assert key.is_young(key.created_at) is young


def test_an_invitation_handed_over_by_staff_makes_no_young_key(journal: Journal, clock: Clock) -> None:
    enrolled(journal)
    clock.forward(1)
    secret = journal.transact(lambda tx: devices.invite(tx, GIULIA, "admin"))
    key = there(journal.transact(lambda tx: devices.accept_invitation(tx, secret, KEY, "phone")))
    assert (key.beside_older, key.is_young(key.created_at)) == (True, False)


def test_when_it_was_last_used_is_kept(journal: Journal, clock: Clock) -> None:
    key = enrolled(journal)
    assert key.seen_at is None
    clock.forward(60)
    journal.transact(lambda tx: devices.record_alert(tx, key.device))
    assert there(devices.key_of(journal, key.device)).seen_at == key.created_at + 60 * SECOND
