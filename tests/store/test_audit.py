"""The audit: a chain that tells of each byte, entry and end that is not as it was, and where."""

from collections.abc import Callable
from pathlib import Path

import pytest

from messages.ids import SECOND, Instant, NodeId
from store.audit import table
from store.audit.entry import Action, Entry, EntryContent
from store.audit.trail import HEADS, KEY, AuditVerification, Trail, verify_audit
from store.journal.journal import Journal
from tests.store.databases import Database
from tests.store.places import Clock, on_both
from tests.support.each import each


@pytest.fixture
def trail(tmp_path: Path) -> Trail:
    (tmp_path / "keys").mkdir()
    return Trail(tmp_path / "keys")


def enter(journal: Journal, trail: Trail, *subjects: str, actor: str = "marta") -> Entry:
    said = EntryContent(
        actor=actor, origin="cli", action=Action.READ_ALERT, subjects=subjects, detail="story"
    )
    entry = journal.transact(lambda tx: trail.append(tx, said))
    trail.committed(entry)
    trail.save()
    return entry


def told(found: AuditVerification) -> list[str]:
    return [str(problem) for problem in found.problems]


def chain(journal: Journal) -> list[Entry]:
    return list(table.of_chain(journal, journal.node))


@pytest.fixture
def ten(journal: Journal, trail: Trail) -> list[Entry]:
    return [enter(journal, trail, f"a{number}", "u1") for number in range(10)]


def test_what_is_entered_is_in_order(journal: Journal, trail: Trail, ten: list[Entry], clock: Clock) -> None:
    assert chain(journal) == ten
    assert [entry.number for entry in ten] == list(range(1, 11))
    assert {entry.at for entry in ten} == {clock()}
    assert told(verify_audit(journal, trail)) == []
    assert verify_audit(journal, trail).chains[0].entries == 10


def test_another_process_of_the_node_goes_on_where_the_first_is(journal: Journal, trail: Trail) -> None:
    other = Trail(trail._key_file.parent)
    for one in (trail, other, trail, other, other, trail):
        enter(journal, one)
    assert told(verify_audit(journal, Trail(trail._key_file.parent))) == []
    assert trail.key() == other.key()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("UPDATE audit SET actor = 'luca' WHERE number = 4", ["n1: entry 4 not as written"]),
        ("UPDATE audit SET subjects = 'a3  u1' WHERE number = 4", ["n1: entry 4 not as written"]),
        ("UPDATE audit SET at_us = at_us + 1 WHERE number = 10", ["n1: entry 10 not as written"]),
        ("UPDATE audit SET action = 'nothing' WHERE number = 1", ["n1: entry 1 not as written"]),
        ("DELETE FROM audit WHERE number = 4", ["n1: entry 4 missing"]),
        ("DELETE FROM audit WHERE number < 3", ["n1: entries 1 to 2 missing"]),
        ("DELETE FROM audit WHERE number > 8", ["n1: the end is cut off, entries 9 to 10 missing"]),
        ("DELETE FROM audit", ["n1: the end is cut off, entries 1 to 10 missing"]),
        (
            "UPDATE audit SET number = number - 20 WHERE number IN (3, 4)",
            ["n1: entries 3 to 4 missing"],
        ),
    ],
)
def test_what_was_done_to_it_is_told_with_the_place(
    database: Database, journal: Journal, trail: Trail, ten: list[Entry], change: str, says: list[str]
) -> None:
    database.without_rules(change)
    assert told(verify_audit(journal, trail)) == says


@on_both
def test_a_byte_of_a_proof_that_was_changed_is_told(
    database: Database, journal: Journal, trail: Trail, ten: list[Entry]
) -> None:
    flipped = bytes([ten[3].mac[0] ^ 1]) + ten[3].mac[1:]
    database.without_rules(f"UPDATE audit SET mac = {_blob(database, flipped)} WHERE number = 4")
    # The next one was made with it, so that both no longer fit.
    assert told(verify_audit(journal, trail)) == ["n1: entries 4 to 5 not as written"]


def test_with_another_key_none_fits(journal: Journal, trail: Trail, ten: list[Entry]) -> None:
    keys = trail._key_file.parent
    (keys / KEY).write_bytes(bytes(32))
    assert told(verify_audit(journal, Trail(keys))) == ["n1: none of entries 1 to 10 fits this key"]


def test_an_end_that_was_cut_off_stays_told_when_the_chain_goes_on(
    database: Database, journal: Journal, trail: Trail, ten: list[Entry]
) -> None:
    database.without_rules("DELETE FROM audit WHERE number > 7")
    # By a process that has not seen the end itself.
    for _ in range(5):
        enter(journal, Trail(trail._key_file.parent))
    assert told(verify_audit(journal, trail)) == ["n1: entries 8 to 10 missing"]


def test_without_the_head_nobody_can_say_where_the_end_was(
    journal: Journal, trail: Trail, ten: list[Entry]
) -> None:
    keys = trail._key_file.parent
    (keys / HEADS).unlink()
    found = verify_audit(journal, Trail(keys))
    assert told(found) == ["n1: its head is lost, nobody knows of entries after 10"]
    assert not found.altered


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit SET actor = 'luca' WHERE number = 10",
        "UPDATE audit SET actor = 'luca' WHERE number = 1",
        "UPDATE audit SET mac = substr(mac, 2) WHERE number = 10",
        "DELETE FROM audit WHERE number = 1", "DELETE FROM audit WHERE number = 5",
        "UPDATE audit SET chain = 'n1~1'", "UPDATE audit SET chain = 'n1~1' WHERE number = 1",
        "UPDATE audit SET number = number + 1 WHERE number = 10",
    ],
)  # fmt: skip
def test_a_lost_head_hides_no_entry_that_was_altered(
    database: Database, journal: Journal, trail: Trail, ten: list[Entry], change: str
) -> None:
    """Who has the database cannot make one of the other, whether or not the head was taken away as well."""
    keys = trail._key_file.parent
    database.without_rules(change)
    assert verify_audit(journal, Trail(keys)).altered
    (keys / HEADS).unlink()
    assert verify_audit(journal, Trail(keys)).altered


@on_both
def test_old_entries_go_from_the_beginning_and_the_rest_says_what_it_begins_with(
    database: Database, journal: Journal, trail: Trail, clock: Clock
) -> None:
    for number in range(10):
        enter(journal, trail, f"a{number}")
        clock.forward(1)
    before = Instant(clock() - 4 * SECOND)

    def prune() -> Entry | None:
        entry = journal.transact(lambda tx: trail.prune(tx, before))
        if entry is not None:
            trail.committed(entry)
            trail.save()
        return entry

    assert prune() is not None
    assert prune() is None
    assert [entry.number for entry in chain(journal)] == [7, 8, 9, 10, 11]
    assert told(verify_audit(journal, trail)) == []
    database.without_rules("DELETE FROM audit WHERE number = 7")
    assert told(verify_audit(journal, trail)) == ["n1: entry 7 missing"]


@on_both
@each(
    "statement",
    [
        "UPDATE audit SET actor = 'luca' WHERE number = 4",
        "DELETE FROM audit WHERE number = 4",
        "DELETE FROM audit WHERE number = 10",
        "INSERT INTO audit SELECT chain, 3, at_us, actor, origin, action, subjects, detail, mac FROM audit "
        "WHERE number = 4",
    ],
)
def test_the_database_lets_nothing_be_changed(database: Database, ten: list[Entry], statement: str) -> None:
    with pytest.raises(Exception, match="append-only"):
        database.execute(statement)


@on_both
def test_each_node_has_a_chain_that_is_verified_where_its_key_is(
    tmp_path: Path, open_journal: Callable[..., Journal], trail: Trail, ten: list[Entry]
) -> None:
    (tmp_path / "other").mkdir()
    other = Trail(tmp_path / "other")
    second = open_journal(node=NodeId("n2"), shared=True)
    enter(second, other)
    found = verify_audit(second, other)
    assert (told(found), [one.chain for one in found.chains], found.elsewhere) == ([], ["n2"], ("n1",))


@on_both
def test_the_newest_come_first_of_one_or_of_all(journal: Journal, trail: Trail, clock: Clock) -> None:
    for number in range(5):
        enter(journal, trail, f"a{number}", actor="marta" if number % 2 else "luca")
        clock.forward(1)
    newest = [entry.said.subjects[0] for entry in table.newest(journal, since=Instant(0))]
    assert newest == ["a4", "a3", "a2", "a1", "a0"]
    of_marta = table.newest(journal, since=Instant(clock() - 3 * SECOND), actor="marta")
    assert [entry.said.subjects[0] for entry in of_marta] == ["a3"]


def _blob(database: Database, value: bytes) -> str:
    return f"X'{value.hex()}'" if hasattr(database, "path") else f"'\\x{value.hex()}'::bytea"
