"""Missed and endangered deadlines of open alerts, from the state of the journal alone."""

from __future__ import annotations

import time

from msgspec.structs import replace

from actors.deadline_watchdog.decider import (
    HELD_US,
    RELEASED_US,
    Means,
    deadline_events,
    expected_free,
    forecasts,
    next_deadline,
)
from messages import events as ev
from messages.ids import SECOND, Advice, AlertId, Instant, NodeId, OperatorId, Party
from model.alert.case import Case
from model.alert.evolve import apply
from model.settings import Settings
from model.settings.alerts import DeadlineSettings, MetBy
from tests.actors.alert_case.book import ALERT, START, Book

SETTINGS = Settings()


def operators(n: int) -> frozenset[OperatorId]:
    return frozenset(OperatorId(f"o{i}") for i in range(n))


HERE = NodeId("n")
PLENTY = Means(node=HERE, public=(Instant(0),) * 8, reserved=2, operators=operators(3))


def after(seconds: float) -> Instant:
    return Instant(START + round(seconds * SECOND))


def said(book: Book, seconds: float, settings: Settings = SETTINGS, means: Means = PLENTY) -> list[ev.Event]:
    found = deadline_events([book.case], means, settings, after(seconds))
    return [event for verdict in found for event in verdict.events]


def waiting(number: int, *, test: bool = False, later_s: float = 0.0) -> Case:
    """An alert that nobody has taken up yet."""
    case = Book().case
    deadline_at = Instant(case.deadline_at + round(later_s * SECOND))
    return replace(case, alert=AlertId(f"w{number:05d}"), test=test, deadline_at=deadline_at)


def advised(cases: list[Case], means: Means, seconds: float) -> list[AlertId]:
    return [one.alert for one in deadline_events(cases, means, SETTINGS, after(seconds))]


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
    book = Book().attended().rings(Party.USER)
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
    book = Book(operators=()).opened().pass_time(38.5)
    assert book.case.active(Party.USER) is not None
    case = apply(book.case, ev.AdviceChanged(advice=Advice.WAIT), book.now)
    assert deadline_events([case], PLENTY, SETTINGS, after(49)) == ()


def test_where_the_answer_counts_ringing_is_not_enough() -> None:
    settings = Settings(deadline=DeadlineSettings(met_by=MetBy.ANSWERED))
    book = Book(settings=settings).attended().rings(Party.USER)
    assert said(book, 20, settings) == []
    assert ev.DeadlineMissed() in said(book, 50, settings)


def test_the_next_deadline_is_the_earliest_of_those_ahead() -> None:
    book = Book()
    assert next_deadline([book.case], START) == after(50)
    assert next_deadline([book.case], after(50)) is None


# ---------------------------------------------------------------- lines


def test_case_09_without_a_line_in_service_the_app_is_told_at_once() -> None:
    assert advised([waiting(1)], Means(node=HERE), 0.1) == ["w00001"]


def test_case_09_whoever_waits_beyond_the_free_lines_is_told_long_before_the_user_s_deadline() -> None:
    """Each takes a line for the operator and one for the user; the next ones come back in a minute."""
    cases = [waiting(n, later_s=n / 10) for n in range(5)]
    four = Means(node=HERE, public=(Instant(0),) * 4, operators=operators(5))
    assert advised(cases, four, 0.5) == ["w00002", "w00003", "w00004"]
    nobody_to_call = replace(four, operators=frozenset())
    assert advised(cases, nobody_to_call, 0.5) == ["w00004"]


def test_case_09_a_line_that_comes_back_in_time_is_waited_for() -> None:
    soon, late = Means(node=HERE, public=(after(30),)), Means(node=HERE, public=(after(44),))
    assert advised([waiting(1)], soon, 1) == []
    assert advised([waiting(1)], late, 1) == ["w00001"]


def test_case_20_tests_wait_behind_whoever_is_real() -> None:
    one = Means(node=HERE, public=(Instant(0),))
    assert advised([waiting(1, test=True), waiting(2, later_s=9)], one, 1) == ["w00001"]


def test_a_lines_return_is_expected_by_what_is_done_on_it() -> None:
    book = Book().to_talking()
    leg = book.leg(Party.USER)
    assert expected_free(leg, gives_way=False, now_us=after(5)) == leg.since + HELD_US
    assert expected_free(leg, gives_way=False, now_us=after(500)) > after(500)
    assert expected_free(leg, gives_way=True, now_us=after(5)) == after(5) + RELEASED_US


def test_who_is_being_called_needs_no_further_line() -> None:
    book = Book(operators=()).opened().pass_time(38.5)
    assert book.case.active(Party.USER) is not None
    cases = [book.case, waiting(1, later_s=60)]
    one = Means(node=HERE, public=(Instant(0),))
    assert {case.alert: at for case, at in forecasts(cases, one, SETTINGS, after(39))}[
        AlertId("w00001")
    ] < after(60)


def test_ten_thousand_open_alerts_are_forecast_within_a_second_s_small_part() -> None:
    """50 ms is what it may take (`scripts` measure it); a loaded machine is given ten times that."""
    cases = [waiting(n, later_s=n / 1000) for n in range(10_000)]
    means = Means(node=HERE, public=(Instant(0),) * 6, operators=operators(10))
    took = []
    for _ in range(3):
        began = time.process_time()
        deadline_events(cases, means, SETTINGS, after(1))
        took.append(time.process_time() - began)
    assert min(took) < 0.5


def test_a_silent_alert_waits_for_an_operator_and_for_no_ringing() -> None:
    book = Book(silent=True).opened()
    assert book.case.active(Party.OPERATOR) is not None
    assert said(book, 20) == [], "an operator's phone rings"
    book.answers(Party.OPERATOR)
    assert said(book, 60) == []
    assert next_deadline([book.case], after(1)) is None


def test_the_app_of_a_silent_alert_is_told_early_that_no_operator_is_to_be_had() -> None:
    case = Book(silent=True).case
    crowd = replace(PLENTY, operators=frozenset())
    assert advised([case], PLENTY, 40) == []
    assert advised([case], crowd, 10) == []
    assert advised([case], crowd, 40) == [case.alert]
    told = deadline_events([case], PLENTY, SETTINGS, after(50))
    assert [type(event) for event in told[0].events] == [ev.DeadlineMissed, ev.AdviceChanged]
