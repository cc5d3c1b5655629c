"""/v1/admin/people, for admins: who may raise alerts; found, added, corrected, merged, erased.

What is handed out to a person is `gateways.http.routes.staff.giving`'s, the record `…routes.records`'s.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Final

from litestar import Response, delete, get, patch, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody, QueryParameter

from gateways.http.door.auth import OPERATOR
from gateways.http.parts.context import Giving, Web
from gateways.http.routes.admin.listing import COMMON, UNCHANGED, for_admins, listed
from gateways.http.routes.admin.people.answers import (
    Alerts,
    EraseOrder,
    MergeOrder,
    NewPerson,
    PeopleView,
    PersonAnswer,
    PersonChange,
    PersonErased,
    told_person,
    told_row,
)
from gateways.http.routes.admin.refusing import NotDone, NotThere, Why, refusing
from gateways.http.wire.answers import AnyRequest, Problem, answer, no_store, said
from gateways.http.wire.decoding import Strict
from gateways.http.wire.errors import BadBody
from messages.ids import UserId
from model.record import TooMuch
from model.rules.silent_phones import counted
from store.alerts.forgetting import alerts_of, is_held
from store.alerts.known import is_open
from store.alerts.merging import merge
from store.audit.entry import Action
from store.errors import AlreadyTaken, InAnAlert, NobodyThere, NumberRefused, SamePerson
from store.journal.transaction import Transaction
from store.registry import devices, phones
from store.registry.devices import DeviceKey
from store.registry.people import Person, User
from store.registry.registry import Registry
from store.registry.users import records
from store.registry.users.finding import folded
from store.registry.users.person_changes import Fields, as_kept, change
from store.registry.users.users import read_user

PATH: Final = "/v1/admin/people"
ONE: Final = f"{PATH}/{{person:str}}"
AT_ONCE: Final = 50
MOST: Final = 500
"""Who has not found somebody among so many has to say more of the name."""


def people_routes(web: Web, registry: Registry, giving: Giving) -> list[HTTPRouteHandler]:
    """The routes."""
    admins = for_admins(web)
    one: dict[int, Any] = {
        **COMMON,
        404: said(Problem, "No such person."),
        409: said(Problem, "Not as things are now; `code` says why."),
    }
    region = web.settings.policy.region

    def whole(tx: Transaction, known: User, enrolled: list[DeviceKey]) -> PersonAnswer:
        theirs = alerts_of(tx, known)
        counted = Alerts(
            alerts=len(theirs),
            open=sum(is_open(tx, alert) for alert in theirs),
            held=sum(is_held(tx, alert) for alert in theirs),
        )
        return told_person(known, enrolled, records.read(tx, known.id).version, counted)

    def found(who: str) -> PersonAnswer:
        known = registry.user(UserId(who))
        if known is None:
            raise NotThere("no such person")
        enrolled = devices.devices_of(web.journal, known.id)
        return web.journal.transact(lambda tx: whole(tx, known, enrolled), beside=True)

    async def told(request: AnyRequest, who: UserId, status: int = 200) -> Response[bytes]:
        return no_store(answer(request, await asyncio.to_thread(found, who), status))

    @get(
        PATH,
        summary="People, by name",
        description="`search`: parts of a name or number, a whole device or id. `silent`: those alone who "
        f"have a phone that has missed two of the checks that it makes by itself. {UNCHANGED}",
        operation_id="admin_people",
        audit=Action.READ_LIST,
        responses={200: said(PeopleView, "The first `most` of those who fit."), **COMMON},
        **admins,
    )
    async def show(
        request: AnyRequest,
        search: Annotated[str, QueryParameter(max_length=100)] = "",
        most: Annotated[int, QueryParameter(ge=1, le=MOST)] = AT_ONCE,
        silent: Annotated[bool, QueryParameter()] = False,
    ) -> Response[bytes]:
        now_us = web.clock.now_us()

        def look() -> PeopleView:
            people, fitting = (
                registry.silent(now_us, limit=most) if silent else registry.found(search, limit=most)
            )
            return PeopleView(
                people=[told_row(user) for user in people],
                found=fitting,
                known=registry.count_users(),
                phones=counted(devices.checks(web.journal), now_us),
            )

        view = await asyncio.to_thread(look)
        return await listed(web, request, view, (user.id for user in view.people))

    @post(
        PATH,
        dto=Strict[NewPerson],
        return_dto=None,
        status_code=201,
        summary="Add a person",
        operation_id="admin_add_person",
        audit=Action.CHANGE_PERSON,
        responses={201: said(PersonAnswer, "Added."), 400: said(Problem, "Not understood."), **COMMON},
        **admins,
    )
    async def add(request: AnyRequest, data: JSONBody[NewPerson]) -> Response[bytes]:
        by = str(request.state[OPERATOR])

        def work() -> User:
            entered = Fields(
                phones=data.phones,
                first_name=data.first_name,
                last_name=data.last_name,
                language=data.language,
                notes=data.notes,
            )
            return registry.add_user(Person(**as_kept(entered, region)), by=by)

        with _refusing():
            made = await asyncio.to_thread(work)
        await web.audit.note(request, (made.id,), detail="added")
        return await told(request, made.id, 201)

    @get(
        ONE,
        summary="A person",
        description=UNCHANGED,
        operation_id="admin_person",
        audit=Action.READ_PERSON,
        responses={200: said(PersonAnswer, "As the registry says."), **COMMON, 404: one[404]},
        **admins,
    )
    async def person(request: AnyRequest, person: FromPath[str]) -> Response[bytes]:
        view = await asyncio.to_thread(found, person)
        return await listed(web, request, view, (view.id,))

    @patch(
        ONE,
        dto=Strict[PersonChange],
        return_dto=None,
        summary="Correct a person",
        description="Only where each field still holds what `was` says (or is already as wanted); else 409 "
        "`changed_meanwhile` with the field in `path` and its value in `is_now`.",
        operation_id="admin_change_person",
        audit=Action.CHANGE_PERSON,
        responses={200: said(PersonAnswer, "Changed."), 400: said(Problem, "Not understood."), **one},
        **admins,
    )
    async def alter(
        request: AnyRequest, person: FromPath[str], data: JSONBody[PersonChange]
    ) -> Response[bytes]:
        who, by = UserId(person), str(request.state[OPERATOR])
        with _refusing("$.now"):
            made, changed = await web.writing.run(
                lambda tx: change(tx, who, data.was, data.now, by=by, region=region)
            )
        await web.audit.note(request, (made.id,), detail=", ".join(changed) or "nothing: it was so already")
        return await told(request, made.id)

    @post(
        f"{ONE}/merge",
        dto=Strict[MergeOrder],
        return_dto=None,
        status_code=200,
        summary="Say that another person is this one",
        description="Numbers, devices, notes, record and alerts of the other are this person's from now on, "
        "and the other is not there any more. It cannot be taken back. `was` has what was seen of both: 409 "
        "`changed_meanwhile` where it is not so; `on_an_alert` while an alert of either is open.",
        operation_id="admin_merge_people",
        audit=Action.CHANGE_PERSON,
        responses={200: said(PersonAnswer, "Both in one."), 400: said(Problem, "Not understood."), **one},
        **admins,
    )
    async def join(request: AnyRequest, person: FromPath[str], data: JSONBody[MergeOrder]) -> Response[bytes]:
        by, seen = str(request.state[OPERATOR]), (data.was.kept, data.was.other)
        with _refusing("$.was"):
            made = await web.writing.run(
                lambda tx: merge(tx, UserId(person), data.other, seen, by=by, region=region)
            )
        await web.audit.note(request, (made.id, data.other), detail=f"{data.other} merged into {made.id}")
        return await told(request, made.id)

    @delete(
        f"{ONE}/devices/{{device:str}}",
        status_code=200,
        summary="Revoke an enrolled phone",
        description="It proves nothing any more; the number stays the person's.",
        operation_id="admin_revoke_device",
        audit=Action.CHANGE_PERSON,
        responses={200: said(PersonAnswer, "Revoked."), **one},
        **admins,
    )
    async def revoke(request: AnyRequest, person: FromPath[str], device: FromPath[str]) -> Response[bytes]:
        by = str(request.state[OPERATOR])

        def work(tx: Transaction) -> UserId:
            known, key = read_user(tx, UserId(person)), devices.known_of(tx, device)
            if known is None or key is None or key.person != known.id:
                raise NotThere("no such phone of this person")
            phones.revoke(tx, device, by)
            return known.id

        who = await web.writing.run(work)
        await web.audit.note(request, (who,), detail="device revoked")
        return await told(request, who)

    @post(
        f"{ONE}/erase",
        dto=Strict[EraseOrder],
        return_dto=None,
        status_code=200,
        summary="Erase a person for good",
        description="With what is personal in the person's alerts, and their recordings; those that are held "
        "go with their release. 409 `not_typed`: neither a number's last digits nor the name; `on_an_alert`.",
        operation_id="admin_erase_person",
        audit=Action.CHANGE_PERSON,
        responses={200: said(PersonErased, "Erased."), 400: said(Problem, "Not understood."), **one},
        **admins,
    )
    async def erase(
        request: AnyRequest, person: FromPath[str], data: JSONBody[EraseOrder]
    ) -> Response[bytes]:
        by = str(request.state[OPERATOR])

        def work() -> tuple[UserId, PersonErased]:
            known = registry.user(UserId(person))
            if known is None:
                raise NotThere("no such person")
            if not names(data.typed, known):
                raise NotDone("neither a number's last digits nor the name", Why.NOT_TYPED, "$.typed")
            done = giving.erase(web.journal, known.id, by)
            return known.id, PersonErased(
                alerts=[each.alert for each in done if each.kinds],
                held=[each.alert for each in done if not each.kinds],
                recordings=0,
                on_disk_until="",
            )

        with _refusing():
            who, erased = await asyncio.to_thread(work)
        await web.audit.note(request, (who,), detail="erased")
        gone, left = await asyncio.to_thread(giving.leave_nothing, web.journal)
        view = PersonErased(alerts=erased.alerts, held=erased.held, recordings=len(gone), on_disk_until=left)
        return no_store(answer(request, view))

    return [show, add, person, alter, join, revoke, erase]


def names(typed: str, known: User) -> bool:
    """Whether this is the end of one of the person's numbers, or the whole name."""
    words = folded(typed)
    return bool(words) and words in {folded(known.name), *(phone[-4:] for phone in known.phones)}


@contextmanager
def _refusing(body: str = "$") -> Iterator[None]:
    """What is refused of persons in particular, and then as everything of the administration."""
    with refusing(body):
        try:
            yield
        except NobodyThere as error:
            raise NotThere("no such person") from error
        except NumberRefused as error:
            raise BadBody(str(error), f"{body}.phones", Why.NOT_A_NUMBER) from error
        except AlreadyTaken as error:
            raise BadBody("another person's number", f"{body}.phones", Why.NUMBER_TAKEN) from error
        except InAnAlert as error:
            raise NotDone(str(error), Why.ON_AN_ALERT) from error
        except SamePerson as error:
            raise NotDone(str(error), Why.ONE_ALREADY) from error
        except TooMuch as error:
            raise NotDone(f"the two records do not fit into one: {error}", Why.RECORDS_TOO_LONG) from error
