"""/v1/admin/operators, for admins: who answers alerts, what each may, by what each comes in."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Final

import msgspec

from features.people.seen import same_fields
from features.people.staff_changes import Fields, change, keep_an_admin
from gateways.http.parts.context import Web
from gateways.http.routes.admin.refusing import refusing
from gateways.http.routing.permissions import ADMIN, Caller
from gateways.http.routing.route import DELETE, GET, PATCH, POST, Answer, route
from gateways.http.wire.answers import Moment, SignOnLink, derived, told_link
from gateways.http.wire.errors import BadBody, NotDone, NotThere, Why
from messages.ids import OperatorId
from store.alerts.of_operator import is_on_an_alert
from store.audit.entry import Action
from store.journal.journal import Transaction
from store.registry.people import Operator, StaffRole
from store.registry.staff import Language, Name, Phone, drop, revoke

OPERATORS: Final = "/v1/admin/operators"


class OperatorRow(msgspec.Struct, frozen=True, kw_only=True):
    """One operator, and by what the operator signs on. `sessions`: so many browsers are signed on now."""

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
    """Who is added. Two may have one name; they sign on by their numbers then."""

    name: Name
    phone: Phone
    language: Language = "it"
    role: StaffRole = StaffRole.OPERATOR
    on_call: bool = False


class OperatorChange(msgspec.Struct, frozen=True, kw_only=True):
    """`now` is what is wanted, `was` what each of the same fields held when it was seen. Sent the other way
    round it takes the change back.
    """

    was: Fields
    now: Fields

    def __post_init__(self) -> None:
        same_fields(self.was, self.now)


class OperatorAdded(msgspec.Struct, frozen=True, kw_only=True):
    """Who was added, and by what the operator comes in first."""

    operator: OperatorRow
    link: SignOnLink


class SessionsEnded(msgspec.Struct, frozen=True, kw_only=True):
    """So many browsers were signed off."""

    ended: int


@route(GET, OPERATORS, by=ADMIN, audit=Action.READ_STAFF, listed=True)
def admin_operators(web: Web) -> Answer[OperatorsView]:
    """All operators."""
    standing = {one.id: one.operator for one in web.registry.sessions(web.clock.now_us())}
    counted = Counter(standing.values())
    rows = [told_operator(one, counted[one.id]) for one in web.registry.operators()]
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

    With a link that signs the operator on once, within a day, to a password or passkey.
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
    told = OperatorAdded(operator=told_operator(made, 0), link=told_link(made.id, code, until))
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

    Only where each field still holds what `was` says (or is already as wanted); else 409 `changed_meanwhile`
    with the field in `path` and its value in `is_now`. Another role ends the operator's sessions; one's own
    role is another admin's to change.
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

    With all that signs on, the sessions and the shift. The journal goes on naming the id.
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
    """A link that signs the operator on once.

    Within a day, to a new password or passkey. One before opens nothing any more.
    """
    with refusing():
        code, until = web.registry.recover(operator, by=who.operator)
    return Answer(told_link(operator, code, until), (operator,), "sign-on link")


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

    At all nodes, within a second. Password and passkeys go on signing on.
    """
    by = _another_admin(who, operator)

    def work(tx: Transaction) -> int:
        _free(tx, operator)
        return revoke(tx, operator, by=by)

    with refusing():
        ended = await web.writing.run(work)
    return Answer(SessionsEnded(ended=ended), (operator,), "token, link and sessions ended")


def _free(tx: Transaction, operator: OperatorId) -> None:
    """Raises NotDone where the console would end in the middle of a call."""
    if is_on_an_alert(tx, operator):
        raise NotDone("on an alert: wait until it has ended", Why.ON_AN_ALERT)


def _another_admin(who: Caller, operator: OperatorId) -> OperatorId:
    """The admin who asks. Raises NotDone where that is the operator."""
    if who.operator == operator:
        raise NotDone("this is you: another admin can do it", Why.YOURSELF)
    return who.operator


def _row(web: Web, operator: Operator) -> OperatorRow:
    mine = [found for found in web.registry.sessions(web.clock.now_us()) if found.operator == operator.id]
    return told_operator(operator, len({found.id for found in mine}))


def told_operator(one: Operator, sessions: int) -> OperatorRow:
    """The operator as the list has it."""
    return derived(OperatorRow, one, sessions=sessions)
