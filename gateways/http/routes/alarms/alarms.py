"""/v1/alarms: who has seen what is wrong with the center, and what there was.

What stands is told by the console's WebSocket; nothing is decided here about what is wrong.
"""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Final, Literal

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody, QueryParameter

from gateways.console import callouts
from gateways.console.views.callouts import CalloutView
from gateways.http.door.auth import OPERATOR
from gateways.http.parts.context import Web
from gateways.http.wire.answers import OPERATORS, AnyRequest, Problem, answer, no_store, said
from gateways.http.wire.decoding import Strict
from messages.events import AlarmSeen
from messages.ids import SECOND, Instant, OperatorId
from model.alarms.history import Episode, Often, episodes, matches, often
from store import streams
from store.alarms import told_since
from store.callouts import callouts_of
from store.journal.journal import Append, Transaction
from store.nodes.members import members
from store.registry.people import StaffRole

AT_ONCE: Final = 500
LISTED: Final = 100
MOST_OFTEN: Final = 8
MINUTE: Final = 60 * SECOND
DAY: Final = 24 * 60 * MINUTE
COMMON: Final[dict[int, Any]] = {
    400: said(Problem, "Not understood."),
    401: said(Problem, "No operator's token, no session."),
    403: said(Problem, "The role does not allow it, or no CSRF token."),
}
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


class AlarmHistory(msgspec.Struct, frozen=True, kw_only=True):
    """What there was, newest first; `often`: what came most, first. `more`: there were others.

    `callouts`: who was called because of alarms in that time, whatever was searched for.
    """

    episodes: list[Episode]
    often: list[Often]
    times: int
    more: bool
    callouts: list[CalloutView]


def alarm_routes(web: Web) -> list[HTTPRouteHandler]:
    """The routes."""

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
        responses=COMMON,
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

    def look(days: int, search: str) -> AlarmHistory:
        nodes = {web.settings.node}
        if web.journal.shared:
            nodes |= {one.node for one in members(web.journal)}
        since_us = Instant(web.clock.now_us() - days * DAY)
        found = [one for one in episodes(told_since(web.journal, nodes, since_us)) if matches(one, search)]
        called = callouts.since(callouts_of(web.journal, LISTED, since_us), since_us)
        return AlarmHistory(
            episodes=found[:LISTED],
            often=often(found)[:MOST_OFTEN],
            times=len(found),
            more=len(found) > LISTED,
            callouts=callouts.views(called, web.people.on_duty()),
        )

    @get(
        "/v1/alarms/history",
        guards=[web.auth.require_role(StaffRole.OPERATOR)],
        summary="The alarms that there were",
        description="`search` is a part of an alarm's name, of what it is about, or of a node's name.",
        operation_id="alarms_history",
        audit="alarms are the center's own",
        tags=["operator"],
        security=OPERATORS,
        responses={200: said(AlarmHistory, "As the journal says."), **COMMON},
    )
    async def history(
        request: AnyRequest,
        days: Annotated[Literal["1", "7", "30"], QueryParameter(description="The last days.")] = "7",
        search: Annotated[str, QueryParameter(max_length=100)] = "",
    ) -> Response[bytes]:
        found = await asyncio.to_thread(look, int(days), search.strip())
        return no_store(answer(request, found))

    return [see, history]
