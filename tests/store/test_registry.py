"""People and keys: found at once, changed with a trace, refused with a reason, imported whole or not."""

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from messages.events import PersonalDataChanged
from messages.ids import E164, OperatorId, UserId
from messages.journal import event_type
from model.rules.calls.psap import EMERGENCY_NUMBERS
from model.rules.pins import PinVerdict
from store.alerts.erasing import erase_person
from store.errors import AlreadyTaken, LastKey, NotRegistered, NumberRefused, RegistryError
from store.journal.journal import Journal
from store.registry import numbers
from store.registry.access import credentials
from store.registry.access.app_keys import revoke_key
from store.registry.people import Person, StaffRole, distinct_names
from store.registry.registry import Registry
from tests.store.databases import Database
from tests.store.places import Clock, on_both, on_sqlite
from tests.support.each import each
from tests.support.there import there
from tests.waiting import wait_until

GIULIA = Person(
    phones=("333 111 2223", "+39 02 0000 0001"), first_name="Giulia", last_name="Rossi", language="it",
    notes="diabetic", devices=("d1", "d2"),
)  # fmt: skip


@pytest.fixture
def registry(journal: Journal) -> Registry:
    return Registry(journal)


def trace(journal: Journal, stream: str) -> list[tuple[str, str]]:
    events = [one.event for one in journal.read(stream)]
    return [(one.by, one.what) for one in events if isinstance(one, PersonalDataChanged)]


# ---------------------------------------------------------------------------------------- users


def test_a_user_is_found_by_id_number_and_device(registry: Registry, clock: Clock) -> None:
    user = registry.add_user(GIULIA, by="anna")
    assert user.phones == ("+393331112223", "+390200000001")
    assert (user.name, user.language, user.notes, user.devices) == (
        "Giulia Rossi",
        "it",
        "diabetic",
        ("d1", "d2"),
    )
    assert (user.created_at, user.changed_at) == (clock(), clock())
    assert registry.user(user.id) == user
    for phone in user.phones:
        assert registry.user_by_phone(phone) == user
    assert registry.user_by_device("d2") == user
    assert registry.user_by_phone(E164("+391")) is None is registry.user_by_device("d3")
    assert registry.user(UserId("nobody")) is None
    assert registry.count_users() == 1


def test_every_change_of_a_persons_data_leaves_a_trace_that_tells_nothing_of_it(
    registry: Registry, journal: Journal, clock: Clock, database: Database
) -> None:
    user = registry.add_user(GIULIA, by="anna")
    clock.forward(5)
    changed = registry.change_user(user.id, Person(notes="", phones=("+393331112224",), devices=()), by="bea")
    assert (changed.notes, changed.phones, changed.devices) == ("", ("+393331112224",), ())
    assert (changed.first_name, changed.created_at, changed.changed_at) == (
        "Giulia",
        user.created_at,
        clock(),
    )
    registry.change_user(user.id, Person(first_name="Giulia"), by="bea")  # changes nothing
    erase_person(journal, user.id, by="carla")
    stream = f"user-{user.id}"
    assert trace(journal, stream) == [
        ("anna", "added"), ("bea", "changed notes, phones, devices"), ("carla", "erased")
    ]  # fmt: skip
    assert registry.user(user.id) is None
    assert registry.user_by_phone(E164("+393331112224")) is None
    journal.checkpoint()
    journal.close()
    left = database.execute("SELECT data FROM event")
    for table in ("person", "person_phone", "person_device"):
        left += database.execute(f"SELECT * FROM {table}")
    for personal in ("Giulia", "Rossi", "3331112223", "diabetic", "d1"):
        assert personal not in repr(left)


def test_a_number_or_device_is_one_persons(registry: Registry, journal: Journal) -> None:
    giulia = registry.add_user(GIULIA, by="x")
    for person in (Person(phones=("+393331112223",)), Person(phones=("+393339999999",), devices=("d2",))):
        with pytest.raises(AlreadyTaken) as error:
            registry.add_user(person, by="x")
        assert error.value.holder == giulia.id
    assert registry.count_users() == 1
    assert journal.last_seq() == 1
    maria = registry.add_user(Person(phones=("+393339999999",)), by="x")
    with pytest.raises(AlreadyTaken):
        registry.change_user(maria.id, Person(devices=("d1",)), by="x")
    registry.change_user(giulia.id, Person(devices=()), by="x")
    assert registry.change_user(maria.id, Person(devices=("d1",)), by="x").devices == ("d1",)


@each("number", [*sorted(EMERGENCY_NUMBERS), "+39112", "00 39 118", "1 1 2"])
def test_an_emergency_number_is_nobodys(registry: Registry, number: str) -> None:
    with pytest.raises(NumberRefused):
        registry.add_user(Person(phones=(number,)), by="x")
    with pytest.raises(NumberRefused):
        registry.add_operator("Anna", number, by="x")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("333 111 2223", "+393331112223"),
        ("+39 333-111.2223", "+393331112223"),
        ("0039 3331112223", "+393331112223"),
        ("tel:+393331112223", "+393331112223"),
        ("02 00000001", "+390200000001"),
        ("+44 (20) 7946 0958", "+442079460958"),
        ("+15555550100", "+15555550100"),
    ],
)
def test_numbers_become_e164_however_they_are_written(written: str, meant: str) -> None:
    assert numbers.normalised(written) == meant == numbers.of_a_person(written)
    assert numbers.normalised("2079460958", "GB") == "+442079460958"


@pytest.mark.parametrize(
    "written",
    [
        "", "hello", "+", "12", "+39", "+999 123 456", "333111222344445555", "+39333111\n;",
        "call +393331112223", "1800FLOWERS",
    ],
)  # fmt: skip
def test_what_is_no_number_is_refused(written: str) -> None:
    with pytest.raises(NumberRefused):
        numbers.of_a_person(written)


@pytest.mark.parametrize(
    "person",
    [
        Person(), Person(phones=("+393331112223",), language="italiano"),
        Person(phones=("+393331112223",), cancel_pin="12"),
        Person(phones=("+393331112223",), cancel_pin="12a4"),
        Person(phones=("+393331112223",), cancel_pin="1234", duress_pin="1234"),
    ],
)  # fmt: skip
def test_what_makes_no_person_is_refused(registry: Registry, person: Person) -> None:
    with pytest.raises(RegistryError):
        registry.add_user(person, by="x")
    assert registry.count_users() == 0


def test_nobody_is_changed_or_erased_who_is_not_there(registry: Registry, journal: Journal) -> None:
    nobody = UserId("nobody")
    with pytest.raises(NotRegistered):
        registry.change_user(nobody, Person(notes="x"), by="x")
    with pytest.raises(NotRegistered):
        erase_person(journal, nobody, by="x")
    assert registry.check_pin(nobody, "1234") is PinVerdict.NONE_SET


def test_what_was_kept_by_a_lesser_hash_is_raised_by_the_next_use_that_is_right(
    registry: Registry,
    database: Database,
    slow_hasher: Callable[[], PasswordHasher],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(credentials, "_hasher", slow_hasher)
    user = registry.add_user(Person(phones=("+393331112223",), cancel_pin="1234", duress_pin="4321"), by="x")
    lesser = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    old = lesser.hash("1234")
    database.execute("UPDATE person SET cancel_pin = ?", old)
    marta = registry.add_operator("Marta", "+390200000011", by="x").id
    weak = lesser.hash("four words of nothing")
    database.execute("UPDATE operator SET password = ?", weak)

    def kept() -> list[str]:
        asked = ("SELECT cancel_pin FROM person", "SELECT password FROM operator")
        return [str(database.execute(one)[0][0]) for one in asked]

    assert registry.check_pin(user.id, "0000") is PinVerdict.WRONG
    assert registry.check_pin(user.id, "4321") is PinVerdict.DURESS
    assert not registry.password_is(marta, "other words")
    assert kept() == [old, weak]
    assert registry.check_pin(user.id, "1234") is PinVerdict.CANCEL
    assert registry.password_is(marta, "four words of nothing")
    wait_until(lambda: kept()[0].startswith("$argon2id$v=19$m=7168,t=5"))
    assert kept()[1].startswith("$argon2id$v=19$m=65536,t=3")
    assert registry.check_pin(user.id, "1234") is PinVerdict.CANCEL
    assert registry.password_is(marta, "four words of nothing")


def test_case_19_a_pin_cancels_and_another_only_seems_to(
    registry: Registry, database: Database, journal: Journal
) -> None:
    user = registry.add_user(GIULIA, by="x")
    assert registry.check_pin(user.id, "1234") is PinVerdict.NONE_SET
    user = registry.change_user(user.id, Person(cancel_pin="1234", duress_pin="4321"), by="x")
    assert (user.has_cancel_pin, user.has_duress_pin) == (True, True)
    verdicts = [registry.check_pin(user.id, pin) for pin in ("1234", "4321", "0000", "")]
    assert verdicts == [PinVerdict.CANCEL, PinVerdict.DURESS, PinVerdict.WRONG, PinVerdict.WRONG]
    with pytest.raises(RegistryError, match="must differ"):
        registry.change_user(user.id, Person(cancel_pin="4321"), by="x")
    registry.change_user(user.id, Person(duress_pin=""), by="x")
    assert registry.check_pin(user.id, "4321") is PinVerdict.WRONG
    journal.checkpoint()
    assert not database.holds(b"4321")


@on_both
def test_people_are_searched_by_what_is_known_of_them(registry: Registry) -> None:
    giulia = registry.add_user(GIULIA, by="x")
    maria = registry.add_user(
        Person(phones=("+393339999999",), first_name="Maria 100%", last_name="Bianchi"), by="x"
    )
    for text, found in {
        "": [maria, giulia], "ross": [giulia], "giulia rossi": [giulia], "Rossi Giu": [giulia],
        "d1": [giulia],
        "111 2223": [giulia], "+3933": [maria, giulia], giulia.id: [giulia], "100%": [maria], "%": [maria],
        "_": [], "d": [], "nobody": [], "' OR 1=1": [],
    }.items():  # fmt: skip
        assert registry.users(text) == found, text
    assert registry.users(limit=1) == [maria]
    assert registry.users(limit=1, offset=1) == [giulia]


@on_sqlite
def test_a_hundred_thousand_users_are_found_at_once(registry: Registry, path: Path) -> None:
    database = sqlite3.connect(path)
    with database:
        count = 100_000
        database.executemany(
            "INSERT INTO person VALUES (?, 'F', 'L', 'it', '', '', '', 0, 0, '')",
            ((f"u{n}",) for n in range(count)),
        )
        database.executemany(
            "INSERT INTO person_phone VALUES (?, ?, 0)", ((f"+39334{n:07d}", f"u{n}") for n in range(count))
        )
    database.close()
    took = []
    for n in range(0, count, 500):
        began = time.perf_counter()
        user = registry.user_by_phone(E164(f"+39334{n:07d}"))
        took.append(time.perf_counter() - began)
        assert user is not None
        assert user.id == f"u{n}"
    # 26 µs on an idle machine; half of them, so that a busy one does not fail
    assert sorted(took)[len(took) // 2] < 0.001


# ----------------------------------------------------------------------------- operators and keys


def test_an_operator_is_found_by_id_and_token(registry: Registry, journal: Journal, clock: Clock) -> None:
    anna = registry.add_operator("Anna Bianchi", "333 111 0000", by="admin", role=StaffRole.SUPERVISOR)
    assert (anna.id, anna.phone, anna.language, anna.role) == (
        "anna-bianchi", "+393331110000", "it", StaffRole.SUPERVISOR,
    )  # fmt: skip
    assert not anna.has_token
    token = registry.issue_token(anna.id, by="admin")
    found = there(registry.operator_by_token(token))
    assert (found.id, found.has_token) == (anna.id, True)
    assert registry.operator(anna.id) == found
    another = registry.issue_token(anna.id, by="admin")
    assert registry.operator_by_token(token) is None
    assert registry.operator_by_token(another) == found
    assert registry.operator_by_token("") is None
    assert [what for _, what in trace(journal, "operator-anna-bianchi")] == [
        "added", "changed token", "changed token",
    ]  # fmt: skip


def test_a_password_is_hashed_slowly(slow_hasher: Callable[[], PasswordHasher]) -> None:
    assert slow_hasher().hash("x").startswith("$argon2id$v=19$m=65536,t=3,p=1$")


def test_a_password_is_one_s_own_and_newest(registry: Registry, journal: Journal, database: Database) -> None:
    anna = registry.add_operator("Anna Bianchi", "333 111 0000", by="admin").id
    luca = registry.add_operator("Luca", "333 111 0001", by="admin").id
    assert not registry.password_is(anna, "")
    registry.set_password(anna, "perché no, è lunga", by="admin")
    assert registry.password_is(anna, "perche\u0301 no, e\u0300 lunga")
    assert not registry.password_is(luca, "perché no, è lunga")
    assert not registry.password_is(None, "perché no, è lunga")
    registry.set_password(anna, "another one", by="admin")
    assert registry.password_is(anna, "another one")
    assert not registry.password_is(anna, "perché no, è lunga")
    kept = database.execute("SELECT password FROM operator ORDER BY id")
    assert [one[0][:9] for one in kept] == ["$argon2id", ""]
    assert [what for _, what in trace(journal, "operator-anna-bianchi")][1:] == ["changed password"] * 2
    with pytest.raises(NotRegistered):
        registry.set_password(OperatorId("nobody"), "x", by="admin")


@on_both
def test_an_operator_is_called_by_id_name_or_number_where_that_is_one(registry: Registry) -> None:
    anna = registry.add_operator("Anna Bianchi", "333 111 0000", by="x")
    registry.add_operator("Luca", "333 111 0001", by="x")
    for who in ("anna-bianchi", "ANNA  bianchi ", "+393331110000"):
        assert registry.called(who) == anna
    assert registry.called("anna") is None
    registry.add_operator("Bea", "333 111 0000", by="x")
    assert registry.called("+393331110000") is None, "two have this number"
    assert registry.called("") is None


def test_nobody_is_locked_out_by_another_of_the_same_name(registry: Registry) -> None:
    luca = registry.add_operator("Luca Ferri", "333 111 0001", by="x")
    for name, phone in (("luca-ferri", "0002"), ("LUCA Ferri ", "0001")):
        with pytest.raises(AlreadyTaken) as refused:
            registry.add_operator(name, f"333 111 {phone}", by="x")
        assert refused.value.holder == luca.id
    assert not registry.is_shared("Luca Ferri")
    other = registry.add_operator(" LUCA  ferri", "333 111 0002", by="x")
    assert (other.id, registry.is_shared("Luca Ferri")) == ("luca-ferri-2", True)
    assert registry.called("Luca Ferri") is None
    for one in (luca, other):
        assert registry.called(one.phone) == registry.called(one.id) == one
    first, second = (registry.add_operator("Eva", f"333 111 002{n}", by="x") for n in range(2))
    assert (first.id, registry.is_shared("eva"), registry.called("eva")) == ("eva", True, None)
    assert registry.called(first.phone) == first
    assert registry.called(second.phone) == second
    registry.remove_operator(luca.id, by="x")
    assert registry.called("Luca Ferri") == other
    assert registry.add_operator("Luca Ferri", "333 111 0009", by="x").id == "luca-ferri-3"


def test_two_of_one_name_are_told_apart_by_their_numbers_or_else_by_their_ids(registry: Registry) -> None:
    people = (("Luca", "10001"), ("LUCA", "10002"), ("Anna", "10003"), ("Eva", "10004"), ("Eva", "20004"))
    for name, phone in people:
        registry.add_operator(name, f"333 11 {phone}", by="x")
    assert distinct_names(registry.operators()) == {
        "luca": "Luca (…0001)",
        "luca-2": "LUCA (…0002)",
        "anna": "Anna",
        "eva": "Eva (eva)",
        "eva-2": "Eva (eva-2)",
    }


@on_both
def test_a_role_may_all_that_those_before_it_may(registry: Registry) -> None:
    anna = registry.add_operator("Anna", "+393331110000", by="x")
    assert anna.role is StaffRole.OPERATOR
    registry.set_role(anna.id, StaffRole.ADMIN, by="x")
    found = there(registry.operator(anna.id))
    assert [found.role.may(wanted) for wanted in StaffRole] == [True, True, True]
    assert [StaffRole.SUPERVISOR.may(wanted) for wanted in StaffRole] == [True, True, False]


def test_operators_ids_are_made_of_their_names_and_never_used_again(registry: Registry) -> None:
    names = ["Anna", "Anna.", "Ànna!", "陈", "x" * 99]
    ids = [registry.add_operator(name, "+393331110000", by="x").id for name in names]
    assert ids == ["anna", "anna-2", "anna-3", "operator", "x" * 40]
    registry.remove_operator(OperatorId("anna-2"), by="x")
    assert registry.add_operator("Anna.", "+393331110000", by="x").id == "anna-4"
    with pytest.raises(AlreadyTaken):
        registry.add_operator("Other", "+393331110000", by="x", id=OperatorId("anna"))
    assert registry.add_operator("Own", "+393331110000", by="x", id=OperatorId("demo")).id == "demo"
    assert [one.id for one in registry.operators()][:2] == ["anna", "anna-4"]


@on_both
def test_operators_are_changed_and_removed(registry: Registry) -> None:
    anna = registry.add_operator("Anna", "+393331110000", by="x")
    token = registry.issue_token(anna.id, by="x")
    registry.trust_token(anna.id, token, by="x")
    bea = registry.add_operator("Bea", "+393331110001", by="x")
    with pytest.raises(AlreadyTaken):
        registry.trust_token(bea.id, token, by="x")
    registry.remove_operator(anna.id, by="x")
    assert registry.operator_by_token(token) is None
    for work in (registry.issue_token, registry.remove_operator):
        with pytest.raises(NotRegistered):
            work(anna.id, by="x")
    with pytest.raises(RegistryError):
        registry.add_operator(" ", "+393331110000", by="x")


@on_both
def test_an_app_key_opens_until_it_is_revoked(
    registry: Registry, database: Database, journal: Journal
) -> None:
    key = registry.issue_app_key("app")
    registry.trust_app_key("given-by-hand", "lab")
    registry.trust_app_key("given-by-hand", "lab")
    assert [registry.app_key_name(one) for one in (key, "given-by-hand", "wrong", "")] == [
        "app", "lab", None, None,
    ]  # fmt: skip
    assert sorted(one.name for one in registry.app_keys()) == ["app", "lab"]
    assert registry.revoke_app_keys("app") == 1
    assert registry.app_key_name(key) is None
    registry.trust_app_key(key, "app")
    assert registry.app_key_name(key) is None  # what was revoked stays so
    assert registry.app_key_is_revoked(key)
    assert not registry.app_key_is_revoked("wrong")
    assert [one.name for one in registry.app_keys()] == ["lab"]
    journal.checkpoint()
    assert not database.holds(key.encode())


def test_an_older_key_of_a_name_holds_until_it_is_revoked_by_itself(registry: Registry) -> None:
    older, newer = registry.issue_app_key("app"), registry.issue_app_key("app")
    other = registry.issue_app_key("lab")
    assert [registry.app_key_name(one) for one in (older, newer)] == ["app", "app"]
    assert registry.revoke_app_keys("app", but_newest=True) == 1
    assert [registry.app_key_name(one) for one in (older, newer, other)] == [None, "app", "lab"]
    assert registry.revoke_app_keys("app", but_newest=True) == 0
    assert registry.revoke_app_keys("nothing of the kind") == 0


def test_no_token_stands_in_the_file(
    registry: Registry, database: Database, journal: Journal, open_journal: Callable[..., Journal]
) -> None:
    anna = registry.add_operator("Anna", "+393331110000", by="x")
    token = registry.issue_token(anna.id, by="x")
    journal.checkpoint()
    assert not database.holds(token.encode())
    there(Registry(open_journal()).operator_by_token(token))
    assert event_type(PersonalDataChanged(by="x", what="y")) == "user.data_changed"


@on_both
def test_one_key_of_a_name_is_revoked_and_never_the_last_one(journal: Journal, registry: Registry) -> None:
    first, second = registry.issue_app_key("app"), registry.issue_app_key("app")
    sign = registry.app_keys()[0].sign
    there(journal.transact(lambda tx: revoke_key(tx, sign)))
    assert [registry.app_key_name(one) for one in (first, second)] == [None, "app"]
    assert journal.transact(lambda tx: revoke_key(tx, sign)) is None
    with pytest.raises(LastKey):
        journal.transact(lambda tx: revoke_key(tx, registry.app_keys()[0].sign))
