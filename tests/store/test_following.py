"""Who follows the journal hears of every commit, without polling, and the writer never waits for anybody."""

import errno
import os
import select
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from messages.journal import Recorded
from store.journal.following import FollowedFolds, Follower
from store.journal.journal import Append, Journal
from store.journal.notify import (
    LocalNotifier,
    Notifier,
    SocketNotifier,
    decode_commit,
    encode_commit,
    topic_of_kind,
)
from store.journal.projections import Lines
from tests.store.children import Say, children
from tests.store.databases import Database
from tests.store.places import journal_at, returned
from tests.waiting import wait_until

OpenJournal = Callable[..., Journal]
ONE = Append("line-a", None, (returned(),))


def readable(descriptor: int, within_s: float = 0.0) -> bool:
    return bool(select.select([descriptor], [], [], within_s)[0])


@pytest.fixture(params=["sockets", "local"])
def notifier(request: pytest.FixtureRequest, tmp_path: Path) -> Notifier:
    return LocalNotifier() if request.param == "local" else SocketNotifier(tmp_path / "run" / "notify")


def test_a_listener_hears_a_commit_until_it_has_taken_it(notifier: Notifier) -> None:
    ear, other = notifier.listen(), notifier.listen()
    assert not readable(ear.fileno())
    assert ear.drain() is False
    for seq in range(1, 50):
        notifier.committed(seq)
    assert readable(ear.fileno())
    assert ear.drain() is True
    assert not readable(ear.fileno())
    assert readable(other.fileno())
    ear.poke()
    assert readable(ear.fileno())
    ear.close()
    ear.close()
    notifier.committed(50)
    assert other.drain() is True
    other.close()


@pytest.mark.parametrize(
    ("about", "streams", "hears"),
    [
        ("inbox-a", ("inbox-a", "number-1"), True),
        ("inbox-a", ("inbox-ab", "alert-a"), False),
        (topic_of_kind("inbox"), ("number-1", "inbox-ab"), True),
        (topic_of_kind("inbox"), ("alert-a", "line-inbox-"), False),
        (topic_of_kind("inbox"), (), True),
        ("", ("line-a",), True),
        (f"inbox-{'a' * 64}", (f"inbox-{'a' * 64}",), True),
        (f"inbox-{'a' * 64}", ("inbox-a",), False),
        ("inbox-a.sock", ("inbox-a.sock",), True),
    ],
)
def test_a_listener_hears_of_what_it_has_asked_for(
    notifier: Notifier, about: str, streams: tuple[str, ...], hears: bool
) -> None:
    ear = notifier.listen(about)
    notifier.committed(1, streams)
    assert readable(ear.fileno()) is hears
    ear.close()


def test_it_is_known_whether_anybody_listens(notifier: Notifier) -> None:
    assert not notifier.heard("")
    one, all_inboxes = notifier.listen("inbox-a"), notifier.listen(topic_of_kind("inbox"))
    assert notifier.heard(topic_of_kind("inbox"))
    assert notifier.heard("")
    assert not readable(one.fileno())
    all_inboxes.close()
    assert not notifier.heard(topic_of_kind("inbox"))
    one.close()


def test_an_append_wakes_whom_its_streams_concern(open_journal: OpenJournal, notifier: Notifier) -> None:
    journal = open_journal(notifier)
    line, other = notifier.listen("line-a"), notifier.listen(topic_of_kind("inbox"))
    journal.append(ONE)
    assert line.drain()
    assert not other.drain()
    line.close()
    other.close()


def test_nodes_say_in_which_streams_they_have_written_as_far_as_a_notification_holds_it() -> None:
    assert decode_commit(encode_commit("n-1", 7, ["line-my modem", "inbox-a"])) == (
        "n-1",
        7,
        {"line-my modem", "inbox-a"},
    )
    assert decode_commit(encode_commit("n-1", 7, [f"inbox-{n:064}" for n in range(200)])) == ("n-1", 7, set())
    assert decode_commit("n-1 7") == ("n-1", 7, set())
    assert decode_commit("what is this")[1] == 0


def test_a_follower_gets_every_event_once_and_in_order(open_journal: OpenJournal, notifier: Notifier) -> None:
    journal = open_journal(notifier)
    journal.append(ONE)
    from_here, from_start = Follower(journal), Follower(journal, 0)
    assert from_here.next_batch() == []
    journal.append(ONE, ONE)
    assert readable(from_here.fileno())
    assert [one.seq for one in from_here.next_batch()] == [2, 3]
    assert not readable(from_here.fileno())
    assert from_here.next_batch() == []
    assert [one.seq for one in from_start.next_batch()] == [1, 2, 3]
    from_here.close()
    from_start.close()


def test_there_is_more_where_a_batch_was_full(open_journal: OpenJournal, notifier: Notifier) -> None:
    journal = open_journal(notifier)
    follower = Follower(journal)
    journal.append(Append("line-a", 0, (returned(),) * 25))
    sizes = []
    while readable(follower.fileno()):
        sizes.append(len(follower.next_batch(10)))
    assert sizes == [10, 10, 5]
    assert follower.seq == 25
    follower.close()


def test_what_the_journal_does_not_give_now_is_given_later(open_journal: OpenJournal) -> None:
    journal = open_journal()
    follower = Follower(journal)
    journal.append(ONE)
    journal.close()
    with pytest.raises(Exception, match="closed"):
        follower.next_batch()
    assert readable(follower.fileno())
    assert follower.seq == 0
    follower.close()


def test_another_process_is_heard_of(database: Database, tmp_path: Path, open_journal: OpenJournal) -> None:
    folder = tmp_path / "run" / "notify"
    journal = open_journal(SocketNotifier(folder))
    follower = Follower(journal)

    def append(say: Say) -> None:
        other = journal_at(database.url, SocketNotifier(folder))
        for _ in range(20):
            say(str(other.append(ONE)[0].seq))

    seen: list[int] = []
    with children(append) as (child,):
        while len(seen) < 20:
            assert readable(follower.fileno(), 30)
            seen += [one.seq for one in follower.next_batch()]
        assert [int(line) for line in child.lines()] == seen == list(range(1, 21))
    follower.close()
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("about", ["", "inbox-a"])
def test_the_sockets_of_the_dead_are_removed(tmp_path: Path, about: str) -> None:
    notifier = SocketNotifier(tmp_path)

    def listen(say: Say) -> None:
        ear = notifier.listen(about)
        say("listening")
        select.select([ear], [], [])
        say("heard")
        os.kill(os.getpid(), 9)

    with children(listen) as (child,):
        assert child.line() == "listening"
        assert len(list(tmp_path.iterdir())) == 1
        notifier.committed(1)
        assert child.line() == "heard"
        assert child.wait() == -9
    if about:
        # No commit may ever concern it again; whoever begins to follow everything finds it.
        notifier.listen().close()
    else:
        notifier.committed(2)
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_socket_is_left_alone_or_removed_and_never_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "README").write_text("mine")
    (tmp_path / "old.sock").write_text("no socket")
    (tmp_path / "folder.sock").mkdir()
    notifier = SocketNotifier(tmp_path)
    ear = notifier.listen()
    notifier.committed(1)
    assert ear.drain()
    assert (tmp_path / "README").exists()
    ear.close()


@pytest.mark.parametrize("call", ["os.listdir", "socket.socket", "os.open"])
def test_who_has_written_does_not_fail_where_it_cannot_be_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise OSError(errno.EMFILE, "too many open files")

    ear = SocketNotifier(tmp_path).listen()
    monkeypatch.setattr(call, fails)
    SocketNotifier(tmp_path).committed(1)
    assert not SocketNotifier(tmp_path).heard("")
    monkeypatch.undo()
    assert not ear.drain()
    ear.close()


def test_nobody_has_to_listen(tmp_path: Path) -> None:
    notifier = SocketNotifier(tmp_path / "missing")
    notifier.committed(1)
    assert not (tmp_path / "missing").exists()


def test_a_listener_that_sleeps_holds_nobody_up(tmp_path: Path) -> None:
    notifier = SocketNotifier(tmp_path)
    asleep, awake = notifier.listen(), notifier.listen()
    for seq in range(5000):
        notifier.committed(seq)
        assert awake.drain()
    assert asleep.drain()
    asleep.close()
    awake.close()


def test_a_folder_may_lie_deeper_than_a_sockets_address_is_long(tmp_path: Path) -> None:
    folder = tmp_path / ("d" * 100) / ("e" * 100)
    notifier = SocketNotifier(folder)
    ear = notifier.listen()
    notifier.committed(1)
    assert ear.drain()
    ear.close()
    assert list(folder.iterdir()) == []


def test_a_fork_does_not_remove_its_parents_socket(tmp_path: Path) -> None:
    notifier = SocketNotifier(tmp_path)
    ear = notifier.listen()
    with children(lambda _say: ear.close()) as (child,):
        assert child.wait() == 0
    notifier.committed(1)
    assert ear.drain()
    ear.close()


def test_folds_are_kept_up_to_date(open_journal: OpenJournal, notifier: Notifier) -> None:
    journal = open_journal(notifier)
    journal.append(ONE)
    lines = Lines()
    following = FollowedFolds(journal, lines)
    assert lines.lines["a"].version == 1  # type: ignore[index]
    journal.append(ONE, ONE)
    wait_until(lambda: readable(following.fileno()))
    assert [one.version for one in following.catch_up()] == [2, 3]
    assert lines.lines["a"].version == 3  # type: ignore[index]
    assert following.seq == 3
    following.close()


def test_a_hint_is_eight_bytes_with_the_place(tmp_path: Path) -> None:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listener.bind(str(tmp_path / "me.sock"))
    SocketNotifier(tmp_path).committed(258)
    assert listener.recv(100) == b"\0\0\0\0\0\0\1\2"
    listener.close()


def test_case_10_a_reader_comes_to_an_end_however_fast_others_write(
    open_journal: OpenJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = open_journal()
    following = FollowedFolds(journal, Lines())
    look = Follower.next_batch

    def written_meanwhile(follower: Follower, limit: int = 1000) -> list[Recorded]:
        journal.append(*[ONE] * limit)
        return look(follower, limit)

    monkeypatch.setattr(Follower, "next_batch", written_meanwhile)
    found = following.catch_up()
    monkeypatch.undo()
    assert readable(following.fileno())
    while new := following.catch_up():
        found += new
    assert [one.seq for one in found] == list(range(1, journal.last_seq() + 1))
    following.close()
