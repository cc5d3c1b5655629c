"""What the clock says of open alerts (S11), from the journal's state alone."""

from __future__ import annotations

from actors.deadline_watchdog.decider import look, next_deadline
from messages import events as ev
from messages.ids import SECOND, Advice, Instant, Party
from model.evolve import apply
from model.policy import MetBy, Policy
from tests.actors.alert_case.book import ALERT, START, Book

POLICY = Policy()


def after(seconds: float) -> Instant:
    return Instant(START + round(seconds * SECOND))


def said(book: Book, seconds: float, policy: Policy = POLICY) -> list[ev.Event]:
    return [event for verdict in look([book.case], policy, after(seconds)) for event in verdict.events]


def test_s11_a_deadline_that_passes_unreached_is_missed_once() -> None:
    book = Book()
    book.answering = False
    assert said(book, 10) == []
    missed = said(book, 50)
    assert [type(event) for event in missed] == [ev.DeadlineMissed, ev.AdviceChanged]
    book.now = after(50)
    book.write(f"inbox-{ALERT}", *missed)
    assert said(book, 51) == []


def test_s11_reached_is_reached() -> None:
    book = Book()
    book.go_on()
    book.answers(Party.OPERATOR)
    book.rings(Party.USER)
    assert said(book, 60) == []
    assert next_deadline([book.case], after(1)) is None


def test_the_app_is_advised_before_the_deadline_when_it_cannot_be_met() -> None:
    book = Book(operators=())
    book.answering = False
    assert said(book, 40) == []
    early = said(book, 45)
    assert [type(event) for event in early] == [ev.AdviceChanged]
    assert isinstance(early[0], ev.AdviceChanged)
    assert early[0].advice is Advice.CALL_112_NOW


def test_a_call_under_way_gets_the_time_that_calls_take() -> None:
    book = Book(operators=())
    book.go_on()
    book.pass_time(38.5)
    assert book.case.going(Party.USER) is not None
    case = apply(book.case, ev.AdviceChanged(advice=Advice.WAIT), book.now)
    assert look([case], POLICY, after(49)) == ()


def test_where_the_answer_counts_ringing_is_not_enough() -> None:
    policy = Policy(met_by=MetBy.ANSWERED)
    book = Book(policy=policy)
    book.go_on()
    book.answers(Party.OPERATOR)
    book.rings(Party.USER)
    assert said(book, 20, policy) == []
    assert ev.DeadlineMissed() in said(book, 50, policy)


def test_the_next_deadline_is_the_earliest_of_those_ahead() -> None:
    book = Book()
    assert next_deadline([book.case], START) == after(50)
    assert next_deadline([book.case], after(50)) is None
