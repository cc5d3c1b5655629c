"""Journal of another center as the source of a move: its location, and the check that it may be moved now."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from application.errors import CenterError, StateError, StateInUse
from application.state.journals import goes_on, host_name
from application.state.state_dir import StateDir, holder, write_kept
from messages.ids import NodeId
from runtime.clock import SystemClock

if TYPE_CHECKING:
    from store.journal.journal import Journal

_SQLITE: Final = b"SQLite format 3\0"


def is_center(path: Path) -> bool:
    """Return True for a state directory or a SQLite journal; any other file may be an export."""
    if path.is_dir():
        return True
    try:
        with path.open("rb") as file:
            return file.read(len(_SQLITE)) == _SQLITE
    except OSError:
        return False


@contextmanager
def center_of(path: Path) -> Iterator[Journal]:
    """Open the journal of the center at `path`, a state directory or a journal file. Raises StateError if
    there is no journal, StateInUse while its center runs, CenterError if the journal cannot be moved.
    """
    from store.database.dialect import url_of
    from store.errors import StoreError
    from store.journal.journal import Journal
    from store.journal.notify import LocalNotifier

    file = path / "journal.db" if path.is_dir() else path
    state = StateDir(file.parent)
    if not file.is_file():
        raise StateError(f"there is no journal in {path}")
    if (pid := holder(state)) is not None:
        raise StateInUse(str(state), pid)
    if goes_on(state):
        raise CenterError(
            f"{state} has events that are only in memory: run its center until the journal is on "
            "the disk again"
        )
    try:
        journal = Journal.open(
            url_of(file),
            node=NodeId(host_name()),
            clock=SystemClock.anchored().now_us,
            notify=LocalNotifier(),
        )
        try:
            yield journal
        finally:
            journal.close()
    except StoreError as error:
        raise CenterError(str(error)) from error


def take_audit_keys(path: Path, target: StateDir) -> None:
    """Copy the keys that verify and continue the moved audit, unless the target has its own."""
    from store.audit.trail import HEADS, KEY

    source = StateDir(path if path.is_dir() else path.parent)
    if (target.keys / KEY).exists() or not (source.keys / KEY).exists():
        return
    for name in (HEADS, KEY):
        if (source.keys / name).exists():
            write_kept(target.keys / name, (source.keys / name).read_bytes())
