"""Changes of an operator by an admin, with the value of each field as seen before."""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy import bindparam, update

from features.people.conditional_change import SeenFields, to_change
from messages.ids import OperatorId
from store.database.query import Query
from store.database.schema import operator
from store.errors import LastAdmin, RegistryError
from store.journal.journal import Transaction
from store.registry import numbers
from store.registry.access.sessions import end_sessions, record_change
from store.registry.people import Operator, StaffRole
from store.registry.staff import Language, Name, Phone, operator_in, operators_in, require_distinct

_SET: Final = Query(
    update(operator)
    .where(operator.c.id == bindparam("who"))
    .values(
        name=bindparam("called"),
        phone=bindparam("number"),
        language=bindparam("speaks"),
        role=bindparam("may"),
        on_call=bindparam("woken"),
    ),
    "called",
    "number",
    "speaks",
    "may",
    "woken",
    "who",
)


class Fields(SeenFields, frozen=True, kw_only=True, omit_defaults=True):
    """Fields of an operator that can be changed; an unset field is left unchanged."""

    name: Name | UnsetType = UNSET
    phone: Phone | UnsetType = UNSET
    language: Language | UnsetType = UNSET
    role: StaffRole | UnsetType = UNSET
    on_call: bool | UnsetType = UNSET


def change(
    tx: Transaction, who: OperatorId, was: Fields, now: Fields, *, by: str, region: str
) -> tuple[Operator, tuple[str, ...]]:
    """Set the fields of `now` if each still has the value in `was`, or already the new one. Returns the
    operator, and the names of the changed fields. A changed role ends the operator's sessions.

    Raises NotRegistered, ChangedMeanwhile, LastAdmin, NumberRefused, AlreadyTaken (`staff.tell_apart`),
    RegistryError (an empty name).
    """
    known = operator_in(tx, who)
    wanted = _written(now, region)
    changed = to_change(known, was, wanted)
    made = msgspec.structs.replace(known, **{one: wanted[one] for one in changed})
    if not changed:
        return made, ()
    if "name" in changed or "phone" in changed:
        require_distinct(tx, made.name, made.phone, but=who)
    if "role" in changed:
        if made.role is not StaffRole.ADMIN:
            keep_an_admin(tx, but=who)
        end_sessions(tx, who)
    tx.write(_SET, made.name, made.phone, made.language, made.role, made.on_call, who)
    record_change(tx, who, by, f"changed {', '.join(changed)}")
    return made, changed


def keep_an_admin(tx: Transaction, but: OperatorId) -> None:
    """Check that another admin remains if `but` loses the role. Raises LastAdmin."""
    admins = [one.id for one in operators_in(tx) if one.role is StaffRole.ADMIN]
    if admins == [but]:
        raise LastAdmin("the operator is the last admin: make another operator an admin first")


def _written(now: Fields, region: str) -> dict[str, str | bool]:
    """Return the set fields in the stored form. Raises NumberRefused, RegistryError."""
    wanted = now.said()
    if isinstance(name := wanted.get("name"), str):
        wanted["name"] = " ".join(name.split())
        if not wanted["name"]:
            raise RegistryError("the operator needs a name")
    if isinstance(phone := wanted.get("phone"), str):
        wanted["phone"] = numbers.of_a_person(phone, region)
    return wanted
