"""Operators with lines of their own: nothing is asked for, and what fails is the line."""

from __future__ import annotations

from actors.alert_case.claims import claims
from messages import events as ev
from messages.base import HangupCause
from messages.calls import CallState
from messages.ids import LineId, NodeId, OperatorCommand, OperatorLine, Party
from messages.lines import RequestLine
from tests.actors.alert_case.book import EVERYONE, SETTINGS, Book
from tests.support.settings import changed

ANNA, BICE, CARLA = EVERYONE
HEADSETS = changed(SETTINGS, {"operator.line": OperatorLine.HEADSET})


def on_headsets(**options: object) -> Book:
    book = Book(settings=HEADSETS, **options)  # type: ignore[arg-type]
    book.voices = dict.fromkeys(EVERYONE, OperatorLine.HEADSET)
    return book


def test_the_operator_is_called_on_own_line_and_no_line_is_asked_for() -> None:
    book = on_headsets()
    book.answering = False
    wanted = book.go_on().wants
    assert not any(isinstance(one, RequestLine) for one in wanted)
    book.answering = True
    book.go_on()
    leg = book.leg(Party.OPERATOR)
    assert (leg.line, leg.trunk, leg.operator) == ("headset:anna", None, ANNA)
    (reserved,) = book.all_of(ev.OperatorReserved)
    assert reserved.mode is OperatorLine.HEADSET


def test_the_reservation_is_the_only_claim() -> None:
    book = on_headsets()
    book.answering = True
    reserved = ev.OperatorReserved(operator=ANNA, alert=book.case.alert)
    originating = ev.LegOriginating(
        leg=book.case.alert + ":op1",  # type: ignore[arg-type]
        party=Party.OPERATOR,
        number=None,
        line=LineId("headset:anna"),
        attempt=1,
        operator=ANNA,
    )
    made = claims(book.case, book.pending, (reserved, originating), NodeId("n"))
    assert [one.stream for one in made] == ["operator-anna", "alert-a1"]


def test_an_own_line_that_fails_is_no_silence_of_the_operator_s_whose_phone_is_called() -> None:
    book = on_headsets(operators=(ANNA,))
    book.go_on()
    book.report(book.leg(Party.OPERATOR), CallState.RELEASED, HangupCause.NETWORK_OUT_OF_ORDER)
    assert book.all_of(ev.OperatorNotAnswering) == []
    assert [one.reason for one in book.all_of(ev.OperatorLeft)] == ["line failed"]
    leg = book.leg(Party.OPERATOR)
    assert (leg.operator, leg.line) == (ANNA, "p0")
    assert book.all_of(ev.OperatorReserved)[-1].mode is OperatorLine.ON_DEMAND


def test_who_says_nothing_on_a_headset_is_as_one_who_does_not_answer() -> None:
    book = on_headsets(operators=(ANNA, BICE))
    book.go_on()
    book.report(book.leg(Party.OPERATOR), CallState.ANSWERED, confirmed=False)
    assert book.case.operator is None
    book.pass_time(SETTINGS.operator.answer_within_s + 0.1)
    assert [leg.operator for leg in book.case.of(Party.OPERATOR)] == [ANNA, BICE]


def test_an_operator_who_speaks_by_phone_goes_on_by_headset_on_another_line() -> None:
    book = on_headsets(operators=(ANNA,))
    book.voices = {}
    book.go_on()
    leg = book.leg(Party.OPERATOR)
    book.report(leg, CallState.ANSWERED)
    assert (book.case.operator, leg.line) == (ANNA, "p0")
    book.voices = {ANNA: OperatorLine.HEADSET}
    book.order(OperatorCommand.ANOTHER_LINE, ANNA, party=Party.OPERATOR).report(leg, CallState.RELEASED)
    assert book.leg(Party.OPERATOR).line == "headset:anna"


def test_while_there_is_no_line_for_the_operator_s_phone_who_comes_free_with_a_voice_is_called() -> None:
    book = on_headsets(operators=(ANNA,))
    book.voices, book.public = {}, []
    book.go_on()
    assert book.case.of(Party.OPERATOR) == ()
    book.operators, book.voices = [CARLA, ANNA], {CARLA: OperatorLine.HEADSET}
    book.pass_time(2)
    assert book.leg(Party.OPERATOR).operator == CARLA
