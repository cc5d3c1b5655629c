"""/v1/admin/operators, for admins: operators, their roles and their means to sign on."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Final

import msgspec

from features.people.conditional_change import same_fields
from features.people.staff_changes import Fields, change, keep_an_admin
from gateways.http.parts.context import Web
from gateways.http.routes.admin.error_conversion import refusing
from gateways.http.routing.permissions import ADMIN, Caller
from gateways.http.routing.route import DELETE, GET, PATCH, POST, Answer, route
from gateways.http.wire.answers import Moment, SignOnLink, derived, sign_on_link
from gateways.http.wire.errors import BadBody, NotDone, NotThere, Why
from messages.ids import OperatorId
from store.alerts.of_operator import has_call_for_alert
from store.audit.entry import Action
from store.journal.journal import Transaction
from store.registry.people import Operator, StaffRole
from store.registry.staff import Language, Name, Phone, drop, revoke

OPERATORS: Final = "/v1/admin/operators"


class OperatorRow(msgspec.Struct, frozen=True, kw_only=True):
    """An operator, and the operator's means to sign on. `sessions`: number of browsers signed on now."""

    id: OperatorId
    name: str
    phone: str
    language: str
    role: StaffRole
    on_call: bool
    has_password: bool
    passkeys: int
    has_totp: bool
    has_token: bool
    sessions: int
    created_at: Moment


class OperatorsView(msgspec.Struct, frozen=True, kw_only=True):
    """All operators, by name."""

    operators: list[OperatorRow]


class NewOperator(msgspec.Struct, frozen=True, kw_only=True):
    """A new operator. Two operators may have one name; they then sign on by their numbers."""

    name: Name
    phone: Phone
    language: Language = "it"
    role: StaffRole = StaffRole.OPERATOR
    on_call: bool = False


class OperatorChange(msgspec.Struct, frozen=True, kw_only=True):
    """`now` has the new values, `was` the value of each of these fields when it was seen. Swapped, the two
    revert the change.
    """

    was: Fields
    now: Fields

    def __post_init__(self) -> None:
        same_fields(self.was, self.now)


class OperatorAdded(msgspec.Struct, frozen=True, kw_only=True):
    """The new operator, and a link for the first sign-on."""

    operator: OperatorRow
    link: SignOnLink


class SessionsEnded(msgspec.Struct, frozen=True, kw_only=True):
    """Number of browsers that were signed off."""

    ended: int


@route(GET, OPERATORS, by=ADMIN, audit=Action.READ_STAFF, listed=True)
def admin_operators(web: Web) -> Answer[OperatorsView]:
    """Return all operators."""
    standing = {one.id: one.operator for one in web.registry.sessions(web.clock.now_us())}
    counted = Counter(standing.values())
    rows = [operator_row(one, counted[one.id]) for one in web.registry.operators()]
    return Answer(OperatorsView(operators=rows), [one.id for one in rows])


@route(
    POST,
    OPERATORS,
    by=ADMIN,
    audit=Action.CHANGE_STAFF,
    status=201,
    says="Added.",
    refuses=(BadBody, Why.NUMBER_REFUSED, Why.NAME_TAKEN),
)
def admin_add_operator(web: Web, who: Caller, data: NewOperator) -> Answer[OperatorAdded]:
    """Add an operator.

    Returns a link that signs the operator on once, within a day, to set a password or passkey.
    """
    by = who.operator
    with refusing():
        made = web.registry.add_operator(
            " ".join(data.name.split()),
            data.phone,
            language=data.language,
            role=data.role,
            on_call=data.on_call,
            by=by,
        )
        code, until = web.registry.recover(made.id, by=by)
    told = OperatorAdded(operator=operator_row(made, 0), link=sign_on_link(made.id, code, until))
    return Answer(told, (made.id,), f"added as {made.role}, with a sign-on link")


@route(
    PATCH,
    f"{OPERATORS}/{{operator}}",
    by=ADMIN,
    audit=Action.CHANGE_STAFF,
    says="Changed.",
    refuses=(NotThere, NotDone),
)
async def admin_change_operator(
    web: Web, who: Caller, operator: OperatorId, data: OperatorChange
) -> Answer[OperatorRow]:
    """Change an operator.

    Only if each field still has the value in `was` (or already the new one); else 409 `changed_meanwhile`
    with the field in `path` and its value in `is_now`. A new role ends the operator's sessions; only another
    admin can change an admin's role.
    """
    new_role = "role" in data.now.said() and data.now.role != data.was.role
    by = _another_admin(who, operator) if new_role else who.operator

    def work(tx: Transaction) -> tuple[Operator, tuple[str, ...]]:
        if new_role:
            _free(tx, operator)
        return change(tx, operator, data.was, data.now, by=by, region=web.settings.center.region)

    with refusing("$.now"):
        made, changed = await web.writing.run(work)
    detail = ", ".join(f"role {made.role}" if name == "role" else name for name in changed)
    row = await asyncio.to_thread(_row, web, made)
    return Answer(row, (operator,), detail or "nothing: it was so already")


@route(
    DELETE,
    f"{OPERATORS}/{{operator}}",
    by=ADMIN,
    audit=Action.CHANGE_STAFF,
    refuses=(NotThere, NotDone),
)
async def admin_remove_operator(web: Web, who: Caller, operator: OperatorId) -> Answer[None]:
    """Remove an operator.

    Removes all means to sign on, the sessions and the shift. The journal keeps the id.
    """
    by = _another_admin(who, operator)

    def work(tx: Transaction) -> None:
        keep_an_admin(tx, but=operator)
        _free(tx, operator)
        drop(tx, operator, by=by)

    with refusing():
        await web.writing.run(work)
    return Answer(None, (operator,), "removed")


@route(
    POST,
    f"{OPERATORS}/{{operator}}/link",
    by=ADMIN,
    audit=Action.CHANGE_KEY,
    says="Told once.",
    refuses=(NotThere, NotDone),
)
def admin_sign_on_link(web: Web, who: Caller, operator: OperatorId) -> Answer[SignOnLink]:
    """Create a link that signs the operator on once.

    Valid for a day, to set a new password or passkey. An earlier link expires.
    """
    with refusing():
        code, until = web.registry.recover(operator, by=who.operator)
    return Answer(sign_on_link(operator, code, until), (operator,), "sign-on link")


@route(
    DELETE,
    f"{OPERATORS}/{{operator}}/sessions",
    by=ADMIN,
    audit=Action.CHANGE_KEY,
    says="Ended.",
    refuses=(NotThere, NotDone),
)
async def admin_end_sessions(web: Web, who: Caller, operator: OperatorId) -> Answer[SessionsEnded]:
    """End an operator's sessions, token and sign-on link.

    At all nodes, within a second. Password and passkeys stay valid.
    """
    by = _another_admin(who, operator)

    def work(tx: Transaction) -> int:
        _free(tx, operator)
        return revoke(tx, operator, by=by)

    with refusing():
        ended = await web.writing.run(work)
    return Answer(SessionsEnded(ended=ended), (operator,), "token, link and sessions ended")


def _free(tx: Transaction, operator: OperatorId) -> None:
    """Check that no console would end in the middle of a call. Raises NotDone."""
    if has_call_for_alert(tx, operator):
        raise NotDone("the operator is in an open alert: wait until the alert is closed", Why.ON_AN_ALERT)


def _another_admin(who: Caller, operator: OperatorId) -> OperatorId:
    """Return the requesting admin. Raises NotDone if the admin is this operator."""
    if who.operator == operator:
        raise NotDone("you cannot change your own role or record: ask another admin", Why.YOURSELF)
    return who.operator


def _row(web: Web, operator: Operator) -> OperatorRow:
    mine = [found for found in web.registry.sessions(web.clock.now_us()) if found.operator == operator.id]
    return operator_row(operator, len({found.id for found in mine}))


def operator_row(one: Operator, sessions: int) -> OperatorRow:
    """Convert an operator to a row of the list."""
    return derived(OperatorRow, one, sessions=sessions)
