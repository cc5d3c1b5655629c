"""The dialogue without a voice, of the user's side: to write, to be told what is new, to say what was read.

Durable like everything: a message is answered once it is in the journal. Whoever holds the phone reads along:
from an attempt to cancel on nothing is told here that came later (decision 56), and what is written is taken.
"""

from __future__ import annotations

from typing import Annotated, Final

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody, QueryParameter

from gateways.http.answers import (
    AnyRequest,
    Kept,
    MessageAnswer,
    MessagesAnswer,
    Problem,
    answer,
    rfc3339,
    said,
)
from gateways.http.app_state import version
from gateways.http.bodies import MessageBody, SeenBody
from gateways.http.context import Web
from gateways.http.decoding import Strict
from gateways.http.door.budgets import Kind
from gateways.http.errors import Refused
from gateways.http.routes.alerts import APP, KNOWN, TAKES, WAIT_MAX_S, found, into_inbox, own
from messages.events import DialogueSaid, DialogueSeen
from messages.ids import SECOND, AlertId, Channel
from model.alert.case import Case, Said
from model.alert.evolve import fold
from model.rules import dialogue
from model.rules.refusals import Refusal
from store import streams
from store.journal.journal import Transaction

KEPT_MAX: Final = 1000
"""Messages of one alert, of both sides."""


def messages_of(case: Case, since: int) -> MessagesAnswer:
    """What has changed since that version of the alert, as far as the app is told of it."""
    frozen = version(case)
    return MessagesAnswer(
        alert=case.alert,
        version=frozen,
        messages=tuple(
            _told(one)
            for one in case.dialogue
            if since < one.version <= frozen and one.channel is not Channel.VOICE
        ),
    )


def _told(one: Said) -> MessageAnswer:
    return MessageAnswer(
        number=one.number,
        id=one.id,
        mine=not one.by,
        at=rfc3339(one.at),
        text=one.text,
        asks=one.asks,
        arrived=one.arrived_at is not None,
        read=one.read_at is not None,
    )


def message_routes(web: Web) -> list[HTTPRouteHandler]:
    """The routes."""

    async def keep(alert: AlertId, event: DialogueSaid | DialogueSeen) -> None:
        def is_news(transaction: Transaction) -> bool:
            streams_of = (*transaction.read(streams.inbox(alert)), *transaction.read(streams.case(alert)))
            now = fold(sorted(streams_of, key=lambda one: one.seq))
            if now is None or not dialogue.news(now, event):
                return False
            if isinstance(event, DialogueSaid):
                if now.closed_at is not None:
                    raise Refused(Refusal.CLOSED)
                if len(now.dialogue) >= KEPT_MAX:
                    raise Refused(Refusal.DIALOGUE_FULL)
            return True

        await into_inbox(web, alert, event, when=is_news)

    @post(
        "/v1/alerts/{alert:str}/messages",
        guards=[web.senders.guard],
        dto=Strict[MessageBody],
        return_dto=None,
        status_code=202,
        summary="Write to the operator",
        operation_id="write_message",
        audit="the user's own, by the app, and in the journal",
        tags=["app"],
        security=APP,
        responses={409: said(Problem, "The alert is closed: it is raised again."), **TAKES},
    )
    async def write_message(
        request: AnyRequest, alert: FromPath[str], data: JSONBody[MessageBody]
    ) -> Response[bytes]:
        known = (await own(web, request, alert, Kind.POSITION)).alert
        await keep(known, DialogueSaid(id=data.id, text=data.text.strip()))
        return answer(request, Kept(alert=known, durable=web.journal.durable), 202)

    @post(
        "/v1/alerts/{alert:str}/messages/seen",
        guards=[web.senders.guard],
        dto=Strict[SeenBody],
        return_dto=None,
        status_code=202,
        summary="Messages have arrived, or were read",
        operation_id="saw_messages",
        audit="the user's own, by the app, and in the journal",
        tags=["app"],
        security=APP,
        responses=TAKES,
    )
    async def saw_messages(
        request: AnyRequest, alert: FromPath[str], data: JSONBody[SeenBody]
    ) -> Response[bytes]:
        known = (await own(web, request, alert, Kind.POSITION)).alert
        await keep(known, DialogueSeen(upto=data.upto, read=data.read))
        return answer(request, Kept(alert=known, durable=web.journal.durable), 202)

    @get(
        "/v1/alerts/{alert:str}/messages",
        guards=[web.senders.guard],
        summary="What is new in the dialogue",
        description="The messages that have come or changed since `since`, the `version` last seen; with "
        "`wait` the answer comes at the first of them, or after so many seconds.",
        operation_id="messages",
        audit="the user's own, by the app, and in the journal",
        tags=["app"],
        security=APP,
        responses={200: said(MessagesAnswer, "As the journal says."), **KNOWN},
    )
    async def messages(
        request: AnyRequest,
        alert: FromPath[str],
        wait: Annotated[
            float, QueryParameter(ge=0, le=120, description="Seconds, at most 30 of them.")
        ] = 0.0,
        since: Annotated[int, QueryParameter(ge=0, description="The `version` last seen; 0: none.")] = 0,
    ) -> Response[bytes]:
        case = await own(web, request, alert, Kind.READ, since)
        left_until = web.clock.now_us() + int(min(wait, WAIT_MAX_S) * SECOND)
        while not messages_of(case, since).messages and (left_us := left_until - web.clock.now_us()) > 0:
            if web.stopping.is_set():
                break
            await web.following.change_of(case.alert, left_us / SECOND)
            case = await found(web, case.alert, version(case))
        return answer(request, messages_of(case, since))

    return [write_message, saw_messages, messages]
