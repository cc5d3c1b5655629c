"""Orders about the owner of the alert and about voices: take, hand over, mute, listen. Rows and rules."""

from __future__ import annotations

from typing import Final

from messages import events as ev
from messages.base import Joins
from messages.ids import OperatorCommand, OperatorId, Party
from model.alert import answers
from model.alert.case import Case
from model.alert.parts import Matter
from model.alert.reasons import ReleaseReason
from model.orders.refusals import Refusal
from model.orders.row import ConsoleKey, Effect, Order, OrderContext, OrderGiver, single_event
from model.rules.calls.joining import is_joined_in_network
from model.settings import Settings

Made = tuple[ev.CaseEvent, ...]
_LISTENING: Final = frozenset({Matter.LISTENING})
_MUTE: Final = frozenset({Matter.MUTE})


def _why_not_take(asked: OrderContext) -> Refusal | None:
    case, by = asked.case, asked.by
    if case.false_alarm_at is not None:
        return Refusal.BEING_ENDED
    if case.operator == by:
        return Refusal.ALREADY_YOURS
    if answers.operators_leg_in_doubt(case, by) is not None:
        # The operator confirms an answer that the line alone does not prove.
        return None
    if by in case.reserved:
        return Refusal.ALREADY_YOURS
    if case.operator is not None and case.hand_over is None:
        return Refusal.ANOTHER_OPERATOR
    return Refusal.LISTENING if _listens(case, by) else None


def _taken(case: Case, order: ev.CommandGiven, _: Settings) -> Made:
    there = answers.confirm_answer(case, answers.operators_leg_in_doubt(case, order.by), "word")
    return there or (ev.TakeRequested(by=order.by),)


def _why_not_hand_over(asked: OrderContext) -> Refusal | None:
    case = asked.case
    if case.hand_over is not None:
        return Refusal.BEING_HANDED_OVER
    if case.operator_leg is None:
        # The operator's own call is being made again.
        return Refusal.NOT_ON_THE_LINE
    return Refusal.ALREADY_YOURS if asked.to == asked.by else None


def _handed_over(_: Case, order: ev.CommandGiven, _settings: Settings) -> Made:
    return (ev.HandOverRequested(by=order.by, to=order.to, text=order.text),)


def _why_not_keep(asked: OrderContext) -> Refusal | None:
    return None if asked.case.hand_over is not None else Refusal.NOT_BEING_HANDED_OVER


def _kept(_: Case, _order: ev.CommandGiven, _settings: Settings) -> Made:
    return (ev.HandOverEnded(reason="withdrawn"),)


def _mute(case: Case, *, on: bool) -> Refusal | None:
    leg = case.operator_leg
    if leg is None:
        return Refusal.NOT_ON_THE_LINE
    if leg.joins is Joins.NETWORK:
        return Refusal.LINE_WITHOUT_MUTE
    if leg.muted == on:
        return Refusal.MUTED_ALREADY if on else Refusal.NOT_MUTED
    return None


def _muted(kind: type[ev.LegMuted | ev.LegUnmuted]) -> Effect:
    def made(case: Case, order: ev.CommandGiven, _: Settings) -> Made:
        leg = case.operator_leg
        return () if leg is None else (kind(leg=leg.leg, attempt=leg.attempt, by=order.by),)

    return made


def _listens(case: Case, by: OperatorId) -> bool:
    return case.listener is not None and case.listener.operator == by


def _why_not_listen(asked: OrderContext) -> Refusal | None:
    case, by = asked.case, asked.by
    if case.operator == by or by in case.reserved:
        return Refusal.ALREADY_YOURS
    if _listens(case, by):
        return Refusal.LISTENING_ALREADY
    if case.listener is not None:
        return Refusal.ANOTHER_LISTENS
    if case.leaving and not case.leave.handed_over:
        return Refusal.BEING_ENDED
    if not any(case.answered(party) for party in (Party.OPERATOR, Party.USER, Party.PSAP)):
        return Refusal.NOBODY_ON_THE_LINE
    return Refusal.LINE_WITHOUT_LISTENING if is_joined_in_network(case) else None


def _why_not_stop(asked: OrderContext) -> Refusal | None:
    return None if _listens(asked.case, asked.by) else Refusal.NOT_LISTENING


def _listens_no_more(case: Case, order: ev.CommandGiven, _: Settings) -> Made:
    leg = case.listener_leg
    if leg is None:
        return (ev.ListenerLeft(operator=order.by, reason=ReleaseReason.STOPPED),)
    if not leg.active:
        return ()
    return (ev.LegReleasing(leg=leg.leg, attempt=leg.attempt, reason=ReleaseReason.STOPPED),)


def _whisper(asked: OrderContext, *, on: bool) -> Refusal | None:
    case = asked.case
    if case.listener is None or not _listens(case, asked.by):
        return Refusal.NOT_LISTENING
    if case.listener.whispers == on:
        return Refusal.WHISPERING_ALREADY if on else Refusal.NOT_WHISPERING
    if not on:
        return None
    if case.listener_leg is None or not case.listener_leg.answered:
        return Refusal.HEARS_NOTHING_YET
    return None if case.operator_leg is not None else Refusal.NO_OPERATOR


OF_OPERATORS: Final = (
    Order(
        command=OperatorCommand.TAKE,
        italian="prendere il caso",
        by=OrderGiver.ANYBODY,
        why_not=_why_not_take,
        makes=_taken,
        rests_on=frozenset({Matter.END}),
        console=ConsoleKey(key="T", label="Take", listed="Take the case; leave a test for a real one"),
    ),
    Order(
        command=OperatorCommand.HAND_OVER,
        italian="passare il caso",
        takes=frozenset({"to"}),
        why_not=_why_not_hand_over,
        makes=_handed_over,
        changes=Matter.OPERATOR,
        rests_on=frozenset({Matter.OPERATOR, Matter.END}),
        console=ConsoleKey(key="H", label="Hand over", listed="Hand over / Keep the case"),
    ),
    Order(
        command=OperatorCommand.KEEP,
        italian="tenere il caso",
        why_not=_why_not_keep,
        makes=_kept,
        changes=Matter.OPERATOR,
        rests_on=frozenset({Matter.OPERATOR}),
        console=ConsoleKey(key="H", label="Keep the case"),
    ),
    Order(
        command=OperatorCommand.MUTE,
        italian="spegnere il proprio microfono",
        why_not=lambda asked: _mute(asked.case, on=True),
        makes=_muted(ev.LegMuted),
        changes=Matter.MUTE,
        rests_on=_MUTE,
        console=ConsoleKey(
            key="U", label="Mute", listed="Your microphone; listening in: speak to the operator"
        ),
    ),
    Order(
        command=OperatorCommand.UNMUTE,
        italian="riaccendere il proprio microfono",
        why_not=lambda asked: _mute(asked.case, on=False),
        makes=_muted(ev.LegUnmuted),
        changes=Matter.MUTE,
        rests_on=_MUTE,
        console=ConsoleKey(key="U", label="Unmute"),
    ),
    Order(
        command=OperatorCommand.LISTEN,
        italian="ascoltare",
        by=OrderGiver.ANYBODY,
        supervisor=True,
        why_not=_why_not_listen,
        makes=single_event(ev.ListenRequested),
        changes=Matter.LISTENING,
        rests_on=_LISTENING,
        console=ConsoleKey(key="A", whenever=True, listed="Listen in, stop listening (supervisor)"),
    ),
    Order(
        command=OperatorCommand.STOP_LISTENING,
        italian="smettere di ascoltare",
        by=OrderGiver.ANYBODY,
        why_not=_why_not_stop,
        makes=_listens_no_more,
        changes=Matter.LISTENING,
        rests_on=_LISTENING,
        console=ConsoleKey(key="A", label="Stop listening"),
    ),
    Order(
        command=OperatorCommand.WHISPER,
        italian="parlare solo all’operatore",
        by=OrderGiver.ANYBODY,
        supervisor=True,
        why_not=lambda asked: _whisper(asked, on=True),
        makes=single_event(ev.WhisperBegun),
        changes=Matter.LISTENING,
        rests_on=_LISTENING,
        console=ConsoleKey(key="U", label="Whisper"),
    ),
    Order(
        command=OperatorCommand.STOP_WHISPERING,
        italian="tornare a tacere",
        by=OrderGiver.ANYBODY,
        why_not=lambda asked: _whisper(asked, on=False),
        makes=single_event(ev.WhisperEnded),
        changes=Matter.LISTENING,
        rests_on=_LISTENING,
        console=ConsoleKey(key="U", label="Only listen"),
    ),
)
