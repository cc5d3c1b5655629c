"""The commands `user import | add | list | show`: on the registry, with or without a running center."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
from cyclopts import Parameter

from application.auditing import BY, note
from application.options import DEFAULT, Common
from application.people import ASKED, OneUser, region_of, secret_asked, user_of
from application.state.journals import journal_of
from application.times import rfc3339

if TYPE_CHECKING:
    from store.registry.people import User


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A user."""

    id: str
    phones: tuple[str, ...]
    first_name: str
    last_name: str
    language: str
    notes: str
    devices: tuple[str, ...]
    has_cancel_pin: bool
    has_duress_pin: bool
    created_at: str
    changed_at: str


def add(
    *,
    phone: Annotated[
        tuple[str, ...],
        Parameter(help="Number of the user, E.164; may be repeated: the first number is called first."),
    ],
    first_name: Annotated[str, Parameter(help="First name of the user.")] = "",
    last_name: Annotated[str, Parameter(help="Last name of the user.")] = "",
    language: Annotated[str | None, Parameter(help="Language of the user, ISO 639; default: it.")] = None,
    notes: Annotated[str | None, Parameter(help="Information for the operator.")] = None,
    device: Annotated[tuple[str, ...], Parameter(help="Device id of the user's app; may be repeated.")] = (),
    pin: Annotated[
        str | None,
        Parameter(
            help="PIN that cancels an alert in the app; - prompts for the PIN.", allow_leading_hyphen=True
        ),
    ] = None,
    duress_pin: Annotated[
        str | None,
        Parameter(
            help="PIN that seems to cancel an alert under duress; - prompts for the PIN.",
            allow_leading_hyphen=True,
        ),
    ] = None,
    common: Common = DEFAULT,
) -> None:
    """Add a user."""
    from store.audit.entry import Action
    from store.registry.people import Person
    from store.registry.registry import Registry

    entered = Person(
        phones=phone,
        first_name=first_name,
        last_name=last_name,
        language=language,
        notes=notes,
        devices=device,
        cancel_pin=_pin(pin, "PIN"),
        duress_pin=_pin(duress_pin, "duress PIN"),
    )
    with journal_of(common.directory, create=True) as journal:
        user = Registry(journal, region=region_of(common.directory)).add_user(entered, by=BY)
        note(journal, common.directory, Action.CHANGE_PERSON, (user.id,), "added")
    common.print_json(_row(user), f"{user.name or 'user'}, {', '.join(user.phones)}", user.id)


def import_(
    file: Annotated[Path, Parameter(help="CSV file; docs/people-csv.md describes the columns.")],
    /,
    *,
    common: Common = DEFAULT,
) -> None:
    """Import a CSV file of users; the whole file or nothing."""
    from features.people.importing import import_users
    from store.audit.entry import EVERYBODY, Action

    with journal_of(common.directory, create=True) as journal:
        done = import_users(journal, file, by=BY, region=region_of(common.directory))
        told = f"import: {done.added} added, {done.changed} changed"
        note(journal, common.directory, Action.CHANGE_PERSON, (EVERYBODY,), told)
    if done.encoding != "utf-8":
        common.warn(f"the file was read as {done.encoding}: check that accents are right")
    common.print_json(done, f"{done.added} added, {done.changed} changed, {done.unchanged} unchanged")


def list_(
    search: Annotated[str, Parameter(help="Part of a name or number, or a whole device id or user id.")] = "",
    /,
    *,
    limit: Annotated[int, Parameter(help="Largest number of users.")] = 1000,
    common: Common = DEFAULT,
) -> None:
    """List all users."""
    from store.audit.entry import Action
    from store.registry.registry import Registry

    with journal_of(common.directory) as journal:
        rows = [_row(user) for user in Registry(journal).users(search, limit=limit)]
        note(journal, common.directory, Action.READ_LIST, (row.id for row in rows), "user list")
    if common.json:
        common.data(rows)
        return
    common.table(
        ("id", "name", "phones", "language", "devices"),
        [
            (
                row.id,
                f"{row.first_name} {row.last_name}".strip(),
                " ".join(row.phones),
                row.language,
                " ".join(row.devices),
            )
            for row in rows
        ],
        "no user",
    )


def show(user: OneUser, /, *, common: Common = DEFAULT) -> None:
    """Show one user, by number, device or id. The audit records the access."""
    from store.audit.entry import Action
    from store.registry.registry import Registry

    with journal_of(common.directory) as journal:
        registry = Registry(journal, region=region_of(common.directory))
        found = user_of(registry, user, region_of(common.directory))
        note(journal, common.directory, Action.READ_PERSON, (found.id,), "user show")
    row = _row(found)
    if common.json:
        common.data(row)
        return
    for field, value in msgspec.structs.asdict(row).items():
        common.print_line(f"{field:16} {' '.join(value) if isinstance(value, tuple) else value}")


def _pin(given: str | None, what: str) -> str | None:
    """Return the PIN as given, or as typed if requested."""
    if given in ASKED:
        return secret_asked(what)
    if given:
        print(
            f"securwoman: other accounts of this machine can read a {what} on the command line; use -",
            file=sys.stderr,
        )
    return given


def _row(user: User) -> Row:
    return Row(
        id=user.id,
        phones=user.phones,
        first_name=user.first_name,
        last_name=user.last_name,
        language=user.language,
        notes=user.notes,
        devices=user.devices,
        has_cancel_pin=user.has_cancel_pin,
        has_duress_pin=user.has_duress_pin,
        created_at=rfc3339(user.created_at),
        changed_at=rfc3339(user.changed_at),
    )
