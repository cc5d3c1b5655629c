"""Events that follow from an alert's inbox: from orders of the operator, the deadline, the app, and requests
of other alerts for the operator. Pure.
"""

from __future__ import annotations

from typing import Final

from actors.alert_case.pending import NOTHING, Decided, PendingOffers, Step, hang_up
from messages import events as ev
from messages.ids import Instant, Party
from model.alert.case import Case
from model.alert.evolve import apply
from model.alert.reasons import ReleaseReason
from model.orders.effects import events_of
from model.rules.calls.silent_and_duress import may_app_dial_psap
from model.rules.vouching import listening_operators, operators_to_release, operators_to_release_when_taken
from model.settings import Settings

WRONG_PINS: Final = 5
"""Number of wrong PINs that may be the user's own mistakes, made with trembling hands."""
PIN_ALARM: Final = "pin.wrong"


def read_inbox(case: Case, _pending: PendingOffers, settings: Settings, now_us: Instant) -> Step:
    """Return the events of all unread entries, in order, and the mark of the last entry read."""
    if not case.unread:
        return NOTHING
    made: list[Decided] = []
    state = case
    for n, entry in enumerate(case.unread):
        for event in _act(state, entry.event, settings):
            made.append(event)
            state = apply(state, event, now_us)
        made += _alarm(case, n)
    made.append(ev.InboxRead(upto=case.unread[-1].version))
    return Step(events=tuple(made))


def _act(case: Case, fact: ev.InboxEvent, settings: Settings) -> tuple[ev.CaseEvent, ...]:
    match fact:
        case ev.CommandGiven():
            return events_of(case, fact, settings)
        case ev.DeadlineMissed():
            unmet = (
                case.confirmed_answered(Party.USER) is None
                and case.met_at is None
                and not case.presumed_calling_112
            )
            if unmet and may_app_dial_psap(case):
                return (ev.UserPresumedCallingPsap(reason="deadline"),)
            return ()
        case ev.RingingSeen():
            # A report of ringing does not count if the user was never dialled.
            news = case.user_was_dialled and case.reached_at is None
            return (ev.UserReached(met_by="app", by="app"),) if news else ()
        case ev.OperatorWanted(operator=operator, taking=taking) if operator in (
            operators_to_release_when_taken(case) if taking else operators_to_release(case)
        ):
            legs = (leg for leg in case.of(Party.OPERATOR) if leg.operator == operator and leg.active)
            return tuple(hang_up(leg, ReleaseReason.GIVEN_UP) for leg in legs)
        case ev.OperatorWanted(operator=operator) if operator in listening_operators(case):
            return tuple(
                hang_up(leg, ReleaseReason.GIVEN_UP) for leg in case.of(Party.LISTENER) if leg.active
            )
        case _:
            return ()


def _alarm(case: Case, n: int) -> tuple[Decided, ...]:
    """Raise the alarm once in an alert: with the first wrong PIN beyond the limit, at any place in the
    inbox.
    """
    if not _is_wrong_pin(case.unread[n].event):
        return ()
    after = sum(_is_wrong_pin(entry.event) for entry in case.unread[n + 1 :])
    if case.wrong_pins - after != WRONG_PINS + 1:
        return ()
    text = f"More than {WRONG_PINS} wrong PINs were typed into the app of this alert."
    return (ev.AlarmRaised(alarm=PIN_ALARM, subject=case.alert, text=text),)


def _is_wrong_pin(event: ev.InboxEvent) -> bool:
    return isinstance(event, ev.PinRefused) and not event.none_set


def pins_are_over(case: Case) -> tuple[Decided, ...]:
    """Return the events that clear the alarms about PINs when the alert ends."""
    if case.wrong_pins <= WRONG_PINS:
        return ()
    return (ev.AlarmCleared(alarm=PIN_ALARM, subject=case.alert),)
