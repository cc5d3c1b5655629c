"""No key costs the user a call by mistake, and no alert ends before everything was tried."""

from __future__ import annotations

import pytest

from messages import events as ev
from messages.base import Joins
from messages.calls import CallState
from messages.ids import SECOND, Channel, Instant, LineId, OperatorCommand, Outcome, Party
from model.alert.leg import LegState
from model.alert.reasons import ReleaseReason
from model.orders.refusals import Refusal
from model.rules.calls.silent_and_duress import was_user_on_line
from tests.actors.alert_case.book import EVERYONE, START, Book, leg


def machine(book: Book) -> None:
    """The operator marks whatever has answered, and its call ends."""
    book.obeyed(OperatorCommand.MARK_MACHINE)


def answered_by_a_machine() -> Book:
    book = Book().attended().rings(Party.USER).answers(Party.USER)
    return book


def in_vain(book: Book, cause: int = 19) -> None:
    """Both of the center's own attempts come to nothing."""
    book.ends(Party.USER, cause).pass_time(5).ends(Party.USER, cause)


# ---------------------------------------------------------------- mark_machine


def test_what_rings_or_is_in_doubt_can_be_marked_a_machine() -> None:
    book = Book().attended()
    assert book.why_not(OperatorCommand.MARK_MACHINE) == Refusal.NOTHING_ANSWERED
    book.rings(Party.USER)
    assert book.why_not(OperatorCommand.MARK_MACHINE) is None
    book.report(book.leg(Party.USER), CallState.ANSWERED, confirmed=False)
    assert book.why_not(OperatorCommand.MARK_MACHINE) is None


def test_with_112_in_the_conference_a_machines_call_is_let_go_and_112_stays() -> None:
    book = Book().to_conference()
    assert book.why_not(OperatorCommand.MARK_MACHINE) is None
    book.obeyed(OperatorCommand.MARK_MACHINE)
    assert book.leg(Party.PSAP).answered
    assert book.leg(Party.OPERATOR).answered
    assert not was_user_on_line(book.case)


@pytest.mark.parametrize(
    ("then", "outcome"),
    [
        ("heard", Outcome.HANDED_OVER),
        ("heard, then without sound", Outcome.HANDED_OVER),
        ("read", Outcome.BRIEFED),
        ("without sound", Outcome.NO_CONTACT),
        ("a machine", Outcome.NO_CONTACT),
        ("112 alone", Outcome.NO_CONTACT),
    ],
)
def test_handed_over_is_a_user_whom_112_has_heard(then: str, outcome: Outcome) -> None:
    book = Book().to_talking()
    if then == "112 alone":
        book.ends(Party.USER).order(OperatorCommand.CALL_PSAP).answers(Party.PSAP).bridge()
    else:
        book.order(OperatorCommand.CALL_PSAP).answers(Party.PSAP).bridge()
    match then:
        case "heard, then without sound":
            book.pass_time(30).bridge(Party.USER)
        case "read":
            book.order(OperatorCommand.BRIEFING_GIVEN)
        case "without sound":
            book.pass_time(2).bridge(Party.USER)
        case "a machine":
            book.order(OperatorCommand.MARK_MACHINE)
    book.ends(Party.PSAP).pass_time(1)
    for _ in range(6):
        if book.case.active(Party.USER) is not None:
            book.ends(Party.USER, 19)
        book.pass_time(10)
    book.obeyed(OperatorCommand.CLOSE, by=book.case.operator or EVERYONE[0], supervisor=True)
    assert book.case.outcome is outcome


def test_a_second_attempt_that_rings_beside_112_can_still_be_given_up() -> None:
    book = Book().to_conference().ends(Party.USER).rings(Party.USER)
    assert book.why_not(OperatorCommand.MARK_MACHINE) is None


def test_a_call_that_the_user_has_made_is_no_machine() -> None:
    book = Book(channel=Channel.VOICE, line=LineId("p7"), call=9).attended().answers(Party.USER)
    assert book.why_not(OperatorCommand.MARK_MACHINE) == Refusal.USER_CALLED_IN


def test_under_duress_who_is_on_the_line_is_not_hung_up_on_for_good() -> None:
    book = Book().to_talking().fact(ev.AlertCancelled(duress=True))
    assert book.leg(Party.USER).answered
    assert book.why_not(OperatorCommand.MARK_MACHINE) == Refusal.USER_NOT_CALLED_AGAIN
    assert book.why_not(OperatorCommand.REDIAL_USER) == Refusal.USER_ON_THE_LINE


def test_of_a_line_whose_modem_is_lost_it_is_not_said_that_somebody_is_on_it() -> None:
    book = Book().to_conference()
    for party in (Party.USER, Party.PSAP):
        talking = book.leg(party)
        answered = ev.LegAnswered(leg=talking.leg, attempt=1, joins=Joins.NETWORK)
        book.write("alert-a1", answered, ev.LegUnheard(leg=talking.leg, attempt=1))
    assert book.why_not(OperatorCommand.REDIAL_USER) == Refusal.LINE_UNHEARD
    assert book.why_not(OperatorCommand.CALL_PSAP) == Refusal.LINE_UNHEARD


# ---------------------------------------------------------------- withdraw_psap


def test_112_is_taken_back_until_it_has_answered() -> None:
    book = Book().to_talking()
    assert book.why_not(OperatorCommand.WITHDRAW_PSAP) == Refusal.PSAP_NOT_BEING_CALLED
    book.order(OperatorCommand.CALL_PSAP).rings(Party.PSAP).order(OperatorCommand.WITHDRAW_PSAP)
    psap = book.case.legs[leg("psap")]
    assert (psap.state, book.case.psap) == (LegState.RELEASING, None)
    assert book.why_not(OperatorCommand.DECLARE_FALSE_ALARM) is None
    book.release_all().pass_time(60)
    assert len([one for one in book.all_of(ev.LegOriginating) if one.party is Party.PSAP]) == 1
    assert book.leg(Party.USER).answered, "the user is still on the line"


def test_112_is_taken_back_by_the_operator_who_is_only_called() -> None:
    book = Book().opened()
    (called,) = book.case.reserved
    book.order(OperatorCommand.CALL_PSAP, by=called)
    assert book.case.psap is not None
    book.order(OperatorCommand.WITHDRAW_PSAP, by=called)
    assert book.case.psap is None


def test_112_that_has_answered_is_not_hung_up_on() -> None:
    book = Book().to_conference()
    assert book.why_not(OperatorCommand.WITHDRAW_PSAP) == Refusal.PSAP_ON_THE_LINE


def test_112_is_taken_back_also_while_it_waits_for_a_line() -> None:
    book = Book()
    book.emergency.clear()
    book.to_talking().order(OperatorCommand.CALL_PSAP)
    assert book.case.psap is not None
    assert not book.case.of(Party.PSAP)
    book.order(OperatorCommand.WITHDRAW_PSAP)
    book.emergency.append(LineId("e9"))
    book.pass_time(30)
    assert book.case.psap is None
    assert not book.case.of(Party.PSAP)


def test_what_is_said_to_be_answered_without_proof_can_be_taken_back() -> None:
    book = Book().to_talking().order(OperatorCommand.CALL_PSAP)
    book.report(book.leg(Party.PSAP), CallState.ANSWERED, confirmed=False)
    assert book.why_not(OperatorCommand.WITHDRAW_PSAP) is None


def test_a_call_that_was_taken_back_is_no_failure_of_the_next() -> None:
    book = Book().to_talking().order(OperatorCommand.CALL_PSAP).order(OperatorCommand.WITHDRAW_PSAP)
    book.obeyed(OperatorCommand.CALL_PSAP)
    assert book.case.to_112.ends == 0
    assert book.leg(Party.PSAP).attempt == 2


def test_what_duress_has_asked_for_is_not_taken_back() -> None:
    book = Book()
    book.emergency.clear()
    book.go_on()
    book.answers(Party.OPERATOR).fact(ev.AlertCancelled(duress=True))
    assert book.case.psap is not None
    assert book.why_not(OperatorCommand.WITHDRAW_PSAP) == Refusal.DURESS_PSAP_FIRST


def test_whose_phone_gave_way_to_112_is_called_again_when_112_is_taken_back() -> None:
    book = Book().attended().rings(Party.USER)
    user = book.leg(Party.USER)
    book.write(
        "alert-a1", ev.LegReleasing(leg=user.leg, attempt=user.attempt, reason=ReleaseReason.PSAP_FIRST)
    )
    book.release_all().order(OperatorCommand.CALL_PSAP)
    assert book.case.active(Party.USER) is None
    book.order(OperatorCommand.WITHDRAW_PSAP)
    assert book.leg(Party.USER).attempt == 2


# ---------------------------------------------------------------- close


CLOSE = OperatorCommand.CLOSE


def why_no_supervisor(book: Book) -> str | None:
    return book.why_not(CLOSE, supervisor=True)


def test_s08_nothing_is_closed_before_112_was_told_however_often_the_user_declines() -> None:
    book = Book().attended().rings(Party.USER)
    in_vain(book, 21)
    assert book.why_not(CLOSE) == Refusal.PSAP_NOT_TOLD
    book.order(CLOSE)
    assert book.case.closed_at is None
    book.order(OperatorCommand.CALL_PSAP).answers(Party.PSAP).order(OperatorCommand.BRIEFING_GIVEN)
    book.ends(Party.PSAP)
    assert book.why_not(CLOSE) is None


def test_machine_twice_and_close_does_not_end_an_alert_in_nine_seconds() -> None:
    book = answered_by_a_machine()
    machine(book)
    book.answers(Party.USER)
    machine(book)
    assert book.why_not(OperatorCommand.DECLARE_FALSE_ALARM) == Refusal.USER_NOT_ANSWERED
    assert book.why_not(CLOSE) == Refusal.PSAP_NOT_TOLD
    assert why_no_supervisor(book) == Refusal.MACHINE_ANSWERED
    book.order(CLOSE, supervisor=True)
    assert book.case.closed_at is None
    assert book.why_not(OperatorCommand.REDIAL_USER) is None
    assert book.why_not(OperatorCommand.CALL_PSAP) is None
    book.order(OperatorCommand.REDIAL_USER).answers(Party.USER)
    machine(book)
    assert book.why_not(CLOSE) == Refusal.PSAP_NOT_TOLD
    book.obeyed(CLOSE, supervisor=True)
    assert book.case.outcome is Outcome.NO_CONTACT


def test_nothing_is_closed_without_contact_while_the_user_is_called_or_is_yet_to_be() -> None:
    book = Book().opened()
    assert why_no_supervisor(book) == Refusal.CALL_UP, "the operator's own"
    book.answers(Party.OPERATOR).rings(Party.USER)
    assert why_no_supervisor(book) == Refusal.CALL_UP
    book.ends(Party.USER, 17)
    assert why_no_supervisor(book) == Refusal.USER_TO_BE_CALLED
    book.pass_time(5)
    assert why_no_supervisor(book) == Refusal.CALL_UP


def test_an_alert_whose_user_could_not_be_had_is_closed_without_contact_by_a_supervisor() -> None:
    book = Book().attended().rings(Party.USER)
    in_vain(book)
    book.obeyed(CLOSE, supervisor=True)
    assert book.case.outcome is Outcome.NO_CONTACT


def test_a_test_whose_user_could_not_be_had_is_closed_by_its_operator() -> None:
    book = Book(test=True).attended().rings(Party.USER)
    in_vain(book)
    book.obeyed(CLOSE)
    assert book.case.closed_at is not None


def test_the_apps_word_alone_is_no_contact() -> None:
    book = Book().attended().rings(Party.USER).fact(ev.RingingSeen())
    in_vain(book)
    book.obeyed(CLOSE, supervisor=True)
    assert book.case.outcome is Outcome.NO_CONTACT


def test_who_was_spoken_to_and_has_hung_up_is_a_false_alarm_by_its_order_or_112_is_called() -> None:
    talked = Book().to_talking().ends(Party.USER).ends(Party.USER, 19)
    assert talked.why_not(CLOSE) == Refusal.PSAP_NOT_TOLD
    assert talked.why_not(OperatorCommand.CALL_PSAP) is None
    talked.obeyed(OperatorCommand.DECLARE_FALSE_ALARM)
    assert talked.case.outcome is Outcome.FALSE_ALARM


def test_who_is_busy_is_presumed_to_have_called_112() -> None:
    busy = Book().attended()
    in_vain(busy, 17)
    busy.obeyed(CLOSE)
    assert busy.case.outcome is Outcome.USER_CALLED_112


def test_the_right_pin_counts_where_it_is_all_that_is_known() -> None:
    book = Book().attended().write("inbox-a1", ev.AlertCancelled()).rings(Party.USER)
    assert book.why_not(CLOSE) == Refusal.CALL_UP, "the user is called all the same"
    in_vain(book)
    assert book.why_not(CLOSE) == Refusal.PSAP_NOT_TOLD, "whoever holds the phone may know the PIN"
    book.obeyed(CLOSE, supervisor=True)
    assert book.case.outcome is Outcome.CANCELLED


def test_a_false_alarm_is_of_a_person_and_not_of_a_machine() -> None:
    book = answered_by_a_machine()
    assert book.why_not(OperatorCommand.DECLARE_FALSE_ALARM) is None
    machine(book)
    assert book.why_not(OperatorCommand.DECLARE_FALSE_ALARM) == Refusal.USER_NOT_ANSWERED


def test_a_false_alarm_is_of_a_user_who_was_heard_and_not_of_a_line_without_sound() -> None:
    book = Book().to_talking().bridge(Party.USER)
    assert book.why_not(OperatorCommand.DECLARE_FALSE_ALARM) == Refusal.USER_NOT_HEARD
    book.ends(Party.USER)
    assert book.why_not(OperatorCommand.DECLARE_FALSE_ALARM) == Refusal.USER_NOT_HEARD
    book.pass_time(10).rings(Party.USER)
    assert book.why_not(OperatorCommand.DECLARE_FALSE_ALARM) == Refusal.USER_NOT_HEARD, "called again"
    book.answers(Party.USER)
    assert book.why_not(OperatorCommand.DECLARE_FALSE_ALARM) is None
    heard = Book().to_talking().pass_time(60).bridge(Party.USER)
    assert heard.why_not(OperatorCommand.DECLARE_FALSE_ALARM) is None, "what was said before stands"
    heard.ends(Party.USER).pass_time(10).rings(Party.USER)
    assert heard.why_not(OperatorCommand.DECLARE_FALSE_ALARM) is None


def test_after_a_conversation_that_dropped_a_false_alarm_can_still_be_declared() -> None:
    book = Book().to_talking().ends(Party.USER).rings(Party.USER)
    assert book.why_not(OperatorCommand.DECLARE_FALSE_ALARM) is None


@pytest.mark.parametrize("test", [False, True])
def test_112_can_be_called_at_any_moment_of_a_second_attempt(test: bool) -> None:
    book = Book(test=test).attended()
    for _ in range(2):
        assert book.why_not(OperatorCommand.CALL_PSAP) is None
        book.rings(Party.USER)
        assert book.why_not(OperatorCommand.CALL_PSAP) is None
        book.ends(Party.USER, 19)
        assert book.why_not(OperatorCommand.CALL_PSAP) is None


def test_what_the_deadline_has_overtaken_before_anybody_began_can_be_put_away() -> None:
    book = Book()
    book.now = Instant(START + 51 * SECOND)
    book.write("inbox-a1", ev.DeadlineMissed())
    assert book.why_not(OperatorCommand.CLOSE) is None


def test_where_a_pin_proved_nothing_the_app_calls_nobody_and_the_user_is_called_before_the_end() -> None:
    book = Book().write("inbox-a1", ev.PinRefused(none_set=True))
    book.now = Instant(START + 51 * SECOND)
    book.write("inbox-a1", ev.DeadlineMissed())
    assert book.why_not(CLOSE) is Refusal.PSAP_NOT_TOLD
    assert why_no_supervisor(book) is Refusal.USER_TO_BE_CALLED
