"""The center's own phone raises a check that goes all the way; a real alert in the middle has its lines."""

from __future__ import annotations

import pytest

from application.state.journals import journal_of
from application.state.keys import set_shift
from center.proving.chain import chain
from messages.events import AlertReceived, LegOriginating, ProofOrdered, ProofStepEnded
from messages.ids import CHECK, SECOND, AlertId, Check, Instant, OperatorId, ShiftState
from messages.proofs import ProofStep, StepResult
from store import streams
from store.journal.journal import Append, Journal
from tests.flows.people import GIULIA, MARTA
from tests.support.center import Center

pytestmark = [pytest.mark.process, pytest.mark.timeout(300)]
BY = OperatorId("eva")


def order(journal: Journal) -> int:
    """How many steps were tried before it."""
    before = len(ended(journal))
    ordered = ProofOrdered(by=BY, steps=(ProofStep.CHAIN,))
    journal.append(Append(streams.proof(journal.node), None, (ordered,)))
    return before


def ended(journal: Journal) -> list[ProofStepEnded]:
    events = (one.event for one in journal.read(streams.proof(journal.node)))
    return [event for event in events if isinstance(event, ProofStepEnded)]


def test_a_check_goes_from_http_to_a_voice_on_a_line_of_ours_and_shows_on_no_list(made: Center) -> None:
    with journal_of(made.state) as journal:
        before = order(journal)
        made.until("the chain is tried", lambda: ended(journal)[before:], within_s=60)
        (step,) = ended(journal)[before:]
        assert (step.result, step.lines) == (StepResult.OK, ()), made.everything()
        assert step.figures["voice_s"] > 0
        assert step.figures["heard_s"] < step.figures["closed_s"]
    shown = chain(made.state)
    assert shown.result is StepResult.OK, "and as far as the case, where no line stands by"
    assert set(shown.figures) == {"opened_s", "closed_s"}


def test_a_real_alert_in_the_middle_of_a_check_has_its_line_within_a_second(made: Center) -> None:
    with journal_of(made.state) as journal:
        set_shift(journal, MARTA.id, ShiftState.READY, "test")
        seq, before = journal.last_seq(), order(journal)
        made.until("the check's call is dialled", lambda: dialled(journal, seq, CHECK))
        alert = made.send(GIULIA)
        made.until("an operator is dialled", lambda: dialled(journal, seq, alert))
        made.until("the proof has given way", lambda: ended(journal)[before:], within_s=60)
        assert ended(journal)[before:][0].result is StepResult.GAVE_WAY
        (first, *_) = dialled(journal, seq, alert)
        assert first - received_at(journal, alert) < 1 * SECOND
        # Who answers has the user called at once, and the next test need not wait for the deadline.
        made.until("it rings", lambda: made.carrier.post(f"/phones/{MARTA.phone}/answer").is_success or None)
        made.until("the user is called", lambda: made.calls(GIULIA) or None)


def dialled(journal: Journal, seq: int, alert: str) -> list[Instant]:
    """When calls of an alert whose id begins so were begun, after that place."""
    return [
        one.at_us
        for one in journal.read_all(seq)
        if isinstance(one.event, LegOriginating) and str(streams.alert_of(one.stream)).startswith(alert)
    ]


def received_at(journal: Journal, alert: AlertId) -> int:
    event = journal.read(streams.inbox(alert))[0].event
    assert isinstance(event, AlertReceived)
    assert event.check is not Check.CALL
    return event.received_at
