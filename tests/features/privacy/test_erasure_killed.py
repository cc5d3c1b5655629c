"""An erasure, killed before a statement or a deletion: the next start finishes it. At night before each."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from application.errors import CenterError
from application.options import Common
from application.recordings import delete_erased
from features.privacy.commands import erase
from messages.ids import NodeId, UserId
from store.database.sqlite_file import inodes
from store.fallback.fallback import Fallback
from store.fallback.keeper import Keeper
from store.fallback.replica import open_fallback, write_note
from store.journal.journal import Journal
from store.journal.notify import LocalNotifier
from store.journal.verify import verify_journal
from store.registry.people import Person
from store.registry.registry import Registry
from tests.store.children import Child, Say
from tests.store.places import START, Clock, journal_in
from tests.store.test_erasing import NOTE, PHONE, TRACES, raised
from tests.support.depth import WHOLE


class Struck:
    """Kills its own process before the step of this number: a statement that asks nothing, or a deletion."""

    def __init__(self, at: int) -> None:
        self.left = at

    def __call__(self, *_: object) -> None:
        self.left -= 1
        if self.left < 0:
            os.kill(os.getpid(), signal.SIGKILL)


def killed_at(step: int, work: Callable[[], object]) -> bool:
    """Do it in a process that is killed before this step; whether there was one."""

    def child(_: Say) -> None:
        strike = Struck(step)

        class Connection(sqlite3.Connection):
            def execute(self, sql: str, *given: Any) -> sqlite3.Cursor:
                if not sql.startswith("SELECT"):
                    strike()
                return super().execute(sql, *given)

        unlink = os.unlink

        def deleted(*given: Any, **more: Any) -> None:
            strike()
            unlink(*given, **more)

        sqlite3.connect = partial(sqlite3.connect, factory=Connection)  # type: ignore[assignment]
        os.unlink = deleted
        work()

    with Child(child) as process:
        code = process.wait()
    assert code in (0, -signal.SIGKILL)
    return code != 0


def places(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """A copy of what is in `begin` for each step, or for some of them."""
    apart = 1 if WHOLE else 4
    step = random.randrange(apart)
    while True:
        place = tmp_path / str(step)
        shutil.copytree(tmp_path / "begin", place)
        with closing(open_fallback(Fallback(place / "run"), 1.0)) as fallback:
            # Of this file, and not of one that another was put in the place of.
            fallback.begin_write()
            write_note(fallback, "file", inodes(place / "journal.db"))
            fallback.commit()
        yield step, place
        shutil.rmtree(place)
        step += apart


@pytest.fixture
def begin(tmp_path: Path) -> Path:
    folder = tmp_path / "begin"
    (folder / "run").mkdir(parents=True)
    (folder / "keys").mkdir()
    (folder / "recordings").mkdir()
    Fallback.make(folder / "run")
    return folder


def giulia(journal: Journal) -> UserId:
    person = Person(phones=(PHONE,), first_name="Giulia", notes=NOTE, devices=("phone-of-giulia",))
    return Registry(journal).add_user(person, by="test").id


def keeper(journal: Journal, place: Path) -> Keeper:
    return Keeper(
        journal.url,
        place / "run",
        place / "keys",
        node=NodeId("n1"),
        clock=lambda: START,
        notify=LocalNotifier(),
    )


def started(place: Path) -> Journal:
    """What the Housekeeper and the FallbackKeeper do first, here until nothing is left to do."""
    journal = journal_in(place / "journal.db")
    delete_erased(journal, place / "recordings")
    keeper(journal, place).replicate(anew=True)
    return journal


def standing(place: Path) -> set[tuple[str, bytes]]:
    files = [one for one in place.rglob("*") if one.is_file()]
    return {(one.name, trace) for one in files for trace in TRACES if trace in one.read_bytes()}


def test_an_erasure(tmp_path: Path, begin: Path) -> None:
    journal, clock = journal_in(begin / "journal.db"), Clock()
    user = giulia(journal)
    for n in range(2):
        (begin / "recordings" / f"{raised(journal, clock, user)}.{n}.flac").write_bytes(b"said")
    keeper(journal, begin).replicate()
    journal.close()
    with pytest.raises(CenterError):  # what it imports is imported once, and not in each process
        erase("nobody", yes=True, common=Common(state=begin))
    found = []
    for step, place in places(tmp_path):
        killed = killed_at(step, partial(erase, str(user), yes=True, common=Common(state=place)))
        journal = started(place)
        found.append(Registry(journal).user(user) is None)
        assert verify_journal(journal).problems == ()
        journal.close()
        files = len(list((place / "recordings").iterdir()))
        assert (files, standing(place)) == (0, set()) if found[-1] else files == 2
        if not killed:
            break
    # The commit of all of it lies between two steps.
    assert found == sorted(found)
    assert min(found.count(one) for one in (False, True)) > (4 if WHOLE else 0)
