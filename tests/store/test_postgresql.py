"""PostgreSQL as the shared journal: whatever becomes of a client, a connection or the server, the order of
seq is the order of commits, what was acknowledged is there, and nothing is there twice."""

import itertools
import os
import re
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import psycopg
import pytest
from psycopg.pq import ExecStatus
from sqlalchemy import func, select

from messages.events import AlertClosed
from messages.ids import NodeId, Outcome
from store import streams
from store.alerts.accepting import accept
from store.database.dialect import url_for_display
from store.database.postgresql import _COMPILER, PostgresConnection
from store.database.postgresql_connecting import conninfo_by_last_reachable, conninfo_of
from store.database.postgresql_facts import COMMITS, read_server_facts
from store.database.query import Query
from store.errors import (
    JournalError,
    JournalLocked,
    JournalReadOnly,
    JournalUnavailable,
    StoreMisuse,
    VersionConflict,
)
from store.journal.group_commit import GroupCommitter
from store.journal.journal import Append, Journal, Transaction
from store.journal.notify import LocalNotifier
from store.journal.verify import verify_journal
from store.registry.registry import Registry
from tests.store.children import Child, Say, children
from tests.store.databases import PostgresDatabase, new_database, new_schema, statements
from tests.store.places import Clock, journal_at, returned
from tests.store.places import signal as sent
from tests.store.wire import Cut, Wire, wire
from tests.support.depth import WHOLE
from tests.support.next_form import NEXT, install_next_version
from tests.support.postgres import PostgresServer, server
from tests.waiting import wait_until

OpenJournal = Callable[..., Journal]
ROOT = Path(__file__).resolve().parents[2]
ONE = Append("line-a", None, (returned(),))
_SETTING = Query(select(func.current_setting("synchronous_commit")))


@pytest.fixture
def database(postgres: PostgresServer) -> PostgresDatabase:
    return new_database(postgres)


@pytest.fixture(scope="module")
def mortal(postgres: PostgresServer) -> Iterator[PostgresServer]:
    """Another server, for tests that end it; whoever does starts it again."""
    del postgres
    with server() as running:
        yield running


def numbered(statement: str) -> str:
    """As the server itself names its parameters."""
    number = itertools.count(1)
    return re.sub("%s", lambda _: f"${next(number)}", statement).replace("%%", "%")


def test_a_server_takes_every_statement(postgres: PostgresServer) -> None:
    """Most tests of the store are run on a server at night alone."""
    found = [one for one in statements() if not one.made_in.startswith("store.fallback")]  # SQLite's own
    assert len(found) > 150
    refused = {}
    with psycopg.connect(new_schema(postgres).url, autocommit=True) as connection:
        for query in found:
            text = numbered(query.prepared(_COMPILER).sql)
            said = connection.pgconn.prepare(b"", text.encode())
            if said.status != ExecStatus.COMMAND_OK:
                refused[text] = said.error_message
    assert refused == {}


# --------------------------------------------------------------------------------- many at once


@pytest.mark.process
def test_the_order_of_seq_is_the_order_of_commits_and_has_no_holes(database: PostgresDatabase) -> None:
    """A reader beside three writing processes never sees an event before one that comes earlier."""
    journal = journal_at(database.url)

    def append(say: Say) -> None:
        own = journal_at(database.url)
        committer = GroupCommitter(own)
        for n in range(40):
            own.append(Append("line-a", None, (returned(), returned())))
            committer.submit(Append(f"line-{os.getpid()}", n, (returned(),))).result(30)
        committer.close()
        say("done")

    seen: list[int] = []
    with children(append, append, append) as started:
        while len(seen) < 3 * 40 * 3:
            seen += [one.seq for one in journal.read_all(len(seen))]
            assert seen == list(range(1, len(seen) + 1))
        assert [child.line() for child in started] == ["done"] * 3
    assert verify_journal(journal).problems == ()


@pytest.mark.process
def test_nodes_that_make_the_journal_at_once_make_it_once(postgres: PostgresServer) -> None:
    url = postgres.url(postgres.database())

    def start(say: Say) -> None:
        journal = journal_at(url)
        say(str(journal.append(ONE)[0].version))
        journal.close()

    with children(start, start, start) as started:
        assert sorted(int(child.line()) for child in started) == [1, 2, 3]
    journal = journal_at(url)
    assert verify_journal(journal).problems == ()


def test_two_centers_may_have_a_schema_each(database: PostgresDatabase, journal: Journal) -> None:
    database.execute("CREATE SCHEMA other")
    other = journal_at(f"{database.url}?options={quote('-csearch_path=other')}")
    other.append(ONE)

    def meanwhile(transaction: Transaction) -> None:
        other.append(ONE)
        transaction.append(ONE)

    journal.transact(meanwhile)
    assert (journal.last_seq(), other.last_seq()) == (1, 2)


# ------------------------------------------------------------------- clients that do not go on


def stopping_within(database: PostgresDatabase) -> Callable[[Say], None]:
    """Has written something, and stands still in the middle of its transaction, the first time."""

    def work(say: Say) -> None:
        journal = journal_at(database.url)
        going_on = False

        def hold(transaction: Transaction) -> None:
            nonlocal going_on
            transaction.append(Append("line-held", None, (returned(),)))
            say(f"held {transaction.seq}")
            if not going_on:
                going_on = True
                os.kill(os.getpid(), signal.SIGSTOP)

        journal.transact(hold)
        say("committed")

    return work


def stops(child: Child) -> None:
    """Wait until it does."""
    assert os.WIFSTOPPED(os.waitpid(child.pid, os.WUNTRACED)[1])


@pytest.mark.process
def test_a_writer_that_is_killed_leaves_nothing_and_keeps_nobody_waiting(
    database: PostgresDatabase, journal: Journal
) -> None:
    with children(stopping_within(database)) as (writer,):
        assert writer.line() == "held 1"
        stops(writer)
        writer.kill()
        assert journal.append(ONE)[0].seq == 1
    assert journal.version("line-held") == 0


@pytest.mark.process
def test_a_frozen_writer_holds_the_others_up_for_a_moment_and_goes_on_when_it_wakes(
    database: PostgresDatabase, journal: Journal
) -> None:
    journal.append(ONE)
    with children(stopping_within(database)) as (writer,):
        assert writer.line() == "held 2"
        stops(writer)
        began = time.monotonic()
        assert journal.append(ONE)[0].seq == 2
        assert time.monotonic() - began < 5.0
        os.kill(writer.pid, signal.SIGCONT)
        # Its work is done again, from what is there now.
        assert [writer.line(), writer.line()] == ["held 3", "committed"]
    assert journal.version("line-held") == 1
    assert verify_journal(journal).problems == ()


def test_who_waits_too_long_says_so_and_readers_do_not_wait(open_journal: OpenJournal) -> None:
    journal, impatient = open_journal(), open_journal(patience_s=0.1)
    journal.append(ONE)

    def slow(_: Transaction) -> None:
        began = time.monotonic()
        with pytest.raises(JournalLocked):
            impatient.append(ONE)
        assert time.monotonic() - began < 1.0
        assert impatient.version("line-a") == 1

    journal.transact(slow)
    assert impatient.append(ONE)[0].version == 2


# ------------------------------------------------------------------------ connections that end


@pytest.fixture
def wired(database: PostgresDatabase) -> Iterator[tuple[Wire, Journal]]:
    with wire((database.server.address, database.server.port)) as made:
        url = database.url.replace(f":{database.server.port}/", f":{made.port}/")
        journal = journal_at(url)
        journal.append(ONE)
        yield made, journal
        journal.close()


CUTS = pytest.mark.parametrize("cut", [Cut.BEFORE_COMMIT, Cut.AFTER_COMMIT])


@CUTS
def test_a_commit_that_nothing_is_heard_of_is_there_once(wired: tuple[Wire, Journal], cut: Cut) -> None:
    made, journal = wired
    made.cut = cut
    assert journal.append(Append("line-a", 1, (returned(),)))[0].seq == 2
    assert made.cuts == 1
    assert [one.seq for one in journal.read("line-a")] == [1, 2]


@CUTS
def test_what_nothing_can_tell_of_is_not_said_to_be_known(wired: tuple[Wire, Journal], cut: Cut) -> None:
    """Tables of the registry alone, without an event."""
    made, journal = wired
    made.cut = cut
    with pytest.raises(JournalUnavailable) as error:
        Registry(journal).trust_app_key("key", "app")
    assert not error.value.outcome_known
    Registry(journal).trust_app_key("key", "app")
    assert [one.name for one in Registry(journal).app_keys()] == ["app"]


def test_connections_ended_by_the_server_are_made_anew(database: PostgresDatabase, journal: Journal) -> None:
    journal.append(ONE)
    journal.last_seq()
    database.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    assert journal.last_seq() == 1
    assert journal.append(ONE)[0].seq == 2


def test_a_server_without_connections_says_so(database: PostgresDatabase, open_journal: OpenJournal) -> None:
    database.execute(f"ALTER DATABASE {database.name} CONNECTION LIMIT 0")
    database.execute("CREATE ROLE plain LOGIN")
    with pytest.raises(JournalUnavailable, match="too many connections"):
        journal_at(database.url.replace("securwoman@", "plain@"))


# ---------------------------------------------------------------------------- a server that ends


@pytest.mark.process
@pytest.mark.parametrize("how", ["restart", "crash", "killed backend"])
def test_whatever_becomes_of_the_server_what_was_acknowledged_is_there_once(
    mortal: PostgresServer, how: str
) -> None:
    database = new_database(mortal)
    journal = journal_at(database.url)
    committer = GroupCommitter(journal)
    ending = threading.Event()
    acknowledged: dict[str, int] = {}
    wrong: list[BaseException] = []

    def append(stream: str, *, grouped: bool) -> None:
        """Append one event after the other; repeat an append of unknown outcome at the same version."""
        version = 0
        unknown = False
        try:
            while unknown or not ending.is_set():
                one = Append(stream, version, (returned(),))
                try:
                    if grouped:
                        committer.submit(one).result(30)
                    else:
                        journal.append(one)
                except VersionConflict as conflict:
                    if not unknown or conflict.actual != version + 1:
                        raise
                except JournalError as error:
                    unknown |= isinstance(error, JournalUnavailable) and not error.outcome_known
                    ending.wait(0.1)
                    continue
                version, unknown = version + 1, False
                acknowledged[stream] = version
        except BaseException as error:
            wrong.append(error)

    threads = [
        threading.Thread(target=append, args=(f"line-{n}",), kwargs={"grouped": n % 2 == 0}) for n in range(6)
    ]
    for thread in threads:
        thread.start()
    try:
        for _ in range(3 if WHOLE else 1):
            before = sum(acknowledged.values())
            wait_until(lambda before=before: sum(acknowledged.values()) > before + 20)
            if how == "restart":
                mortal.restart()
            elif how == "crash":
                mortal.crash()
                mortal.start()
            else:
                os.kill(until_writing(database), signal.SIGKILL)
        before = sum(acknowledged.values())
        # Where one of its processes was killed, the server first makes good what that may have left.
        wait_until(lambda: sum(acknowledged.values()) > before + 20, within_s=60)
    finally:
        ending.set()
        for thread in threads:
            thread.join(30)
        committer.close()
    assert wrong == []
    for stream, version in acknowledged.items():
        assert journal.version(stream) == version
    assert verify_journal(journal).problems == ()


def until_writing(database: PostgresDatabase) -> int:
    """A process of the server that has the writers' lock."""
    found: list[tuple[int]] = []

    def look() -> bool:
        found[:] = database.execute("SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted")
        return bool(found)

    wait_until(look)
    return found[0][0]


@pytest.mark.process
def test_a_server_that_is_away_is_said_at_once_and_used_as_soon_as_it_is_back(mortal: PostgresServer) -> None:
    journal = journal_at(new_database(mortal).url)
    journal.append(ONE)
    mortal.stop()
    for _ in range(3):
        with pytest.raises(JournalUnavailable):
            journal.append(ONE)
        with pytest.raises(JournalUnavailable):
            journal.last_seq()
    began = time.monotonic()
    with pytest.raises(JournalUnavailable):
        journal.append(ONE)
    assert time.monotonic() - began < 2.0
    mortal.start()
    assert journal.append(ONE)[0].seq == 2


@pytest.mark.process
def test_a_server_that_says_nothing_is_waited_for_once_and_not_by_everybody_again(
    postgres: PostgresServer,
) -> None:
    """An actor that waited at each use would be taken for dead, again and again, for as long as it lasts."""
    database = new_database(postgres)
    with wire((postgres.address, postgres.port)) as between:
        url = f"postgresql://securwoman@127.0.0.1:{between.port}/{database.name}"
        journal = Journal.open(url, node=NodeId("n1"), clock=Clock(), notify=LocalNotifier(), patience_s=0.1)
        journal.append(ONE)
        assert journal.last_seq() == 1
        between.carries.clear()
        began = time.monotonic()
        for use in (journal.last_seq, lambda: journal.append(ONE), journal.last_seq):
            with pytest.raises(JournalError):
                use()
        with pytest.raises(JournalUnavailable):
            journal_at(url)
        assert time.monotonic() - began < 3.0
        between.carries.set()
        _patiently(lambda: journal.append(ONE))
        assert journal.version("line-a") >= 2
        journal.close()


# ------------------------------------------------------------------------------------- failover


@pytest.mark.process
def test_a_promoted_standby_has_all_that_was_acknowledged_and_is_found_by_the_list(
    postgres: PostgresServer,
) -> None:
    del postgres
    with server() as first:
        database = new_database(first)
        second = first.standby()
        try:
            url = (
                f"postgresql+psycopg://securwoman@{first.address}:{first.port},{second.address}:{second.port}"
                f"/{database.name}?target_session_attrs=read-write"
            )
            journal, other = journal_at(url), journal_at(url, node="n2")
            for _ in range(50):
                journal.append(ONE)
            first.crash()
            with pytest.raises(JournalError):
                other.append(ONE)
            second.promote()
            assert journal.version("line-a") == 50
            # Who has found it asks it first from now on.
            assert conninfo_by_last_reachable(conninfo_of(url)).index(
                str(second.port)
            ) < conninfo_by_last_reachable(conninfo_of(url)).index(str(first.port))
            assert journal.append(Append("line-a", 50, (returned(),)))[0].seq == 51
            assert other.append(Append("line-a", 51, (returned(),)))[0].seq == 52
            assert verify_journal(other).problems == ()
            journal.close()
            other.close()
        finally:
            second.remove()


@pytest.mark.process
def test_without_its_synchronous_standby_nothing_is_acknowledged_and_nothing_hangs(
    postgres: PostgresServer,
) -> None:
    del postgres
    with server() as first:
        database = new_database(first)
        second = first.standby()
        try:
            journal = Journal.open(
                database.url, node=NodeId("n1"), clock=Clock(), notify=LocalNotifier(), patience_s=0.2
            )
            journal.append(ONE)
            os.kill(second.pid, signal.SIGSTOP)
            _stop_children(second.pid, signal.SIGSTOP)
            began = time.monotonic()
            with pytest.raises(JournalUnavailable) as error:
                journal.append(Append("line-a", 1, (returned(),)))
            assert not error.value.outcome_known
            with pytest.raises(JournalLocked):
                journal.append(Append("line-a", 1, (returned(),)))
            assert time.monotonic() - began < 5
            _stop_children(second.pid, signal.SIGCONT)
            os.kill(second.pid, signal.SIGCONT)
            with pytest.raises(VersionConflict):
                _patiently(lambda: journal.append(Append("line-a", 1, (returned(),))))
            assert journal.append(Append("line-a", 2, (returned(),)))[0].seq == 3
            journal.close()
        finally:
            second.remove()


def _stop_children(pid: int, signum: signal.Signals) -> None:
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        os.kill(int(child), signum)


def _patiently(work: Callable[[], object]) -> None:
    def done() -> bool:
        try:
            work()
        except (JournalLocked, JournalUnavailable):
            return False
        return True

    wait_until(done, within_s=20, what="the database takes it")


# --------------------------------------------------------------------------- what servers refuse


def test_a_database_that_may_only_be_read_says_so_until_it_may_be_written(
    database: PostgresDatabase, journal: Journal
) -> None:
    journal.append(ONE)
    database.execute(f"ALTER DATABASE {database.name} SET default_transaction_read_only = on")
    reading = journal_at(database.url)
    with pytest.raises(JournalReadOnly):
        reading.append(ONE)
    assert reading.last_seq() == 1
    database.server.execute(f"ALTER DATABASE {database.name} RESET default_transaction_read_only")
    assert reading.append(ONE)[0].seq == 2


def test_a_start_of_the_next_version_changes_what_is_there(
    postgres: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = PostgresDatabase(postgres, postgres.database())
    journal_at(database.url).close()
    install_next_version(monkeypatch, tmp_path / "next")
    journal_at(database.url).close()
    assert database.execute("SELECT version_num FROM alembic_version") == [(NEXT,)]
    assert database.execute("SELECT count(*) FROM made_up") == [(0,)]


def test_a_role_that_only_adds_is_all_that_the_center_needs(postgres: PostgresServer, clock: Clock) -> None:
    """As docs/operations/nodes.md has it."""
    owned = new_database(postgres)
    operations = (ROOT / "docs" / "operations" / "nodes.md").read_text()
    role = f"writer_{owned.name}"
    block = operations.partition("**A role that only adds.**")[2].partition("```sql\n")[2].partition("```")[0]
    statements = block.replace("securwoman_writer", role)
    try:
        owned.execute(statements)
        writer = PostgresDatabase(postgres, owned.name)
        writer.url = owned.url.replace(f"//{urlsplit(owned.url).username}", f"//{role}", 1)
        assert read_server_facts(owned.url, patience_s=2).changes_events
        assert not read_server_facts(writer.url, patience_s=2).changes_events
        journal = Journal.open(
            writer.url, node=NodeId("n1"), clock=clock, notify=LocalNotifier(), shared=False
        )
        accepted = accept(journal, sent(clock), 50)
        over = AlertClosed(outcome=Outcome.FALSE_ALARM)
        journal.append(Append(streams.case(accepted.alert), None, (over,)))
        Registry(journal).issue_app_key("app")
        journal.close()
        for statement in (
            "UPDATE event SET type = 'x'",
            "DELETE FROM event",
            "TRUNCATE event",
            "ALTER TABLE event DISABLE TRIGGER ALL",
            "DROP TABLE event",
            "UPDATE alembic_version SET version_num = '0'",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                writer.execute(statement)
    finally:
        owned.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")


def test_a_commit_is_flushed_even_where_the_server_is_told_not_to(database: PostgresDatabase) -> None:
    found = []
    for setting in ("off", "local", "remote_apply", "on"):
        database.execute(f"ALTER DATABASE {database.name} SET synchronous_commit = {setting}")
        journal = journal_at(database.url)
        found += [str(row[0]) for row in journal.rows(_SETTING)]
        journal.close()
    assert found == ["on", "local", "remote_apply", "on"]


def test_a_role_needs_nothing_but_its_database(postgres: PostgresServer) -> None:
    """Neither to make the tables, nor to write, nor to commit for the doctor."""
    name = postgres.database()
    postgres.execute("CREATE ROLE owner LOGIN")
    postgres.execute(f"ALTER DATABASE {name} OWNER TO owner")
    url = postgres.url(name).replace("securwoman@", "owner@")
    journal = journal_at(url)
    assert journal.append(ONE)[0].seq == 1
    journal.close()
    found = read_server_facts(url, patience_s=2)
    assert (len(found.commits_s), found.encoding, found.standby) == (COMMITS, "UTF8", False)


def test_a_commit_for_the_doctor_is_flushed(database: PostgresDatabase) -> None:
    """Of a transaction that writes nothing the server flushes nothing."""
    flushed = "SELECT pg_current_wal_flush_lsn() - '0/0'::pg_lsn"
    connection = PostgresConnection(database.url, patience_s=2)
    for _ in range(3):
        (before,) = database.execute(flushed)[0]
        connection.harden()
        (after,) = database.execute(flushed)[0]
        assert after > before
    connection.close()


def test_no_password_is_said(postgres: PostgresServer) -> None:
    del postgres
    for url in (
        "postgresql://u:s3cret@127.0.0.1:1/d",
        "postgresql://u:s3cret@127.0.0.1:1,127.0.0.1:1/d",
        "postgresql://u@127.0.0.1:1/d?password=s3cret",
        "postgresql+psycopg://u:%zzs3cret@127.0.0.1:1/d",
        "postgresql://u:s3cret@127.0.0.1:port/d",
    ):
        with pytest.raises((JournalUnavailable, StoreMisuse)) as error:
            journal_at(url)
        told, cause = str(error.value), error.value.__cause__
        assert "s3cret" not in f"{told}{cause}"
        assert "s3cret" not in url_for_display(url)
        assert "127.0.0.1" in told


def test_a_device_may_call_itself_what_it_will(journal: Journal, clock: Clock) -> None:
    first = accept(journal, sent(clock, None, device="a\0b"), 50)
    assert first.created
    assert not accept(journal, sent(clock, None, device="a\0b"), 50).created
