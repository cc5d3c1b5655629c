"""Orders of an operator about the user's call: call again, end the call, change the line, and mute the voices
at the user's phone. For each order: its row in the table of orders, and its rule.
"""

from __future__ import annotations

from typing import Final

from messages import events as ev
from messages.base import Joins
from messages.ids import OperatorCommand, Party
from model.alert import answers
from model.alert.case import Case
from model.alert.leg import Leg
from model.alert.parts import Matter
from model.alert.reasons import ReleaseReason
from model.orders.refusals import Refusal
from model.orders.row import ConsoleKey, EnterKey, Order, OrderContext, single_event
from model.rules.calls.joining import is_joined_in_network
from model.rules.calls.silent_and_duress import are_voices_withheld, is_in_duress, must_not_ring, why_not_ring
from model.rules.calls.sound import leg_of, legs_ended_with, party_without_sound, why_no_other_line
from model.rules.calls.withheld_numbers import NEVER
from model.rules.vouching import is_vouched
from model.settings import Settings

Made = tuple[ev.CaseEvent, ...]


def _on_line(user: Leg) -> Refusal:
    return Refusal.USER_ON_THE_LINE if user.unheard_at is None else Refusal.LINE_UNHEARD


def _why_not_redial(asked: OrderContext) -> Refusal | None:
    case, settings = asked.case, asked.settings
    if user := case.confirmed_answered(Party.USER):
        return _on_line(user)
    if must_not_ring(case, settings):
        return why_not_ring(case, settings)
    if case.active(Party.USER) or case.redial:
        return Refusal.USER_BEING_CALLED
    if case.phone is None:
        return Refusal.NUMBER_UNKNOWN
    if case.dial_withheld in NEVER:
        return Refusal.NUMBER_NEVER_CALLED
    return None


def _why_not_aloud(asked: OrderContext) -> Refusal | None:
    case, settings = asked.case, asked.settings
    if not case.silent:
        return Refusal.NOT_SILENT
    if case.aloud:
        return Refusal.USER_CALLED_ALREADY
    if is_in_duress(case, settings):
        return why_not_ring(case, settings)
    if user := case.active(Party.USER):
        return _on_line(user) if user.confirmed_answered else Refusal.USER_BEING_CALLED
    return Refusal.NUMBER_UNKNOWN if case.phone is None else None


def _why_no_machine(asked: OrderContext) -> Refusal | None:
    """Return why the operator cannot mark the call as answered by a machine; None if the order is allowed. A
    ringing call may always be marked; an answered call only if the user can be called again.
    """
    case, settings = asked.case, asked.settings
    user = case.active(Party.USER)
    if user is None or (user.ringing_at is None and not user.answered):
        return Refusal.NOTHING_ANSWERED
    if not user.answered:
        return None
    if user.call is not None:
        return Refusal.USER_CALLED_IN
    if is_joined_in_network(case) and case.answered(Party.PSAP) is not None:
        return Refusal.PSAP_ON_THIS_CALL
    if must_not_ring(case, settings) or (case.psap is not None and is_joined_in_network(case)):
        return Refusal.USER_NOT_CALLED_AGAIN
    return None


def _machine(case: Case, order: ev.CommandGiven, _: Settings) -> Made:
    user = case.active(Party.USER)
    if user is None:
        return ()
    releasing = ev.LegReleasing(leg=user.leg, attempt=user.attempt, reason=ReleaseReason.MACHINE)
    return (ev.MachineMarked(by=order.by), releasing)


def _why_no_answer(asked: OrderContext) -> Refusal | None:
    return None if answers.leg_in_doubt(asked.case) is not None else Refusal.NO_ANSWER_IN_DOUBT


def _confirmed(case: Case, _: ev.CommandGiven, _settings: Settings) -> Made:
    return answers.confirm_answer(case, answers.leg_in_doubt(case), "word")


def _why_no_other_line(asked: OrderContext) -> Refusal | None:
    return why_no_other_line(asked.case, asked.party or party_without_sound(asked.case), asked.settings)


def _another_line(case: Case, order: ev.CommandGiven, _: Settings) -> Made:
    """Return the events that move a party to another line: the present call ends first, since the party's
    phone would be busy for a second call; then the rules call again at once.
    """
    party = order.party or party_without_sound(case)
    leg = leg_of(case, party)
    if leg is None:
        return ()
    ended = legs_ended_with(case, leg)
    made: Made = (
        ev.AnotherLineRequested(by=order.by, party=party),
        *(
            ev.LegReleasing(leg=one.leg, attempt=one.attempt, reason=ReleaseReason.ANOTHER_LINE)
            for one in ended
        ),
    )
    # The operator is called again at once: the case is kept for this operator, and no other is called.
    return (*made, ev.TakeRequested(by=order.by)) if case.operator_leg in ended else made


def _voices(case: Case, *, given: bool) -> Refusal | None:
    user = case.answered(Party.USER)
    if user is not None and user.joins is Joins.NETWORK:
        return Refusal.LINE_WITHOUT_MUTE
    if given and user is None:
        return Refusal.USER_ABSENT
    if are_voices_withheld(case) is not given:
        return Refusal.VOICES_GIVEN if given else Refusal.VOICES_WITHHELD
    return None


OF_USER: Final = (
    Order(
        command=OperatorCommand.REDIAL_USER,
        italian="richiamare l’utente",
        why_not=_why_not_redial,
        makes=single_event(ev.RedialRequested),
        changes=Matter.USERS_CALL,
        rests_on=frozenset({Matter.USERS_CALL, Matter.USER_DIALLED, Matter.WORDS}),
        console=ConsoleKey(
            key="R",
            whenever=True,
            enter=EnterKey.SOMETIMES,
            label="Redial user",
            listed="Call the user again",
        ),
    ),
    Order(
        command=OperatorCommand.CALL_ALOUD,
        italian="chiamare benché l’allarme sia silenzioso",
        why_not=_why_not_aloud,
        makes=single_event(ev.CallAloudRequested),
        changes=Matter.USERS_CALL,
        rests_on=frozenset({Matter.USERS_CALL, Matter.WORDS}),
        console=ConsoleKey(
            key="O",
            whenever=True,
            enter=EnterKey.ALWAYS,
            label="Call her all the same",
            listed="In a silent case: call her all the same",
        ),
    ),
    Order(
        command=OperatorCommand.MARK_MACHINE,
        italian="segreteria",
        why_not=_why_no_machine,
        makes=_machine,
        changes=Matter.USERS_CALL,
        rests_on=frozenset({Matter.USERS_CALL, Matter.USER_DIALLED}),
        console=ConsoleKey(
            key="M",
            whenever=True,
            enter=EnterKey.ALWAYS,
            label="Machine",
            listed="A machine: the user’s call ends",
        ),
    ),
    Order(
        command=OperatorCommand.CONFIRM_ANSWER,
        italian="confermare la risposta",
        why_not=_why_no_answer,
        makes=_confirmed,
        rests_on=frozenset({Matter.USER_DIALLED, Matter.PSAP_DIALLED}),
        console=ConsoleKey(
            key="Y",
            whenever=True,
            label="Answered",
            listed="There is an answer; 112 briefed on another phone; an alert that is not proved is real",
        ),
    ),
    Order(
        command=OperatorCommand.VOUCH,
        italian="l’allarme è vero",
        why_not=lambda asked: Refusal.VOUCHED_ALREADY if is_vouched(asked.case) else None,
        makes=single_event(ev.AlertVouched),
        console=ConsoleKey(key="Y"),
    ),
    Order(
        command=OperatorCommand.ANOTHER_LINE,
        italian="un’altra linea",
        takes=frozenset({"party"}),
        why_not=_why_no_other_line,
        makes=_another_line,
        changes=Matter.LINE,
        rests_on=frozenset({Matter.LINE}),
        console=ConsoleKey(
            key="V", enter=EnterKey.ALWAYS, label="Another line", listed="Call again on another line"
        ),
    ),
    Order(
        command=OperatorCommand.WITHHOLD_VOICES,
        italian="nessuna voce all’utente",
        why_not=lambda asked: _voices(asked.case, given=False),
        makes=single_event(ev.VoicesWithheld),
        changes=Matter.VOICES,
        rests_on=frozenset({Matter.VOICES}),
        console=ConsoleKey(key="S", listed="No voice from the phone / voices again"),
    ),
    Order(
        command=OperatorCommand.GIVE_VOICES,
        italian="di nuovo le voci all’utente",
        why_not=lambda asked: _voices(asked.case, given=True),
        makes=single_event(ev.VoicesGiven),
        changes=Matter.VOICES,
        rests_on=frozenset({Matter.VOICES, Matter.WORDS}),
        console=ConsoleKey(key="S", enter=EnterKey.SOMETIMES, waiting="Who forces her will hear the voices"),
    ),
)
