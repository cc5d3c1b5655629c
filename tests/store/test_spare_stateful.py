"""The journal with its spare against a list: whatever fails in whatever order, no accepted append is ever
lost or doubled, versions stay dense, and a follower sees everything once."""

import errno
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from messages.ids import NodeId
from messages.journal import Recorded
from store.database.dialect import url_of
from store.database.sqlite import SqliteConnection
from store.errors import JournalError, JournalFull, JournalTorn, JournalUnavailable
from store.journal.follower import Follower
from store.journal.journal import Append, Journal
from store.journal.notify import LocalNotifier
from store.journal.verify import verify
from store.spare.keeping import Keeper
from store.spare.spare import Spare
from tests.store.places import Clock, answered
from tests.support.depth import often
from tests.support.journals import empty_journal

STREAMS = st.sampled_from(["line-a", "line-b", "operator-c"])


class Disk:
    """The one disk of the machine that is running now."""

    commit: JournalError | None = None
    after_commit: JournalError | None = None
    """The flush fails, and what was to be flushed comes to light later."""
    read: JournalError | None = None


disk = Disk()
_real = {name: getattr(SqliteConnection, name) for name in ("commit", "begin_write", "all", "one")}


@pytest.fixture(autouse=True)
def failing_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    def commit(self: SqliteConnection) -> None:
        if self.lasting and disk.commit is not None:
            raise disk.commit
        _real["commit"](self)
        if self.lasting and disk.after_commit is not None:
            disk.read, error = disk.after_commit, disk.after_commit
            raise error

    def reading(name: str) -> None:
        def method(self: SqliteConnection, *values: object) -> object:
            if self.lasting and disk.read is not None:
                raise disk.read
            return _real[name](self, *values)

        monkeypatch.setattr(SqliteConnection, name, method)

    real_copy = shutil.copyfile

    def copyfile(source: Path, target: Path) -> Path:
        if disk.read is not None:
            raise OSError(errno.EIO, "gone")
        return real_copy(source, target)

    monkeypatch.setattr(shutil, "copyfile", copyfile)
    monkeypatch.setattr(SqliteConnection, "commit", commit)
    for name in ("begin_write", "all", "one"):
        reading(name)


class SpareMachine(RuleBasedStateMachine):
    """Two processes, a keeper, a disk."""

    def __init__(self) -> None:
        super().__init__()
        disk.commit = disk.after_commit = disk.read = None
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "journal.db"
        empty_journal(self.path)
        self.run = Path(self.folder.name) / "run"
        self.run.mkdir()
        Spare.make(self.run)
        self.clock = Clock()
        self.notify = LocalNotifier()
        self.count = 0
        self.model: dict[str, list[int]] = {}
        self.journals = [self.open(), self.open()]
        self.keeper = self.another_keeper()
        self.follower: Follower | None = Follower(self.journals[0], 0)
        self.followed: list[Recorded] = []

    def open(self) -> Journal:
        return Journal.open(
            url_of(self.path),
            node=NodeId("n1"),
            clock=self.clock,
            notify=self.notify,
            patience_s=0.2,
            spare=self.run,
        )

    def another_keeper(self) -> Keeper:
        return Keeper(
            url_of(self.path),
            self.run,
            self.path.parent / "keys",
            node=NodeId("n1"),
            clock=self.clock,
            notify=self.notify,
        )

    def teardown(self) -> None:
        disk.commit = disk.after_commit = disk.read = None
        if self.keeper.in_use:
            self.keeper.go_back()
        for journal in self.journals:
            journal.close()
        final = Journal.open(url_of(self.path), node=NodeId("n1"), clock=self.clock, notify=self.notify)
        assert verify(final).problems == ()
        for stream, attempts in self.model.items():
            found = [one.event for one in final.read(stream)]
            assert found == [answered(attempt) for attempt in attempts], stream
        final.close()
        if self.follower is not None:
            self.follower.close()
        self.folder.cleanup()

    @rule(which=st.integers(0, 1), stream=STREAMS, many=st.integers(1, 3), exact=st.booleans())
    def append(self, which: int, stream: str, many: int, exact: bool) -> None:
        self.clock.forward(0.001)
        known = self.model.setdefault(stream, [])
        attempts = [self.count + n for n in range(many)]
        self.count += many
        expected = len(known) if exact else None
        events = tuple(answered(attempt) for attempt in attempts)
        recorded = self.journals[which].append(Append(stream, expected, events))
        known.extend(attempts)
        assert [one.version for one in recorded][-1] == len(known)

    @rule(which=st.integers(0, 1))
    def open_again(self, which: int) -> None:
        self.journals[which].close()
        self.journals[which] = self.open()
        if which == 0 and self.follower is not None:
            self.follower._journal = self.journals[0]  # type: ignore[misc]

    @rule(anew=st.booleans())
    def warm(self, anew: bool) -> None:
        if not self.keeper.in_use:
            self.keeper.warm(anew=anew)

    @rule(
        how=st.sampled_from(["full", "flush", "comes to light", "unreadable", "torn"]),
    )
    def fail(self, how: str) -> None:
        match how:
            case "full":
                disk.commit = JournalFull("/disk: full")
            case "flush":
                disk.commit = JournalUnavailable("/disk: I/O")
            case "comes to light":
                disk.after_commit = JournalUnavailable("/disk: I/O")
            case "unreadable":
                disk.read = JournalUnavailable("/disk: gone")
            case _:
                disk.read = JournalTorn("/disk: torn")

    @rule()
    def mend(self) -> None:
        disk.commit = disk.after_commit = disk.read = None

    @precondition(lambda self: self.keeper.in_use)
    @rule()
    def go_back(self) -> None:
        try:
            done = self.keeper.go_back()
        except JournalError:
            assert disk.commit or disk.after_commit or disk.read
        else:
            assert not done.renumbered, "nobody else has written"

    @precondition(lambda self: self.keeper.in_use and disk.read is None and disk.commit is None)
    @rule()
    def die_on_the_way_back(self) -> None:
        """All is written, and the keeper killed before it changes over."""
        try:
            with self.keeper._spare_open() as spare, self.keeper._journal() as journal:
                self.keeper._write(spare, journal)
        except JournalError:
            assert disk.after_commit
        self.keeper = self.another_keeper()

    @rule()
    def follow(self) -> None:
        if self.follower is None:
            return
        while batch := self.follower.next_batch(3):
            self.followed.extend(batch)

    @invariant()
    def nothing_is_lost_or_doubled(self) -> None:
        for stream, attempts in self.model.items():
            versions = self.journals[1].version(stream)
            assert versions == len(attempts), stream

    @invariant()
    def a_follower_sees_everything_once_and_in_order(self) -> None:
        seqs = [one.seq for one in self.followed]
        assert seqs == sorted(set(seqs))


SpareMachine.TestCase.settings = settings(
    max_examples=often(25), stateful_step_count=25, deadline=None, phases=[Phase.generate]
)


@pytest.mark.usefixtures("failing_disk")
class TestSpare(SpareMachine.TestCase):  # type: ignore[misc, valid-type]
    pass
