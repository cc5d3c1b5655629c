"""/v1/shift: what a shift leaves to the next: notes, callbacks that are owed, the drill, one's last alert."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Annotated, Any, Final

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from gateways.console.ended.tally import Tally
from gateways.console.handed import NoteRow, ShiftView, StaffRow, note_row, on_duty_now, owed, own_last
from gateways.http.door.auth import OPERATOR
from gateways.http.parts.context import Web
from gateways.http.routes.admin.listing import UNCHANGED, listed
from gateways.http.routes.drill import last_begun
from gateways.http.wire.answers import OPERATORS, AnyRequest, Problem, answer, no_store, said
from gateways.http.wire.decoding import Strict
from gateways.http.wire.errors import BadBody, NoSuchNote
from messages.ids import OperatorId
from model.rules import drilling
from runtime.published.file import Lately
from store import duty, shift_notes
from store.registry.people import StaffRole

TEXT_MAX: Final = 2000
AUDIT: Final = "what operators leave to each other, with who wrote it; alerts by their ids alone"


class NewNote(msgspec.Struct, frozen=True, kw_only=True):
    """What the next shift has to know."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=TEXT_MAX)]


class NoteDone(msgspec.Struct, frozen=True, kw_only=True):
    """Whether it is done with."""

    done: bool


def shift_routes(web: Web, tally: Tally) -> list[HTTPRouteHandler]:
    """The routes."""
    lately_owed = Lately(partial(owed, tally))
    lately_on_duty = Lately(lambda: on_duty_now(duty.roster_of(web.journal).roster, web.clock.now_us()))
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
            notes=[note_row(one) for one in shift_notes.shown(web.journal, now_us)],
            owed=lately_owed.read(),
            staff=[
                StaffRow(operator=one.operator, role=one.role, on_call=one.on_call)
                for one in web.people.operators().values()
            ],
            drill_us=drill_us,
            drill_due=phone is not None and drilling.is_due(drill_us, now_us),
            own=own_last(web.following, web.room(), me),
            duty=lately_on_duty.read(),
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
        return no_store(answer(request, note_row(made), 201))

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
        return no_store(answer(request, note_row(found)))

    return [show, leave, finish]
