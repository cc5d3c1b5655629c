"""What has been ordered counts, whether or not the case has read it."""

from __future__ import annotations

from messages import events as ev
from messages.ids import OperatorCommand, Party
from model.orders.effects import refusal, refusal_now
from model.orders.refusals import Refusal
from tests.actors.alert_case.book import EVERYONE, SETTINGS, Book


def ordered(book: Book, command: OperatorCommand) -> None:
    """Journaled, and not yet read by the case."""
    book.write("inbox-a1", ev.CommandGiven(command=command, by=EVERYONE[0]))


def test_leave_is_taken_behind_a_briefing_that_the_case_has_not_read_yet() -> None:
    book = Book()
    book.to_conference()
    book.ends(Party.USER)
    assert refusal(book.case, OperatorCommand.LEAVE, EVERYONE[0], SETTINGS)
    ordered(book, OperatorCommand.BRIEFING_GIVEN)
    assert refusal(book.case, OperatorCommand.LEAVE, EVERYONE[0], SETTINGS) is None
    assert refusal_now(book.case, OperatorCommand.LEAVE, EVERYONE[0], SETTINGS)


def test_a_second_order_for_112_is_refused_before_the_first_is_read() -> None:
    book = Book()
    book.to_talking()
    assert refusal(book.case, OperatorCommand.CALL_PSAP, EVERYONE[0], SETTINGS) is None
    ordered(book, OperatorCommand.CALL_PSAP)
    assert refusal(book.case, OperatorCommand.CALL_PSAP, EVERYONE[0], SETTINGS) == Refusal.PSAP_BEING_CALLED
    assert (
        refusal(book.case, OperatorCommand.DECLARE_FALSE_ALARM, EVERYONE[0], SETTINGS) == Refusal.PSAP_CALLED
    )
