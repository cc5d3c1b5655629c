"""Shared functions of the commands about people."""

from __future__ import annotations

import sys
from getpass import getpass
from typing import TYPE_CHECKING, Annotated, Final

from cyclopts import Parameter

from application.errors import CenterError, NotFound, SettingsError, UsageError
from application.settings.file import load
from application.settings.where import config_in_use
from application.state.state_dir import StateDir
from messages.ids import OperatorId, UserId

if TYPE_CHECKING:
    from store.journal.journal import Journal
    from store.registry.people import Operator, User
    from store.registry.registry import Registry

ASKED: Final = ("-", "ask")
"""Values of an option that request a prompt, so that the secret is not on the command line."""

OneOperator = Annotated[str, Parameter(help="Id, number or name of the operator.")]
OneUser = Annotated[str, Parameter(help="Number, id or device id of the user.")]
Now = Annotated[
    bool,
    Parameter(
        negative="", help="Do this even if the operator is on an alert; the console of that operator ends."
    ),
]


def secret_asked(what: str) -> str:
    """Read a secret: twice at a terminal, without echo; else one line of stdin. Raises UsageError."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    secret = getpass(f"New {what}: ")
    if getpass("Once more: ") != secret:
        raise UsageError(f"the two {what}s differ; nothing was changed")
    return secret


def new_password(*names: str) -> str:
    """Read a new password and check its strength. `names`: the operator's names. Raises UsageError."""
    from store.registry.access.credentials import PASSWORD_HELP, is_password

    password = secret_asked("password")
    if not is_password(password, names):
        raise UsageError(f"{PASSWORD_HELP}; nothing was changed")
    return password


def operator_of(registry: Registry, who: str) -> Operator:
    """Return the operator of this id, name or number. Raises NotFound."""
    known = registry.operator(OperatorId(who)) or registry.called(who)
    if known is not None:
        return known
    if registry.is_shared(who):
        raise NotFound(f"several operators have the name {who}: give the number or the id")
    raise NotFound(f"no operator has the id, number or name {who}")


def user_of(registry: Registry, who: str, region: str) -> User:
    """Return the user of this id, device or number. Raises NotFound."""
    from store.errors import NumberRefused
    from store.registry import numbers

    found = registry.user(UserId(who)) or registry.user_by_device(who)
    if found is None:
        try:
            found = registry.user_by_phone(numbers.normalised(who, region))
        except NumberRefused:
            found = None
    if found is None:
        raise NotFound(f"no user has the id or number {who}")
    return found


def free_of_alerts(journal: Journal, operator: Operator, *, now: bool) -> None:
    """Check, unless `now`, that the operator is on no alert: the console would end. Raises CenterError."""
    from store.journal.following import FollowedFolds
    from store.journal.projections import Operators

    if now:
        return
    states = Operators()
    FollowedFolds(journal, states).close()
    state = states.operators.get(operator.id)
    if state is not None and state.reserved_by is not None:
        raise CenterError(
            f"{operator.name} is on alert {state.reserved_by}; wait until the alert is closed, or "
            "repeat with --now"
        )


def region_of(state: StateDir) -> str:
    """Return the region of a number without `+`: from the settings if they can be read, else IT."""
    try:
        return load(config_in_use(state)).region
    except SettingsError:
        return "IT"
