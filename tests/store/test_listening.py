"""Who listens at the server hears what other nodes commit, and knows when something may have been missed."""

import select
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from messages.ids import NodeId
from store.errors import StoreMisuse
from store.journal.journal import Append
from store.nodes.listening import POLL_ALL, CommitListener
from tests.store.databases import PostgresDatabase, new_database
from tests.store.places import journal_at, returned
from tests.support.postgres import PostgresServer, server
from tests.support.there import there

ONE = Append("line-a", None, (returned(),))


def heard(listener: CommitListener, within_s: float = 30.0) -> int | None:
    assert select.select([listener], [], [], within_s)[0]
    said = listener.drain()
    return None if said is None else said[0]


@pytest.fixture
def database(postgres: PostgresServer) -> PostgresDatabase:
    return new_database(postgres)


@pytest.fixture
def listener(database: PostgresDatabase) -> Iterator[CommitListener]:
    with closing(CommitListener(database.url, NodeId("n1"))) as one:
        # What was written before it listened was not said to it.
        assert heard(one) == POLL_ALL
        yield one


def test_the_commits_of_other_nodes_are_heard_and_never_ones_own(
    database: PostgresDatabase, listener: CommitListener
) -> None:
    own, other, third = (journal_at(database.url, node=name) for name in ("n1", "n2", "n-3"))
    own.append(ONE)
    other.append(ONE, ONE)
    assert select.select([listener], [], [], 30)[0]
    assert listener.drain() == (3, {"line-a"})
    assert listener.drain() is None
    assert not select.select([listener], [], [], 0)[0]
    third.append(ONE)
    own.append(ONE)
    assert heard(listener) == 4


def test_of_several_commits_the_last_is_told(database: PostgresDatabase, listener: CommitListener) -> None:
    other = journal_at(database.url, node="n2")
    for _ in range(5):
        other.append(ONE)
    latest = 0
    while latest < 5:
        said = there(heard(listener))
        assert said > latest
        latest = said


def test_what_was_not_committed_is_not_said(database: PostgresDatabase, listener: CommitListener) -> None:
    other = journal_at(database.url, node="n2")

    def gives_up(transaction: object) -> None:
        transaction.append(ONE)  # type: ignore[attr-defined]
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        other.transact(gives_up)
    other.append(ONE)
    assert heard(listener) == 1


@pytest.mark.process
def test_after_a_lost_connection_one_is_told_to_look_and_nobody_ever_waits(postgres: PostgresServer) -> None:
    del postgres
    with server() as mortal:
        database = new_database(mortal)
        with closing(CommitListener(database.url, NodeId("n1"))) as listener:
            assert heard(listener) == POLL_ALL
            mortal.crash()
            for _ in range(10):
                began = time.monotonic()
                assert listener.drain() is None
                assert time.monotonic() - began < 3.0
            mortal.start()
            assert heard(listener) == POLL_ALL
            other = journal_at(database.url, node="n2")
            other.append(ONE)
            assert heard(listener) == 1
            other.close()


def test_a_listener_that_is_closed_says_nothing(database: PostgresDatabase) -> None:
    listener = CommitListener(database.url, NodeId("n1"))
    listener.close()
    listener.close()
    assert listener.drain() is None
    unreachable = CommitListener("postgresql://u@127.0.0.1:1/d", NodeId("n1"))
    assert unreachable.drain() is None
    unreachable.close()
    with pytest.raises(StoreMisuse):
        CommitListener("postgresql://u@127.0.0.1:port/d", NodeId("n1"))
