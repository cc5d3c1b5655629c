"""User and 112 after the operator has left them: the effects of a call that ends too soon."""

from __future__ import annotations

import pytest

from actors.alert_case.decider import Decision
from actors.alert_case.wishes import desired_bridge
from messages import events as ev
from messages.base import HangupCause
from messages.bridge import BridgeReport
from messages.calls import CallReport, CallState
from messages.ids import OperatorCommand, Outcome, Party
from messages.operators import RequestOperators
from model.alert.phase import Phase, phase
from model.rules.messages.announcements import clip_names_for
from tests.actors.alert_case.book import EVERYONE, PHONE, SETTINGS, Book

ALARM = "ended_soon_after_leave"
BOTH = (Party.USER, Party.PSAP)


def left(book: Book) -> Book:
    book.to_conference().obeyed(OperatorCommand.LEAVE)
    assert book.case.operator is None
    return book


def drop(book: Book, party: Party, cause: int = 16) -> Decision:
    """The party's call ends, and one decision is made of it."""
    leg = book.leg(party)
    return book.go_on_once(
        CallReport(leg=leg.leg, line=leg.line, attempt=leg.attempt, state=CallState.RELEASED, cause=cause)
    )


def comes_back(book: Book, party: Party) -> None:
    book.rings(party).answers(party)


def cleared(decision: Decision) -> list[ev.AlarmCleared]:
    return [event for event in decision.events if isinstance(event, ev.AlarmCleared)]


def test_a_user_who_drops_is_called_again_at_once_and_112_is_kept_and_told_to_stay() -> None:
    book = left(Book()).pass_time(12).ends(Party.USER)
    assert book.leg(Party.USER).number == PHONE
    assert clip_names_for(book.case, book.leg(Party.PSAP).leg) == ("psap_stay",)
    assert phase(book.case) is Phase.CALLING_USER
    book.pass_time(20)
    assert book.leg(Party.PSAP).answered, "112 is not let go"


def test_112_is_called_again_at_the_same_number_and_the_user_is_kept_and_told_to_stay() -> None:
    book = left(Book()).pass_time(12).ends(Party.PSAP)
    assert book.leg(Party.PSAP).number == SETTINGS.psap.number
    assert clip_names_for(book.case, book.leg(Party.USER).leg) == ("user_stay",)
    assert phase(book.case) is Phase.CALLING_112
    book.pass_time(10)
    assert book.leg(Party.USER).answered, "the user is not let go"


def test_112_that_answered_on_its_alternate_number_is_called_there_again() -> None:
    book = Book().to_talking().order(OperatorCommand.CALL_PSAP)
    for _ in range(2):
        book.ends(Party.PSAP, HangupCause.BUSY).pass_time(3)
    comes_back(book, Party.PSAP)
    book.obeyed(OperatorCommand.LEAVE).ends(Party.PSAP)
    assert book.leg(Party.PSAP).number == SETTINGS.psap.alternate


@pytest.mark.parametrize("party", BOTH)
def test_who_left_is_called_first_though_others_are_free(party: Party) -> None:
    book = Book().to_conference()
    (who,) = [one.operator for one in book.all_of(ev.OperatorJoined)]
    book.obeyed(OperatorCommand.LEAVE)
    book.operators.remove(who)
    book.operators.append(who)
    wanted: list[RequestOperators] = []
    decision = drop(book, party)
    wanted += [want for want in decision.wants if isinstance(want, RequestOperators)]
    assert [want.first for want in wanted] == [who]


def test_who_left_is_offered_before_others_by_the_hand_as_well() -> None:
    book = left(Book())
    who = book.all_of(ev.OperatorJoined)[-1].operator
    book.ends(Party.USER)
    reserved = [one.operator for one in book.all_of(ev.OperatorReserved)]
    assert reserved[-1] == who
    book.pass_time(7)
    assert len({one.operator for one in book.all_of(ev.OperatorReserved)}) == 2, "the next one as well"
    book.pass_time(6)
    assert len({one.operator for one in book.all_of(ev.OperatorReserved)}) == 3, "and then all"


def test_an_operator_whose_phone_is_not_yet_on_hook_has_left_all_the_same() -> None:
    book = Book().to_conference()
    who = book.case.operator
    book.order(OperatorCommand.LEAVE).ends(Party.USER)
    assert book.case.leave.broken_at is not None
    book.release_all()
    assert [(one.operator, one.reason) for one in book.all_of(ev.OperatorLeft)] == [(who, "left")]
    assert book.leg(Party.OPERATOR).operator == who, "called again at once, and alone"


@pytest.mark.parametrize("party", BOTH)
def test_the_alarm_is_taken_back_when_they_are_together_again(party: Party) -> None:
    book = left(Book())
    raised = [event for event in drop(book, party).events if isinstance(event, ev.AlarmRaised)]
    assert [one.alarm for one in raised] == [ALARM]
    book.go_on()
    book.rings(party).report(book.leg(party), CallState.ANSWERED)
    assert book.case.leave.broken_at is not None
    wish = desired_bridge(book.case)
    report = BridgeReport(bridge=wish.bridge, joined=tuple(one.leg for one in wish.members))
    assert [one.alarm for one in cleared(book.go_on_once(report))] == [ALARM]
    assert book.case.leave.broken_at is None


def test_the_alarm_is_taken_back_with_the_end_of_the_alert() -> None:
    book = left(Book()).ends(Party.USER)
    comes_back(book, Party.OPERATOR)
    book.ends(Party.PSAP).ends(Party.USER, HangupCause.NO_ANSWER).pass_time(1)
    book.ends(Party.USER, HangupCause.NO_ANSWER)
    assert book.case.leave.broken_at is not None
    book.write(
        "inbox-a1", ev.CommandGiven(command=OperatorCommand.CLOSE, by=book.case.operator or EVERYONE[0])
    )
    seen = []
    for _ in range(4):
        seen += cleared(book.go_on_once())
        for leg in list(book.case.legs.values()):
            if leg.live and not leg.active:
                report = CallReport(
                    leg=leg.leg, line=leg.line, attempt=leg.attempt, state=CallState.RELEASED, cause=16
                )
                seen += cleared(book.go_on_once(report))
    assert book.case.closed_at is not None
    assert [one.alarm for one in seen] == [ALARM]


def test_the_operator_can_leave_them_again() -> None:
    book = left(Book()).ends(Party.USER)
    comes_back(book, Party.OPERATOR)
    comes_back(book, Party.USER)
    assert book.case.leave.broken_at is None
    book.obeyed(OperatorCommand.LEAVE)
    assert phase(book.case) is Phase.HANDED_OVER
    book.pass_time(61).ends(Party.PSAP).pass_time(4).release_all()
    assert book.case.outcome is Outcome.HANDED_OVER


@pytest.mark.parametrize("party", BOTH)
def test_with_no_operator_to_be_had_they_go_on_talking_and_it_ends_as_handed_over(party: Party) -> None:
    book = left(Book())
    book.operators.clear()
    book.pass_time(5).ends(party)
    comes_back(book, party)
    assert book.case.leave.at is None, "an operator is looked for still"
    book.pass_time(61)
    assert phase(book.case) is Phase.HANDED_OVER
    assert len(book.all_of(ev.ConferenceSettled)) == 1
    book.ends(party).pass_time(11).release_all()
    assert book.case.outcome is Outcome.HANDED_OVER
    assert len(book.all_of(ev.ConferenceBroken)) == 1


def test_who_asks_for_the_case_is_called_however_long_they_have_been_together() -> None:
    book = left(Book()).pass_time(300).order(OperatorCommand.TAKE, by=EVERYONE[1])
    assert book.leg(Party.OPERATOR).operator == EVERYONE[1]
    book.pass_time(1)
    assert book.case.leave.at is None
    book.ends(Party.PSAP, HangupCause.LINE_LOST)
    assert book.all_of(ev.ConferenceBroken) == [ev.ConferenceBroken(party=Party.PSAP)]


@pytest.mark.parametrize("party", BOTH)
def test_an_end_after_the_time_is_the_end_of_a_conversation(party: Party) -> None:
    book = left(Book()).pass_time(61)
    decision = drop(book, party)
    assert not any(isinstance(event, ev.AlarmRaised) for event in decision.events)
    book.pass_time(11).release_all()
    assert book.all_of(ev.ConferenceBroken) == []
    assert book.case.outcome is Outcome.HANDED_OVER


@pytest.mark.parametrize("party", BOTH)
@pytest.mark.parametrize("cause", [HangupCause.LINE_LOST, HangupCause.NODE_LOST])
def test_a_line_that_fails_is_never_the_end_of_a_conversation(party: Party, cause: HangupCause) -> None:
    book = left(Book()).pass_time(600).ends(party, cause)
    assert book.all_of(ev.ConferenceBroken) == [ev.ConferenceBroken(party=party)]
    book.pass_time(2)
    comes_back(book, party)
    assert {leg.party for leg in book.case.legs.values() if leg.joined} >= set(BOTH)


@pytest.mark.parametrize("first", BOTH)
def test_a_line_that_fails_after_the_other_has_hung_up_cuts_nobody_off(first: Party) -> None:
    book = left(Book()).pass_time(90)
    second = Party.PSAP if first is Party.USER else Party.USER
    drop(book, first)
    drop(book, second, HangupCause.NODE_LOST)
    book.pass_time(1)
    assert not book.all_of(ev.ConferenceBroken)
    assert book.case.outcome is Outcome.HANDED_OVER


def test_a_112_that_hangs_up_after_the_user_is_called_again_once_there_is_somebody_to_hear() -> None:
    book = left(Book()).ends(Party.USER).ends(Party.PSAP)
    assert book.case.psap is None, "nobody is there whom it could hear"
    book.rings(Party.USER)
    assert book.case.psap is None
    book.answers(Party.USER)
    assert book.leg(Party.PSAP).number == SETTINGS.psap.number
    assert [one.by for one in book.all_of(ev.PsapRequested)][1:] == [None]


def test_a_user_who_hangs_up_after_112_is_called_back() -> None:
    book = left(Book()).ends(Party.PSAP).ends(Party.USER)
    assert book.leg(Party.USER).attempt == 2


def test_112_that_hangs_up_each_time_is_not_called_for_ever() -> None:
    book = left(Book())
    book.operators.clear()
    for _ in range(8):
        if book.case.active(Party.PSAP) is None:
            break
        book.ends(Party.PSAP) if book.leg(Party.PSAP).answered else comes_back(book, Party.PSAP)
        book.pass_time(1)
    book.pass_time(60)
    assert len(book.all_of(ev.PsapRequested)) == 4, "once by the operator, three times by itself"
    assert book.case.closed_at is None
    book.operators.append(EVERYONE[0])
    book.pass_time(6)
    comes_back(book, Party.OPERATOR)
    assert book.case.operator == EVERYONE[0]


@pytest.mark.parametrize("first", BOTH)
def test_both_are_called_again_in_either_order_after_one_had_dropped_before(first: Party) -> None:
    book = Book().to_talking().ends(Party.USER)
    comes_back(book, Party.USER)
    book.order(OperatorCommand.CALL_PSAP)
    comes_back(book, Party.PSAP)
    book.obeyed(OperatorCommand.LEAVE).ends(first, HangupCause.NODE_LOST)
    book.ends(Party.PSAP if first is Party.USER else Party.USER, HangupCause.NODE_LOST).pass_time(2)
    for party in BOTH:
        comes_back(book, party)
    assert book.case.leave.broken_at is None


def test_who_tests_is_not_called_again_when_the_test_is_over() -> None:
    book = left(Book(test=True)).ends(Party.USER).pass_time(11).release_all()
    assert book.all_of(ev.ConferenceBroken) == []
    assert book.case.outcome is Outcome.TEST_DONE


def test_a_user_under_duress_is_not_called_again_and_112_is_kept() -> None:
    book = Book().to_conference().write("inbox-a1", ev.AlertCancelled(duress=True))
    book.obeyed(OperatorCommand.LEAVE).ends(Party.USER).pass_time(20)
    assert book.case.active(Party.USER) is None
    assert book.leg(Party.PSAP).answered
    assert book.leg(Party.OPERATOR).operator is not None
