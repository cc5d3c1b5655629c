"""End of an alert: closing, leave, broken conference, reopening, and erasure of personal data. Pure."""

from __future__ import annotations

from msgspec.structs import replace

from messages import events as ev
from messages.ids import Advice, Instant, OperatorId, Outcome, Party, PersonalKind
from model.alert.case import NOWHERE, Case
from model.alert.parts import CallsTo112, Correction, ErasedData, LeaveState


def fold_ending(case: Case, event: ev.Event, at: Instant) -> Case | None:
    """Return the case after this event; None if the event has another subject."""
    match event:
        case ev.FalseAlarmDeclared():
            return replace(case, false_alarm_at=at, hand_over=None)
        case ev.BriefingGiven():
            return replace(case, briefing_at=at)
        case ev.LeaveRequested(handed_over=handed_over):
            together_at = at if handed_over else None
            leave = LeaveState(at=at, by=event.by, handed_over=handed_over, together_at=together_at)
            return replace(case, leave=leave, hand_over=None)
        case ev.AlertReopened():
            again = reopen_case(case, event.by, at)
            return replace(again, to_112=replace(again.to_112, wanted_by=event.by)) if event.psap else again
        case ev.OutcomeCorrected(by=by, outcome=outcome, reason=reason) if case.closed_at is not None:
            return replace(case, corrected=Correction(at=at, by=by, outcome=outcome, reason=reason))
        case ev.ConferenceBroken(party=party):
            return _broken(case, party, at)
        case ev.ConferenceSettled():
            left_at = case.leave.together_at or at
            return replace(case, leave=replace(case.leave, at=left_at, handed_over=True))
        case ev.CloseRequested(put_away=put_away):
            return replace(case, close_at=at, put_away=put_away, hand_over=None)
        case ev.AlertClosed(outcome=outcome):
            return close_case(case, outcome, at)
        case _:
            return None


def _broken(case: Case, party: Party, at: Instant) -> Case:
    """Undo the leave; earlier attempts to the user do not count against the attempts to come."""
    case = replace(
        case,
        leave=LeaveState(by=case.leave.by, broken_at=at, broken_party=party),
        tried=(),
        user_ends=(),
    )
    return replace(case, redial=True) if party is Party.USER else case


def close_case(case: Case, outcome: Outcome | None, at: Instant) -> Case:
    """Return the case once closed; `outcome`: None if unreadable."""
    leave = _mended(case.leave)
    return replace(case, leave=leave, closed_at=at, outcome=outcome, reserved=(), unread=(), listener=None)


def reopen_case(case: Case, by: OperatorId | None, at: Instant) -> Case:
    """Return the reopened case; `by`: None if unreadable.

    Earlier actions remain in the story; new actions begin with the legs' next attempts.

    Knowledge stays: user, position, PINs, how the deadline was met or missed, and the time at which 112 was
    informed.
    """
    return replace(
        case,
        closed_at=None,
        outcome=None,
        corrected=None,
        reopened_at=at,
        has_page=False,
        owner=None,
        unread=(),
        calls_on_lost_nodes={},
        advice=Advice.WAIT,
        operator=None,
        operator_joined_at=None,
        operator_lost_at=None,
        tried=(),
        taking=by,
        taking_at=None if by is None else at,
        hand_over=None,
        reached_at=None,
        reached_by="",
        presumed_calling_112="",
        user_ends=(),
        inbound_call=None,
        redial=True,
        in_vain={},
        psap=None,
        to_112=CallsTo112(told_before_at=case.told_112_at),
        false_alarm_at=None,
        briefing_at=None,
        leave=LeaveState(),
        close_at=None,
        put_away=False,
    )


def _mended(leave: LeaveState) -> LeaveState:
    return replace(leave, broken_at=None, broken_party=None)


def restore_conference(case: Case, at: Instant) -> Case:
    """Return the case once user and 112 are both in the conference that had broken; unchanged before."""
    user, psap = case.confirmed_answered(Party.USER), case.confirmed_answered(Party.PSAP)
    if case.leave.broken_at is None or user is None or psap is None or not (user.joined and psap.joined):
        return case
    together_at = at if case.operator is None else None
    return replace(case, leave=replace(_mended(case.leave), together_at=together_at))


def fold_erasure(case: Case, event: ev.Event, at: Instant) -> Case | None:
    """Return the case after this event; None if the event has another subject."""
    match event:
        case ev.AlertErased(kinds=kinds, reason=reason):
            for kind in kinds:
                case = _without(case, kind)
            before = () if case.erased is None else case.erased.kinds
            gone = tuple(sorted({*before, *kinds}))
            return replace(case, erased=ErasedData(at=at, kinds=gone, reason=reason))
        case _:
            return None


def _without(case: Case, kind: PersonalKind) -> Case:
    """Remove data read before the key was destroyed; a later reader finds the fields empty."""
    match kind:
        case PersonalKind.NUMBER:
            legs = {name: replace(leg, number=None) for name, leg in case.legs.items()}
            return replace(case, phone=None, device=None, key="", legs=legs)
        case PersonalKind.POSITION:
            return replace(case, positions=NOWHERE, address_found=None)
        case PersonalKind.WORDS:
            return replace(
                case,
                dialogue=tuple(replace(one, text="", yes="", no="", answer="") for one in case.dialogue),
                legs={name: replace(leg, pressed="") for name, leg in case.legs.items()},
                hand_over=None if case.hand_over is None else replace(case.hand_over, text=""),
                corrected=None if case.corrected is None else replace(case.corrected, reason=""),
            )
