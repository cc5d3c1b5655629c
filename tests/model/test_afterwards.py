"""Who may add a note to a closed alert, and reopen it."""

from __future__ import annotations

import msgspec
import pytest

from messages.ids import SECOND, AlertId, Channel, Instant, OperatorCommand, OperatorId, Outcome
from model.alert.case import Case
from model.alert.parts import Correction
from model.orders.effects import OWN_AGAIN_US, why_not_afterwards
from model.orders.refusals import Refusal

ANNA, LUCA = OperatorId("anna"), OperatorId("luca")
CLOSED = Instant(1_000 * SECOND)
NOTE, REOPEN = OperatorCommand.NOTE, OperatorCommand.REOPEN


def case(outcome: Outcome | None = Outcome.FALSE_ALARM, *had_by: OperatorId) -> Case:
    return Case(
        alert=AlertId("a"), channel=Channel.DATA, received_at=Instant(0), raised_at=Instant(0),
        deadline_at=Instant(50 * SECOND), had_by=had_by, closed_at=None if outcome is None else CLOSED,
        outcome=outcome,
    )  # fmt: skip


def why(
    of: Case,
    command: OperatorCommand,
    by: OperatorId,
    *,
    after_us: int = 0,
    supervisor: bool = False,
    alone: bool = False,
) -> Refusal | None:
    now = Instant(CLOSED + after_us)
    return why_not_afterwards(of, command, by, now, supervisor=supervisor, alone=alone)


@pytest.mark.parametrize("command", [NOTE, REOPEN])
def test_who_had_it_may_and_another_operator_may_not_but_a_supervisor(command: OperatorCommand) -> None:
    theirs = case(Outcome.HANDED_OVER, ANNA)
    assert why(theirs, command, ANNA) is None
    assert why(theirs, command, LUCA) is Refusal.ANOTHERS_ALERT
    assert why(theirs, command, LUCA, supervisor=True) is None


def test_one_s_own_is_reopened_within_a_shift_and_noted_for_ever() -> None:
    own = case(Outcome.FALSE_ALARM, LUCA, ANNA)
    assert why(own, REOPEN, ANNA, after_us=OWN_AGAIN_US) is None
    assert why(own, REOPEN, ANNA, after_us=OWN_AGAIN_US + 1) is Refusal.CLOSED_LONG_AGO
    assert why(own, NOTE, ANNA, after_us=OWN_AGAIN_US + 1) is None
    assert why(own, REOPEN, ANNA, after_us=OWN_AGAIN_US + 1, supervisor=True) is None


@pytest.mark.parametrize("outcome", [Outcome.NO_CONTACT, Outcome.USER_CALLED_112])
def test_a_callback_that_is_owed_is_anybody_s(outcome: Outcome) -> None:
    assert why(case(outcome, ANNA), REOPEN, LUCA, after_us=2 * OWN_AGAIN_US) is None
    assert why(case(outcome, ANNA), NOTE, LUCA) is Refusal.ANOTHERS_ALERT


def test_an_outcome_that_was_corrected_says_whether_a_callback_is_owed() -> None:
    at = Instant(CLOSED + SECOND)
    spoken = Correction(at=at, by=LUCA, outcome=Outcome.FALSE_ALARM, reason="She has called back")
    one = msgspec.structs.replace(case(Outcome.NO_CONTACT, ANNA), corrected=spoken)
    assert why(one, REOPEN, LUCA) is Refusal.ANOTHERS_ALERT


def test_who_is_alone_is_not_told_to_ask_somebody() -> None:
    assert why(case(Outcome.FALSE_ALARM, ANNA), REOPEN, LUCA, alone=True) is None
    assert why(case(Outcome.FALSE_ALARM, ANNA), NOTE, LUCA, alone=True) is Refusal.ANOTHERS_ALERT


def test_what_nobody_had_and_what_is_open_and_all_other_orders_are_not_asked_about() -> None:
    assert why(case(Outcome.CANCELLED), REOPEN, LUCA) is None
    assert why(case(None, ANNA), NOTE, LUCA) is None
    assert why(case(Outcome.FALSE_ALARM, ANNA), OperatorCommand.TAKE, LUCA) is None
