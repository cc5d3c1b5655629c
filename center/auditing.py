"""What the command line enters in the audit: by which account of the machine something was read or changed.

Before anything is shown: a command whose entry cannot be made ends with that, and shows nothing.
"""

from __future__ import annotations

import os
import pwd
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from center.state.state_dir import StateDir

if TYPE_CHECKING:
    from store.audit.entry import Action
    from store.journal.journal import Journal

ORIGIN = "cli"


def account() -> str:
    """`account:NAME`, and who has become it by sudo."""
    uid = os.geteuid()
    try:
        name = pwd.getpwuid(uid).pw_name
    except KeyError:
        name = str(uid)
    by = os.environ.get("SUDO_USER", "")
    return f"account:{name}" + (f" sudo:{by}" if by else "")


def note(
    journal: Journal,
    state: StateDir,
    action: Action,
    subjects: Iterable[str | None] = (),
    detail: str = "",
) -> None:
    """Enter it, durably. Raises StoreError."""
    from store.audit.entry import Said
    from store.audit.trail import Trail

    trail = Trail(state.keys)
    said = Said(
        actor=account(),
        origin=ORIGIN,
        action=action,
        subjects=tuple(dict.fromkeys(one for one in subjects if one)),
        detail=detail,
    )
    trail.committed(journal.transact(lambda tx: trail.append(tx, said)))
    try:
        trail.save()
    except OSError as error:
        print(f"securwoman: the audit's head cannot be written: {error.strerror}", file=sys.stderr)
