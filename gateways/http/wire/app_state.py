"""State of an alert as published to the app.

An attacker who holds the phone reads the state too. From an attempt to cancel on, with any PIN, the published
state stands still and looks closed until the alert is raised again. Even then the state leaves out the calls
to the user and to 112, and the outcome: they follow from the PIN (decision 56).

Under an alias, the sender of a signal that has joined an alert sees that signal alone. The response is a
function of the signal and the time, and therefore reveals nothing about the alert.
"""

from __future__ import annotations

from msgspec.structs import replace

from gateways.http.wire.answers import AlertState, LegAnswer, rfc3339
from messages.events import SignalNamed
from messages.ids import E164, Advice, AlertId, Instant, Outcome, Party
from model.alert.case import Case
from model.alert.leg import Leg, LegState
from model.alert.parts import LeaveState
from model.alert.phase import Phase, phase
from model.rules.cancelling import was_cancel_attempted
from model.rules.messages.advice import advice_for_app
from model.rules.messages.dialogue import PAGE_STAYS_US
from model.telling.psap_knowledge import psap_knows, psap_place_at
from model.telling.sheet import Sheet


def state(sheet: Sheet, calls_from: tuple[E164, ...] = ()) -> AlertState:
    """Return the state of the alert for the app; `calls_from` are the numbers from which the center calls."""
    case = sheet.case
    asked, was_tried = case.cancel_asked, was_cancel_attempted(case)
    shown = _operator_alone(case) if was_tried else case
    legs = () if asked is not None else sorted(_told(shown), key=lambda leg: leg.since)
    closed_at = case.closed_at if asked is None else asked.at
    place_at = psap_place_at(sheet)
    outcome = Outcome.CANCELLED if asked is not None or (was_tried and case.outcome) else case.outcome
    return AlertState(
        alert=case.alert,
        version=version(case),
        phase=phase(shown) if asked is None else Phase.CLOSED,
        received_at=rfc3339(case.received_at),
        deadline_at=rfc3339(case.deadline_at),
        advice=advice_for_app(case),
        operator_assigned=asked is None and case.operator is not None,
        legs=tuple(
            LegAnswer(
                party=leg.party,
                state=_state(leg),
                attempt=leg.attempt,
                since=rfc3339(leg.since),
                heard=not leg.answered or (leg.unheard_at is None and leg.no_sound_at is None),
            )
            for leg in legs
        ),
        test=case.test,
        cancelled=asked is not None,
        closed_at=None if closed_at is None else rfc3339(closed_at),
        outcome=outcome,
        calls_from=calls_from,
        proof=case.proof,
        silent=asked is None and case.silent,
        psap_knows=() if was_tried else psap_knows(sheet),
        psap_place_at=None if was_tried or place_at is None else rfc3339(place_at),
        writes_until=None if was_tried else _writes_until(case),
    )


def _writes_until(case: Case) -> str | None:
    if case.closed_at is None or not case.has_page:
        return None
    return rfc3339(Instant(case.closed_at + PAGE_STAYS_US))


def version(case: Case) -> int:
    """Return the number of the alert's events that are published to the app; it grows with each event."""
    asked = case.cancel_asked
    return case.version if asked is None else asked.version


def state_of_signal(
    alias: AlertId, named: SignalNamed, now_us: Instant, calls_from: tuple[E164, ...] = ()
) -> AlertState:
    """Return the state of a signal that has joined an alert: received; from its own deadline on, call 112."""
    late = now_us >= named.deadline_at
    return AlertState(
        alert=alias,
        version=2 if late else 1,
        phase=Phase.RECEIVED,
        received_at=rfc3339(named.received_at),
        deadline_at=rfc3339(named.deadline_at),
        advice=Advice.CALL_112_NOW if late else Advice.WAIT,
        operator_assigned=False,
        legs=(),
        test=named.test,
        cancelled=False,
        closed_at=None,
        outcome=None,
        calls_from=calls_from,
        proof=named.proof,
        silent=named.silent,
    )


def _operator_alone(case: Case) -> Case:
    """Return the case as if the center had spoken to operators only."""
    legs = {name: leg for name, leg in case.legs.items() if leg.party is Party.OPERATOR}
    return replace(case, legs=legs, psap=None, leave=LeaveState(), aloud=False)


def _state(leg: Leg) -> LegState:
    """Return the state of a leg; an unproved answer is shown as ringing."""
    return LegState.RINGING if leg.in_doubt else leg.state


def _told(case: Case) -> list[Leg]:
    """Return the legs shown to the user: all parties except listeners."""
    return [leg for leg in case.legs.values() if leg.party is not Party.LISTENER]
