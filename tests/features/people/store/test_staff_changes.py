"""An operator is changed where each field still holds what was seen; somebody can always administer."""

from __future__ import annotations

import pytest

from features.people.staff_changes import Fields, change, keep_an_admin
from messages.events import PersonalDataChanged
from messages.ids import OperatorId
from store import errors, streams
from store.journal.journal import Journal
from store.registry.access.sessions import SignOnMethod, start_session
from store.registry.people import Operator, StaffRole
from store.registry.registry import Registry
from tests.store.places import on_both
from tests.support.there import there


@pytest.fixture
def registry(journal: Journal) -> Registry:
    return Registry(journal)


@pytest.fixture
def anna(registry: Registry) -> Operator:
    return registry.add_operator("Anna", "+393331110000", by="x")


def changed(
    journal: Journal, who: OperatorId, was: Fields, now: Fields, by: str = "eva"
) -> tuple[Operator, tuple[str, ...]]:
    return journal.transact(lambda tx: change(tx, who, was, now, by=by, region="IT"))


def trace(journal: Journal, who: OperatorId) -> list[tuple[str, str]]:
    events = [one.event for one in journal.read(streams.operator(who))]
    return [(one.by, one.what) for one in events if isinstance(one, PersonalDataChanged)]


def test_what_is_changed_is_kept_as_the_registry_writes_it_and_leaves_a_trace(
    journal: Journal, registry: Registry, anna: Operator
) -> None:
    was = Fields(name="Anna", phone="+393331110000", on_call=False)
    now = Fields(name=" Anna  Neri ", phone="333 111 0001", on_call=True)
    made, fields = changed(journal, anna.id, was, now)
    assert registry.operator(anna.id) == made
    assert (made.name, made.phone, made.on_call) == ("Anna Neri", "+393331110001", True)
    assert fields == ("name", "phone", "on_call")
    assert trace(journal, anna.id)[1:] == [("eva", "changed name, phone, on_call")]


def test_the_other_way_round_it_is_taken_back(journal: Journal, registry: Registry, anna: Operator) -> None:
    was, now = Fields(language="it"), Fields(language="en")
    changed(journal, anna.id, was, now)
    changed(journal, anna.id, now, was)
    assert registry.operator(anna.id) == anna


def test_of_two_at_once_the_second_is_told_what_the_first_has_changed(
    journal: Journal, registry: Registry, anna: Operator
) -> None:
    seen = Fields(phone=anna.phone)
    changed(journal, anna.id, seen, Fields(phone="+393331110001"))
    with pytest.raises(errors.ChangedMeanwhile) as refused:
        changed(journal, anna.id, seen, Fields(phone="+393331110002"))
    assert (refused.value.field, refused.value.is_now) == ("phone", "+393331110001")
    # Another field, or what is there already, is nobody's conflict.
    changed(journal, anna.id, Fields(name="Anna"), Fields(name="Anna Neri"))
    assert changed(journal, anna.id, seen, Fields(phone="+393331110001"))[1] == ()
    found = there(registry.operator(anna.id))
    assert (found.name, found.phone) == ("Anna Neri", "+393331110001")
    assert len(trace(journal, anna.id)) == 3


def test_what_cannot_be_is_refused_unchanged(journal: Journal, registry: Registry, anna: Operator) -> None:
    registry.add_operator("Eva Neri", "+393331110009", by="x")
    faults: list[tuple[Fields, Fields, type[errors.RegistryError]]] = [
        (Fields(phone=anna.phone), Fields(phone="112"), errors.NumberRefused),
        (Fields(phone=anna.phone), Fields(phone="Anna"), errors.NumberRefused),
        (Fields(name="Anna"), Fields(name=" "), errors.RegistryError),
        (Fields(name="Anna"), Fields(name="EVA-neri"), errors.AlreadyTaken),
        (
            Fields(name="Anna", phone=anna.phone),
            Fields(name="eva  neri", phone="+393331110009"),
            errors.AlreadyTaken,
        ),
    ]
    for was, now, error in faults:
        with pytest.raises(error):
            changed(journal, anna.id, was, now)
    with pytest.raises(errors.NotRegistered):
        changed(journal, OperatorId("nobody"), Fields(), Fields(name="x"))
    assert registry.operator(anna.id) == anna


@on_both
def test_another_role_ends_the_sessions_and_the_last_admin_stays_one(
    journal: Journal, registry: Registry, anna: Operator
) -> None:
    operator, admin = Fields(role=StaffRole.OPERATOR), Fields(role=StaffRole.ADMIN)
    journal.transact(lambda tx: start_session(tx, anna.id, "", way=SignOnMethod.PASSWORD))
    changed(journal, anna.id, operator, admin)
    assert registry.sessions(journal.now_us()) == []
    with pytest.raises(errors.LastAdmin):
        changed(journal, anna.id, admin, operator)
    with pytest.raises(errors.LastAdmin):
        journal.transact(lambda tx: keep_an_admin(tx, but=anna.id))
    other = registry.add_operator("Bea", "+393331110005", by="x", role=StaffRole.ADMIN)
    changed(journal, anna.id, admin, operator)
    journal.transact(lambda tx: keep_an_admin(tx, but=anna.id))
    with pytest.raises(errors.LastAdmin):
        changed(journal, other.id, admin, operator)
