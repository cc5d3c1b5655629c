"""An operator who wants to be mute (key U): what the bridge is told, and when it is over."""

from __future__ import annotations

from actors.alert_case.wishes import bridge_wish
from messages import events as ev
from messages.ids import OperatorCommand, Party
from model.orders.effects import refusal
from model.orders.refusals import Refusal
from tests.actors.alert_case.book import EVERYONE, POLICY, Book


def muted(book: Book) -> set[Party]:
    legs = book.case.legs
    return {legs[member.leg].party for member in bridge_wish(book.case).members if member.muted}


def test_who_is_muted_is_not_heard_and_hears() -> None:
    book = Book().to_talking()
    assert muted(book) == set()
    book.order(OperatorCommand.MUTE)
    assert muted(book) == {Party.OPERATOR}
    assert len(bridge_wish(book.case).members) == 2
    book.order(OperatorCommand.UNMUTE)
    assert muted(book) == set()


def test_it_is_the_operator_s_alone_and_only_on_the_line() -> None:
    book = Book().opened()
    for command in (OperatorCommand.MUTE, OperatorCommand.UNMUTE):
        assert book.why_not(command) == Refusal.NOT_ON_THE_LINE
    book.answers(Party.OPERATOR)
    assert book.why_not(OperatorCommand.UNMUTE) == Refusal.NOT_MUTED
    assert book.why_not(OperatorCommand.MUTE, EVERYONE[1]) is not None
    book.order(OperatorCommand.MUTE)
    assert book.why_not(OperatorCommand.MUTE) == Refusal.MUTED_ALREADY


def test_two_orders_at_once_are_one() -> None:
    book = Book().to_talking()
    for _ in range(2):
        book.fact(ev.CommandGiven(command=OperatorCommand.MUTE, by=EVERYONE[0]))
    assert len(book.all_of(ev.LegMuted)) == 1
    assert len(book.all_of(ev.CommandRefused)) == 1
    assert muted(book) == {Party.OPERATOR}


def test_who_is_called_again_is_heard_again() -> None:
    book = Book().to_talking().order(OperatorCommand.MUTE).ends(Party.OPERATOR, cause=200)
    book.answers(Party.OPERATOR)
    assert muted(book) == set()
    assert book.case.operator is not None
    assert refusal(book.case, OperatorCommand.MUTE, book.case.operator, POLICY) is None
