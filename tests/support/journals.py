"""Journals made once a process and laid where a test wants one: making one takes longer than most tests."""

from __future__ import annotations

import os
import tempfile
import threading
from functools import cache
from pathlib import Path

from messages.ids import Instant, NodeId
from store.database.dialect import url_of
from store.journal.journal import Journal
from store.journal.notify import LocalNotifier

_ONE_AT_A_TIME = threading.Lock()
"""Migrations are no thread's alone."""


def empty_journal(path: Path) -> str:
    """Lays one without events at this path, unless there is a file already, and returns its address."""
    if not path.exists():
        with _ONE_AT_A_TIME:
            lay(_without_events(), path)
    return url_of(path)


def lay(journal: bytes, path: Path) -> None:
    """Writes a journal's file as the journal itself would make it: its owner's alone."""
    with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(journal)


@cache
def _without_events() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.db"
        Journal.open(url_of(path), node=NodeId("n"), clock=lambda: Instant(0), notify=LocalNotifier()).close()
        return path.read_bytes()
