"""/v1/users/USER/record for staff, and the pictures of a record for whoever has an alert on the screen.

Operators read a record within an alert, as part of its case (decision 91); supervisors and admins read and
change any.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

from litestar import Response, get, post, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from gateways.http.door.auth import OPERATOR
from gateways.http.parts.context import Web
from gateways.http.records import (
    A_PICTURE,
    BODY_MAX,
    CHANGED,
    PICTURE_ADDED,
    RecordAnswer,
    expected,
    picture_kept,
    shown,
    told,
    written,
)
from gateways.http.routes.alerts import checked
from gateways.http.wire.answers import OPERATORS, AnyRequest, Problem, answer, said
from gateways.http.wire.decoding import Strict
from gateways.http.wire.errors import NoSuchPerson
from messages.ids import UserId
from model.record import PersonRecord
from store.audit.entry import Action
from store.errors import NumberRefused
from store.registry import numbers
from store.registry.people import StaffRole, User
from store.registry.registry import Registry
from store.registry.users import records

_STAFF: Final[dict[int, Any]] = {
    401: said(Problem, "No operator's token, no session."),
    403: said(Problem, "Neither supervisor nor admin."),
    404: said(Problem, "No such user."),
}


def record_routes(web: Web, registry: Registry) -> list[HTTPRouteHandler]:
    """The routes."""
    region = web.settings.policy.region
    supervisor = web.auth.require_role(StaffRole.SUPERVISOR)

    def find(who: str) -> User | None:
        if (found := registry.user(UserId(who))) is not None:
            return found
        try:
            return registry.user_by_phone(numbers.normalised(who, region))
        except NumberRefused:
            return None

    async def of(who: str) -> UserId:
        found = await asyncio.to_thread(find, who)
        if found is None:
            raise NoSuchPerson("no such user")
        return found.id

    def picture_of(user: UserId, which: str) -> Response[bytes]:
        return shown(web.journal.at_one_moment(lambda connection: records.picture(connection, user, which)))

    @get(
        "/v1/users/{user:str}/record",
        guards=[supervisor],
        summary="A user's record",
        description="`user` is a number (E.164) or an id. Empty, with version 0, where there is none.",
        operation_id="record",
        audit=Action.READ_PERSON,
        tags=["operator"],
        security=OPERATORS,
        responses={200: said(RecordAnswer, "As it is kept."), **_STAFF},
    )
    async def read(request: AnyRequest, user: FromPath[str]) -> Response[bytes]:
        known = await of(user)
        kept = await asyncio.to_thread(web.journal.at_one_moment, lambda one: records.read(one, known))
        await web.audit.note(request, (known,), detail="record")
        return told(request, kept)

    @put(
        "/v1/users/{user:str}/record",
        guards=[supervisor],
        dto=Strict[PersonRecord],
        return_dto=None,
        summary="Keep a user's record, in place of the one that is there",
        description='`If-Match: "3"` names the version that was read, `"0"` where there was none.',
        operation_id="keep_record",
        audit=Action.CHANGE_PERSON,
        tags=["operator"],
        security=OPERATORS,
        responses={**CHANGED, **_STAFF},
    )
    async def keep(request: AnyRequest, user: FromPath[str], data: JSONBody[PersonRecord]) -> Response[bytes]:
        known, version = await of(user), expected(request)
        by = str(request.state[OPERATOR])
        kept = await written(web.writing, known, data, version, by=by, region=region)
        await web.audit.note(request, (known,), detail="record")
        return told(request, kept)

    @post(
        "/v1/users/{user:str}/record/pictures",
        guards=[supervisor],
        status_code=201,
        request_max_body_size=BODY_MAX,
        summary="Send a picture for a user's record",
        description=A_PICTURE,
        operation_id="add_picture",
        audit=Action.CHANGE_PERSON,
        tags=["operator"],
        security=OPERATORS,
        responses={**PICTURE_ADDED, **_STAFF},
    )
    async def add(request: AnyRequest, user: FromPath[str]) -> Response[bytes]:
        known = await of(user)
        made = await picture_kept(web.writing, known, await request.body())
        await web.audit.note(request, (known,), detail="picture")
        return answer(request, made, 201)

    @get(
        "/v1/users/{user:str}/record/pictures/{picture:str}",
        guards=[supervisor],
        summary="A picture of a user's record",
        operation_id="picture",
        audit=Action.READ_PERSON,
        tags=["operator"],
        security=OPERATORS,
        responses=_STAFF,
    )
    async def picture(request: AnyRequest, user: FromPath[str], picture: FromPath[str]) -> Response[bytes]:
        known = await of(user)
        found = await asyncio.to_thread(picture_of, known, picture)
        await web.audit.note(request, (known,), detail="picture")
        return found

    @get(
        "/v1/alerts/{alert:str}/pictures/{picture:str}",
        guards=[web.auth.require_role(StaffRole.OPERATOR)],
        summary="A picture of the record of an alert's user",
        description="As the case names it. It is entered in the audit.",
        operation_id="alert_picture",
        audit=Action.READ_PERSON,
        tags=["operator"],
        security=OPERATORS,
        responses={
            401: said(Problem, "No operator's token, no session."),
            404: said(Problem, "No such alert, or no such picture of its user."),
        },
    )
    async def of_alert(request: AnyRequest, alert: FromPath[str], picture: FromPath[str]) -> Response[bytes]:
        case = await asyncio.to_thread(web.following.case, checked(alert))
        if case is None or case.user is None:
            raise NoSuchPerson("no such alert, or nobody who is known")
        found = await asyncio.to_thread(picture_of, case.user, picture)
        await web.audit.note(request, (case.alert, case.user), detail="picture")
        return found

    return [read, keep, add, picture, of_alert]
