"""A case changes hands: it is always one operator's, and of two who are on the line one is let go."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from actors.alert_case.claims import claims
from actors.alert_case.pending import PendingOffers
from messages import events as ev
from messages.base import VoicePort
from messages.calls import CallReport, CallState
from messages.ids import SECOND, Instant, NodeId, OperatorCommand, OperatorId, Outcome, Party
from messages.operators import RequestOperators
from model.alert.case import Case
from model.alert.leg import LegState
from model.orders.refusals import Refusal
from store import streams
from tests.actors.alert_case.book import EVERYONE, Book, leg

ANNA, BICE, CARLA = EVERYONE


def next_leg(book: Book, name: str = "op2") -> CallReport:
    """What the newcomer's leg says with the answer."""
    known = book.case.legs[leg(name)]
    voice = VoicePort(path=f"/dev/voice-{known.line}")
    return CallReport(
        leg=known.leg, line=known.line, attempt=known.attempt, state=CallState.ANSWERED, voice=voice
    )


def hand_over(book: Book, to: OperatorId | None = None, text: str = "") -> None:
    by = book.case.operator
    assert by is not None
    book.fact(ev.CommandGiven(command=OperatorCommand.HAND_OVER, by=by, to=to, text=text))


def on_the_line(case: Case) -> list[OperatorId | None]:
    return [one.operator for one in case.of(Party.OPERATOR) if one.answered]


def ended(book: Book) -> list[str]:
    return [event.reason for event in book.all_of(ev.HandOverEnded)]


def test_until_another_is_joined_the_case_is_the_operator_s_and_then_the_other_s_at_once() -> None:
    book = Book().to_talking()
    hand_over(book, text="end of shift")
    newcomer = book.case.legs[leg("op2")]
    assert (newcomer.operator, newcomer.state) == (BICE, LegState.ORIGINATING)
    book.report(newcomer, CallState.RINGING)
    assert book.case.operator == ANNA
    book.go_on(next_leg(book))
    assert book.case.operator == ANNA, "answered, and in no conversation yet"
    assert on_the_line(book.case) == [ANNA, BICE]
    before = len(book.recorded)
    book.bridge()
    assert (book.case.operator, book.case.hand_over) == (BICE, None)
    assert on_the_line(book.case) == [BICE]
    kinds = [type(one.event) for one in book.recorded[before:]]
    assert kinds == [ev.BridgeJoined, ev.OperatorJoined, ev.LegReleasing], "in one transaction"
    assert book.case.reserved == (ANNA, BICE), "she is nobody else's before her phone is on hook"
    book.release_all()
    assert book.all_of(ev.OperatorLeft) == [ev.OperatorLeft(operator=ANNA, reason="handed over")]
    assert book.case.answered(Party.USER) is not None
    assert book.why_not(OperatorCommand.CALL_PSAP, ANNA) is not None
    assert book.why_not(OperatorCommand.CALL_PSAP, BICE) is None


def test_whoever_is_named_is_called_and_nobody_else() -> None:
    book = Book().to_talking()
    hand_over(book, to=CARLA)
    book.report(book.case.legs[leg("op2")], CallState.RINGING).pass_time(20)
    assert [one.operator for one in book.case.of(Party.OPERATOR)] == [ANNA, CARLA]
    book.pass_time(10)
    assert book.case.legs[leg("op2")].state is LegState.RELEASING
    assert ended(book) == []
    book.release_all()
    assert ended(book) == ["no answer"]
    assert (book.case.operator, book.case.reserved) == (ANNA, (ANNA,))
    assert on_the_line(book.case) == [ANNA]


def test_a_named_one_who_declines_ends_it_at_once_and_it_can_be_tried_again() -> None:
    book = Book().to_talking()
    hand_over(book, to=BICE)
    book.report(book.case.legs[leg("op2")], CallState.RELEASED, 21)
    assert ended(book) == ["no answer"]
    assert book.why_not(OperatorCommand.HAND_OVER, ANNA, BICE) is None
    hand_over(book, to=BICE)
    assert book.case.legs[leg("op2")].attempt == 2


def test_without_a_name_the_others_are_called_one_after_the_other_and_the_first_has_it() -> None:
    book = Book().to_talking()
    hand_over(book)
    book.report(book.case.legs[leg("op2")], CallState.RINGING).pass_time(6.5)
    assert [one.operator for one in book.case.of(Party.OPERATOR)] == [ANNA, BICE, CARLA]
    book.go_on(next_leg(book, "op3"))
    book.bridge()
    assert book.case.operator == CARLA
    assert {one.operator for one in book.case.of(Party.OPERATOR) if one.active} == {CARLA}
    book.release_all()
    assert book.case.reserved == (CARLA,)
    assert [event.operator for event in book.all_of(ev.OperatorNotAnswering)] == [BICE]


def test_where_nobody_is_free_it_stays_the_operator_s_and_the_app_is_told_nothing_new() -> None:
    book = Book(operators=(ANNA,)).to_talking()
    advised = len(book.all_of(ev.AdviceChanged))
    hand_over(book)
    book.pass_time(24)
    assert book.case.hand_over is not None
    book.pass_time(2)
    assert ended(book) == ["nobody"]
    assert book.case.operator == ANNA
    assert len(book.all_of(ev.AdviceChanged)) == advised


def test_nobody_is_woken_at_home_for_it() -> None:
    book = Book(operators=(ANNA,)).to_talking()
    hand_over(book)
    for _ in range(20):
        wants = [want for want in book.go_on().wants if isinstance(want, RequestOperators)]
        assert not any(want.on_call for want in wants)
        assert wants
        book.pass_time(1)


def test_where_no_line_is_free_that_is_said() -> None:
    book = Book().to_talking()
    book.public = []
    hand_over(book)
    book.pass_time(26)
    assert ended(book) == ["no line"]


def test_it_can_be_withdrawn_as_long_as_nobody_has_it() -> None:
    book = Book().to_talking()
    assert book.why_not(OperatorCommand.KEEP, ANNA) == Refusal.NOT_BEING_HANDED_OVER
    hand_over(book)
    assert book.why_not(OperatorCommand.HAND_OVER, ANNA, BICE) == Refusal.BEING_HANDED_OVER
    book.go_on(next_leg(book))
    book.order(OperatorCommand.KEEP, by=ANNA)
    assert ended(book) == ["withdrawn"]
    assert on_the_line(book.case) == [ANNA]
    book.release_all()
    assert (book.case.operator, book.case.reserved) == (ANNA, (ANNA,))
    assert book.all_of(ev.OperatorLeft) == [ev.OperatorLeft(operator=BICE, reason="not needed")]


def test_a_withdrawal_that_comes_too_late_is_refused() -> None:
    book = Book().to_talking()
    hand_over(book)
    book.go_on(next_leg(book))
    book.bridge().order(OperatorCommand.KEEP, by=ANNA)
    assert [event.command for event in book.all_of(ev.CommandRefused)] == [OperatorCommand.KEEP]
    assert book.case.operator == BICE


def test_anybody_may_take_what_is_being_handed_over() -> None:
    book = Book().to_talking()
    dora = OperatorId("dora")
    refused = book.why_not(OperatorCommand.TAKE, dora)
    assert refused == Refusal.ANOTHER_OPERATOR
    book.operators = [ANNA]
    hand_over(book)
    assert book.why_not(OperatorCommand.TAKE, dora) is None
    assert book.why_not(OperatorCommand.TAKE) == Refusal.ALREADY_YOURS
    book.pass_time(24).order(OperatorCommand.TAKE, by=dora).pass_time(5)
    assert ended(book) == [], "she has her time, whatever the other's was"
    book.go_on(next_leg(book))
    book.bridge()
    assert book.case.operator == dora


def test_it_cannot_be_handed_to_oneself_nor_by_another_nor_at_its_end() -> None:
    book = Book().to_conference()
    allowed = OperatorCommand.HAND_OVER
    assert book.why_not(allowed, ANNA, ANNA) == Refusal.ALREADY_YOURS
    assert book.why_not(allowed, BICE) == Refusal.NOT_ON_THE_LINE
    assert book.why_not(allowed, ANNA) is None
    book.order(OperatorCommand.LEAVE)
    assert book.why_not(allowed, ANNA) == Refusal.BEING_ENDED


def test_with_112_on_the_line_neither_112_nor_the_user_is_touched() -> None:
    book = Book().to_conference()
    hand_over(book, to=BICE)
    book.go_on(next_leg(book))
    book.bridge().release_all()
    talking = {one.leg for one in book.case.legs.values() if one.answered}
    assert talking == {leg("op2"), leg("user"), leg("psap")}
    book.obeyed(OperatorCommand.LEAVE, by=BICE)
    assert book.case.leave.handed_over


def test_while_112_is_being_called_it_goes_on_being_called() -> None:
    book = Book().to_talking().order(OperatorCommand.CALL_PSAP)
    hand_over(book)
    book.go_on(next_leg(book))
    book.bridge().answers(Party.PSAP)
    assert book.case.operator == BICE
    assert book.case.answered(Party.PSAP) is not None
    assert len([one for one in book.all_of(ev.LegOriginating) if one.party is Party.PSAP]) == 1


@pytest.mark.parametrize("joined", [False, True])
def test_when_the_operator_s_line_dies_the_other_has_it_and_else_both_are_called(joined: bool) -> None:
    book = Book().to_talking()
    hand_over(book, to=BICE)
    if joined:
        book.go_on(next_leg(book))
    book.report(book.case.legs[leg("op1")], CallState.RELEASED, 16)
    if joined:
        assert book.case.operator == BICE
        book.bridge()
    else:
        assert (book.case.operator, book.case.hand_over) == (None, None)
        book.pass_time(1)
        assert {one.operator for one in book.case.of(Party.OPERATOR) if one.active} >= {BICE}
        book.go_on(next_leg(book))
    assert on_the_line(book.case) == [BICE]


def test_the_end_of_the_case_is_the_end_of_its_handing_over() -> None:
    book = Book().to_talking()
    hand_over(book)
    book.order(OperatorCommand.DECLARE_FALSE_ALARM)
    assert book.case.hand_over is None
    book.release_all()
    assert book.case.outcome is Outcome.FALSE_ALARM
    assert book.case.reserved == ()


def test_who_handed_it_over_a_moment_before_its_end_has_had_it() -> None:
    book = Book().to_talking()
    hand_over(book)
    book.go_on(next_leg(book))
    book.bridge().obeyed(OperatorCommand.DECLARE_FALSE_ALARM, by=BICE)
    reasons = {event.operator: event.reason for event in book.all_of(ev.OperatorLeft)}
    assert reasons == {ANNA: "handed over", BICE: "left"}


def test_a_line_that_does_not_prove_that_somebody_is_there_needs_the_operator_s_word() -> None:
    book = Book().to_talking()
    hand_over(book)
    book.go_on(replace(next_leg(book), confirmed=False))
    book.bridge()
    assert book.case.operator == ANNA
    book.order(OperatorCommand.TAKE, by=BICE)
    assert book.case.operator == BICE


def test_who_answers_and_is_never_joined_is_let_go_and_the_case_stays_the_operator_s() -> None:
    book = Book().to_talking()
    hand_over(book, to=BICE)
    book.go_on(replace(next_leg(book), voice=None))
    book.pass_time(26).release_all()
    assert (book.case.operator, ended(book)) == (ANNA, ["no answer"])


def test_another_alertcase_goes_on_with_it_from_the_journal_alone() -> None:
    book = Book().to_talking()
    hand_over(book, to=BICE)
    book.go_on(next_leg(book))
    book.me = replace(book.me, incarnation=2)
    book.pending = PendingOffers(opened_at=book.now)
    book.bridge()
    assert book.case.operator == BICE


def test_another_alertcase_listens_before_it_says_that_nobody_is_free() -> None:
    book = Book(operators=(ANNA,)).to_talking()
    hand_over(book)
    book.now = Instant(book.now + 60 * SECOND)
    book.me = replace(book.me, incarnation=2)
    book.pending = PendingOffers(opened_at=book.now)
    book.operators = [ANNA, BICE]
    book.go_on()
    assert book.case.legs[leg("op2")].operator == BICE


@pytest.mark.parametrize(
    ("reason", "had_it"), [("left", True), ("handed over", True), ("lost", False), ("not needed", False)]
)
def test_only_who_has_had_the_case_has_notes_to_write(reason: str, had_it: bool) -> None:
    book = Book().to_talking()
    left = ev.OperatorLeft(operator=ANNA, reason=reason)
    appends = claims(book.case, book.pending, (left,), NodeId("n"))
    own = [one for one in appends if one.stream == streams.operator(ANNA)]
    assert [one.events for one in own] == ([(replace(left, alert=book.case.alert),)] if had_it else [])
    assert appends[-1].events == (left,)


def test_a_test_does_not_wake_those_at_home_while_somebody_is_on_shift() -> None:
    for test, woken in ((True, False), (False, True)):
        book = Book(operators=(), test=test)
        book.on_shift = 1
        book.go_on()
        book.answering = False
        wants = [want for want in book.go_on().wants if isinstance(want, RequestOperators)]
        assert wants[-1].on_call == woken
