"""The disk comes back: nothing of what was in memory is lost or doubled."""

import os
from pathlib import Path

import pytest

from messages.events import AlertClosed
from messages.ids import AlertId, Outcome
from model.alert.live import LiveCases
from store import streams
from store.alerts.accepting import accept
from store.errors import JournalFull, JournalRenumbered, JournalTorn
from store.fallback.replica import write_note
from store.journal.journal import Append
from store.journal.rebuild import rebuild
from store.journal.verify import verify_journal
from store.registry.registry import Registry
from tests.store.fallback.node import DEADLINE_S, Disk, Node, back, full, gone, lasts
from tests.store.places import answered, returned, signal


def test_what_others_have_written_meanwhile_stays_and_ours_comes_after_it(node: Node, disk: Disk) -> None:
    journal, keeper = node.journal(), node.keeper()
    journal.append(Append("line-a", 0, (returned(),)))
    full(disk, keeper)
    journal.append(Append("line-a", 1, (answered(1),)))
    disk.works()
    node.clock.forward(1)
    node.on_disk().append(Append("line-a", 1, (answered(7),)), Append("line-b", 0, (returned(),)))
    assert keeper.go_back().renumbered
    found = node.on_disk()
    assert [one.event for one in found.read("line-a")] == [returned(), answered(7), answered(1)]
    assert verify_journal(found).problems == ()
    with pytest.raises(JournalRenumbered):
        journal.read("line-a")
    assert node.journal().version("line-a") == 3


def test_an_older_copy_gets_what_it_lacks(node: Node, disk: Disk, tmp_path: Path) -> None:
    journal, keeper = node.journal(), node.keeper()
    alert = accept(journal, signal(node.clock), DEADLINE_S).alert
    journal.checkpoint()
    copy = (tmp_path / "journal.db").read_bytes()
    node.clock.forward(1)
    journal.append(Append(streams.case(alert), 0, (answered(),)))
    full(disk, keeper)
    journal.append(Append(streams.case(alert), 1, (answered(2),)))
    before = [one.event for one in journal.read(streams.case(alert))]
    disk.works()
    replace(node.path, copy)
    assert keeper.go_back().renumbered
    found = node.on_disk()
    assert [one.event for one in found.read(streams.case(alert))] == before
    assert found.version(streams.inbox(alert)) == 1
    assert verify_journal(found).problems == ()


def test_an_empty_file_gets_all_that_the_spare_has(node: Node, disk: Disk) -> None:
    journal, keeper = node.journal(), node.keeper()
    registry = Registry(journal)
    registry.add_operator("Anna", "+393330000001", by="test")
    journal.append(Append("line-a", 0, (returned(),) * 20))
    alert = accept(journal, signal(node.clock), DEADLINE_S).alert
    keeper.replicate(anew=True)
    disk.fails(JournalFull("/disk: full"))
    journal.append(Append("line-a", 20, (returned(),)))
    disk.works()
    replace(node.path, b"")
    assert keeper.go_back().renumbered
    found = node.on_disk()
    assert verify_journal(found).problems == ()
    assert [one.name for one in Registry(found).operators()] == ["Anna"]
    live = LiveCases()
    rebuild(found, live)
    assert list(live.cases) == [alert]
    assert found.version(streams.inbox(alert)) == 1
    # Once more, now that all is as usual.
    fresh = node.journal()
    node.keeper().replicate()
    disk.fails(JournalFull("/disk: full"))
    fresh.append(Append("line-b", None, (returned(),)))
    assert not back(disk, node.keeper()).renumbered


def test_what_is_in_memory_outlives_an_update_that_gives_tables_another_form(node: Node, disk: Disk) -> None:
    journal, keeper = node.journal(), node.keeper()
    journal.append(Append("line-a", 0, (returned(),)))
    full(disk, keeper)
    journal.append(Append("line-a", 1, (answered(),)))
    with keeper._open_fallback() as fallback:
        fallback.begin_write()
        write_note(fallback, "form", "older")
        fallback.script("DROP TABLE alert_row")
        fallback.commit()
    assert not back(disk, node.keeper()).renumbered
    assert [one.event for one in node.on_disk().read("line-a")] == [returned(), answered()]
    gone(disk, keeper)
    assert journal.version("line-a") == 2


def test_a_journal_that_stays_torn_stays_left(node: Node) -> None:
    journal, keeper = node.journal(), node.keeper()
    alert = accept(journal, signal(node.clock), DEADLINE_S).alert
    keeper.replicate()
    with node.path.open("r+b") as file:
        file.write(os.urandom(4096))
    keeper.replicate()
    assert not lasts(journal)
    for _ in range(2):
        with pytest.raises(JournalTorn):
            keeper.go_back()
    assert journal.append(Append(streams.case(alert), 0, (answered(),)))[0].version == 1
    replace(node.path, b"")
    assert keeper.go_back().renumbered
    assert verify_journal(node.on_disk()).problems == ()
    assert node.on_disk().version(streams.case(alert)) == 1


def test_a_journal_that_was_cut_off_is_seen_though_all_of_it_is_in_memory(node: Node) -> None:
    journal, keeper = node.journal(), node.keeper()
    journal.append(Append("line-a", 0, (returned(),) * 200))
    journal.checkpoint()
    keeper.replicate()
    os.truncate(node.path, 8192)
    keeper.replicate()
    assert not lasts(journal)
    assert journal.append(Append("line-a", 200, (returned(),)))[0].version == 201


def test_an_id_that_was_another_alert_s_long_ago_is_renamed(node: Node, disk: Disk) -> None:
    journal, keeper = node.journal(), node.keeper()
    old = accept(journal, signal(node.clock, id="again"), DEADLINE_S).alert
    journal.append(Append(streams.case(old), 0, (AlertClosed(outcome=Outcome.CANCELLED),)))
    node.clock.forward(3600)
    journal.append(Append("line-a", 0, (returned(),)))
    keeper.replicate(anew=True)
    disk.is_gone()
    assert accept(journal, signal(node.clock, phone="+393339999999", id="again"), DEADLINE_S).created
    assert back(disk, keeper).renumbered
    found = node.on_disk()
    assert verify_journal(found).problems == ()
    assert found.version(streams.inbox(AlertId("again"))) == 1
    assert found.version(streams.inbox(AlertId("again.2"))) == 2


def replace(path: Path, content: bytes) -> None:
    """Another file in its place, as somebody does who restores a backup."""
    for suffix in ("-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
    path.unlink()
    path.write_bytes(content)


def test_who_starts_on_an_emptied_journal_leaves_the_log_of_the_one_that_takes_its_place(node: Node) -> None:
    """SQLite deletes the log of an empty file by its name, at every look while others hold the file."""
    resting = node.journal()
    resting.append(Append("line-a", 0, (returned(),)))
    keeper = node.keeper()
    keeper.replicate()
    os.truncate(node.path, 0)
    log = Path(f"{node.path}-wal")
    log.rename(f"{node.path}.old-wal")
    log.write_bytes(b"of the file that has just taken its place")
    starts = node.journal()
    assert log.exists()
    assert not starts.durable
    assert keeper.go_back().renumbered
    assert len(node.on_disk().read("line-a")) == 1


def test_a_journal_that_is_missing_is_not_made_anew_by_who_starts(node: Node) -> None:
    """It may be on a disk that is not mounted; and the log that was left would be taken for the new one's."""
    journal, keeper = node.journal(), node.keeper()
    journal.append(Append("line-a", 0, (returned(),) * 20))
    keeper.replicate()
    away = node.path.rename(node.path.with_name("away"))
    starts = node.journal()
    assert not lasts(starts)
    assert not node.path.exists()
    starts.append(Append("line-a", 20, (answered(),)))
    away.rename(node.path)
    assert not keeper.go_back().renumbered
    assert verify_journal(node.on_disk()).problems == ()
    assert node.on_disk().version("line-a") == 21


@pytest.mark.parametrize("seen_by", ["writer", "keeper that has just started"])
def test_nothing_is_lost_that_came_after_a_copy_was_made_which_takes_the_journal_s_place(
    node: Node, tmp_path: Path, seen_by: str
) -> None:
    journal, keeper = node.journal(), node.keeper()
    journal.append(Append("line-a", 0, (returned(),)))
    keeper.replicate()
    journal.checkpoint()
    copy = tmp_path / "copy"
    copy.write_bytes(node.path.read_bytes())
    journal.append(Append("line-a", 1, (answered(1),)))
    replace(node.path, copy.read_bytes())
    if seen_by != "writer":
        node.keeper().replicate()
        assert not lasts(journal)
    journal.append(Append("line-a", 2, (answered(2),)))
    assert not lasts(journal)
    keeper.go_back()
    found = node.on_disk()
    assert [one.event for one in found.read("line-a")] == [returned(), answered(1), answered(2)]
    assert verify_journal(found).problems == ()
