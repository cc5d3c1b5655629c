"""The journal: what is written and refused, and that its file enforces it by itself.

Versions, conflicts, orders and transactions that are given up: `test_stateful`, against a dictionary.
"""

import os
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from messages.envelope import EncodeError
from messages.events import LegAnswered, OperatorReserved
from messages.ids import AlertId, LegId, LineId, NodeId, OperatorId
from messages.journal import Unreadable
from store import streams
from store.database.dialect import url_of
from store.errors import JournalUnavailable, StoreMisuse, VersionConflict
from store.journal.journal import Append, Journal
from store.journal.notify import SocketNotifier
from tests.store.children import Say, children
from tests.store.databases import Database, PostgresDatabase
from tests.store.places import Clock, answered, journal_at, on_both, on_sqlite, returned
from tests.support.depth import WHOLE

OpenJournal = Callable[..., Journal]


@on_both
def test_events_come_back_as_they_were_written(journal: Journal, clock: Clock) -> None:
    events = (returned("a"), answered(2), OperatorReserved(operator=OperatorId("anna"), alert=AlertId("x")))
    written = journal.append(Append("alert-x", 0, events))
    assert [one.event for one in written] == list(events)
    assert [one.version for one in written] == [1, 2, 3]
    assert {(one.stream, one.node, one.at_us) for one in written} == {("alert-x", "n1", clock())}
    assert journal.read("alert-x") == list(written)
    assert journal.read("alert-x", after=2) == [written[2]]
    assert journal.read_all() == list(written)
    assert journal.last("alert-x") == written[2]
    assert (journal.version("alert-x"), journal.last_seq()) == (3, 3)


def test_an_empty_journal_has_nothing(journal: Journal) -> None:
    assert journal.read("alert-x") == [] == journal.read_all() == journal.read_streams("alert-x", "inbox-x")
    assert (journal.version("alert-x"), journal.last_seq(), journal.last("alert-x")) == (0, 0, None)


def test_an_append_of_no_events_still_checks_the_version(journal: Journal) -> None:
    assert journal.append(Append("line-a", 0, ())) == ()
    with pytest.raises(VersionConflict):
        journal.append(Append("line-a", 1, ()))


@on_both
def test_what_cannot_be_said_is_not_written(journal: Journal) -> None:
    beyond_msgpack = LegAnswered(leg=LegId("a:user"), attempt=2**70)
    with pytest.raises(EncodeError):
        journal.append(Append("alert-x", None, (answered(), beyond_msgpack)))
    assert journal.last_seq() == 0
    journal.append(Append("alert-x", 0, (answered(),)))


def test_a_transaction_within_a_transaction_is_a_defect(journal: Journal) -> None:
    with pytest.raises(StoreMisuse, match="within"):
        journal.transact(lambda _: journal.append(Append("line-a", 0, (returned(),))))
    journal.append(Append("line-a", 0, (returned(),)))


@on_both
def test_a_reader_does_not_wait_for_a_writer(journal: Journal, open_journal: OpenJournal) -> None:
    journal.append(Append("line-a", 0, (returned(),)))
    inside, go_on = threading.Event(), threading.Event()

    def slow(transaction: object) -> None:
        inside.set()
        assert go_on.wait(30)

    writer = threading.Thread(target=lambda: journal.transact(slow))
    writer.start()
    try:
        assert inside.wait(30)
        assert journal.version("line-a") == 1
        assert journal.read_streams("line-a")[0].version == 1
        assert open_journal().last_seq() == 1
    finally:
        go_on.set()
        writer.join()


@on_both
def test_events_are_for_ever_whoever_tries(journal: Journal, database: Database) -> None:
    journal.append(Append("line-a", 0, (returned(), returned())))
    columns = "stream, version, type, at_us, node, epoch, data"
    forbidden = [
        "UPDATE event SET type = 'line.seized'",
        "DELETE FROM event WHERE seq = 2",
        f"INSERT INTO event (seq, {columns}) "
        "SELECT 3, 'line-a', 4, type, at_us, node, epoch, data FROM event",
        f"INSERT INTO event (seq, {columns}) "
        "SELECT 1, 'line-b', 1, type, at_us, node, epoch, data FROM event WHERE seq = 2",
    ]
    if isinstance(database, PostgresDatabase):
        forbidden += [
            "TRUNCATE event",
            f"INSERT INTO event (seq, {columns}) "
            "SELECT 3, 'line-a', 3, type, at_us, node, epoch, data FROM event WHERE seq = 2 "
            "ON CONFLICT (seq) DO UPDATE SET type = 'line.seized'",
        ]
    else:
        forbidden += [
            "INSERT OR REPLACE INTO event SELECT * FROM event WHERE seq = 1",
            f"INSERT OR REPLACE INTO event (seq, {columns}) "
            "SELECT 1, 'line-a', 3, type, at_us, node, epoch, data FROM event",
        ]
    for statement in forbidden:
        with pytest.raises((sqlite3.DatabaseError, psycopg.IntegrityError), match="append-only"):
            database.execute(statement)
    assert journal.version("line-a") == 2


def test_an_event_of_a_newer_version_is_there_unread(journal: Journal, database: Database) -> None:
    journal.append(Append("line-a", 0, (returned(),)))
    database.execute(
        "INSERT INTO event VALUES (2, 'line-a', 2, 'line.polished', 1, 'n2', 0, ?)",
        b"\x81\xa4type\xadline.polished",
    )
    journal.append(Append("line-a", 2, (returned(),)))
    assert [one.version for one in journal.read("line-a")] == [1, 2, 3]
    assert [one.seq for one in journal.read_all()] == [1, 2, 3]
    assert [isinstance(one.event, Unreadable) for one in journal.read("line-a")] == [False, True, False]
    assert journal.version("line-a") == 3


def test_an_event_that_should_decode_and_does_not_is_named(journal: Journal, database: Database) -> None:
    database.execute("INSERT INTO event VALUES (1, 'line-a', 1, 'line.returned', 1, 'n', 0, ?)", b"\xc1")
    (found,) = journal.read("line-a")
    assert isinstance(found.event, Unreadable)
    assert (found.seq, found.version, found.event.kind, found.event.damaged) == (1, 1, "line.returned", True)


def test_the_file_is_its_owners_alone(path: Path) -> None:
    journal = journal_at(url_of(path))
    journal.append(Append("line-a", 0, (returned(),)))
    modes = {name.name: name.stat().st_mode & 0o777 for name in path.parent.iterdir() if name.is_file()}
    assert modes == {"journal.db": 0o600, "journal.db-wal": 0o600, "journal.db-shm": 0o600}


@on_both
def test_a_closed_journal_says_so_and_can_be_closed_again(journal: Journal) -> None:
    journal.close()
    journal.close()
    with pytest.raises(StoreMisuse, match="closed"):
        journal.append(Append("line-a", 0, (returned(),)))
    with pytest.raises(StoreMisuse, match="closed"):
        journal.last_seq()


@on_both
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_journal_does_not_survive_a_fork(journal: Journal) -> None:
    journal.append(Append("line-a", 0, (returned(),)))
    pid = os.fork()
    if pid == 0:
        try:
            journal.version("line-a")
        except StoreMisuse:
            journal.close()
            os._exit(7)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7
    assert journal.version("line-a") == 1


def has_locks_of_its_own(pid: int) -> bool:
    """Whether others can see that the process uses its journal: a lock on the file, and one on the index."""
    return sum(line.split()[4] == str(pid) for line in Path("/proc/locks").read_text().splitlines()) >= 2


@on_sqlite
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_fork_while_threads_work_lets_the_child_open_its_own(database: Database, path: Path) -> None:
    """SQLite's own locks must not be taken by a thread that the child does not have."""
    journal = journal_at(database.url, SocketNotifier(path.parent / "notify"))
    ending = threading.Event()

    def work(stream: str) -> None:
        while not ending.is_set():
            journal.append(Append(stream, None, (returned(),)))
            journal.read("line-a", after=journal.version("line-a") - 1)
            journal.checkpoint()

    def open_own(say: Say) -> None:
        own = journal_at(database.url, journal.notify)
        say(str(own.append(Append("line-child", None, (returned(),)))[0].version))
        threading.Event().wait()

    threads = [threading.Thread(target=work, args=(f"line-{name}",)) for name in "ab"]
    for thread in threads:
        thread.start()
    try:
        for version in range(1, 31 if WHOLE else 5):
            with children(open_own) as (child,):
                assert child.line() == str(version)
                assert has_locks_of_its_own(child.pid)
    finally:
        ending.set()
        for thread in threads:
            thread.join()
        journal.close()


def test_a_journal_without_its_folder_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(JournalUnavailable, match="No such file"):
        journal_at(url_of(tmp_path / "missing" / "journal.db"))


def test_only_a_file_or_a_server_is_served() -> None:
    for url in ("mysql://localhost/x", "sqlite://", "sqlite:///:memory:", "nonsense"):
        with pytest.raises(StoreMisuse):
            Journal.open(url, node=NodeId("n"), clock=Clock(), notify=None)  # type: ignore[arg-type]


def test_a_path_may_hold_what_paths_may_hold(tmp_path: Path) -> None:
    folder = tmp_path / "50% ?x=1 #ü d'oro"
    folder.mkdir()
    journal = journal_at(url_of(folder / "journal.db"))
    journal.append(Append("line-a", 0, (returned(),)))
    journal.close()
    assert (folder / "journal.db").stat().st_size > 0


def test_streams_are_named_in_one_place() -> None:
    assert streams.inbox(AlertId("a-b")) == "inbox-a-b"
    assert streams.parse("alert-a-b") == (streams.StreamKind.CASE, "a-b")
    assert streams.parse(streams.line(LineId("sim1"))) == (streams.StreamKind.LINE, "sim1")
    assert streams.alert_of("inbox-a-b") == "a-b" == streams.alert_of("alert-a-b")
    assert streams.alert_of("line-sim1") is None
    for wrong in ("alert", "alert-", "boat-1", ""):
        with pytest.raises(StoreMisuse):
            streams.parse(wrong)
