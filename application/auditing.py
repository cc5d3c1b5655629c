"""Enter in the audit which account of the machine read or changed data by the command line.

Before anything is shown: a command whose entry cannot be made ends with that, and shows nothing.
"""

from __future__ import annotations

import os
import pwd
import sys
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import TYPE_CHECKING, Final

import msgspec

from application.state.state_dir import StateDir, read_json, write_kept

if TYPE_CHECKING:
    from model.settings import Settings
    from store.audit.entry import Action
    from store.journal.journal import Journal

ORIGIN = "cli"
BY: Final = "command line"
"""Who changed or read a person's data, as the journal keeps it."""


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


def note_settings(journal: Journal, state: StateDir, settings: Settings) -> None:
    """Enter which settings are others than at the last start; their names, never what they hold.

    Who has changed the file nobody knows; the entry says when it took effect. Raises StoreError, OSError.
    """
    from store.audit.entry import Action

    seen = state.keys / "settings.seen"
    now = {name: sha256(text).hexdigest() for name, text in _flat(msgspec.to_builtins(settings))}
    before = read_json(seen, dict[str, str])
    if before == now:
        return
    known = before or {}
    changed = sorted(name for name in {*known, *now} if known.get(name) != now.get(name))
    note(journal, state, Action.CHANGE_SETTINGS, detail=", ".join(changed) if before else "first start")
    write_kept(seen, msgspec.json.encode(now))


def _flat(value: object, name: str = "") -> Iterator[tuple[str, bytes]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(inner, f"{name}.{key}" if name else str(key))
    else:
        yield name, msgspec.json.encode(value)
