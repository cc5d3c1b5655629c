"""/v1/alarms/quiet, for supervisors: which alarms are kept quiet for planned work, for how long and why."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
from litestar import Response, delete, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody

from gateways.http.door.auth import OPERATOR
from gateways.http.parts.context import Web
from gateways.http.routes.admin.refusing import NotDone, NotThere, Why
from gateways.http.routes.alarms.alarms import COMMON, Name, Subject
from gateways.http.wire.answers import OPERATORS, AnyRequest, Problem, said
from gateways.http.wire.decoding import Strict
from gateways.http.wire.errors import BadBody
from messages.events import AlarmShelved, AlarmUnshelved
from messages.ids import SECOND, Instant, NodeId
from model.alarms.shelf import LONGEST_US, slot
from model.alarms.table import may_be_quiet
from store import streams
from store.audit.entry import Action
from store.journal.journal import Append
from store.registry.people import StaffRole

PATH: Final = "/v1/alarms/quiet"
MINUTE: Final = 60 * SECOND


class Quiet(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept quiet: these alarms, what is about this, what this node raises or is about. Empty: any."""

    alarm: Name = ""
    subject: Subject = ""
    node: Name = ""


class QuietFor(Quiet, frozen=True, kw_only=True):
    """How long, and for which work. Sent again it is changed."""

    minutes: Annotated[int, msgspec.Meta(ge=1, le=LONGEST_US // MINUTE)]
    reason: Annotated[str, msgspec.Meta(max_length=200)]


def quiet_routes(web: Web) -> list[HTTPRouteHandler]:
    """The routes."""

    @post(
        PATH,
        guards=[web.auth.require_role(StaffRole.SUPERVISOR)],
        dto=Strict[QuietFor],
        return_dto=None,
        status_code=204,
        summary="Keep alarms quiet for planned work",
        description="They are shown as quiet, count and call nobody, and come back by themselves.",
        operation_id="alarms_quiet",
        audit=Action.CHANGE_SETTINGS,
        tags=["operator"],
        security=OPERATORS,
        responses={**COMMON, 409: said(Problem, "`never_quiet`: a user in danger depends on it.")},
    )
    async def keep_quiet(request: AnyRequest, data: JSONBody[QuietFor]) -> Response[None]:
        reason = " ".join(data.reason.split())
        if not reason:
            raise BadBody("for which work?", "$.reason", Why.EMPTY)
        if not (data.alarm or data.subject or data.node):
            raise BadBody("not everything at once", "$.alarm", Why.EMPTY)
        if not may_be_quiet(data.alarm):
            raise NotDone("this alarm is never kept quiet", Why.NEVER_QUIET, "$.alarm")
        event = AlarmShelved(
            alarm=data.alarm,
            subject=data.subject,
            node=NodeId(data.node),
            ends_at=Instant(web.clock.now_us() + data.minutes * MINUTE),
            by=request.state[OPERATOR],
            reason=reason,
        )
        await web.writing.run(lambda tx: tx.append(Append(streams.SHELF, None, (event,))))
        what = " ".join(filter(None, slot(event)))
        await web.audit.note(request, detail=f"alarms kept quiet for {data.minutes} min: {what}")
        return Response(None, status_code=204)

    @delete(
        PATH,
        guards=[web.auth.require_role(StaffRole.SUPERVISOR)],
        status_code=204,
        summary="Let alarms be heard again",
        operation_id="alarms_heard",
        audit=Action.CHANGE_SETTINGS,
        tags=["operator"],
        security=OPERATORS,
        responses={**COMMON, 404: said(Problem, "It is not kept quiet.")},
    )
    async def let_be_heard(
        request: AnyRequest, alarm: str = "", subject: str = "", node: str = ""
    ) -> Response[None]:
        event = AlarmUnshelved(alarm=alarm, subject=subject, node=NodeId(node), by=request.state[OPERATOR])
        shelf = web.following.picture.alarms.shelf
        if slot(event) not in map(slot, shelf.at(web.clock.now_us())):
            raise NotThere("it is not kept quiet")
        await web.writing.run(lambda tx: tx.append(Append(streams.SHELF, None, (event,))))
        await web.audit.note(request, detail=f"alarms heard again: {' '.join(filter(None, slot(event)))}")
        return Response(None, status_code=204)

    return [keep_quiet, let_be_heard]
