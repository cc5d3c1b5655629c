"""Operators: who is called, who has the case, who listens in. Pure."""

from __future__ import annotations

from msgspec.structs import replace

from messages import events as ev
from messages.ids import Instant, OperatorId, Party
from model.alert.case import Case
from model.alert.parts import HandOver, Listener
from model.alert.reasons import LeaveReason


def fold_operators(case: Case, event: ev.Event, at: Instant) -> Case | None:
    """The case after this event; None where it is about something else."""
    match event:
        case ev.OperatorReserved(operator=operator):
            taking = None if case.taking == operator else case.taking
            return replace(case, reserved=(*_without(case.reserved, operator), operator), taking=taking)
        case ev.TakeRequested(by=by):
            leave = replace(case.leave, at=None)
            since = case.taking_at if by == case.taken_for(at) else at
            # User and 112 have come together since: this `take` is for what is so now.
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
                # The user of a silent alert is not called: an operator who has it is what meets the deadline.
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
                # Not lost: the work is done, or this operator alone is called, as the order was.
                return replace(case, operator=None)
            if reason == LeaveReason.GIVEN_UP:
                # Nobody has met the deadline of a silent alert that no operator has.
                rang = case.rang_at or case.reached_at
                return replace(case, operator=None, met_at=case.met_at if rang else None)
            return replace(case, operator=None, operator_lost_at=at)
        case _:
            return None


def _without(operators: tuple[OperatorId, ...], operator: OperatorId) -> tuple[OperatorId, ...]:
    return tuple(one for one in operators if one != operator)
