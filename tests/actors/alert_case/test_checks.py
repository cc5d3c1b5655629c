"""Checks and tests that no operator has end by themselves: nobody is in danger."""

from __future__ import annotations

import pytest

from actors.alert_case.rules.ending import TEST_WAITS_US
from actors.alert_case.wishes import desired_bridge
from messages import events as ev
from messages.bridge import BridgeReport
from messages.calls import CallState
from messages.ids import SECOND, Check, Instant, OperatorCommand, OperatorId, Outcome, Party
from messages.lines import PreemptCase, RequestLine
from messages.operators import RequestOperators
from model.alert.phase import Phase, phase
from model.alert.reasons import ReleaseReason
from model.rules.checking import Link, chain_of
from tests.actors.alert_case.book import EVERYONE, START, Book, leg


def checked(check: Check, **more: object) -> Book:
    return Book(test=True, check=check, **more)


def heard(book: Book) -> None:
    """The bridge joins the phone and hears somebody on it."""
    wish = desired_bridge(book.case)
    legs = tuple(member.leg for member in wish.members)
    book.go_on(BridgeReport(bridge=wish.bridge, joined=legs, heard=legs))


def broken_at(book: Book) -> Link | None:
    found = chain_of(book.recorded)
    assert found is not None
    return found.broken_at


def test_a_check_of_the_arrival_is_closed_as_soon_as_a_case_has_it() -> None:
    book = checked(Check.ARRIVAL, phone=None)
    decision = book.go_on_once()
    assert [type(event) for event in decision.events] == [ev.CaseOpened, ev.AlertClosed]
    assert decision.wants == ()
    assert book.case.outcome is Outcome.TEST_DONE
    assert broken_at(book) is None


def test_a_check_with_a_call_rings_the_phone_and_asks_no_operator() -> None:
    book = checked(Check.CALL)
    book.answering = False
    (line,) = [want for want in book.go_on_once().wants if not isinstance(want, RequestOperators)][-1:]
    assert isinstance(line, RequestLine)
    assert (line.party, line.test) == (Party.USER, True)
    book.answering = True
    book.go_on()
    book.rings(Party.USER).report(book.leg(Party.USER), CallState.ANSWERED)
    heard(book)
    assert [clip.names for clip in desired_bridge(book.case).playing] == [("alert_test",)]
    book.pass_time(3)
    assert book.case.closed_at is None, "what is announced can be heard"
    book.pass_time(2).release_all()
    assert book.case.outcome is Outcome.TEST_DONE
    assert broken_at(book) is None
    assert not book.all_of(ev.OperatorReserved)


def test_a_call_that_is_answered_and_has_no_voice_ends_and_is_not_tried_again() -> None:
    book = checked(Check.CALL)
    book.go_on()
    book.rings(Party.USER).answers(Party.USER).pass_time(16).release_all().pass_time(200)
    assert book.case.closed_at is not None
    assert len(book.all_of(ev.LegOriginating)) == 1
    assert broken_at(book) is Link.HEARD


def test_a_phone_that_nobody_answers_is_called_once() -> None:
    book = checked(Check.CALL)
    book.go_on()
    book.rings(Party.USER).pass_time(60).release_all().pass_time(200)
    assert len(book.all_of(ev.LegOriginating)) == 1
    assert broken_at(book) is Link.ANSWERED


def test_a_check_for_which_there_is_no_line_ends_within_two_minutes() -> None:
    book = checked(Check.CALL)
    book.public = []
    book.go_on()
    book.pass_time(119)
    assert book.case.closed_at is None
    book.pass_time(2)
    assert book.case.closed_at is not None
    assert broken_at(book) is Link.DIALLED


def test_a_check_gives_its_line_back_at_once_and_is_over() -> None:
    book = checked(Check.CALL)
    book.go_on()
    book.rings(Party.USER)
    book.go_on(PreemptCase(alert=book.case.alert, leg=book.leg(Party.USER).leg))
    (releasing,) = book.all_of(ev.LegReleasing)
    assert releasing.reason == ReleaseReason.PREEMPTED
    book.release_all()
    assert book.case.closed_at is not None


def test_no_order_of_an_operator_makes_a_check_call_112() -> None:
    book = checked(Check.CALL)
    book.go_on()
    for command in OperatorCommand:
        if command is not OperatorCommand.CLOSE:
            book.order(command)
    book.pass_time(30)
    assert {leg.party for leg in book.case.legs.values()} <= {Party.USER}


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
