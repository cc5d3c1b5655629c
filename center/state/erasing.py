"""An erasure, and what it needs besides its transaction: nothing stands open before, or lies about after."""

from __future__ import annotations

import contextlib
import sys
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from center.state.state_dir import StateDir
    from messages.ids import UserId
    from store.alerts.forgetting import Forgotten
    from store.journal.journal import Journal

_SCRUBBED_WITHIN_S: Final = 10.0
_LOOK_AGAIN_S: Final = 0.2
_SAY_EVERY_S: Final = 1.0
_PAUSE_S: Final = 0.02
"""Between two portions: in it the center writes."""


def erase(journal: Journal, user: UserId, *, by: str) -> tuple[Forgotten, ...]:
    """What was done about each of the person's alerts. Raises NobodyThere, InAnAlert, JournalError."""
    from store.alerts.forgetting import erase_person

    sealed(journal)
    return erase_person(journal, user, by=by)


def leave_nothing(state: StateDir, journal: Journal) -> tuple[list[str], str]:
    """After it: the recordings that are deleted, and why what was deleted can still be on the disk; empty
    where it cannot. Raises JournalError, OSError.
    """
    from actors.recording_keeper.folder import delete_erased

    return delete_erased(journal, state.recordings), scrub(state, journal)


def sealed(journal: Journal) -> int:
    """Seal what was written before there were keys, and could not be erased; how many events it were. Says on
    stderr how far it is.
    """
    from store.journal.seal_written import seal_written

    events, said_at = 0, time.monotonic()
    for done in seal_written(journal):
        events += done.rewritten
        if time.monotonic() - said_at >= _SAY_EVERY_S:
            said_at = time.monotonic()
            print(f"securwoman: sealing, {done.seq} of {done.upto}", file=sys.stderr)
        time.sleep(_PAUSE_S)
    return events


def scrub(state: StateDir, journal: Journal) -> str:
    """Leave nothing of what was deleted on the disk, and nothing in the spare. Why it has not worked; empty
    where it has.
    """
    from store.errors import StoreError
    from store.journal.notify import SocketNotifier
    from store.spare.keeping import Keeper
    from store.spare.spare import Spare

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
    if Spare.at(state.run) is not None:
        with contextlib.suppress(StoreError, OSError):
            notify = SocketNotifier(state.notify)
            Keeper(
                journal.url, state.run, state.keys, node=journal.node, clock=journal.now_us, notify=notify
            ).warm(anew=True)
    return ""
