"""The roster is one sealed document: of two who write at once the second is told."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from msgspec.structs import replace

from messages.ids import DutyWay
from model.duty.roster import EMPTY, Contact, Person, PersonId, Roster
from store import duty
from store.journal.journal import Journal
from tests.store.databases import Database
from tests.store.places import Clock

ROSTER = Roster(
    people=(
        Person(
            id=PersonId("p-1"),
            name="Wilhelmina Anna",
            contacts=(Contact(way=DutyWay.EMAIL, to="anna@example.org"),),
        ),
    )
)


def kept(journal: Journal, roster: Roster, was: int | None, by: str = "marta") -> duty.Kept:
    return journal.transact(partial(duty.keep, roster=roster, was_version=was, by=by))


def test_what_was_kept_is_read_with_who_and_when(journal: Journal, clock: Clock) -> None:
    assert duty.roster_of(journal) == duty.Kept(roster=EMPTY, version=0)
    first = kept(journal, ROSTER, 0)
    assert first == duty.Kept(roster=ROSTER, version=1, by="marta", at=journal.now_us())
    clock.forward(60)
    assert duty.roster_of(journal) == first
    second = kept(journal, replace(ROSTER, zone="UTC"), 1, by="local")
    assert (second.version, second.by) == (2, "local")
    assert journal.transact(duty.roster_of) == duty.roster_of(journal) == second


def test_of_two_who_write_at_once_the_second_is_told_and_nothing_is_lost(journal: Journal) -> None:
    kept(journal, ROSTER, 0)
    with pytest.raises(duty.RosterChanged) as refused:
        kept(journal, EMPTY, 0)
    assert refused.value.version == 1
    assert duty.roster_of(journal).roster == ROSTER
    assert kept(journal, EMPTY, None).version == 2, "who has seen nothing on purpose"


def test_its_row_tells_nobody_a_name(database: Database, open_journal: Callable[..., Journal]) -> None:
    kept(open_journal(), ROSTER, 0)
    [row] = database.execute("SELECT * FROM duty_roster")
    assert not [part for part in row if isinstance(part, bytes | memoryview) and b"Wilhelmina" in bytes(part)]
    database.execute("DELETE FROM keyring WHERE name = 'duty'")
    assert duty.roster_of(open_journal()).roster == EMPTY
