"""What the app asks and says of an alert it has raised: how it stands, one more position, that it rings."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated, Final

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody, QueryParameter

from gateways.http.door.budgets import Kind
from gateways.http.door.senders import SENDER, Sender
from gateways.http.parts.context import Web
from gateways.http.routes.aliases import Alias, alias_of, claimed, kept, state_under
from gateways.http.wire.answers import AlertState, AnyRequest, Kept, Problem, answer, said
from gateways.http.wire.app_state import state, version
from gateways.http.wire.bodies import PositionBody, is_alert_id
from gateways.http.wire.decoding import Strict
from gateways.http.wire.errors import BadBody, NoSuchAlert, NotAllowed
from messages.events import Event, PositionUpdated, RingingSeen
from messages.ids import SECOND, AlertId, Channel, Check, ClaimKind, Proof
from model.alert.case import Case
from store import streams
from store.alerts.lately import current
from store.journal.journal import Append, Transaction

WAIT_MAX_S: Final = 30.0
APP: Final[list[dict[str, list[str]]]] = [{"appKey": []}]
KNOWN: Final = {
    401: said(Problem, "No app key of this center."),
    403: said(Problem, "The alert is a phone's that signs, and this is not signed by it."),
    404: said(Problem, "No such alert."),
    429: said(Problem, "More than one sender is due; `Retry-After` says for how many seconds."),
}
TAKES: Final = {
    202: said(Kept, "In the journal."),
    400: said(Problem, "Not understood."),
    503: said(Problem, "It could not be made durable."),
    **KNOWN,
}


def checked(alert: str) -> AlertId:
    """The id in a path. Raises NoSuchAlert for what can be none."""
    if not is_alert_id(alert):
        raise NoSuchAlert("no such alert")
    return AlertId(alert)


async def found(web: Web, alert: AlertId, known: int = 0) -> Case:
    """The alert as it is known now. Raises NoSuchAlert.

    `known`: the version of which an app has been told already, by the journal, behind which the picture
    may lag.
    """
    there = web.following.picture.alerts.get(alert)
    case = None if there is None else there.case
    if case is None or version(case) < known:
        case = await asyncio.to_thread(web.following.fresh, alert)
    if case is None:
        raise NoSuchAlert("no such alert")
    return case


async def own(web: Web, request: AnyRequest, alert: str, kind: Kind | None, known: int = 0) -> Case | Alias:
    """The alert, if who asks may: it is its own sender's alone (`model.rules.proof`). Or the signal that has
    joined one, where the name is an alias.

    `kind`: as what it is counted; None: not at all. Raises NoSuchAlert, NotAllowed, TooMany.
    """
    sender: Sender = request.state[SENDER]
    if kind is not None:
        web.senders.spend(kind, sender, alert)
    name = checked(alert)
    if name not in web.following.picture.alerts and (alias := await alias_of(web, name)) is not None:
        return alias
    case = await found(web, name, known)
    if case.check is Check.ARRIVAL:
        # It says nothing of anybody, not even by which phone it was raised.
        if kind is not Kind.READ:
            raise NoSuchAlert("nothing is added to a check")
        return case
    if case.channel is not Channel.DATA:
        # No app was told of it: its user has called, or written a short message.
        raise NoSuchAlert("no such alert")
    if case.proof is Proof.DEVICE:
        signer = sender.device if sender.proof is Proof.DEVICE else None
        if signer is None or signer.device != case.key:
            why = f" ({sender.doubt})" if sender.doubt is not None else ""
            raise NotAllowed(f"this alert is its phone's: it has to be asked with that one's signature{why}")
    return case


async def waited(web: Web, case: Case, wait_s: float, until: Callable[[Case], bool]) -> Case:
    """The alert as soon as this holds of it, or as it is after `wait_s` seconds (30 at most), or at the web's
    end. Raises NoSuchAlert.
    """
    left_until = web.clock.now_us() + int(min(wait_s, WAIT_MAX_S) * SECOND)
    while not until(case) and (left_us := left_until - web.clock.now_us()) > 0:
        if web.stopping.is_set():
            break
        await web.following.change_of(case.alert, left_us / SECOND)
        case = await found(web, case.alert, version(case))
    return case


def alert_routes(web: Web) -> list[HTTPRouteHandler]:
    """The routes."""

    @get(
        "/v1/alerts/{alert:str}",
        guards=[web.senders.guard],
        summary="How an alert stands",
        description="With `wait` the answer comes at the first change, or after so many seconds. "
        "With `since`, the `version` last seen, it comes at once when something has changed meanwhile, "
        "so that no change is missed.",
        operation_id="alert_state",
        audit="the user's own, by the app, and in the journal",
        tags=["app"],
        security=APP,
        responses={200: said(AlertState, "As the journal says."), **KNOWN},
    )
    async def alert_state(
        request: AnyRequest,
        alert: FromPath[str],
        wait: Annotated[
            float, QueryParameter(ge=0, le=120, description="Seconds, at most 30 of them.")
        ] = 0.0,
        since: Annotated[int | None, QueryParameter(description="The `version` last seen.")] = None,
    ) -> Response[bytes]:
        case = await own(web, request, alert, Kind.READ, since or 0)
        if isinstance(case, Alias):
            told = await state_under(web, case, min(wait, WAIT_MAX_S), since)
        else:
            before = version(case) if since is None else since
            case = await waited(web, case, wait, lambda now: version(now) != before)
            told = state(case, web.calls_from())
        shown = request.state[SENDER].shown(told.proof, web.clock.now_us())
        return answer(request, msgspec.structs.replace(told, proof=shown))

    @post(
        "/v1/alerts/{alert:str}/position",
        guards=[web.senders.guard],
        dto=Strict[PositionBody],
        return_dto=None,
        status_code=202,
        summary="One more position",
        operation_id="add_position",
        audit="the user's own, by the app, and in the journal",
        tags=["app"],
        security=APP,
        responses=TAKES,
    )
    async def add_position(
        request: AnyRequest, alert: FromPath[str], data: JSONBody[PositionBody]
    ) -> Response[bytes]:
        try:
            position = data.position(web.clock.now_us())
        except ValueError as error:
            raise BadBody(str(error), "$.at") from error
        known = await own(web, request, alert, Kind.POSITION)
        if isinstance(known, Alias):
            return await claimed(web, request, known, ClaimKind.POSITION, position=position)
        await into_inbox(web, known.alert, PositionUpdated(position=position))
        return kept(web, request, known.alert)

    @post(
        "/v1/alerts/{alert:str}/ringing",
        guards=[web.senders.guard],
        status_code=202,
        summary="The phone rings",
        description="The app sees that the phone rings, or has rung, with a call from one of `calls_from`. "
        "Said again it changes nothing.",
        operation_id="say_ringing",
        audit="the user's own, by the app, and in the journal",
        tags=["app"],
        security=APP,
        responses=TAKES,
    )
    async def say_ringing(request: AnyRequest, alert: FromPath[str]) -> Response[bytes]:
        known = await own(web, request, alert, Kind.POSITION)
        if isinstance(known, Alias):
            return await claimed(web, request, known, ClaimKind.RINGS)
        case = known
        await into_inbox(web, case.alert, RingingSeen(), when=lambda tx: _rings(current(tx, case)))
        return kept(web, request, case.alert)

    return [alert_state, add_position, say_ringing]


def _rings(case: Case) -> bool:
    """Return True where the phone may ring with a call of ours, and nobody has said that it does.

    What is said before the first call is kept nowhere, so that it can be said again.
    """
    unread = any(isinstance(entry.event, RingingSeen) for entry in case.unread)
    return case.reached_at is None and case.user_was_dialled and not unread


async def into_inbox(
    web: Web, alert: AlertId, event: Event, *, when: Callable[[Transaction], bool] = lambda _: True
) -> None:
    """Append a fact to an alert's inbox. Raises NoSuchAlert, NotDurable.

    `when` says, under the write lock, whether it is to be kept; it is not asked of an alert that is none.
    """

    def work(transaction: Transaction) -> bool:
        inbox = streams.inbox(alert)
        there = transaction.version(inbox) > 0
        if there and when(transaction):
            transaction.append(Append(inbox, None, (event,)))
        return there

    if not await web.writing.run(work):
        raise NoSuchAlert("no such alert")
