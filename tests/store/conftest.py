"""A journal in a folder of the test's own, with a clock that the test moves."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from messages.ids import Instant, NodeId
from store.dialect import url_of
from store.journal import Journal
from store.notify import LocalNotifier, Notifier
from tests.store.places import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


@pytest.fixture
def open_journal(path: Path, clock: Clock) -> Iterator[Callable[..., Journal]]:
    """Opens the test's journal, as often as wanted; all of them are closed at the end."""
    opened: list[Journal] = []

    def open_one(notify: Notifier | None = None, *, patience_s: float = 2.0) -> Journal:
        journal = Journal.open(
            url_of(path),
            node=NodeId("n1"),
            clock=clock,
            notify=notify or LocalNotifier(),
            patience_s=patience_s,
        )
        opened.append(journal)
        return journal

    yield open_one
    for journal in opened:
        journal.close()


@pytest.fixture
def journal(open_journal: Callable[..., Journal]) -> Journal:
    return open_journal()


@pytest.fixture
def now(clock: Clock) -> Instant:
    return clock()
