"""/v1/shift: what a shift leaves to the next: notes, callbacks that are owed, the drill, one's last alert.

What is open now, who is there and what is broken is in the console's feed already, and is not told twice.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Annotated, Any, Final

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from gateways.console.past import why_not_reopened
from gateways.console.tally import Tally
from gateways.http.answers import AnyRequest, Problem, answer, said
from gateways.http.context import Web
from gateways.http.decoding import Strict
from gateways.http.door.auth import OPERATOR
from gateways.http.errors import BadBody, NoSuchNote
from gateways.http.routes.admin.listing import UNCHANGED, listed
from gateways.http.routes.drill import last_begun
from gateways.http.routes.figures import OPERATORS, no_store
from messages.events import OperatorLeft
from messages.ids import AlertId, Instant, OperatorCommand, OperatorId, Outcome
from model.filtering import Filter
from model.orders.afterwards import OWED
from model.orders.allowed import why_no_note
from model.orders.refusals import Refusal
from model.rules import drilling
from runtime.published.file import Lately
from store import shift_notes, streams
from store.registry.people import StaffRole
from store.shift_notes import ShiftNote

TEXT_MAX: Final = 2000
OWED_DAYS: Final = 2
"""Today and yesterday: what nobody has called back by then is no hand-over any more."""
AUDIT: Final = "what operators leave to each other, with who wrote it; alerts by their ids alone"


class NoteRow(msgspec.Struct, frozen=True, kw_only=True):
    """A note to the next shift, and by whom it was done with."""

    id: str
    at_us: Instant
    by: OperatorId
    text: str
    done_us: Instant | None
    done_by: OperatorId | None


class OwedRow(msgspec.Struct, frozen=True, kw_only=True):
    """A real alert that has ended without an operator having spoken to the user."""

    alert: AlertId
    received_us: Instant
    closed_us: Instant
    outcome: Outcome
    operator: OperatorId | None


class StaffRow(msgspec.Struct, frozen=True, kw_only=True):
    """What the feed does not say of an operator."""

    operator: OperatorId
    role: StaffRole
    on_call: bool


class OwnLast(msgspec.Struct, frozen=True, kw_only=True):
    """The alert in which the part of the operator who asks has ended last."""

    alert: AlertId
    left_us: Instant
    closed_us: Instant | None
    note: Refusal | None
    """Why no note can be added; null where that is possible."""
    reopen: Refusal | None
    """Why it cannot be reopened; null where it can."""


class ShiftView(msgspec.Struct, frozen=True, kw_only=True):
    """What is handed over."""

    notes: list[NoteRow]
    owed: list[OwedRow]
    staff: list[StaffRow]
    drill_us: Instant | None
    """When the last drill was begun."""
    drill_due: bool
    own: OwnLast | None


class NewNote(msgspec.Struct, frozen=True, kw_only=True):
    """What the next shift has to know."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=TEXT_MAX)]


class NoteDone(msgspec.Struct, frozen=True, kw_only=True):
    """Whether it is done with."""

    done: bool


def shift_routes(web: Web, tally: Tally) -> list[HTTPRouteHandler]:
    """The routes."""
    owed = Lately(partial(_owed, tally))
    phone = web.settings.drill.phone
    operators: dict[str, Any] = {
        "guards": [web.auth.require_role(StaffRole.OPERATOR)],
        "audit": AUDIT,
        "tags": ["operator"],
        "security": OPERATORS,
    }
    common: dict[int, Any] = {
        401: said(Problem, "No operator's token, no session."),
        403: said(Problem, "No operator any more; a session without its CSRF token."),
    }
    changes: dict[int, Any] = {
        400: said(Problem, "Not understood."),
        503: said(Problem, "It could not be made durable."),
        **common,
    }

    def look(me: OperatorId) -> ShiftView:
        now_us = web.clock.now_us()
        drill_us = None if phone is None else last_begun(web.journal, phone)
        return ShiftView(
            notes=[_row(one) for one in shift_notes.shown(web.journal, now_us)],
            owed=owed.read(),
            staff=[
                StaffRow(operator=one.operator, role=one.role, on_call=one.on_call)
                for one in web.people.operators().values()
            ],
            drill_us=drill_us,
            drill_due=phone is not None and drilling.is_due(drill_us, now_us),
            own=_own_last(web, me),
        )

    @get(
        "/v1/shift",
        summary="What is handed over",
        description=f"Notes, owed callbacks, whether a drill is due, one's own last alert. {UNCHANGED}",
        operation_id="shift",
        responses={200: said(ShiftView, "As it is now."), **common},
        **operators,
    )
    async def show(request: AnyRequest) -> Response[bytes]:
        me: OperatorId = request.state[OPERATOR]
        return await listed(web, request, await asyncio.to_thread(look, me))

    @post(
        "/v1/shift/notes",
        dto=Strict[NewNote],
        return_dto=None,
        status_code=201,
        summary="Leave a note to the next shift",
        description="It is shown until somebody is done with it, for 30 days at most.",
        operation_id="leave_shift_note",
        responses={201: said(NoteRow, "Kept."), **changes},
        **operators,
    )
    async def leave(request: AnyRequest, data: JSONBody[NewNote]) -> Response[bytes]:
        by, text = OperatorId(request.state[OPERATOR]), data.text.strip()
        if not text:
            raise BadBody("a note needs a text", "$.text")
        made = await web.writing.run(lambda tx: shift_notes.write(tx, by, text))
        return no_store(answer(request, _row(made), 201))

    @post(
        "/v1/shift/notes/{note:str}/done",
        dto=Strict[NoteDone],
        return_dto=None,
        status_code=200,
        summary="Be done with a note, or not after all",
        description="Who was done with it first is told.",
        operation_id="finish_shift_note",
        responses={200: said(NoteRow, "As it is now."), 404: said(Problem, "No such note."), **changes},
        **operators,
    )
    async def finish(request: AnyRequest, note: FromPath[str], data: JSONBody[NoteDone]) -> Response[bytes]:
        by: OperatorId = request.state[OPERATOR]
        found = await web.writing.run(lambda tx: shift_notes.finish(tx, note, by, done=data.done))
        if found is None:
            raise NoSuchNote("no such note")
        return no_store(answer(request, _row(found)))

    return [show, leave, finish]


def _owed(tally: Tally) -> list[OwedRow]:
    return [
        OwedRow(
            alert=row.alert,
            received_us=row.received_us,
            closed_us=row.closed_us,
            outcome=row.outcome,
            operator=row.operator,
        )
        for row in tally.rows(tally.last(OWED_DAYS).around(Filter(test=False)))
        if row.closed_us is not None and row.outcome is not None and row.outcome in OWED
    ]


def _own_last(web: Web, me: OperatorId) -> OwnLast | None:
    left = web.journal.transact(
        lambda on: on.last_of_type(streams.operator(me), "operator.left"), beside=True
    )
    if left is None or not isinstance(left.event, OperatorLeft) or left.event.alert is None:
        return None
    case = web.following.case(left.event.alert)
    if case is None:
        return None
    room = web.room()
    return OwnLast(
        alert=case.alert,
        left_us=left.at_us,
        closed_us=case.closed_at,
        note=why_no_note(case) or room.why_not(case, OperatorCommand.NOTE, me),
        reopen=why_not_reopened(web.journal, case) or room.why_not(case, OperatorCommand.REOPEN, me),
    )


def _row(note: ShiftNote) -> NoteRow:
    return NoteRow(
        id=note.id,
        at_us=note.at,
        by=note.by,
        text=note.text,
        done_us=note.done_at,
        done_by=note.done_by,
    )
