"""`operator remove | first | recover | tokens | revoke | sessions`: the credentials and sessions of
operators.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import msgspec
from cyclopts import Parameter

from application.auditing import BY, note
from application.errors import CenterError
from application.options import DEFAULT, Common
from application.people import Now, OneOperator, free_of_alerts, operator_of
from application.state.journals import journal_of
from application.times import local, rfc3339
from store.errors import NotRegistered

if TYPE_CHECKING:
    from store.registry.access.sessions import Session


class SessionRow(msgspec.Struct, frozen=True, kw_only=True):
    """A session of a browser."""

    operator: str
    session: str
    begun_at: str
    until: str
    node: str
    address: str
    way: str
    used_at: str | None


def remove(operator: OneOperator, /, *, now: Now = False, common: Common = DEFAULT) -> None:
    """Remove an operator: all credentials, the sessions and the shift end."""
    from store.audit.entry import Action
    from store.registry.people import StaffRole
    from store.registry.registry import Registry

    with journal_of(common.directory) as journal:
        registry = Registry(journal)
        found = operator_of(registry, operator)
        free_of_alerts(journal, found, now=now)
        registry.remove_operator(found.id, by=BY)
        note(journal, common.directory, Action.CHANGE_STAFF, (found.id,), "removed")
        left = registry.operators()
    common.print_json({"removed": found.id, "operators": len(left)}, f"{found.name} is removed")
    if not left:
        print(
            "securwoman: no operator is left: alerts would stay unanswered; add one: securwoman operator add",
            file=sys.stderr,
        )
    elif found.role is StaffRole.ADMIN and not any(one.role is StaffRole.ADMIN for one in left):
        print("securwoman: no admin is left; make one: securwoman operator role NAME admin", file=sys.stderr)


def first(*, common: Common = DEFAULT) -> None:
    """Print a code that makes its bearer the first admin, once, within a day; the last line is the code."""
    from store.audit.entry import Action
    from store.registry.access.first_admin import issue_code

    with journal_of(common.directory, create=True) as journal:
        try:
            code = issue_code(journal)
        except NotRegistered as error:
            raise CenterError(
                f"{error}: make a recovery code with `securwoman operator recover NAME`"
            ) from error
        note(journal, common.directory, Action.CHANGE_KEY, (), "first admin's code")
    use = "open /console/#first=CODE, once and within a day, to become the first admin"
    common.print_json({"code": code}, use, code)


def recover(operator: OneOperator, /, *, common: Common = DEFAULT) -> None:
    """Print a code that signs an operator on once, within a day, to set a new password or passkey. The code
    is the last line.
    """
    from store.audit.entry import Action
    from store.registry.registry import Registry

    with journal_of(common.directory) as journal:
        registry = Registry(journal)
        found = operator_of(registry, operator)
        code, until = registry.recover(found.id, by=BY)
        note(journal, common.directory, Action.CHANGE_KEY, (found.id,), "recovery code")
    use = f"signs {found.name} on once, until {local(until)}: as a token, or at /console/#token=CODE"
    common.print_json({"operator": found.id, "code": code, "until": rfc3339(until)}, use, code)


def tokens(
    operator: OneOperator,
    /,
    *,
    new: Annotated[
        bool, Parameter(negative="", help="Make a new token, printed as the last line; the old token ends.")
    ] = False,
    now: Now = False,
    common: Common = DEFAULT,
) -> None:
    """Show if an operator has a token, or issue a new token."""
    from store.audit.entry import Action
    from store.registry.registry import Registry

    secret = None
    with journal_of(common.directory) as journal:
        registry = Registry(journal)
        found = operator_of(registry, operator)
        if new:
            if found.has_token:
                free_of_alerts(journal, found, now=now)
            secret = registry.issue_token(found.id, by=BY)
        note(journal, common.directory, Action.CHANGE_KEY, (found.id,), "new token" if new else "token?")
    if common.json:
        common.data({"operator": found.id, "has_token": found.has_token or new, "token": secret})
    elif secret is None:
        common.print_line(f"{found.name} has {'a' if found.has_token else 'no'} token")
    else:
        if found.has_token:
            common.print_line(f"the old token and the sessions of {found.name} have ended")
        common.print_line(secret)


def revoke(
    operator: OneOperator,
    /,
    *,
    passkeys: Annotated[
        bool, Parameter(negative="", help="Also revoke passkeys and the authenticator app.")
    ] = False,
    now: Now = False,
    common: Common = DEFAULT,
) -> None:
    """Revoke an operator's token, recovery code and sessions. A password stays: `operator password`."""
    from store.audit.entry import Action
    from store.registry.registry import Registry

    with journal_of(common.directory) as journal:
        registry = Registry(journal)
        found = operator_of(registry, operator)
        free_of_alerts(journal, found, now=now)
        ended = registry.revoke_access(found.id, by=BY, factors=passkeys)
        note(journal, common.directory, Action.CHANGE_KEY, (found.id,), "revoked")
    if common.json:
        common.data({"operator": found.id, "token_revoked": found.has_token, "sessions_ended": ended})
        return
    what = ["the token of", f"{ended} sessions of"] if found.has_token else [f"{ended} sessions of"]
    common.print_line(f"{' and '.join(what)} {found.name} have ended")
    if found.has_second_factor:
        common.print_line(
            "passkeys and codes are revoked"
            if passkeys
            else "passkeys and codes are still valid: add --passkeys"
        )
    if found.has_password:
        common.print_line(f"the password is still valid; replace it: securwoman operator password {found.id}")


def sessions(operator: OneOperator = "", /, *, common: Common = DEFAULT) -> None:
    """List the sessions of one operator, or of all, with address and end."""
    from store.audit.entry import Action
    from store.registry.registry import Registry

    with journal_of(common.directory) as journal:
        registry = Registry(journal)
        of = operator_of(registry, operator).id if operator else None
        found = [one for one in registry.sessions(journal.now_us()) if of in (None, one.operator)]
        operators = (one.operator for one in found)
        note(journal, common.directory, Action.READ_STAFF, operators, "operator sessions")
    rows = [_row(one) for one in found]
    if common.json:
        common.data(rows)
        return
    common.table(
        ("operator", "since", "until", "last used", "by", "node", "from", "session"),
        [
            (
                one.operator,
                local(one.begun_at),
                local(one.until),
                "" if one.used_at is None else local(one.used_at),
                one.way,
                one.node,
                one.address,
                one.id,
            )
            for one in found
        ],
        "no operator is signed on",
    )


def _row(one: Session) -> SessionRow:
    return SessionRow(
        operator=one.operator,
        session=one.id,
        begun_at=rfc3339(one.begun_at),
        until=rfc3339(one.until),
        node=one.node,
        address=one.address,
        way=one.way,
        used_at=None if one.used_at is None else rfc3339(one.used_at),
    )
