"""Audit of the command line: record the account of the machine that read or changed data.

The entry is made before any output: a command that cannot make its entry ends and shows no data.
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
"""Author of reads and changes of a person's data, as the journal records it."""


def account() -> str:
    """Return `account:NAME` of the effective user, followed by the original user of sudo."""
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
    """Record an entry, durably. Raises StoreError."""
    from store.audit.entry import EntryContent
    from store.audit.trail import Trail

    trail = Trail(state.keys)
    said = EntryContent(
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
        print(f"securwoman: the head of the audit cannot be written: {error.strerror}", file=sys.stderr)


def note_settings(journal: Journal, state: StateDir, settings: Settings) -> None:
    """Record the names of the settings that differ from those of the last start, never their values.

    The author of a change of the file is unknown; the entry shows the time at which it took effect. Raises
    StoreError, OSError.
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
