"""A closed alert is opened again: who is called anew, 112 and the user under duress, and its deadline."""

from __future__ import annotations

import pytest

from actors.alert_case.pending import PendingOffers
from actors.deadline_watchdog.decider import Means, deadline_events
from messages import events as ev
from messages.ids import SECOND, Advice, Instant, NodeId, OperatorCommand, Outcome, Party
from tests.actors.alert_case.book import EVERYONE, START, Book

MEANS = Means(node=NodeId("n"), public=(Instant(0),) * 8, reserved=2, operators=frozenset(EVERYONE))


def reopen(book: Book, *, psap: bool = False) -> None:
    """As the web writes the order, once the alert is closed."""
    book.release_all()
    assert book.case.closed_at is not None
    book.pending = PendingOffers(opened_at=book.now)
    book.fact(ev.AlertReopened(by=EVERYONE[0], psap=psap)).pass_time(0.2)


def look_at(book: Book, seconds: float) -> None:
    """The watchdog looks so many seconds after the receipt, and writes what it says."""
    book.now = Instant(START + round(seconds * SECOND))
    for verdict in deadline_events([book.case], MEANS, book.settings, book.now):
        book.write("inbox-a1", *verdict.events)


def missed(book: Book) -> int:
    return len(book.all_of(ev.DeadlineMissed))


def test_112_is_called_again_where_that_is_asked_and_the_alert_counts_by_its_last_end() -> None:
    book = Book().to_conference().obeyed(OperatorCommand.LEAVE).pass_time(61).ends(Party.PSAP).pass_time(4)
    reopen(book, psap=True)
    for party in (Party.OPERATOR, Party.USER, Party.PSAP):
        book.answers(party)
    assert [one.by for one in book.all_of(ev.PsapRequested)] == [EVERYONE[0]] * 2
    book.obeyed(OperatorCommand.DECLARE_FALSE_ALARM)
    assert book.case.outcome is None, "112 was told"
    book.obeyed(OperatorCommand.LEAVE).pass_time(61).ends(Party.PSAP).pass_time(4).release_all()
    assert book.case.outcome is Outcome.HANDED_OVER


@pytest.mark.parametrize("briefed", [True, False])
def test_under_duress_112_is_called_anew_by_itself_where_it_was_told_nothing_and_the_user_never_is(
    briefed: bool,
) -> None:
    book = Book().fact(ev.AlertCancelled(duress=True)).answers(Party.OPERATOR).pass_time(1)
    book.answers(Party.PSAP)
    assert book.case.told_112_at is None, "a call that stands has told 112 nothing yet"
    if briefed:
        book.order(OperatorCommand.BRIEFING_GIVEN).obeyed(OperatorCommand.LEAVE)
    else:
        book.ends(Party.PSAP).obeyed(OperatorCommand.CLOSE, supervisor=True)
    told_at = book.case.told_112_at
    reopen(book)
    book.answers(Party.OPERATOR).pass_time(5)
    assert (book.case.active(Party.PSAP) is None) is briefed
    if briefed:
        assert book.case.told_112_at == told_at, "it is known still"
        book.order(OperatorCommand.CALL_PSAP)
        assert book.case.active(Party.PSAP) is not None
    assert book.case.of(Party.USER) == ()


@pytest.mark.parametrize(
    ("closed_s", "reopened_s", "misses"),
    [(55, 60, 1), (20, 60, 0), (20, 30, 1)],
    ids=["late", "after", "before"],
)
def test_a_deadline_is_missed_once_and_only_while_the_alert_is_open(
    closed_s: float, reopened_s: float, misses: int
) -> None:
    book = Book().attended()
    for _ in range(2):
        book.ends(Party.USER, 20).pass_time(5)
    look_at(book, closed_s)
    book.obeyed(OperatorCommand.CLOSE, supervisor=True)
    book.now = Instant(START + round(reopened_s * SECOND))
    reopen(book)
    assert book.case.advice is Advice.WAIT
    advised = len(book.all_of(ev.AdviceChanged))
    for seconds in (reopened_s + 1, 90, 120):
        look_at(book, seconds)
    assert missed(book) == misses
    assert len(book.all_of(ev.AdviceChanged)) == advised + (misses if reopened_s < 50 else 0)
