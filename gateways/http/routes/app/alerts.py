"""Requests of the app about its alert: state, further positions, report that the phone rings.

Every route of the app answers under an alias as it does for an alert; an alias names a signal that has joined
another sender's alert (decision 136). The response reveals nothing about the alert, and reports are kept for
the operator, marked as unproved.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Annotated, Final

import msgspec
from litestar.params import QueryParameter

from gateways.http.parts.context import Web
from gateways.http.routing.permissions import APP, Caller
from gateways.http.routing.route import GET, POST, route
from gateways.http.security.budgets import Kind
from gateways.http.wire.answers import AlertState, Kept
from gateways.http.wire.app_state import state, state_of_signal, version
from gateways.http.wire.bodies import PositionBody, checked
from gateways.http.wire.errors import BadBody, NoSuchAlert, NotItsPhone, TooMany
from messages.base import Position
from messages.events import Event, PositionUpdated, RingingSeen, SignalNamed
from messages.ids import SECOND, AlertId, Assurance, Channel, Check, ClaimKind
from model.alert.case import Case
from model.telling.sheet import Sheet
from store import streams
from store.alerts.candidates import named_signal
from store.alerts.claims import add_claim
from store.alerts.recent import current_case
from store.journal.journal import Append, Transaction

WAIT_MAX_S: Final = 30.0
OWN: Final = "the user's own, by the app, and in the journal"
KNOWN: Final = (NotItsPhone, NoSuchAlert, TooMany)
"""Refusals of every request about an alert."""
Wait = Annotated[float, QueryParameter(ge=0, le=120, description="Seconds, at most 30 of them.")]


class Alias(msgspec.Struct, frozen=True):
    """Alias of a signal, and the data published to the signal's sender."""

    name: AlertId
    signal: SignalNamed


@route(GET, "/v1/alerts/{alert}", by=APP, audit=OWN, refuses=KNOWN)
async def alert_state(
    web: Web,
    who: Caller,
    alert: str,
    wait: Wait = 0.0,
    since: Annotated[int | None, QueryParameter(description="The `version` last seen.")] = None,
) -> AlertState:
    """Return the state of an alert.

    With `wait` the response comes at the first change, or after `wait` seconds. With `since`, the `version`
    last seen, the response comes at once if the alert has changed meanwhile, so that no change is missed.
    """
    sheet = await own(web, who, alert, Kind.READ, since or 0)
    if isinstance(sheet, Alias):
        told = await state_under(web, sheet, min(wait, WAIT_MAX_S), since)
    else:
        before = version(sheet.case) if since is None else since
        sheet = await waited(web, sheet, wait, lambda now: version(now) != before)
        told = state(sheet, web.calls_from())
    return msgspec.structs.replace(told, proof=who.sender.shown(told.proof, web.clock.now_us()))


@route(POST, "/v1/alerts/{alert}/position", by=APP, audit=OWN, status=202, refuses=KNOWN)
async def add_position(web: Web, who: Caller, alert: str, data: PositionBody) -> Kept:
    """Add a position to an alert."""
    try:
        position = data.position(web.clock.now_us())
    except ValueError as error:
        raise BadBody(str(error), "$.at") from error
    known = await own(web, who, alert, Kind.POSITION)
    if isinstance(known, Alias):
        return await claimed(web, who, known, ClaimKind.POSITION, position=position)
    alert_id = known.case.alert
    await into_inbox(web, alert_id, PositionUpdated(position=position))
    return kept(web, alert_id)


@route(POST, "/v1/alerts/{alert}/ringing", by=APP, audit=OWN, status=202, refuses=KNOWN)
async def say_ringing(web: Web, who: Caller, alert: str) -> Kept:
    """Report that the phone rings.

    The app sees that the phone rings, or has rung, with a call from one of `calls_from`. A repeated report
    changes nothing.
    """
    sheet = await own(web, who, alert, Kind.POSITION)
    if isinstance(sheet, Alias):
        return await claimed(web, who, sheet, ClaimKind.RINGS)
    known = sheet.case
    await into_inbox(web, known.alert, RingingSeen(), when=lambda tx: _rings(current_case(tx, known)))
    return kept(web, known.alert)


async def found(web: Web, alert: AlertId, known: int = 0) -> Sheet:
    """Return the alert as known now. Raises NoSuchAlert.

    `known`: the version already published to an app from the journal; the picture may lag behind.
    """
    there = web.following.read_model.alerts.get(alert)
    sheet = None if there is None else there.sheet
    if sheet is None or version(sheet.case) < known:
        sheet = await asyncio.to_thread(web.following.read_sheet_now, alert)
    if sheet is None:
        raise NoSuchAlert
    return sheet


async def own(web: Web, who: Caller, alert: str, kind: Kind | None, known: int = 0) -> Sheet | Alias:
    """Return the alert if the caller is its sender (`model.rules.proof`). For an alias, return the signal
    that has joined an alert.

    `kind`: kind of request to count; None: uncounted. Raises NoSuchAlert, NotItsPhone, TooMany.
    """
    sender = who.sender
    if kind is not None:
        web.senders.spend(kind, sender, alert)
    name = checked(alert)
    if name not in web.following.read_model.alerts and (alias := await alias_of(web, name)) is not None:
        return alias
    sheet = await found(web, name, known)
    case = sheet.case
    if case.check is Check.ARRIVAL:
        # The state of a check reveals nothing about a person, not even the phone.
        if kind is not Kind.READ:
            raise NoSuchAlert("the alert is a check: nothing can be added to a check")
        return sheet
    if case.channel is not Channel.DATA:
        # No app knows the alert: its user has called, or sent an SMS.
        raise NoSuchAlert
    if case.proof is Assurance.DEVICE:
        signer = sender.device if sender.proof is Assurance.DEVICE else None
        if signer is None or signer.device != case.key:
            why = f" ({sender.doubt})" if sender.doubt is not None else ""
            raise NotItsPhone(
                f"the alert belongs to a phone that signs: the request must be signed by that phone{why}"
            )
    return sheet


async def waited(web: Web, sheet: Sheet, wait_s: float, until: Callable[[Case], bool]) -> Sheet:
    """Return the alert once `until` holds, after `wait_s` seconds (30 at most) or at the web's end.

    Raises NoSuchAlert.
    """
    left_until = web.clock.now_us() + int(min(wait_s, WAIT_MAX_S) * SECOND)
    while not until(sheet.case) and (left_us := left_until - web.clock.now_us()) > 0:
        if web.stopping.is_set():
            break
        await web.following.change_of(sheet.case.alert, left_us / SECOND)
        sheet = await found(web, sheet.case.alert, version(sheet.case))
    return sheet


def _rings(case: Case) -> bool:
    """Return True if the phone may ring with a call of the center, and no report of ringing is known.

    A report before the first call is not kept, so that a later report counts.
    """
    unread = any(isinstance(entry.event, RingingSeen) for entry in case.unread)
    return case.reached_at is None and case.user_was_dialled and not unread


async def into_inbox(
    web: Web, alert: AlertId, event: Event, *, when: Callable[[Transaction], bool] = lambda _: True
) -> None:
    """Append a fact to an alert's inbox. Raises NoSuchAlert, NotDurable.

    `when` decides under the write lock if the fact is kept; `when` is not called for an unknown alert.
    """

    def work(transaction: Transaction) -> bool:
        inbox = streams.inbox(alert)
        there = transaction.version(inbox) > 0
        if there and when(transaction):
            transaction.append(Append(inbox, None, (event,)))
        return there

    if not await web.writing.run(work):
        raise NoSuchAlert


async def alias_of(web: Web, name: AlertId) -> Alias | None:
    """Return the alias of this name with its signal; None if unknown. Raises JournalError."""
    signal = web.writing.skipped.named(name)
    signal = signal or await asyncio.to_thread(named_signal, web.journal.row, name)
    return None if signal is None else Alias(name, signal)


async def state_under(web: Web, alias: Alias, wait_s: float, since: int | None) -> AlertState:
    """Return the state of the signal, at its next change or after `wait_s` seconds."""
    told = _now(web, alias)
    if wait_s > 0 and told.version == (told.version if since is None else since):
        left_s = (alias.signal.deadline_at - web.clock.now_us()) / SECOND
        await rest(web, min(wait_s, left_s) if left_s > 0 else wait_s)
        told = _now(web, alias)
    return told


async def rest(web: Web, seconds: float) -> None:
    """Wait for some seconds, or until the web ends."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(web.stopping.wait(), seconds)


async def claimed(
    web: Web,
    who: Caller,
    alias: Alias,
    kind: ClaimKind,
    *,
    position: Position | None = None,
    text: str = "",
) -> Kept:
    """Keep a report under an alias for the operator; the response is that of an alert. Raises NotDurable."""
    sender = who.sender
    device = sender.device if sender.proof is Assurance.DEVICE else None
    signer = None if device is None or device.is_young(web.clock.now_us()) else device.phone
    alert, name = alias.signal.alert, alias.name
    skipped = web.writing.skipped
    await web.writing.run(
        lambda tx: add_claim(
            tx, alert, name, kind, signer=signer, skipped=skipped, position=position, text=text
        )
    )
    return kept(web, name)


def kept(web: Web, name: AlertId) -> Kept:
    """Return the receipt for a report about an alert."""
    return Kept(alert=name, durable=web.journal.durable)


def _now(web: Web, alias: Alias) -> AlertState:
    return state_of_signal(alias.name, alias.signal, web.clock.now_us(), web.calls_from())
