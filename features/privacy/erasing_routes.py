"""POST /v1/admin/people/PERSON/erase, for admins: erase a person for good (`store.alerts.erasing`)."""

from __future__ import annotations

import asyncio
from typing import Annotated

import msgspec

from application.state.scrubbing import leave_nothing
from gateways.http.parts.context import Web
from gateways.http.routes.admin.error_conversion import refusing
from gateways.http.routing.permissions import ADMIN, Caller
from gateways.http.routing.route import POST, route
from gateways.http.wire.errors import NotDone, NotThere, Why
from messages.ids import AlertId, UserId
from store.alerts.erasing import erase_person
from store.audit.entry import Action
from store.errors import InAnAlert, NotRegistered
from store.registry.people import User
from store.registry.users.finding import folded


class EraseOrder(msgspec.Struct, frozen=True, kw_only=True):
    """`typed`: the last four digits of one of the person's numbers, or the whole name."""

    typed: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class PersonErased(msgspec.Struct, frozen=True, kw_only=True):
    """Result of an erasure. `held`: alerts under a legal hold, erased with their release. `on_disk_until`:
    reason that deleted data may still be on the disk; empty if it is gone.
    """

    alerts: list[AlertId]
    held: list[AlertId]
    recordings: int
    on_disk_until: str


@route(
    POST,
    "/v1/admin/people/{person}/erase",
    by=ADMIN,
    audit=Action.CHANGE_PERSON,
    says="Erased.",
    refuses=(NotThere, NotDone),
)
async def admin_erase_person(web: Web, who: Caller, person: UserId, data: EraseOrder) -> PersonErased:
    """Erase a person for good.

    Also erases personal data in the person's alerts, and their recordings; held alerts follow with their
    release. 409 `not_typed`: neither a number's last digits nor the name; `on_an_alert`.
    """

    def work() -> tuple[UserId, PersonErased]:
        known = web.registry.user(person)
        if known is None:
            raise NotThere("no person has this id")
        if not names(data.typed, known):
            raise NotDone(
                "type the person's name, or the last digits of the person's number", Why.NOT_TYPED, "$.typed"
            )
        done = erase_person(web.journal, known.id, by=who.operator)
        return known.id, PersonErased(
            alerts=[each.alert for each in done if each.kinds],
            held=[each.alert for each in done if not each.kinds],
            recordings=0,
            on_disk_until="",
        )

    with refusing():
        try:
            found, erased = await asyncio.to_thread(work)
        except NotRegistered as error:
            raise NotThere("no person has this id") from error
        except InAnAlert as error:
            raise NotDone(str(error), Why.ON_AN_ALERT) from error
    await who.note((found,), detail="erased")
    gone, left = await asyncio.to_thread(leave_nothing, web.state, web.journal)
    return msgspec.structs.replace(erased, recordings=len(gone), on_disk_until=left)


def names(typed: str, known: User) -> bool:
    """Return True if the text is the end of one of the person's numbers, or the whole name."""
    words = folded(typed)
    return bool(words) and words in {folded(known.name), *(phone[-4:] for phone in known.phones)}
