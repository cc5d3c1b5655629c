"""A journal in a database of the test's own, of one kind or (`on_both`) either, with a clock."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from messages.ids import NodeId
from store.journal.journal import Journal
from store.journal.notify import LocalNotifier, Notifier
from tests.store.databases import Database, SqliteFile, new_schema
from tests.store.places import OPENED, Clock
from tests.support.depth import WHOLE
from tests.support.disks import small_file_system
from tests.support.journals import empty_journal


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    while OPENED:
        OPENED.pop().close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """For tests of what a file alone can do; those are marked `on_sqlite`."""
    return tmp_path / "journal.db"


@pytest.fixture(params=["sqlite", "postgresql"] if WHOLE else ["sqlite"])
def database(request: pytest.FixtureRequest, path: Path) -> Database:
    if request.param == "sqlite":
        empty_journal(path)
        return SqliteFile(path)
    return new_schema(request.getfixturevalue("postgres"))


@pytest.fixture
def open_journal(database: Database, clock: Clock) -> Iterator[Callable[..., Journal]]:
    """Opens the test's journal, as often as wanted; all of them are closed at the end."""
    opened: list[Journal] = []

    def open_one(
        notify: Notifier | None = None, *, patience_s: float = 2.0, node: str = "n1", shared: bool = False
    ) -> Journal:
        journal = Journal.open(
            database.url,
            node=NodeId(node),
            clock=clock,
            notify=notify or LocalNotifier(),
            patience_s=patience_s,
            # What only an alert's owner may write is another matter: `test_owners`.
            shared=shared,
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
def small_disk(tmp_path: Path) -> Iterator[Path]:
    with small_file_system(tmp_path / "disk", 1) as disk:
        yield disk
