"""Completion of an erasure after its transaction: remove the erased data from files."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from application.state.state_dir import StateDir
    from store.journal.journal import Journal

_SCRUBBED_WITHIN_S: Final = 10.0
_LOOK_AGAIN_S: Final = 0.2


def leave_nothing(state: StateDir, journal: Journal) -> tuple[list[str], str]:
    """Delete the recordings of erased persons, and scrub the journal. Return the deleted files, and the
    reason if deleted data may still be on the disk; empty on success. Raises JournalError, OSError.
    """
    from application.recordings import delete_erased

    return delete_erased(journal, state.recordings), scrub(state, journal)


def scrub(state: StateDir, journal: Journal) -> str:
    """Remove deleted data from disk and fallback. Return the reason of a failure; empty on success."""
    from store.errors import StoreError
    from store.fallback.fallback import Fallback
    from store.fallback.keeper import Keeper
    from store.journal.notify import SocketNotifier

    until = time.monotonic() + _SCRUBBED_WITHIN_S
    while True:
        try:
            if not (left := journal.scrub()):
                break
        except StoreError as error:
            left = str(error)
        if time.monotonic() >= until:
            return left
        time.sleep(_LOOK_AGAIN_S)
    if Fallback.at(state.run) is not None:
        with contextlib.suppress(StoreError, OSError):
            notify = SocketNotifier(state.notify)
            Keeper(
                journal.url, state.run, state.keys, node=journal.node, clock=journal.now_us, notify=notify
            ).replicate(anew=True)
    return ""
