"""Reached is what the user's phone or a person says: of the app's word, the PINs, and the deadline."""

from __future__ import annotations

from messages import events as ev
from messages.calls import CallReport, CallState
from messages.ids import SECOND, Instant, OperatorCommand, Party
from model.rules.calls.silent_and_duress import was_user_on_line
from tests.actors.alert_case.book import ALERT, START, Book


def rung() -> Book:
    book = Book().attended().rings(Party.USER)
    return book


def test_ringing_meets_the_deadline_and_reaches_nobody() -> None:
    book = rung()
    assert (book.case.rang_at, book.case.met_at) == (book.now, book.now)
    assert book.case.reached_at is None


def test_the_apps_word_reaches_and_an_answer_is_more() -> None:
    book = rung().pass_time(1)
    for _ in range(2):
        book.fact(ev.RingingSeen())
    assert (book.case.reached_by, book.case.reached_at) == ("app", book.now)
    assert not was_user_on_line(book.case)
    assert len(book.all_of(ev.UserReached)) == 1
    book.pass_time(2).answers(Party.USER)
    assert (book.case.reached_by, book.case.reached_at) == ("answer", book.now)
    assert was_user_on_line(book.case)


def test_the_apps_word_meets_the_deadline_where_the_network_says_nothing() -> None:
    book = Book().attended()
    assert book.case.active(Party.USER) is not None
    assert book.case.met_at is None
    book.fact(ev.RingingSeen())
    assert book.case.met_at == book.now


def test_of_a_call_that_was_never_made_the_app_has_seen_nothing() -> None:
    book = Book().opened().fact(ev.RingingSeen())
    assert (book.case.reached_at, book.case.met_at) == (None, None)


def test_a_machine_has_reached_nobody() -> None:
    book = rung().answers(Party.USER).order(OperatorCommand.MARK_MACHINE)
    assert (book.case.reached_at, book.case.reached_by) == (None, "")
    assert book.case.met_at is not None


def test_at_the_deadline_the_app_calls_112_unless_a_pin_was_typed_into_it() -> None:
    for typed in (None, ev.AlertCancelled(), ev.AlertCancelled(duress=True), ev.PinRefused()):
        book = Book(operators=())
        if typed is not None:
            book.write("inbox-a1", typed)
        book.public.clear()
        book.go_on()
        book.now = Instant(START + 50 * SECOND)
        book.fact(ev.DeadlineMissed())
        assert book.case.presumed_calling_112 == ("deadline" if typed is None else ""), typed


# ---------------------------------------------------------------- wrong PINs


def alarms(book: Book, wrong: int) -> int:
    """How often the alarm was raised, one PIN after the other."""
    raised = 0
    for _ in range(wrong):
        book.write("inbox-a1", ev.PinRefused())
        raised += _raised(book)
    return raised


def _raised(book: Book) -> int:
    events = book.go_on_once().events
    found = [event for event in events if isinstance(event, ev.AlarmRaised) and event.alarm == "pin.wrong"]
    assert all(event.subject == ALERT for event in found)
    return len(found)


def test_more_than_five_wrong_pins_are_one_alarm() -> None:
    book = rung()
    assert alarms(book, 5) == 0
    assert alarms(book, 1) == 1
    assert alarms(book, 14) == 0
    assert book.case.wrong_pins == 20


def test_six_wrong_pins_that_are_read_at_once_are_one_alarm() -> None:
    book = rung()
    for _ in range(7):
        book.write("inbox-a1", ev.PinRefused())
    assert _raised(book) == 1


def test_the_alarm_is_over_with_the_alert() -> None:
    for wrong in (5, 6):
        book = Book().to_talking()
        alarms(book, wrong)
        book.order(OperatorCommand.DECLARE_FALSE_ALARM)
        cleared: list[ev.Event] = []
        for one in list(book.case.legs.values()):
            said = CallReport(
                leg=one.leg, line=one.line, attempt=one.attempt, state=CallState.RELEASED, cause=16
            )
            cleared += [e for e in book.go_on_once(said).events if isinstance(e, ev.AlarmCleared)]
            cleared += [e for e in book.go_on_once().events if isinstance(e, ev.AlarmCleared)]
        assert book.case.closed_at is not None
        assert [event.alarm for event in cleared] == ["pin.wrong"] * (wrong > 5)


def test_112_joins_a_user_who_waits_when_an_operator_who_does_not_come_asks_for_it() -> None:
    book = Book().opened().pass_time(40).answers(Party.USER)
    assert book.case.operator is None
    book.order(OperatorCommand.CALL_PSAP, by=book.case.reserved[0])
    assert book.all_of(ev.CommandRefused) == []
    book.answers(Party.PSAP)
    assert {leg.party for leg in book.case.legs.values() if leg.joined} == {Party.USER, Party.PSAP}
    assert book.case.reserved, "the operators are still called"
