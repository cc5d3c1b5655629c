"""/v1/alarms: who has seen what is wrong with the center, and what is kept quiet for planned work.

What stands is told by the console's WebSocket; nothing is decided here about what is wrong.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec
from litestar import Response, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody

from gateways.http.answers import AnyRequest, Problem, said
from gateways.http.context import Web
from gateways.http.decoding import Strict
from gateways.http.door.auth import OPERATOR
from gateways.http.routes.figures import OPERATORS
from messages.events import AlarmSeen
from messages.ids import Instant, OperatorId
from store import streams
from store.journal.journal import Append, Transaction
from store.registry.people import StaffRole

AT_ONCE: Final = 500
Name = Annotated[str, msgspec.Meta(max_length=64)]
Subject = Annotated[str, msgspec.Meta(max_length=200)]


class AlarmAsSeen(msgspec.Struct, frozen=True, kw_only=True):
    """One alarm, as it was shown: raised anew since, it is another."""

    alarm: Name
    subject: Subject
    since_us: Instant


class AlarmsSeen(msgspec.Struct, frozen=True, kw_only=True):
    """What an operator has acknowledged."""

    alarms: Annotated[list[AlarmAsSeen], msgspec.Meta(min_length=1, max_length=AT_ONCE)]


def alarm_routes(web: Web) -> list[HTTPRouteHandler]:
    """The routes."""
    common: dict[int, Any] = {
        400: said(Problem, "Not understood."),
        401: said(Problem, "No operator's token, no session."),
        403: said(Problem, "The role does not allow it, or no CSRF token."),
    }

    @post(
        "/v1/alarms/seen",
        guards=[web.auth.require_role(StaffRole.OPERATOR)],
        dto=Strict[AlarmsSeen],
        return_dto=None,
        status_code=204,
        summary="Acknowledge alarms",
        description="Of any node. What was seen before, or is raised anew meanwhile, stays as it is.",
        operation_id="alarms_seen",
        audit="alarms are the center's own; the journal has who has seen them",
        tags=["operator"],
        security=OPERATORS,
        responses=common,
    )
    async def see(request: AnyRequest, data: JSONBody[AlarmsSeen]) -> Response[None]:
        by: OperatorId = request.state[OPERATOR]
        alarms = web.following.picture.alarms
        due = [
            (node, AlarmSeen(alarm=one.alarm, subject=one.subject, raised_at=one.since_us, by=by))
            for one in data.alarms
            for node in alarms.unseen(one.alarm, one.subject, one.since_us)
        ]

        def write(tx: Transaction) -> None:
            for node in dict.fromkeys(node for node, _ in due):
                tx.append(Append(streams.node(node), None, tuple(event for of, event in due if of == node)))

        if due:
            await web.writing.run(write)
        return Response(None, status_code=204)

    return [see]
