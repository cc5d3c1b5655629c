"""A disk that fails as it is told, and a node on it."""

import errno
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from store.database.sqlite import SqliteConnection
from tests.store.fallback.node import Disk, Node
from tests.store.places import Clock


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    made = Disk()

    def failing(name: str, what: str) -> None:
        real = getattr(SqliteConnection, name)

        def method(self: SqliteConnection, *values: object, **named: object) -> object:
            error = getattr(made, what)
            if self.lasting and error is not None:
                raise error
            done = real(self, *values, **named)
            if self.lasting and name == "commit" and made.after_commit is not None:
                made.at_begin = made.at_read = made.after_commit
                raise made.after_commit
            return done

        monkeypatch.setattr(SqliteConnection, name, method)

    real_copy = shutil.copyfile

    def copyfile(source: Path, target: Path) -> Path:
        if made.at_read is not None:
            raise OSError(errno.EIO, "gone")
        return real_copy(source, target)

    monkeypatch.setattr(shutil, "copyfile", copyfile)
    failing("commit", "at_commit")
    failing("begin_write", "at_begin")
    failing("all", "at_read")
    failing("one", "at_read")
    return made


@pytest.fixture
def node(tmp_path: Path, clock: Clock) -> Iterator[Node]:
    made = Node(tmp_path, clock)
    yield made
    made.close()
