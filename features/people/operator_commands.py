"""The commands `operator …`: on the registry and the journal, with or without a running center."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import msgspec
from cyclopts import Parameter

from application.auditing import BY, note
from application.options import DEFAULT, Common
from application.people import Now, OneOperator, free_of_alerts, new_password, operator_of, region_of
from application.state.journals import journal_of
from messages.ids import ShiftState
from store.registry.people import StaffRole

if TYPE_CHECKING:
    from store.registry.people import Operator


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """An operator."""

    id: str
    name: str
    phone: str
    language: str
    role: str
    on_call: bool
    shift: str
    reason: str
    alert: str | None
    has_token: bool
    has_password: bool
    passkeys: int
    has_totp: bool
    token: str | None = None
    """Only for a new token: a token cannot be read again."""


def add(
    name: Annotated[str, Parameter(help="Name of the operator.")],
    /,
    *,
    phone: Annotated[str, Parameter(help="Number of the operator's phone, E.164.")],
    language: Annotated[str, Parameter(help="Language of the operator, ISO 639-1.")] = "it",
    on_call: Annotated[
        bool, Parameter(negative="", help="Call this operator when no operator on shift answers.")
    ] = False,
    role: Annotated[StaffRole, Parameter(help="Role of the operator.")] = StaffRole.OPERATOR,
    password: Annotated[bool, Parameter(negative="", help="Prompt for a password of the operator.")] = False,
    ready: Annotated[bool, Parameter(negative="", help="Set the operator ready at once.")] = False,
    token: Annotated[bool, Parameter(negative="", help="Make a token, printed as the last line.")] = False,
    common: Common = DEFAULT,
) -> None:
    """Add an operator; with --token the last line is the token."""
    from application.state.keys import set_shift
    from store.audit.entry import Action
    from store.registry.registry import Registry

    typed = new_password(name) if password else None
    with journal_of(common.directory, create=True) as journal:
        registry = Registry(journal, region=region_of(common.directory))
        operator = registry.add_operator(name, phone, language=language, role=role, on_call=on_call, by=BY)
        if typed is not None:
            registry.set_password(operator.id, typed, by=BY)
        secret = registry.issue_token(operator.id, by=BY) if token else None
        if ready:
            set_shift(journal, operator.id, ShiftState.READY, "")
        note(journal, common.directory, Action.CHANGE_STAFF, (operator.id,), "added")
        made, shared = registry.operator(operator.id) or operator, registry.is_shared(name)
        row = _row(made, ShiftState.READY if ready else ShiftState.OFF, token=secret)
    if shared:
        print(
            f"securwoman: several operators have the name {name}: sign on by {row.phone} or {row.id}",
            file=sys.stderr,
        )
    if common.json:
        common.data(row)
        return
    common.print_line(f"{row.id}: {row.name}, {row.phone}")
    if secret is not None:
        common.print_line(secret)


def list_(*, common: Common = DEFAULT) -> None:
    """List all operators and their shifts."""
    from store.audit.entry import Action
    from store.journal.following import FollowedFolds
    from store.journal.projections import Operators
    from store.registry.registry import Registry

    with journal_of(common.directory) as journal:
        states = Operators()
        FollowedFolds(journal, states).close()
        rows = []
        for operator in Registry(journal).operators():
            state = states.operators.get(operator.id)
            rows.append(
                _row(
                    operator,
                    state.state if state is not None else ShiftState.OFF,
                    reason=state.reason if state is not None else "",
                    alert=state.reserved_by if state is not None else None,
                )
            )
        note(journal, common.directory, Action.READ_STAFF, (row.id for row in rows), "operator list")
    if common.json:
        common.data(rows)
        return
    common.table(
        ("id", "name", "phone", "language", "role", "signs on by", "on call", "shift", "alert"),
        [
            (
                row.id,
                row.name,
                row.phone,
                row.language,
                row.role,
                _signs_on_by(row),
                "yes" if row.on_call else "",
                f"{row.shift} ({row.reason})" if row.reason else row.shift,
                row.alert or "",
            )
            for row in rows
        ],
        "no operator",
    )


def shift(operator: OneOperator, state: ShiftState, /, *, common: Common = DEFAULT) -> None:
    """Set an operator ready, paused or off. OPERATOR is an id or number."""
    from application.state.keys import set_shift
    from store.registry.registry import Registry

    with journal_of(common.directory) as journal:
        found = operator_of(Registry(journal), operator)
        set_shift(journal, found.id, state, "")
    common.print_json({"operator": found.id, "state": state}, f"{found.name} is {state}")


def password(operator: OneOperator, /, *, now: Now = False, common: Common = DEFAULT) -> None:
    """Set an operator's password: typed twice without echo, or one line on stdin. The sessions end."""
    from store.audit.entry import Action
    from store.registry.registry import Registry

    with journal_of(common.directory) as journal:
        registry = Registry(journal)
        found = operator_of(registry, operator)
        free_of_alerts(journal, found, now=now)
        registry.set_password(found.id, new_password(found.name, found.id), by=BY)
        note(journal, common.directory, Action.CHANGE_KEY, (found.id,), "password")
    common.print_json({"operator": found.id, "has_password": True}, f"{found.name} has a new password")


def role(operator: OneOperator, role: StaffRole, /, *, now: Now = False, common: Common = DEFAULT) -> None:
    """Set the role: operator, supervisor or admin. The sessions end. OPERATOR is an id or number."""
    from store.audit.entry import Action
    from store.registry.registry import Registry

    with journal_of(common.directory) as journal:
        registry = Registry(journal)
        found = operator_of(registry, operator)
        free_of_alerts(journal, found, now=now)
        registry.set_role(found.id, role, by=BY)
        note(journal, common.directory, Action.CHANGE_STAFF, (found.id,), f"role {role}")
    common.print_json({"operator": found.id, "role": role}, f"{found.name} is {role}")


def _row(
    operator: Operator,
    shift: ShiftState,
    *,
    reason: str = "",
    alert: str | None = None,
    token: str | None = None,
) -> Row:
    return Row(
        id=operator.id,
        name=operator.name,
        phone=operator.phone,
        language=operator.language,
        role=operator.role,
        on_call=operator.on_call,
        shift=shift,
        reason=reason,
        alert=alert,
        has_token=operator.has_token or token is not None,
        has_password=operator.has_password,
        passkeys=operator.passkeys,
        has_totp=operator.has_totp,
        token=token,
    )


def _signs_on_by(row: Row) -> str:
    password = "password and code" if row.has_totp else "password"
    ways = ((row.has_password, password), (row.passkeys, "passkey"), (row.has_token, "token"))
    return " or ".join(way for there, way in ways if there)
