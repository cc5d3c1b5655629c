"""Many submissions, one flush, and each its own verdict."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import column, insert, select, table

from messages.ids import NodeId
from store import errors
from store.alerts.accepting import accept_soon
from store.database.query import Query
from store.database.schema import keyring
from store.journal.group_commit import GroupCommitter
from store.journal.journal import Append, Journal, Transaction
from store.journal.verify import verify_journal
from tests.store.children import Say, children
from tests.store.databases import Database
from tests.store.places import Clock, journal_at, on_both, on_sqlite, returned, signal

OpenJournal = Callable[..., Journal]
_SECRET = Query(insert(keyring), "name", "secret")
_NOWHERE = Query(select(table("nowhere", column("anything"))))
ONE = Append("line-a", None, (returned(),))


@pytest.fixture
def committer(journal: Journal) -> Iterator[GroupCommitter]:
    one = GroupCommitter(journal)
    yield one
    one.close()


@contextmanager
def held_up(committer: GroupCommitter) -> Iterator[None]:
    """The committer is busy: what is submitted meanwhile is one group."""
    inside, go_on = threading.Event(), threading.Event()

    def hold(_: Transaction) -> None:
        inside.set()
        assert go_on.wait(30)

    busy = committer.run(hold)
    assert inside.wait(30)
    try:
        yield
    finally:
        go_on.set()
    busy.result(30)


@on_both
def test_what_waits_becomes_one_commit(committer: GroupCommitter, journal: Journal, clock: Clock) -> None:
    heard: list[int] = []
    ear = journal.notify.listen()
    with held_up(committer):
        futures = [committer.submit(Append(f"line-{n}", 0, (returned(),))) for n in range(20)]
        for future in futures:
            future.add_done_callback(lambda done: heard.append(done.result()[0].seq))
        assert not any(future.done() for future in futures)
    assert [future.result(30)[0].seq for future in futures] == list(range(1, 21))
    assert heard == list(range(1, 21))
    assert ear.drain()
    ear.close()


@on_both
def test_a_conflict_of_one_does_not_touch_the_others(committer: GroupCommitter, journal: Journal) -> None:
    def fails(transaction: Transaction) -> None:
        transaction.append(Append("line-c", None, (returned(),)))
        raise ZeroDivisionError

    with held_up(committer):
        first = committer.submit(Append("line-a", 0, (returned(),)))
        second = committer.submit(Append("line-b", 0, (returned(),)), Append("line-a", 0, (returned(),)))
        third = committer.run(fails)
        fourth = committer.submit(Append("line-a", 1, (returned(),)), Append("line-b", 0, (returned(),)))
    assert first.result(30)[0].version == 1
    assert isinstance(second.exception(30), errors.VersionConflict)
    assert isinstance(third.exception(30), ZeroDivisionError)
    assert [one.version for one in fourth.result(30)] == [2, 1]
    assert [one.seq for one in journal.read_all()] == [1, 2, 3]
    assert verify_journal(journal).problems == ()


def _raises(error: Exception) -> Callable[[Transaction], None]:
    def work(transaction: Transaction) -> None:
        transaction.append(Append("line-refused", None, (returned(),)))
        raise error

    return work


def _has_a_row_twice(transaction: Transaction) -> None:
    transaction.write(_SECRET, "of the tests", b"one")
    transaction.write(_SECRET, "of the tests", b"two")


def _reads_what_is_not_there(transaction: Transaction) -> None:
    transaction.one(_NOWHERE)


def _writes_and_reads_what_is_not_there(transaction: Transaction) -> None:
    transaction.append(Append("line-refused", None, (returned(),)))
    transaction.one(_NOWHERE)


@on_both
@pytest.mark.parametrize(
    ("refused", "error"),
    [
        (_raises(errors.JournalNotDurable("not now")), errors.JournalNotDurable),
        (_raises(errors.LeaseLost("case-a", NodeId("n1"))), errors.LeaseLost),
        (_raises(ValueError("no such word")), ValueError),
        (_has_a_row_twice, errors.StoreMisuse),
        (_reads_what_is_not_there, errors.JournalError),
        (_writes_and_reads_what_is_not_there, errors.JournalTorn),
    ],
)
def test_what_is_refused_for_a_reason_of_its_own_fails_alone(
    committer: GroupCommitter,
    journal: Journal,
    refused: Callable[[Transaction], None],
    error: type[Exception],
) -> None:
    with held_up(committer):
        before = committer.submit(Append("line-a", 0, (returned(),)))
        poison = committer.run(refused)
        after = committer.submit(Append("line-b", 0, (returned(),)))
    assert [before.result(30)[0].version, after.result(30)[0].version] == [1, 1]
    assert isinstance(poison.exception(30), error)
    assert [one.stream for one in journal.read_all()] == ["line-a", "line-b"]
    assert verify_journal(journal).problems == ()


@on_sqlite
def test_a_disk_full_in_the_middle_of_a_statement_is_nobodys_success(open_journal: OpenJournal) -> None:
    """SQLite ends the whole transaction then: what was done before in the same one is done again."""
    journal = open_journal()
    committer = GroupCommitter(journal)

    def fills(transaction: Transaction) -> None:
        transaction._connection.script("PRAGMA max_page_count = 1")  # type: ignore[attr-defined]
        try:
            transaction.write(_SECRET, "of the tests", bytes(1_000_000))
        finally:
            transaction._connection.script("PRAGMA max_page_count = 1000000")  # type: ignore[attr-defined]

    with held_up(committer):
        before, full, after = committer.submit(ONE), committer.run(fills), committer.submit(ONE)
    assert isinstance(full.exception(30), errors.JournalFull)
    assert [before.result(30)[0].version, after.result(30)[0].version] == [1, 2]
    assert [one.version for one in journal.read("line-a")] == [1, 2]
    committer.close()


def test_nobody_waits_in_a_transaction_behind_what_is_slow(journal: Journal) -> None:
    committer = GroupCommitter(journal, longest_s=0)
    with held_up(committer):
        one = committer.submit(ONE)
        other = committer.run(lambda _: one.done())
    assert other.result(30), "the first one is durable before the next one is begun"
    committer.close()


def test_two_queues_take_turns(journal: Journal) -> None:
    committer = GroupCommitter(journal, most=1)
    order: list[str] = []
    with held_up(committer):
        for n in range(3):
            committer.run(lambda _, n=n: order.append(f"other {n}"))
        for n in range(2):
            committer.run(lambda _, n=n: order.append(f"first {n}"), first=True)
    committer.close()
    assert order == ["first 0", "other 0", "first 1", "other 1", "other 2"]


def test_what_was_given_up_in_time_is_not_written(committer: GroupCommitter, journal: Journal) -> None:
    with held_up(committer):
        given_up = committer.submit(ONE)
        assert given_up.cancel()
        after = committer.submit(ONE)
    assert after.result(30)[0].version == 1
    assert journal.last_seq() == 1


@on_sqlite
def test_a_failure_of_the_journal_is_everybodys_and_the_next_group_goes_on(
    open_journal: OpenJournal, path: Path
) -> None:
    journal = open_journal(patience_s=0.05)
    committer = GroupCommitter(journal)

    def hold(say: Say) -> None:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        say("held")
        threading.Event().wait()

    with children(hold) as (holder,):
        assert holder.line() == "held"
        futures = [committer.submit(Append(f"line-{n}", 0, (returned(),))) for n in range(5)]
        assert {type(future.exception(30)) for future in futures} == {errors.JournalLocked}
    assert committer.submit(ONE).result(30)[0].seq == 1
    committer.close()


def test_a_committer_that_closes_commits_what_it_has(journal: Journal) -> None:
    committer = GroupCommitter(journal)
    futures = [committer.submit(ONE) for _ in range(600)]
    committer.close()
    assert [future.result(0)[0].version for future in futures] == list(range(1, 601))
    committer.close()
    with pytest.raises(errors.StoreMisuse, match="closed"):
        committer.submit(ONE)


def test_the_journal_can_be_used_beside_it(committer: GroupCommitter, journal: Journal) -> None:
    done: list[int] = []

    def append() -> None:
        for _ in range(100):
            done.append(journal.append(ONE)[0].version)

    with ThreadPoolExecutor() as threads:
        for _ in range(3):
            threads.submit(append)
        done += [future.result(30)[0].version for future in [committer.submit(ONE) for _ in range(100)]]
    assert sorted(done) == list(range(1, 401))


@on_both
def test_alerts_are_accepted_by_the_group(committer: GroupCommitter, clock: Clock) -> None:
    numbers = ("+391", "+392", "+391", "+392", "+391")
    with held_up(committer):
        futures = [accept_soon(committer, signal(clock, number), 50) for number in numbers]
    accepted = [future.result(30) for future in futures]
    assert [one.created for one in accepted] == [True, True, False, False, False]
    assert len({one.alert for one in accepted}) == 2


@pytest.mark.process
def test_case_10_a_storm_is_accepted_in_time_and_every_alert_once(database: Database, clock: Clock) -> None:
    """64 who submit and wait, two processes, the same numbers from both: one alert for each number."""
    journal_at(database.url).close()
    each = 10

    def storm(say: Say) -> None:
        journal = journal_at(database.url)
        committer = GroupCommitter(journal)
        said: list[str] = []

        def submit(who: int) -> None:
            for n in range(each):
                sent = signal(clock, f"+39333{who:03d}{n:04d}")
                accepted = accept_soon(committer, sent, 50).result(60)
                said.append(f"{sent.phone} {accepted.alert} {accepted.created}")

        threads = [threading.Thread(target=submit, args=(who,)) for who in range(64)]
        began = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.monotonic() - began
        for line in said:
            say(line)
        say(f"took {took} 0")
        committer.close()
        journal.close()

    alerts: dict[str, set[str]] = {}
    created: dict[str, int] = {}
    took: list[float] = []
    with children(storm, storm) as started:
        for child in started:
            for line in child.lines(60):
                phone, alert, new = line.split()
                if phone == "took":
                    took.append(float(alert))
                    continue
                alerts.setdefault(phone, set()).add(alert)
                created[phone] = created.get(phone, 0) + (new == "True")
    assert len(alerts) == 64 * each
    assert {len(found) for found in alerts.values()} == {1}
    assert set(created.values()) == {1}
    # 2 × 640 accepted; some 0.2 s on an idle machine of two cores
    assert max(took) < 20
    journal = journal_at(database.url)
    assert verify_journal(journal).problems == ()
