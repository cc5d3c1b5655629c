"""`key list | issue NAME | revoke NAME`: app keys, with or without a running center.

A new key is valid beside the present keys, so that apps can receive it before the older key is revoked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import msgspec
from cyclopts import Parameter

from application.auditing import note
from application.errors import NotFound, UsageError
from application.options import DEFAULT, Common
from application.state.journals import journal_of
from application.state.keys import key_in_file
from application.times import local, rfc3339

if TYPE_CHECKING:
    from store.registry.people import AppKey

_NAME_MAX: Final = 64
Name = Annotated[str, Parameter(help="Name of the keys, such as the name of the app.")]


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A valid key."""

    name: str
    sign: str
    """Mark that distinguishes keys of one name; the key itself is stored nowhere."""
    issued_at: str
    in_file: bool
    """True for the key in this state directory's `keys/app.key`."""


def list_(*, common: Common = DEFAULT) -> None:
    """List the valid app keys, oldest first."""
    from store.registry.access.credentials import fingerprint
    from store.registry.registry import Registry

    own = key_in_file(common.directory)
    proof = fingerprint(own) if own else None
    with journal_of(common.directory) as journal:
        keys = Registry(journal).app_keys()
    rows = [_row(key, in_file=key.hash == proof) for key in keys]
    if common.json:
        common.data(rows)
        return
    common.table(
        ("name", "key", "issued", ""),
        [
            (row.name, row.sign, local(key.created_at), "keys/app.key" if row.in_file else "")
            for row, key in zip(rows, keys, strict=True)
        ],
        "no app key is valid: no app can raise an alert",
    )


def issue(name: Name, /, *, common: Common = DEFAULT) -> None:
    """Issue a new app key beside those of the name; the last line is the key."""
    from store.audit.entry import Action
    from store.registry.registry import Registry

    name = name.strip()
    if not 0 < len(name) <= _NAME_MAX or not name.isprintable():
        raise UsageError(f"a key has a name of 1 to {_NAME_MAX} characters")
    with journal_of(common.directory, create=True) as journal:
        registry = Registry(journal)
        key = registry.issue_app_key(name)
        note(journal, common.directory, Action.CHANGE_KEY, detail=f"app key issued: {name}")
        valid = sum(1 for one in registry.app_keys() if one.name == name)
    if common.json:
        common.data({"name": name, "key": key, "valid": valid})
        return
    if valid > 1:
        common.print_line(
            f"{valid} keys of {name} are valid; revoke the older ones: securwoman key revoke --older {name}"
        )
    common.print_line(key)


def revoke(
    name: Name,
    /,
    *,
    older: Annotated[
        bool, Parameter(negative="", help="Revoke only the older keys; the newest key stays valid.")
    ] = False,
    common: Common = DEFAULT,
) -> None:
    """Revoke the app keys of a name, within a second."""
    from store.audit.entry import Action
    from store.registry.registry import Registry

    with journal_of(common.directory) as journal:
        registry = Registry(journal)
        if not any(one.name == name for one in registry.app_keys()):
            raise NotFound(f"no valid app key has the name {name}")
        ended = registry.revoke_app_keys(name, but_newest=older)
        note(journal, common.directory, Action.CHANGE_KEY, detail=f"app keys revoked: {name}")
        left = len(registry.app_keys())
        own = key_in_file(common.directory)
        dead = own is not None and registry.app_key_is_revoked(own)
    if common.json:
        common.data({"name": name, "revoked": ended, "valid": left})
        return
    common.print_line(f"{ended} keys of {name} are revoked; {left} app keys are valid")
    if dead:
        common.print_line("keys/app.key is revoked: the next start of the center writes a new key")


def _row(key: AppKey, *, in_file: bool) -> Row:
    return Row(name=key.name, sign=key.sign, issued_at=rfc3339(key.created_at), in_file=in_file)
