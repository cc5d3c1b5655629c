"""Parties of an alert: the user and whether reached, operators called and in charge, and the request to call
112 with its outcome. Pure.
"""

from __future__ import annotations

from msgspec.structs import replace

from messages import events as ev
from messages.ids import Instant, OperatorId, Party
from model.alert.case import Case
from model.alert.folds.dialogue import with_clip_played
from model.alert.leg import MACHINE
from model.alert.parts import CallsTo112, HandOver, Listener, PsapCall, RecordingState
from model.alert.reasons import LeaveReason, ReleaseReason


def fold_user(case: Case, event: ev.Event, at: Instant) -> Case | None:
    """Return the case after this event; None if the event has another subject."""
    match event:
        case ev.VoicesWithheld() | ev.VoicesGiven():
            # A phone that must stay silent from now on does not make a sound for messages either.
            ordered = case.texts_ordered and isinstance(event, ev.VoicesGiven)
            return replace(case, voices=isinstance(event, ev.VoicesGiven), texts_ordered=ordered)
        case ev.UserIdentified():
            return replace(
                case,
                identified=True,
                user=event.user,
                phone=case.phone or event.phone,
                language=event.language,
                tells=event.tells,
            )
        case ev.ContactsTexted():
            return replace(case, contacts_at=at)
        case ev.UserUnknown():
            return replace(case, identified=True)
        case ev.UserRang(meets_deadline=meets):
            met_at = case.met_at or (at if meets else None)
            return replace(case, rang_at=case.rang_at or at, met_at=met_at)
        case ev.UserReached():
            return _reached(case, event, at)
        case ev.CheckHeard():
            return replace(case, heard_at=case.heard_at or at)
        case ev.CallAloudRequested():
            return replace(case, aloud=True, redial=True)
        case ev.DialWithheld(reason=reason):
            return replace(case, dial_withheld=reason, redial=False)
        case ev.UserPresumedCallingPsap(reason=reason):
            return replace(case, presumed_calling_112=reason)
        case ev.RedialRequested():
            # The operator who orders the call has seen the number, and vouches for it from then on.
            return replace(case, redial=True, dial_withheld="", dial_ordered=True)
        case ev.MachineMarked():
            return _machine(case)
        case ev.AnnouncementRequested(what=what):
            n = 1 + sum(one.startswith(f"{what}:") for one in case.asked)
            return replace(case, asked=(*case.asked, f"{what}:{n}"))
        case ev.AnnouncementPlayed(clip=clip):
            return with_clip_played(replace(case, played=(*case.played, clip)), clip, at)
        case ev.RecordingStarted(file=file, announce=announce):
            files = (*case.recording.files, file)
            return replace(case, recording=RecordingState(files=files, announced=announce))
        case ev.RecordingStopped(reason=reason):
            return replace(case, recording=replace(case.recording, fault=reason))
        case _:
            return None


def _reached(case: Case, event: ev.UserReached, at: Instant) -> Case:
    if case.reached_at is not None and case.reached_by != "app":
        return replace(case, met_at=case.met_at or at)
    # A confirmed answer replaces the app's report, and has its own time.
    return replace(case, met_at=case.met_at or at, reached_at=at, reached_by=event.by)


def _machine(case: Case) -> Case:
    """Count the call as answered by a machine; the deadline stays met, as the phone has received the call.

    The user's own word in an earlier call stays.
    """
    call = case.active(Party.USER)
    before = call is not None and case.reached_at is not None and case.reached_at < call.since
    case = replace(case, user_ends=(*case.user_ends, MACHINE))
    heard_at = case.to_112.heard_user_at
    if call is not None and heard_at is not None and heard_at >= call.since:
        case = replace(case, to_112=replace(case.to_112, heard_user_at=None))
    return case if before else replace(case, reached_at=None, reached_by="")


def fold_operators(case: Case, event: ev.Event, at: Instant) -> Case | None:
    """Return the case after this event; None if the event has another subject."""
    match event:
        case ev.OperatorReserved(operator=operator):
            taking = None if case.taking == operator else case.taking
            return replace(case, reserved=(*_without(case.reserved, operator), operator), taking=taking)
        case ev.TakeRequested(by=by):
            leave = replace(case.leave, at=None)
            since = case.taking_at if by == case.taken_for(at) else at
            # User and 112 have come together since: this `take` refers to the present state.
            since = at if since is None or since < (case.leave.together_at or 0) else since
            return replace(case, taking=by, taking_at=since, leave=leave)
        case ev.OperatorWanted(alert=alert, holder=holder):
            asks = alert == case.alert
            return replace(case, asked_holders={**case.asked_holders, holder: at}) if asks else case
        case ev.AlertVouched():
            return replace(case, vouched_at=case.vouched_at or at)
        case ev.ListenRequested(by=by):
            return replace(case, listener=Listener(operator=by, since=at))
        case ev.WhisperBegun(by=by) | ev.WhisperEnded(by=by):
            if case.listener is None or case.listener.operator != by:
                return case
            whispers = isinstance(event, ev.WhisperBegun)
            return replace(case, listener=replace(case.listener, whispers=whispers))
        case ev.ListenerLeft(operator=operator):
            mine = case.listener is not None and case.listener.operator == operator
            return replace(case, listener=None) if mine else case
        case ev.HandOverRequested(by=by, to=to, text=text):
            given = HandOver(by=by, to=to, at=at, text=text)
            return replace(case, hand_over=given, tried=(), taking=None)
        case ev.HandOverEnded():
            return replace(case, hand_over=None, tried=(), taking=None)
        case ev.OperatorNotAnswering(operator=operator):
            return replace(
                case,
                reserved=_without(case.reserved, operator),
                tried=(*_without(case.tried, operator), operator),
            )
        case ev.OperatorJoined(operator=operator):
            return replace(
                case,
                calls_on_lost_nodes={
                    name: leg
                    for name, leg in case.calls_on_lost_nodes.items()
                    if leg.party is not Party.OPERATOR
                },
                operator=operator,
                had_by=(*_without(case.had_by, operator), operator),
                operator_joined_at=at,
                # The user of a silent alert is not called: the deadline is met when an operator joins.
                met_at=case.met_at or (at if case.silent and not case.aloud else None),
                operator_lost_at=None,
                tried=(),
                taking=None,
                hand_over=None,
                leave=replace(case.leave, by=None, together_at=None),
                to_112=replace(case.to_112, unasked=0),
            )
        case ev.OperatorLeft(operator=operator, reason=reason):
            case = replace(case, reserved=_without(case.reserved, operator))
            if case.operator != operator:
                return case
            case = replace(case, hand_over=None, unattended_at=at)
            if reason in (LeaveReason.LEFT, LeaveReason.ANOTHER_LINE):
                # Not lost: the work is done, or only this operator is called on another line, as ordered.
                return replace(case, operator=None)
            if reason == LeaveReason.GIVEN_UP:
                # The deadline of a silent alert is open again once no operator has the alert.
                rang = case.rang_at or case.reached_at
                return replace(case, operator=None, met_at=case.met_at if rang else None)
            return replace(case, operator=None, operator_lost_at=at)
        case _:
            return None


def _without(operators: tuple[OperatorId, ...], operator: OperatorId) -> tuple[OperatorId, ...]:
    return tuple(one for one in operators if one != operator)


def fold_psap(case: Case, event: ev.Event, at: Instant) -> Case | None:
    """Return the case after this event; None if the event has another subject."""
    match event:
        case ev.PsapRequested():
            # Failures for an earlier request do not count for this request.
            in_vain = {party: vain for party, vain in case.in_vain.items() if party is not Party.PSAP}
            unasked = case.to_112.unasked + (event.by is None)
            to_112 = replace(_unhindered(case), ends=0, unasked=unasked, wanted_by=None)
            psap = PsapCall(by=event.by, number=event.number, at=at)
            return replace(case, psap=psap, to_112=to_112, in_vain=in_vain)
        case ev.PsapLineLacking(reason=reason):
            lacking_at = case.to_112.no_line_at or at
            return replace(case, to_112=replace(case.to_112, no_line=reason, no_line_at=lacking_at))
        case ev.PsapCalledElsewhere():
            to_112 = replace(_unhindered(case), elsewhere_at=at)
            case = replace(case, to_112=to_112, briefing_at=at)
            return _not_called(case)
        case ev.PsapWithdrawn():
            # A user whose call was released for 112, where one line carries all, is called again.
            gave_way = any(leg.reason == ReleaseReason.PSAP_FIRST for leg in case.of(Party.USER))
            return _not_called(replace(case, to_112=_unhindered(case), redial=case.redial or gave_way))
        case ev.PsapJoined():
            return replace(case, to_112=replace(case.to_112, joined_at=case.to_112.joined_at or at))
        case _:
            return None


def _not_called(case: Case) -> Case:
    """Return the case without a call to 112, neither requested nor kept on a lost node."""
    others = {name: leg for name, leg in case.calls_on_lost_nodes.items() if leg.party is not Party.PSAP}
    return replace(case, psap=None, calls_on_lost_nodes=others)


def _unhindered(case: Case) -> CallsTo112:
    """Return the calls to 112 without the obstacles of an earlier request."""
    return replace(case.to_112, no_line="", no_line_at=None)
