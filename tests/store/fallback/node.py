"""A node whose disk can be made to fail, as far as the journal knows them."""

from pathlib import Path

from messages.ids import E164, Instant, NodeId
from store.database.dialect import url_of
from store.errors import JournalFull, JournalUnavailable
from store.fallback.fallback import Fallback
from store.fallback.keeper import Keeper, ReturnToDisk
from store.journal.journal import Journal
from store.journal.notify import LocalNotifier
from tests.store.places import Clock
from tests.support.journals import empty_journal

DEADLINE_S = 50.0

USER = E164("+393331112223")


class Disk:
    """What is wrong with the journal's disk. The fallback is not on it."""

    def __init__(self) -> None:
        self.at_commit: Exception | None = None
        self.at_begin: Exception | None = None
        self.at_read: Exception | None = None
        self.after_commit: Exception | None = None
        """The flush fails, the disk is gone, and what was to be flushed comes to light later."""

    def fails(self, error: Exception) -> None:
        self.at_commit = error

    def is_gone(self) -> None:
        self.at_begin = self.at_read = JournalUnavailable("/disk: gone")

    def works(self) -> None:
        self.at_commit = self.at_begin = self.at_read = self.after_commit = None


def full(disk: Disk, keeper: Keeper) -> None:
    """The disk is full from now on, and what is needed is in the fallback."""
    keeper.replicate()
    disk.fails(JournalFull("/disk: full"))


def gone(disk: Disk, keeper: Keeper) -> None:
    """The same where nothing can be read of it either."""
    keeper.replicate()
    disk.is_gone()


def back(disk: Disk, keeper: Keeper) -> ReturnToDisk:
    """The disk works again, and the journal is there."""
    disk.works()
    return keeper.go_back()


def lasts(journal: Journal) -> bool:
    """Whether it is durable now; a function, since it changes by itself."""
    return journal.durable


class Node:
    """The processes of one node, as far as the journal knows them."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.path = folder / "journal.db"
        empty_journal(self.path)
        self.run = folder / "run"
        self.run.mkdir(exist_ok=True)
        Fallback.make(self.run)
        self.clock = clock
        self.notify = LocalNotifier()
        self._opened: list[Journal] = []

    def journal(self, patience_s: float = 0.3) -> Journal:
        opened = Journal.open(
            url_of(self.path), node=NodeId("n1"), clock=self.clock, notify=self.notify,
            patience_s=patience_s, fallback=self.run,
        )  # fmt: skip
        self._opened.append(opened)
        return opened

    def keeper(self) -> Keeper:
        return Keeper(
            url_of(self.path),
            self.run,
            self.path.parent / "keys",
            node=NodeId("n1"),
            clock=self.clock,
            notify=self.notify,
        )

    def on_disk(self) -> Journal:
        opened = Journal.open(url_of(self.path), node=NodeId("n1"), clock=self.clock, notify=self.notify)
        self._opened.append(opened)
        return opened

    def close(self) -> None:
        for journal in self._opened:
            journal.close()


def rows_of(journal: Journal, stream: str) -> list[tuple[int, int, Instant, object]]:
    return [(one.seq, one.version, one.at_us, one.event) for one in journal.read(stream)]
