"""Handover of a shift to the next, as shown by the page between alerts (`GET /v1/shift`).

Open alerts, operators present and alarms are in the feed already, and are not repeated.
"""

from __future__ import annotations

from typing import Final

import msgspec

from gateways.console.following import JournalFollower
from gateways.console.people import OperatorsView, why_not_reopened
from gateways.console.tally import Tally
from messages.events import OperatorLeft
from messages.ids import SECOND, AlertId, Instant, OperatorCommand, OperatorId, Outcome
from model.callouts.roster import Roster, spans
from model.callouts.times import midnight_of
from model.filtering import Filter
from model.orders.effects import PENDING_BEFORE_END
from model.orders.of_words import why_no_note
from model.orders.refusals import Refusal
from model.rules.calls.silent_and_duress import is_hushed
from store import streams
from store.registry.people import StaffRole
from store.shift_notes import ShiftNote

DUTY_AHEAD_US: Final = Instant(3 * 86_400 * SECOND)
"""Period searched for the end of the present duty."""
OWED_DAYS: Final = 2
"""Days with pending callbacks in the handover: today and yesterday. Older callbacks are no longer handed
over.
"""


class NoteRow(msgspec.Struct, frozen=True, kw_only=True):
    """A note to the next shift, and the operator who has settled the note."""

    id: str
    at_us: Instant
    by: OperatorId
    text: str
    done_us: Instant | None
    done_by: OperatorId | None


class OwedRow(msgspec.Struct, frozen=True, kw_only=True):
    """A real alert that was closed without a conversation of an operator with the user."""

    alert: AlertId
    received_us: Instant
    closed_us: Instant
    outcome: Outcome
    operator: OperatorId | None


class StaffRow(msgspec.Struct, frozen=True, kw_only=True):
    """Data of an operator that are not in the feed."""

    operator: OperatorId
    role: StaffRole
    on_call: bool


class OwnLast(msgspec.Struct, frozen=True, kw_only=True):
    """The alert that the requesting operator left last."""

    alert: AlertId
    version: int
    """The version of the alert, as in `CaseView`."""
    left_us: Instant
    closed_us: Instant | None
    note: Refusal | None
    """Reason why no note can be added; null if notes are possible."""
    quiet: bool
    """True if the user's phone must not ring: under duress, or in a silent alert."""
    reopen: Refusal | None
    """Reason why the alert cannot be reopened; null if this is possible."""


class OnDutyRow(msgspec.Struct, frozen=True, kw_only=True):
    """Names of the people who are called now if something is wrong with the center. Without `covered` the
    roster has a gap, and all people are called.
    """

    names: list[str]
    until_us: Instant | None
    covered: bool


class ShiftView(msgspec.Struct, frozen=True, kw_only=True):
    """The handover."""

    notes: list[NoteRow]
    owed: list[OwedRow]
    staff: list[StaffRow]
    drill_us: Instant | None
    """Start of the last drill."""
    drill_due: bool
    own: OwnLast | None
    duty: OnDutyRow | None
    """People on duty; null if the roster is empty."""


def on_duty_now(roster: Roster, now_us: Instant) -> OnDutyRow | None:
    """Return the present duty and its end; None if the roster is empty."""
    if not roster.people:
        return None
    names = {one.id: one.name for one in roster.people}
    # From midnight on, so that the result stays the same until the duty changes.
    midnight = midnight_of(roster.zone, now_us)
    ends = Instant(midnight + DUTY_AHEAD_US)
    now = next(one for one in spans(roster, midnight, ends) if one.from_at <= now_us < one.to_at)
    return OnDutyRow(
        names=[names[one] for one in now.people],
        until_us=None if now.to_at == ends else now.to_at,
        covered=now.covered,
    )


def pending_callbacks(tally: Tally) -> list[OwedRow]:
    """Return the pending callbacks, newest alert first. Raises JournalError."""
    return [
        OwedRow(
            alert=row.alert,
            received_us=row.received_us,
            closed_us=row.closed_us,
            outcome=row.outcome,
            operator=row.operator,
        )
        for row in tally.rows(tally.last(OWED_DAYS).around(Filter(test=False)))
        if row.closed_us is not None and row.outcome is not None and row.outcome in PENDING_BEFORE_END
    ]


def own_last(following: JournalFollower, room: OperatorsView, me: OperatorId) -> OwnLast | None:
    """Return the alert that this operator left last; None before the first. Raises JournalError."""
    journal = following.journal
    left = journal.snapshot(lambda on: on.last_of_type(streams.operator(me), "operator.left"))
    if left is None or not isinstance(left.event, OperatorLeft) or left.event.alert is None:
        return None
    case = following.case(left.event.alert)
    if case is None:
        return None
    return OwnLast(
        alert=case.alert,
        version=case.version,
        left_us=left.at_us,
        closed_us=case.closed_at,
        note=why_no_note(case) or room.refusal(case, OperatorCommand.NOTE, me),
        quiet=case.duress or is_hushed(case),
        reopen=why_not_reopened(journal, case) or room.refusal(case, OperatorCommand.REOPEN, me),
    )


def note_row(note: ShiftNote) -> NoteRow:
    """Return the row of the note."""
    return NoteRow(
        id=note.id,
        at_us=note.at,
        by=note.by,
        text=note.text,
        done_us=note.done_at,
        done_by=note.done_by,
    )
