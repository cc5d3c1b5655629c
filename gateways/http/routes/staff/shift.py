"""/v1/shift: hand-over to the next shift: notes, pending callbacks, the drill, the operator's last alert."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Final

import msgspec

from gateways.console.drills import last_begun
from gateways.console.shift_handover import (
    NoteRow,
    OnDutyRow,
    OwedRow,
    ShiftView,
    StaffRow,
    note_row,
    on_duty_now,
    own_last,
    pending_callbacks,
)
from gateways.http.parts.context import Web, once
from gateways.http.routing.permissions import OPERATOR, Caller
from gateways.http.routing.route import GET, POST, route
from gateways.http.wire.errors import BadBody, NoSuchNote
from model.rules import drilling
from runtime.published.file import CachedForASecond
from store import shift_notes
from store.roster import roster_of

TEXT_MAX: Final = 2000
AUDIT: Final = "what operators leave to each other, with who wrote it; alerts by their ids alone"


class NewNote(msgspec.Struct, frozen=True, kw_only=True):
    """Note for the next shift."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=TEXT_MAX)]


class NoteDone(msgspec.Struct, frozen=True, kw_only=True):
    """New state of a note: done, or open again."""

    done: bool


@once
def _owed(web: Web) -> CachedForASecond[list[OwedRow]]:
    return CachedForASecond(partial(pending_callbacks, web.tally))


@once
def _on_duty(web: Web) -> CachedForASecond[OnDutyRow | None]:
    return CachedForASecond(lambda: on_duty_now(roster_of(web.journal).roster, web.clock.now_us()))


@route(GET, "/v1/shift", by=OPERATOR, audit=AUDIT, listed=True)
def shift(web: Web, who: Caller) -> ShiftView:
    """Show the hand-over of the shift.

    Notes, pending callbacks, the drill if due, the operator's own last alert.
    """
    now_us, phone = web.clock.now_us(), web.settings.center.drill.phone
    drill_us = None if not phone else last_begun(web.journal, phone)
    return ShiftView(
        notes=[note_row(one) for one in shift_notes.current_notes(web.journal, now_us)],
        owed=_owed(web).read(),
        staff=[
            StaffRow(operator=one.operator, role=one.role, on_call=one.on_call)
            for one in web.people.operators().values()
        ],
        drill_us=drill_us,
        drill_due=bool(phone) and drilling.is_due(drill_us, now_us),
        own=own_last(web.following, web.room(), who.operator),
        duty=_on_duty(web).read(),
    )


@route(POST, "/v1/shift/notes", by=OPERATOR, audit=AUDIT, status=201)
async def leave_shift_note(web: Web, who: Caller, note: NewNote) -> NoteRow:
    """Leave a note to the next shift.

    The note is shown until an operator marks the note as done, for 30 days at most.
    """
    text = note.text.strip()
    if not text:
        raise BadBody("the note needs a text", "$.text")
    return note_row(await web.writing.run(lambda tx: shift_notes.add_note(tx, who.operator, text)))


@route(POST, "/v1/shift/notes/{note}/done", by=OPERATOR, audit=AUDIT, refuses=(NoSuchNote,))
async def finish_shift_note(web: Web, who: Caller, note: str, done: NoteDone) -> NoteRow:
    """Mark a note as done, or as open again.

    The response names the first operator who marked the note as done.
    """
    found = await web.writing.run(lambda tx: shift_notes.mark_note(tx, note, who.operator, done=done.done))
    if found is None:
        raise NoSuchNote("no note has this id")
    return note_row(found)
