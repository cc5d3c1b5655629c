"""Disks that are really full, read-only or failing, and processes that find out at once."""

import os
import sqlite3
import subprocess
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from messages.ids import AlertId
from store import streams
from store.alerts.accepting import accept
from store.errors import JournalFull, JournalReadOnly
from store.journal.journal import Append
from store.journal.verify import verify_journal
from store.registry.registry import Registry
from tests.store.children import Say, children
from tests.store.failing_flush import let_flushes_fail
from tests.store.fallback.node import DEADLINE_S, Node, lasts, rows_of
from tests.store.places import answered, journal_in, returned, signal
from tests.support.disks import fill


def test_a_disk_that_is_really_full(small_disk: Path, tmp_path: Path, node: Node) -> None:
    node.path = small_disk / "journal.db"
    journal, keeper = node.journal(), node.keeper()
    count = 0
    while journal.durable:
        count = journal.append(Append("line-a", count, (returned(),) * 20))[-1].version
        assert count < 20_000
    assert journal.append(Append("line-a", count, (returned(),)))[0].version == count + 1
    # A checkpoint that comes just in time may free what the log takes, once nobody has it open any more.
    journal.close()
    fill(small_disk)
    with pytest.raises(JournalFull):
        keeper.go_back()
    subprocess.run(["mount", "-o", "remount,size=8m", small_disk], check=True)
    assert not keeper.go_back().renumbered
    assert node.on_disk().version("line-a") == count + 1
    assert verify_journal(node.on_disk()).problems == ()


@pytest.mark.parametrize("rebooted", [False, True])
def test_a_node_that_starts_on_a_read_only_disk_knows_its_operators_and_its_open_alerts(
    small_disk: Path, node: Node, rebooted: bool
) -> None:
    """As after a reboot with errors=remount-ro; the node before was killed, its log is there."""
    node.path = small_disk / "journal.db"

    def before(say: Say) -> None:
        journal = journal_in(node.path)
        Registry(journal).add_operator("Anna", "+393330000001", by="test")
        say(accept(journal, signal(node.clock), DEADLINE_S).alert)
        threading.Event().wait()

    with children(before) as (child,):
        alert = AlertId(child.line())
    if rebooted:
        (small_disk / "journal.db-shm").unlink()
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    journal, keeper = node.journal(), node.keeper()
    assert [one.name for one in Registry(journal).operators()] == ["Anna"]
    assert journal.append(Append(streams.case(alert), 0, (answered(),)))[0].version == 1
    assert not lasts(journal)
    assert sorted(os.listdir(node.run)) == [
        "fallback.db", "fallback.db-shm", "fallback.db-wal", "fallback.lock", "fallback.state",
    ]  # fmt: skip
    with pytest.raises(JournalReadOnly):
        keeper.go_back()
    subprocess.run(["mount", "-o", "remount,rw", small_disk], check=True)
    assert not keeper.go_back().renumbered
    assert node.on_disk().version(streams.case(alert)) == 1


def test_a_flush_that_fails_in_one_process_moves_all_and_nothing_is_lost(node: Node) -> None:
    """Really: the kernel answers EIO to every flush of that process."""
    first = node.journal()
    first.append(Append("line-a", 0, (returned(),)))
    node.keeper().replicate()

    def failing(say: Say) -> None:
        journal = node.journal()
        if not let_flushes_fail():
            say("impossible")
            return
        say(str(journal.append(Append("line-a", 1, (answered(1),)))[0].version))
        say(str(journal.durable))

    with children(failing) as (child,):
        said = list(child.lines())
    if said == ["impossible"]:
        pytest.skip("NOT TESTED: the kernel does not let a flush fail (seccomp)")
    assert said == ["2", "False"]
    assert first.append(Append("line-a", 2, (answered(2),)))[0].version == 3
    assert not first.durable
    node.keeper().go_back()
    assert [one.event for one in node.on_disk().read("line-a")] == [returned(), answered(1), answered(2)]


@pytest.mark.process
def test_processes_that_find_out_at_the_same_moment_lose_nothing_and_write_nothing_twice(
    small_disk: Path, node: Node
) -> None:
    """Four write as fast as they can while the disk fills up, and is made larger again."""
    node.path = small_disk / "journal.db"
    node.journal().append(Append("line-a", 0, (returned(),)))

    def writing(name: str) -> Callable[[Say], None]:
        def work(say: Say) -> None:
            journal = node.journal(2.0)
            count = 0
            while True:
                events = tuple(answered(count + n) for n in range(10))
                assert journal.append(Append(name, count, events))[-1].version == count + 10
                count += 10
                say(f"{count} {journal.durable}")

        return work

    keeper = node.keeper()
    names = [f"line-{n}" for n in range(4)]
    acknowledged = dict.fromkeys(names, 0)
    with children(*(writing(name) for name in names)) as started:
        for wanted in ("False", "True", "True"):
            for name, child in zip(names, started, strict=True):
                for line in child.lines():
                    count, durable = line.split()
                    acknowledged[name] = int(count)
                    if durable == wanted:
                        break
            if wanted == "False":
                subprocess.run(["mount", "-o", "remount,size=64m", small_disk], check=True)
                assert not keeper.go_back().renumbered
            else:
                keeper.replicate()
    found = node.on_disk()
    for name in names:
        assert found.version(name) >= acknowledged[name]
        events = [one.event for one in found.read(name)]
        assert events == [answered(n) for n in range(len(events))]
    assert verify_journal(found).problems == ()


def test_a_node_that_starts_for_the_first_time_on_a_full_disk(small_disk: Path, node: Node) -> None:
    node.path = small_disk / "journal.db"
    fill(small_disk)
    journal, keeper = node.journal(), node.keeper()
    alert = accept(journal, signal(node.clock), DEADLINE_S).alert
    assert not lasts(journal)
    (small_disk / "filler").unlink()
    keeper.go_back()
    assert rows_of(node.on_disk(), streams.inbox(alert)) == rows_of(journal, streams.inbox(alert))
    assert verify_journal(node.on_disk()).problems == ()


def test_a_backup_in_the_place_of_a_torn_journal_is_not_read_through_the_log_of_that_one(
    node: Node, tmp_path: Path
) -> None:
    """A process that rests keeps the log from being deleted with its last user."""
    journal, keeper, backup = node.journal(), node.keeper(), tmp_path / "backup"
    journal.append(*(Append("line-a", n, (answered(n),)) for n in range(500)))
    journal.checkpoint()
    with closing(sqlite3.connect(node.path)) as made:
        made.execute("VACUUM INTO ?", (str(backup),))

    def resting(say: Say) -> None:
        say(str(node.journal().version("line-a")))
        threading.Event().wait()

    keeper.replicate()
    with children(resting) as (child,):
        assert child.line() == "500"
        journal.append(Append("line-a", 500, (answered(500),)))
        keeper.replicate()
        with node.path.open("r+b") as file:
            file.write(os.urandom(4096))
        keeper.replicate()
        assert not lasts(journal)
        backup.rename(node.path)
        assert keeper.go_back().renumbered
        found = node.on_disk()
        assert verify_journal(found).problems == ()
        assert [one.event for one in found.read("line-a")] == [answered(n) for n in range(501)]
