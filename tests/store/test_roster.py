"""The roster is one sealed document: of two who write at once the second is told."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import select, update

from messages.ids import DutyWay
from model.callouts.roster import EMPTY, Contact, Person, PersonId, Roster
from store.database.query import Query
from store.database.schema import duty_roster
from store.journal.journal import Journal, Transaction
from store.journal.sealing import encrypt_bytes
from store.registry.keyring import DUTY, secret_within
from store.roster import RosterChanged, StoredRoster, roster_of, store_roster
from tests.store.databases import Database
from tests.store.places import Clock, on_both
from tests.support.unreadable import GARBAGE

ROSTER = Roster(
    people=(
        Person(
            id=PersonId("p-1"),
            name="Wilhelmina Anna",
            contacts=(Contact(way=DutyWay.EMAIL, to="anna@example.org"),),
        ),
    )
)


def kept(journal: Journal, roster: Roster, was: int | None, by: str = "marta") -> StoredRoster:
    return journal.transact(partial(store_roster, roster=roster, was_version=was, by=by))


def test_what_was_kept_is_read_with_who_and_when(journal: Journal, clock: Clock) -> None:
    assert roster_of(journal) == StoredRoster(roster=EMPTY, version=0)
    first = kept(journal, ROSTER, 0)
    assert first == StoredRoster(roster=ROSTER, version=1, by="marta", at=journal.now_us())
    clock.forward(60)
    assert roster_of(journal) == first
    second = kept(journal, replace(ROSTER, zone="UTC"), 1, by="local")
    assert (second.version, second.by) == (2, "local")
    assert journal.transact(roster_of) == roster_of(journal) == second


def test_of_two_who_write_at_once_the_second_is_told_and_nothing_is_lost(journal: Journal) -> None:
    kept(journal, ROSTER, 0)
    with pytest.raises(RosterChanged) as refused:
        kept(journal, EMPTY, 0)
    assert refused.value.version == 1
    assert roster_of(journal).roster == ROSTER
    assert kept(journal, EMPTY, None).version == 2, "who has seen nothing on purpose"


def test_its_row_tells_nobody_a_name(database: Database, open_journal: Callable[..., Journal]) -> None:
    kept(open_journal(), ROSTER, 0)
    [row] = database.execute("SELECT * FROM duty_roster")
    assert not [part for part in row if isinstance(part, bytes | memoryview) and b"Wilhelmina" in bytes(part)]
    database.execute("DELETE FROM keyring WHERE name = 'duty'")
    assert roster_of(open_journal()).roster == EMPTY


def sealed(journal: Journal, plain: bytes, *, secret: bytes | None = None) -> None:
    """Put this in the place of what the roster's row holds."""

    def work(tx: Transaction) -> None:
        text = encrypt_bytes(plain, secret or secret_within(tx, DUTY), "duty")
        tx.write(Query(update(duty_roster).where(duty_roster.c.name == "duty").values(sealed=text)))

    journal.transact(work)


NO_ROSTER = GARBAGE | {"text that is not UTF-8": b"\x81\xa4zone\xa3\xff\xfe\xfd"}


@pytest.mark.parametrize("plain", NO_ROSTER.values(), ids=NO_ROSTER)
def test_a_roster_that_cannot_be_read_at_all_is_empty_and_says_so(journal: Journal, plain: bytes) -> None:
    kept(journal, ROSTER, 0)
    sealed(journal, plain)
    found = roster_of(journal)
    assert found.roster == EMPTY
    assert found.unreadable
    assert found.version == 1


def test_a_roster_of_another_secret_says_so(journal: Journal) -> None:
    kept(journal, ROSTER, 0)
    sealed(journal, msgspec.msgpack.encode(ROSTER), secret=b"k" * 64)
    assert (roster_of(journal).roster, bool(roster_of(journal).unreadable)) == (EMPTY, True)


def test_of_a_roster_with_a_bad_row_the_others_are_called_and_the_row_is_named(journal: Journal) -> None:
    kept(journal, ROSTER, 0)
    said = msgspec.to_builtins(ROSTER)
    bad = {"id": "p-2", "name": "Bea", "contacts": [{"way": "pigeon", "to": "roof"}]}
    said["people"] = [bad, *said["people"]]
    said["shifts"] = 7
    sealed(journal, msgspec.msgpack.encode(said))
    found = roster_of(journal)
    assert found.roster == ROSTER
    assert "people 1: Invalid enum value 'pigeon'" in found.unreadable
    assert "shifts: " in found.unreadable


@on_both
def test_what_could_not_be_read_is_put_aside_when_another_roster_is_kept(journal: Journal) -> None:
    for _ in range(2):
        kept(journal, ROSTER, None)
        sealed(journal, b"\xc1")
    kept(journal, ROSTER, None)
    assert roster_of(journal).unreadable == ""
    names = journal.rows(Query(select(duty_roster.c.name).order_by(duty_roster.c.name)))
    assert [name for (name,) in names] == ["duty", "duty.unreadable"]
