"""The disk fails: all processes go on in memory, at once and together, and nothing is said to last."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from messages.events import AlarmCleared, AlarmRaised, AlarmShelved, NodeStarted
from messages.ids import Instant, NodeId, OperatorId
from store import alarms, errors, streams
from store.alerts.accepting import accept
from store.database.sqlite import SqliteConnection
from store.fallback.fallback import Fallback
from store.fallback.replica import write_note
from store.journal.journal import Append, Journal
from store.journal.verify import verify_journal
from tests.store.fallback.node import DEADLINE_S, Disk, Node, back, full, lasts, rows_of
from tests.store.places import answered, returned, signal


def test_what_another_version_has_in_memory_is_left_to_it(node: Node, disk: Disk) -> None:
    disk.at_begin = errors.JournalFull("/disk: full")
    journal = node.journal()
    journal.append(Append("line-sim1", None, (returned(),)))
    assert not journal.durable
    journal.close()
    with closing(SqliteConnection(node.run / "fallback.db", patience_s=0.3, lasting=False)) as fallback:
        fallback.begin_write()
        write_note(fallback, "form", "0012.1")
        fallback.commit()
    with pytest.raises(errors.JournalUnavailable, match="run that version until the disk can be written"):
        node.journal()


@pytest.mark.parametrize(
    "error",
    [
        errors.JournalFull("/disk: full"),
        errors.JournalReadOnly("/disk: read-only"),
        errors.JournalUnavailable("/disk: I/O"),
        errors.JournalUnavailable("/disk: I/O", outcome_known=False),
        errors.JournalTorn("/disk: torn"),
    ],
)
def test_whatever_the_disk_fails_with_the_append_is_taken_in_memory_and_comes_back(
    node: Node, disk: Disk, error: Exception
) -> None:
    journal, keeper = node.journal(), node.keeper()
    journal.append(Append("line-a", 0, (returned(), returned())))
    keeper.replicate()
    assert lasts(journal)
    disk.fails(error)
    seq = journal.last_seq()
    assert journal.append(Append("line-a", 2, (answered(),)))[0].version == 3
    assert not lasts(journal)
    with pytest.raises(errors.VersionConflict):
        journal.append(Append("line-a", 2, (answered(),)))
    assert journal.read("line-a")[-1].seq == seq + 2, "one for the alarm"
    before = rows_of(journal, "line-a")[-1]
    assert not back(disk, keeper).renumbered
    assert lasts(journal)
    assert rows_of(journal, "line-a")[-1] == before
    assert rows_of(node.on_disk(), "line-a")[-1] == before
    assert verify_journal(node.on_disk()).problems == ()


def test_what_was_not_committed_gives_way_to_what_was(node: Node, disk: Disk) -> None:
    journal, other = node.journal(), node.journal()
    node.keeper().replicate()
    assert journal._access.fallback is not None
    journal._access.fallback.log.add([(1, "line-a", 1, "line.returned", 5, "n1", 0, b"x")], [])
    other.append(Append("line-b", 0, (returned(),)))
    disk.is_gone()
    assert journal.version("line-a") == 0
    assert journal.version("line-b") == 1


def test_what_is_kept_quiet_is_known_while_the_disk_fails_and_afterwards(node: Node, disk: Disk) -> None:
    def quiet() -> list[str]:
        found = [one.event for one in journal.read(streams.SHELF)]
        return [event.subject for event in found if isinstance(event, AlarmShelved)]

    def shelved(subject: str) -> AlarmShelved:
        return AlarmShelved(subject=subject, ends_at=Instant(1), by=OperatorId("marta"), reason="an aerial")

    journal, keeper = node.journal(), node.keeper()
    journal.append(Append(streams.SHELF, None, (shelved("L1"),)))
    full(disk, keeper)
    journal.append(Append(streams.SHELF, None, (shelved("L2"),)))
    assert quiet() == ["L1", "L2"]
    back(disk, keeper)
    assert quiet() == ["L1", "L2"]


def test_the_change_is_alarmed_once_and_its_end_too(node: Node, disk: Disk) -> None:
    journal, keeper = node.journal(), node.keeper()
    full(disk, keeper)
    journal.append(Append("line-a", 0, (returned(),)))
    (alarm,) = [one.event for one in journal.read(streams.node(NodeId("n1")))]
    assert isinstance(alarm, AlarmRaised)
    assert (alarm.alarm, alarm.subject) == ("journal.not_durable", "journal")
    assert "full" in alarm.text
    done = back(disk, keeper)
    assert done.events == 2
    assert keeper.clear_alarm("2 events")
    assert not keeper.clear_alarm("again")
    assert isinstance(journal.read(streams.node(NodeId("n1")))[-1].event, AlarmCleared)


def standing_now(journal: Journal) -> list[str]:
    return [alarm for alarm, _ in alarms.read_active_alarms(journal, NodeId("n1"))]


def test_the_alarm_stands_again_where_the_node_has_started_anew_in_memory(node: Node, disk: Disk) -> None:
    journal, keeper = node.journal(), node.keeper()
    full(disk, keeper)
    journal.append(Append(streams.node(NodeId("n1")), None, (NodeStarted(version="0.1.0", pid=1),)))
    assert standing_now(journal) == []
    for _ in range(2):
        keeper.raise_alarm()
    assert standing_now(journal) == ["journal.not_durable"]
    told = [one.event for one in journal.read(streams.node(NodeId("n1")))]
    assert sum(isinstance(one, AlarmRaised) for one in told) == 2, "once in each life"
    back(disk, keeper)
    assert keeper.clear_alarm()
    assert standing_now(journal) == []


def test_an_alarm_that_could_not_be_cleared_is_not_raised_by_the_next_change(node: Node, disk: Disk) -> None:
    journal, keeper = node.journal(), node.keeper()
    keeper.replicate()
    for _ in range(3):
        disk.fails(errors.JournalFull("/disk: full"))
        journal.append(Append("line-a", None, (returned(),)))
        back(disk, keeper)
    told = [one.event for one in journal.read(streams.node(NodeId("n1")))]
    assert [type(one) for one in told] == [AlarmRaised]


def test_a_copy_that_had_to_wait_for_a_change_leaves_what_has_come_since(node: Node, disk: Disk) -> None:
    journal, keeper = node.journal(), node.keeper()
    journal.append(Append("line-a", 0, (returned(),)))
    full(disk, keeper)
    journal.append(Append("line-a", 1, (answered(),)))
    keeper.replicate()
    assert [one.event for one in journal.read("line-a")] == [returned(), answered()]
    assert back(disk, keeper).events == 2
    assert [one.event for one in node.on_disk().read("line-a")] == [returned(), answered()]


def test_without_a_spare_all_is_as_it_was(node: Node, disk: Disk) -> None:
    journal = node.on_disk()
    disk.fails(errors.JournalFull("/disk: full"))
    with pytest.raises(errors.JournalFull):
        journal.append(Append("line-a", 0, (returned(),)))
    assert lasts(journal)


def test_a_folder_that_is_not_there_is_a_mistake_in_the_settings(node: Node, tmp_path: Path) -> None:
    node.path = tmp_path / "nowhere" / "journal.db"
    with pytest.raises(errors.JournalUnavailable, match="cannot be created"):
        node.journal()
    assert not Fallback(node.run).in_use


def test_a_node_that_finds_a_torn_journal_starts_on_an_empty_spare(node: Node) -> None:
    node.path.write_bytes(b"garbage " * 4096)
    journal = node.journal()
    assert not lasts(journal)
    assert accept(journal, signal(node.clock), DEADLINE_S).created


def test_another_program_that_holds_the_journal_is_trouble_and_one_of_ours_is_not(node: Node) -> None:
    journal, ours = node.journal(0.2), node.journal()
    journal.append(Append("line-a", 0, (returned(),)))
    assert ours._access.fallback is not None
    foreign = sqlite3.connect(node.path, isolation_level=None)
    foreign.execute("BEGIN EXCLUSIVE")
    with ours._access.fallback.writing(0.1), pytest.raises(errors.JournalLocked):
        journal.append(Append("line-a", 1, (returned(),)))
    assert lasts(journal)
    assert journal.append(Append("line-a", 1, (returned(),)))[0].version == 2
    assert not lasts(journal)
    with pytest.raises(errors.JournalLocked):
        node.keeper().go_back()
    foreign.execute("ROLLBACK")
    foreign.close()
    node.keeper().go_back()
    assert lasts(journal)
    assert journal.version("line-a") == 2
