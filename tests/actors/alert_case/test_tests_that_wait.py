"""A test that no operator has ends by itself: the last operator is kept for those who are in danger."""

from __future__ import annotations

import pytest

from actors.alert_case.rules.ending import TEST_WAITS_US
from messages import events as ev
from messages.calls import CallState
from messages.ids import SECOND, Instant, OperatorCommand, OperatorId, Outcome, Party
from messages.operators import RequestOperators
from model.alert.phase import Phase, phase
from model.alert.reasons import ReleaseReason
from tests.actors.alert_case.book import EVERYONE, START, Book, leg

WAITS_S = TEST_WAITS_US / SECOND


def waiting(*, test: bool = True) -> Book:
    """The user has picked up, and waits for an operator whom nobody is."""
    book = Book(operators=(), test=test).opened()
    book.on_shift = 3
    book.pass_time(40).answers(Party.USER)
    return book


def over(book: Book) -> bool:
    book.release_all()
    book.go_on()
    return book.case.closed_at is not None


def test_a_user_who_has_picked_up_in_a_test_does_not_wait_for_ever() -> None:
    book = waiting().pass_time(WAITS_S - 41)
    assert book.leg(Party.USER).answered
    book.pass_time(2)
    assert book.case.legs[leg("user")].reason == ReleaseReason.NO_OPERATOR
    assert over(book)
    assert book.case.outcome is Outcome.TEST_DONE


def test_a_real_alert_waits_as_long_as_it_takes() -> None:
    book = waiting(test=False).pass_time(10 * WAITS_S)
    assert book.leg(Party.USER).answered
    assert book.case.closed_at is None


def test_while_it_ends_nobody_is_called_or_asked_for_and_who_answers_does_not_have_it() -> None:
    book = waiting()
    book.operators = list(EVERYONE[:1])
    book.pass_time(WAITS_S - 41)
    operator = book.leg(Party.OPERATOR)
    dialled = len(book.all_of(ev.LegOriginating))
    book.now = Instant(START + TEST_WAITS_US)
    book.report(operator, CallState.ANSWERED).pass_time(5)
    book.answering = False
    assert not [want for want in book.go_on().wants if isinstance(want, RequestOperators)]
    assert (book.case.operator, len(book.all_of(ev.LegOriginating))) == (None, dialled)
    assert over(book)
    assert (book.case.reserved, phase(book.case)) == ((), Phase.CLOSED)


@pytest.mark.parametrize("again", ["lost", "given up", "taken"])
def test_it_has_its_time_anew_where_its_operator_leaves_it_or_one_takes_it(again: str) -> None:
    dora = OperatorId("dora")
    book = waiting()
    if again == "taken":
        book.pass_time(WAITS_S - 60)
        book.public = []
        book.order(OperatorCommand.TAKE, by=dora)
    else:
        book.order(OperatorCommand.TAKE, by=dora).answers(Party.OPERATOR).pass_time(10 * WAITS_S)
        assert book.case.operator == dora
        reason = "given up" if again == "given up" else "lost"
        operator = book.leg(Party.OPERATOR)
        book.write(
            "alert-a1",
            ev.LegReleased(leg=operator.leg, attempt=1, cause=16),
            ev.OperatorLeft(operator=dora, reason=reason),
        )
        book.go_on()
    book.pass_time(WAITS_S - 1)
    assert book.leg(Party.USER).answered
    book.pass_time(2)
    assert over(book)
