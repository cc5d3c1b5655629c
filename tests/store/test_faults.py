"""The disk is full, read-only, locked, torn or failing, or the process is killed: it is named, nothing is
lost or half-written, and the same journal goes on when the cause is gone."""

import contextlib
import os
import random
import shutil
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from store.database.dialect import url_of
from store.errors import (
    JournalError,
    JournalFull,
    JournalLocked,
    JournalReadOnly,
    JournalTorn,
    JournalUnavailable,
    VersionConflict,
)
from store.journal.group_commit import GroupCommitter
from store.journal.journal import Append, Journal
from store.journal.verify import verify_journal
from tests.store.children import Say, children
from tests.store.databases import Database
from tests.store.failing_flush import let_flushes_fail
from tests.store.places import answered, journal_at, journal_in, on_both, on_sqlite, returned
from tests.support.disks import fill

OpenJournal = Callable[..., Journal]
ONE = Append("line-a", None, (returned(),))


# ---------------------------------------------------------------------------------- a full disk


def fill_up(journal: Journal) -> int:
    """Append until the disk is full, and no checkpoint helps; the events that were acknowledged."""
    acknowledged, refused = 0, 0
    while refused < 2:
        try:
            acknowledged += len(journal.append(Append("line-a", acknowledged, (returned(),) * 20)))
            refused = 0
        except JournalFull:
            # The thread that does this by itself would make room at any time.
            refused += 1
            with contextlib.suppress(JournalError):
                journal.checkpoint()
    return acknowledged


def test_a_full_disk_is_named_and_nothing_is_lost_or_half_written(small_disk: Path) -> None:
    journal = journal_in(small_disk / "journal.db")
    acknowledged = fill_up(journal)
    for _ in range(3):
        with pytest.raises(JournalFull):
            journal.append(Append("line-a", acknowledged, (returned(),) * 20))
    assert journal.version("line-a") == acknowledged
    subprocess.run(["mount", "-o", "remount,size=4m", small_disk], check=True)
    journal.append(Append("line-a", acknowledged, (returned(),) * 20))
    assert verify_journal(journal).problems == ()
    assert verify_journal(journal).events == acknowledged + 20


def test_after_a_kill_a_journal_can_be_opened_and_read_on_a_full_disk(small_disk: Path) -> None:
    def until_killed(say: Say) -> None:
        say(str(fill_up(journal_in(small_disk / "journal.db"))))
        threading.Event().wait()

    with children(until_killed) as (child,):
        acknowledged = int(child.line())
    fill(small_disk)
    journal = journal_in(small_disk / "journal.db")
    assert journal.version("line-a") == acknowledged
    with pytest.raises(JournalFull):
        journal.append(Append("line-a", None, (returned(),) * 500))
    (small_disk / "filler").unlink()


def test_each_submission_of_a_group_hears_of_the_full_disk(small_disk: Path) -> None:
    journal = journal_in(small_disk / "journal.db")
    acknowledged = fill_up(journal)
    committer = GroupCommitter(journal)
    try:
        futures = [committer.submit(Append(f"line-{n}", 0, (returned(),) * 20)) for n in range(50)]
        errors = [type(future.exception(30)) for future in futures]
        written = errors.count(type(None))
        assert set(errors) <= {JournalFull, type(None)}
        assert JournalFull in errors
        assert verify_journal(journal).events == acknowledged + 20 * written
    finally:
        committer.close()
        journal.close()


# ------------------------------------------------------------------------------------ read-only


def test_a_file_that_refuses_writing_is_named(path: Path) -> None:
    if shutil.which("chattr") is None:
        pytest.skip("NOT TESTED: a file that refuses writing: chattr is not installed (e2fsprogs)")
    journal = journal_in(path)
    journal.append(ONE)
    journal.close()
    refused = subprocess.run(["chattr", "+i", path], capture_output=True, text=True, check=False)
    if refused.returncode:
        pytest.skip(f"NOT TESTED: chattr +i: {refused.stderr.strip()}")
    try:
        with pytest.raises(JournalReadOnly):
            journal_in(path).append(ONE)
    finally:
        subprocess.run(["chattr", "-i", path], check=True)
    journal = journal_in(path)
    assert journal.append(ONE)[0].version == 2


@pytest.mark.skipif(os.geteuid() == 0, reason="NOT TESTED: permissions do not bind root")
def test_a_file_without_permission_is_named(path: Path) -> None:
    journal_in(path).close()
    path.chmod(0o400)
    with pytest.raises(JournalReadOnly):
        journal_in(path).append(ONE)


# ---------------------------------------------------------------------------------------- locks


@on_sqlite
def test_a_writer_waits_for_another_process_and_says_so_when_it_takes_too_long(
    path: Path, open_journal: OpenJournal
) -> None:
    journal = open_journal(patience_s=0.1)
    journal.append(ONE)

    def hold(say: Say) -> None:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        say("held")
        threading.Event().wait()

    with children(hold) as (holder,):
        assert holder.line() == "held"
        before = time.monotonic()
        with pytest.raises(JournalLocked):
            journal.append(ONE)
        assert time.monotonic() - before >= 0.1
        assert journal.version("line-a") == 1  # readers go on
        patient = open_journal(patience_s=30)
        late = threading.Thread(target=patient.append, args=(ONE,))
        late.start()
        holder.kill()
        late.join(30)
    assert journal.version("line-a") == 2


def test_many_processes_take_turns(database: Database) -> None:
    journal_at(database.url).close()

    def append(say: Say) -> None:
        journal = journal_at(database.url)
        for _ in range(100):
            say(str(journal.append(Append("line-a", None, (returned(),)))[0].version))
        journal.close()

    with children(append, append, append) as started:
        said = [int(line) for child in started for line in child.lines()]
        assert [child.wait() for child in started] == [0, 0, 0]
    assert sorted(said) == list(range(1, 301))


# ------------------------------------------------------------------------------------ torn files


def test_a_file_of_something_else_is_no_journal(path: Path) -> None:
    path.write_bytes(b"Dear diary, " * 1000)
    with pytest.raises(JournalTorn):
        journal_in(path)


@on_both
def test_a_database_of_something_else_is_no_journal(database: Database) -> None:
    database.execute("DROP TABLE alembic_version")
    with pytest.raises(JournalTorn, match="is not a journal"):
        journal_at(database.url)


@pytest.mark.parametrize("keep", [0.3, 0.6, 0.9])
def test_a_file_that_was_cut_off_is_torn(path: Path, keep: float) -> None:
    journal = journal_in(path)
    journal.append(Append("line-a", 0, (returned(),) * 3000))
    journal.close()
    os.truncate(path, int(path.stat().st_size * keep))
    with pytest.raises(JournalTorn):
        journal_in(path).read("line-a")


@pytest.mark.parametrize("cut", [1, 2000, 5000])
def test_what_was_not_finished_at_a_power_cut_is_not_there_and_the_rest_is(
    path: Path, tmp_path: Path, cut: int
) -> None:
    """The tail of the write-ahead log never reached the disk."""
    journal = journal_in(path)
    for _ in range(7):  # at 400 events the log would be moved into the database, beside this
        journal.append(Append("line-a", None, (returned(),) * 50))
    after = tmp_path / "after"
    after.mkdir()
    for name in ("journal.db", "journal.db-wal"):
        shutil.copy(tmp_path / name, after / name)
    journal.close()
    os.truncate(after / "journal.db-wal", (after / "journal.db-wal").stat().st_size - cut)
    journal = journal_in(after / "journal.db")
    assert journal.version("line-a") in (300, 250)
    assert journal.version("line-a") % 50 == 0
    assert verify_journal(journal).problems == ()
    journal.append(ONE)


@on_both
def test_a_journal_of_a_newer_version_is_left_alone(database: Database) -> None:
    database.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(JournalUnavailable, match="newer version"):
        journal_at(database.url)
    assert database.execute("SELECT version_num FROM alembic_version") == [("9999",)]


@on_sqlite
def test_a_journal_that_vanishes_is_not_made_anew(path: Path, open_journal: OpenJournal) -> None:
    journal = open_journal()
    journal.append(ONE)
    for name in list(path.parent.glob("journal.db*")):
        name.unlink()
    with pytest.raises(JournalError):
        journal.append(ONE)
    assert not path.exists()


# -------------------------------------------------------------------------------- failing flushes


def flush_fails(path: Path, *, for_ever: bool, another_reads: bool) -> list[str]:
    """What a process says whose second append meets a failing flush, and which then tries again."""

    def work(say: Say) -> None:
        gap = os.open(os.devnull, os.O_RDONLY)
        journal = journal_in(path)
        journal.append(Append("line-a", 0, (returned(),)))
        if another_reads:
            journal.version("line-a")
        log = next(int(name) for name in os.listdir("/proc/self/fd") if _is_log(name))
        if not let_flushes_fail(None if for_ever else log):
            say("impossible")
            return
        # What is opened anew gets other descriptors, whose flushes work.
        os.close(gap)
        for _ in range(2):
            try:
                say(f"written {journal.append(Append('line-a', 1, (returned(),)))[0].version}")
            except VersionConflict:
                say("conflict")
            except JournalUnavailable as error:
                say("not written" if error.outcome_known else "unknown")

    with children(work) as (child,):
        said = list(child.lines())
        assert child.wait() == 0
    if said == ["impossible"]:
        pytest.skip("NOT TESTED: the kernel does not let a flush fail (seccomp)")
    return said


def _is_log(name: str) -> bool:
    try:
        return os.readlink(f"/proc/self/fd/{name}").endswith("-wal")
    except OSError:
        return False


@pytest.mark.parametrize(
    ("for_ever", "another_reads", "said"),
    [
        (False, False, ["written 2", "conflict"]),  # what is found is made durable before it counts
        (False, True, ["not written", "written 2"]),
        (True, False, ["unknown", "unknown"]),
        (True, True, ["not written", "not written"]),
    ],
)
def test_while_no_flush_works_nothing_is_said_to_be_written(
    path: Path, for_ever: bool, another_reads: bool, said: list[str]
) -> None:
    assert flush_fails(path, for_ever=for_ever, another_reads=another_reads) == said
    journal = journal_in(path)
    assert verify_journal(journal).problems == ()


# --------------------------------------------------------------------------------------- kill -9


def appending(database: Database, stream: str) -> Callable[[Say], None]:
    """Appends one after the other, and says each version once it is durable."""

    def work(say: Say) -> None:
        journal = journal_at(database.url)
        while True:
            say(f"{stream} {journal.append(Append(stream, None, (answered(), answered(2))))[-1].version}")

    return work


def group_committing(database: Database) -> Callable[[Say], None]:
    """The same by many threads through the group commit."""

    def work(say: Say) -> None:
        committer = GroupCommitter(journal_at(database.url))

        def one(stream: str) -> None:
            while True:
                append = Append(stream, None, (answered(),))
                say(f"{stream} {committer.submit(append).result(60)[-1].version}")

        threads = [threading.Thread(target=one, args=(f"alert-{n}",)) for n in range(8)]
        for thread in threads:
            thread.start()
        threads[0].join()

    return work


@pytest.mark.process
def test_whatever_was_acknowledged_is_there_after_any_kill(database: Database) -> None:
    chance = random.Random(7)
    acknowledged: dict[str, int] = {}
    for _ in range(12):
        works = (appending(database, "line-a"), appending(database, "line-b"), group_committing(database))
        with children(*works) as started:
            for child in started:
                for line, _ in zip(child.lines(), range(chance.randrange(1, 40)), strict=False):
                    stream, version = line.split()
                    acknowledged[stream] = max(acknowledged.get(stream, 0), int(version))
            for child in chance.sample(started, 3):
                child.kill()
            for child in started:
                for line in child.lines():
                    stream, _, version = line.partition(" ")
                    if version:
                        acknowledged[stream] = max(acknowledged.get(stream, 0), int(version))
        journal = journal_at(database.url)
        try:
            for stream, durable in acknowledged.items():
                assert journal.version(stream) >= durable
        finally:
            journal.close()
    journal = journal_at(database.url)
    found = verify_journal(journal)
    # alert streams here have no inbox, which is all that may be said of them
    assert [one for one in found.problems if "a case without its alert" not in one] == []
    assert found.events > 300


@pytest.mark.process
def test_two_starts_at_once_make_one_journal(path: Path) -> None:
    def start(say: Say) -> None:
        journal = journal_at(url_of(path))
        say(str(journal.append(ONE)[0].version))

    with children(start, start, start, start) as started:
        said = sorted(int(child.line()) for child in started)
    assert said == [1, 2, 3, 4]
    journal = journal_in(path)
    assert verify_journal(journal).problems == ()
