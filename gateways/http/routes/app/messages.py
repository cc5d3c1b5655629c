"""Dialogue by text, on the user's side: write, receive new messages, report arrival and reading.

Every message is in the journal before the response. A holder of the phone reads along: from an attempt to
cancel on, newer messages are no longer published here (decision 56), and written messages are still accepted.
"""

from __future__ import annotations

from typing import Annotated

from litestar.params import QueryParameter

from gateways.http.parts.context import Web
from gateways.http.routes.app.alerts import (
    KNOWN,
    OWN,
    WAIT_MAX_S,
    Alias,
    Wait,
    claimed,
    into_inbox,
    kept,
    own,
    state_under,
    waited,
)
from gateways.http.routing.permissions import APP, Caller
from gateways.http.routing.route import GET, POST, route
from gateways.http.security.budgets import Kind
from gateways.http.wire.answers import Kept, MessageAnswer, MessagesAnswer, rfc3339
from gateways.http.wire.app_state import version
from gateways.http.wire.bodies import MessageBody, SeenBody
from gateways.http.wire.errors import Refused
from messages.events import DialogueSaid, DialogueSeen
from messages.ids import Channel, ClaimKind
from model.alert.case import Case
from model.alert.parts import DialogueMessage
from model.orders.refusals import Refusal
from model.rules.messages import dialogue
from store.alerts.recent import current_case
from store.journal.journal import Transaction


@route(
    POST,
    "/v1/alerts/{alert}/messages",
    by=APP,
    audit=OWN,
    status=202,
    refuses=(*KNOWN, Refusal.CLOSED, Refusal.DIALOGUE_FULL),
)
async def write_message(web: Web, who: Caller, alert: str, data: MessageBody) -> Kept:
    """Write to the operator.

    Refused once the alert and 112's page have ended: the app then raises the alert again.
    """
    sheet = await own(web, who, alert, Kind.POSITION)
    if isinstance(sheet, Alias):
        return await claimed(web, who, sheet, ClaimKind.WORDS, text=data.text.strip())
    case = sheet.case
    await _keep(web, case, DialogueSaid(id=data.id, text=data.text.strip(), answers=data.answers))
    return kept(web, case.alert)


@route(POST, "/v1/alerts/{alert}/messages/seen", by=APP, audit=OWN, status=202, refuses=KNOWN)
async def saw_messages(web: Web, who: Caller, alert: str, data: SeenBody) -> Kept:
    """Report that messages have arrived, or were read."""
    sheet = await own(web, who, alert, Kind.POSITION)
    if isinstance(sheet, Alias):
        return kept(web, sheet.name)
    case = sheet.case
    await _keep(web, case, DialogueSeen(upto=data.upto, read=data.read))
    return kept(web, case.alert)


@route(GET, "/v1/alerts/{alert}/messages", by=APP, audit=OWN, refuses=KNOWN)
async def messages(
    web: Web,
    who: Caller,
    alert: str,
    wait: Wait = 0.0,
    since: Annotated[int, QueryParameter(ge=0, description="The `version` last seen; 0: none.")] = 0,
) -> MessagesAnswer:
    """List the new messages of the dialogue.

    Returns the messages that are new or changed since `since`, the `version` last seen. With `wait` the
    response comes at the first new message, or after `wait` seconds.
    """
    sheet = await own(web, who, alert, Kind.READ, since)
    if isinstance(sheet, Alias):
        state = await state_under(web, sheet, min(wait, WAIT_MAX_S), since or None)
        return MessagesAnswer(alert=sheet.name, version=state.version, messages=())
    sheet = await waited(web, sheet, wait, lambda now: bool(messages_of(now, since).messages))
    return messages_of(sheet.case, since)


async def _keep(web: Web, case: Case, event: DialogueSaid | DialogueSeen) -> None:
    behind = isinstance(event, DialogueSeen) and event.upto > len(case.dialogue)
    if not behind and not dialogue.is_news(case, event):
        return  # known already without the write lock
    alert = case.alert

    def is_news(transaction: Transaction) -> bool:
        now = current_case(transaction, case)
        if not dialogue.is_news(now, event):
            return False
        if isinstance(event, DialogueSeen):
            return True
        full = dialogue.is_full(now.dialogue, Channel.DATA)
        over = not dialogue.is_dialogue_open(now, transaction.at_us)
        if (over or full) and now.cancel_asked is None:
            raise Refused(Refusal.CLOSED if over else Refusal.DIALOGUE_FULL)
        # After an attempt to cancel, with any PIN, every response is the same.
        return not over and not full

    await into_inbox(web, alert, event, when=is_news)


def messages_of(case: Case, since: int) -> MessagesAnswer:
    """Return the messages changed since that version of the alert, as published to the app."""
    last = version(case)
    told = (one for one in case.dialogue if one.version <= last and one.channel is not Channel.VOICE)
    return MessagesAnswer(
        alert=case.alert,
        version=last,
        messages=tuple(_told(case, one, last) for one in told if since < _changed(one, last)),
    )


def _changed(one: DialogueMessage, last: int) -> int:
    """Return the version of the last change published to the app."""
    return max(at for at in (one.version, one.arrived_version, one.read_version) if at <= last)


def _told(case: Case, one: DialogueMessage, last: int) -> MessageAnswer:
    return MessageAnswer(
        number=one.number,
        id=one.id,
        mine=not one.by,
        at=rfc3339(one.at),
        text=one.text,
        asks=one.asks,
        answer=one.answer if case.cancel_asked is None else "",
        arrived=0 < one.arrived_version <= last,
        read=0 < one.read_version <= last,
    )
