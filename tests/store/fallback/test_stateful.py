"""The journal with its fallback against a list: whatever fails in whatever order, no accepted append is ever
lost or doubled, versions stay dense, and a follower sees everything once.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from messages.journal import Recorded
from store.errors import JournalError, JournalFull, JournalTorn, JournalUnavailable
from store.journal.following import Follower
from store.journal.journal import Append
from store.journal.verify import verify_journal
from tests.store.fallback.node import Disk, Node
from tests.store.places import Clock, answered
from tests.support.depth import often

STREAMS = st.sampled_from(["line-a", "line-b", "operator-c"])
DISKS: list[Disk] = []
"""The one of the machine that is running now: hypothesis makes its machines by itself."""


@pytest.fixture
def failing_disk(disk: Disk) -> Iterator[None]:
    DISKS.append(disk)
    yield
    DISKS.clear()


class SpareMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.disk = DISKS[0]
        self.disk.works()
        self.folder = tempfile.TemporaryDirectory()
        self.node = Node(Path(self.folder.name), Clock())
        self.count = 0
        self.model: dict[str, list[int]] = {}
        self.journals = [self.node.journal(), self.node.journal()]
        self.keeper = self.node.keeper()
        self.follower = Follower(self.journals[0], 0)
        self.followed: list[Recorded] = []

    def teardown(self) -> None:
        self.disk.works()
        if self.keeper.in_use:
            self.keeper.go_back()
        for journal in self.journals:
            journal.close()
        final = self.node.on_disk()
        assert verify_journal(final).problems == ()
        for stream, attempts in self.model.items():
            found = [one.event for one in final.read(stream)]
            assert found == [answered(attempt) for attempt in attempts], stream
        self.node.close()
        self.follower.close()
        self.folder.cleanup()

    @rule(which=st.integers(0, 1), stream=STREAMS, many=st.integers(1, 3), exact=st.booleans())
    def append(self, which: int, stream: str, many: int, exact: bool) -> None:
        self.node.clock.forward(0.001)
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
        self.journals[which] = self.node.journal()
        if which == 0:
            self.follower._journal = self.journals[0]  # type: ignore[misc]

    @rule(anew=st.booleans())
    def replicate(self, anew: bool) -> None:
        if not self.keeper.in_use:
            self.keeper.replicate(anew=anew)

    @rule(how=st.sampled_from(["full", "flush", "comes to light", "unreadable", "torn"]))
    def fail(self, how: str) -> None:
        match how:
            case "full":
                self.disk.at_commit = JournalFull("/disk: full")
            case "flush":
                self.disk.at_commit = JournalUnavailable("/disk: I/O")
            case "comes to light":
                self.disk.after_commit = JournalUnavailable("/disk: I/O")
            case "unreadable":
                self.disk.is_gone()
            case _:
                self.disk.at_begin = self.disk.at_read = JournalTorn("/disk: torn")

    @rule()
    def mend(self) -> None:
        self.disk.works()

    @precondition(lambda self: self.keeper.in_use)
    @rule()
    def go_back(self) -> None:
        try:
            done = self.keeper.go_back()
        except JournalError:
            assert self.disk.at_commit or self.disk.after_commit or self.disk.at_read
        else:
            assert not done.renumbered, "nobody else has written"

    @precondition(lambda self: self.keeper.in_use and not (self.disk.at_read or self.disk.at_commit))
    @rule()
    def die_on_the_way_back(self) -> None:
        """All is written, and the keeper killed before it changes over."""
        try:
            with self.keeper._open_fallback() as fallback, self.keeper._journal() as journal:
                self.keeper._write(fallback, journal)
        except JournalError:
            assert self.disk.after_commit
        self.keeper = self.node.keeper()

    @rule()
    def follow(self) -> None:
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
