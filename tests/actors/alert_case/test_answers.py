"""What an answer means that the modem's word alone does not prove: `LegAnswered.confirmed` false."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from actors.alert_case.wishes import desired_bridge, desired_legs
from messages import events as ev
from messages.bridge import BridgeReport, Press
from messages.calls import CallReport, CallState
from messages.cases import ReleaseLeg
from messages.ids import BridgeId, Instant, OperatorCommand, Outcome, Party
from model.alert.leg import LegState
from model.alert.phase import Phase, phase
from model.orders.refusals import Refusal
from model.settings.alerts import MetBy
from tests.actors.alert_case.book import EVERYONE, SETTINGS, Book

ANNA, BICE, _ = EVERYONE


def perhaps(book: Book, party: Party, *, joined: bool = True) -> None:
    """The modem says that this party has answered."""
    book.report(book.leg(party), CallState.ANSWERED, confirmed=False)
    if joined:
        book.bridge()


def heard(book: Book, party: Party, **said: object) -> None:
    """Somebody speaks there, if nothing else is said."""
    joined = tuple(leg.leg for leg in book.case.legs.values() if leg.joined)
    leg = book.leg(party).leg
    report = BridgeReport(bridge=BridgeId("a1"), joined=joined, **(said or {"heard": (leg,)}))  # type: ignore[arg-type]
    book.go_on(report)


def with_operator(**deadline: object) -> Book:
    return Book(settings=replace(SETTINGS, deadline=replace(SETTINGS.deadline, **deadline))).attended()


def test_a_voice_gives_the_operator_the_case_and_only_then_is_heard_by_others() -> None:
    book = Book().opened()
    perhaps(book, Party.OPERATOR)
    assert book.case.operator is None
    assert [one.muted for one in desired_bridge(book.case).members] == [True]
    heard(book, Party.OPERATOR)
    assert book.case.operator == ANNA
    assert [one.muted for one in desired_bridge(book.case).members] == [False]
    heard(book, Party.OPERATOR)
    assert [one.by for one in book.all_of(ev.LegConfirmed)] == ["voice"]


def test_the_search_goes_on_while_the_operator_s_phone_may_still_ring() -> None:
    book = Book().opened()
    perhaps(book, Party.OPERATOR)
    book.pass_time(SETTINGS.operator.answer_within_s + 0.1)
    assert [leg.operator for leg in book.case.of(Party.OPERATOR)] == [ANNA, BICE]
    book.pass_time(SETTINGS.operator.silent_after_s)
    first = book.case.of(Party.OPERATOR)[0]
    assert (first.state, first.reason) == (LegState.RELEASING, "no answer")
    book.release_all()
    assert ANNA in book.case.tried


def test_no_digits_are_no_digit() -> None:
    book = Book().opened()
    perhaps(book, Party.OPERATOR)
    leg = book.leg(Party.OPERATOR).leg
    heard(book, Party.OPERATOR, pressed={})
    assert book.case.operator is None
    heard(book, Party.OPERATOR, pressed={leg: (Press(at=Instant(1), digit="5"),)})
    assert book.case.operator == ANNA


def test_whose_answer_is_not_in_doubt_takes_no_case_that_is_the_operator_s() -> None:
    book = Book().opened()
    assert book.why_not(OperatorCommand.TAKE, ANNA) == Refusal.ALREADY_YOURS
    perhaps(book, Party.OPERATOR)
    assert book.why_not(OperatorCommand.TAKE, ANNA) is None
    book.order(OperatorCommand.TAKE, by=ANNA)
    assert book.case.operator == ANNA
    assert book.why_not(OperatorCommand.CONFIRM_ANSWER, ANNA) == Refusal.NO_ANSWER_IN_DOUBT


@pytest.mark.parametrize(("met_by", "met"), [(MetBy.RINGING, True), (MetBy.ANSWERED, False)])
def test_s11_an_answer_in_doubt_is_a_ringing_and_a_voice_reaches_the_user(met_by: MetBy, met: bool) -> None:
    book = with_operator(met_by=met_by)
    perhaps(book, Party.USER)
    assert (book.case.met_at is not None, book.case.reached_by) == (met, "")
    assert book.case.rang_at is not None
    heard(book, Party.USER)
    assert (book.case.met_at is not None, book.case.reached_by) == (True, "voice")


def test_case_05_the_operator_s_time_to_answer_is_over_though_the_modem_says_that_the_operator_has() -> None:
    book = with_operator().rings(Party.USER).pass_time(3)
    perhaps(book, Party.USER)
    assert phase(book.case) is Phase.CALLING_USER
    book.pass_time(SETTINGS.user.no_answer_s - 3.1)
    assert book.leg(Party.USER).in_doubt
    book.pass_time(0.2)
    leg = book.case.of(Party.USER)[0]
    assert (leg.state, leg.reason) == (LegState.RELEASING, "no answer")
    wish = desired_legs(book.case)["user"]
    assert isinstance(wish, ReleaseLeg)
    assert not wish.unanswered, "the modem would keep what it takes for answered"
    book.report(leg, CallState.ANSWERED, confirmed=False)
    assert book.case.of(Party.USER)[0].state is LegState.RELEASING, "what is repeated is no news"
    book.release_all()
    assert book.case.user_ends == (16,)
    assert book.leg(Party.USER).attempt == 2


def test_an_answer_that_proves_nothing_and_comes_too_late_ends_all_the_same() -> None:
    book = with_operator().rings(Party.USER).pass_time(SETTINGS.user.no_answer_s + 0.1)
    leg = book.case.of(Party.USER)[0]
    assert leg.given_up
    book.report(leg, CallState.ANSWERED, confirmed=False).bridge()
    assert book.case.of(Party.USER)[0].state is LegState.RELEASING


def test_nobody_is_cut_off_where_we_cannot_hear_whether_somebody_speaks() -> None:
    book = with_operator()
    perhaps(book, Party.USER, joined=False)
    book.order(OperatorCommand.CALL_PSAP)
    perhaps(book, Party.PSAP, joined=False)
    book.pass_time(120)
    assert book.leg(Party.USER).in_doubt
    assert book.leg(Party.PSAP).in_doubt
    book.order(OperatorCommand.CONFIRM_ANSWER)
    assert (book.leg(Party.PSAP).confirmed_answered, book.leg(Party.USER).confirmed_answered) == (True, False)
    book.order(OperatorCommand.CONFIRM_ANSWER)
    assert book.leg(Party.USER).confirmed_answered


def test_112_that_is_joined_and_then_heard_is_in_the_conference_once() -> None:
    book = with_operator().answers(Party.USER).order(OperatorCommand.CALL_PSAP)
    perhaps(book, Party.PSAP, joined=False)
    leg = book.leg(Party.PSAP).leg
    everybody = tuple(member.leg for member in desired_bridge(book.case).members)
    book.go_on(BridgeReport(bridge=BridgeId("a1"), joined=everybody, heard=(leg,)))
    assert len(book.all_of(ev.PsapJoined)) == 1
    assert phase(book.case) is Phase.CONFERENCE


def test_case_15_a_112_that_only_rang_has_failed_and_is_called_again() -> None:
    book = with_operator().order(OperatorCommand.CALL_PSAP)
    perhaps(book, Party.PSAP)
    book.ends(Party.PSAP, 19)
    assert book.leg(Party.PSAP).attempt == 2


def test_in_duress_a_phone_that_may_still_ring_falls_silent() -> None:
    book = with_operator()
    perhaps(book, Party.USER)
    book.fact(ev.AlertCancelled(duress=True))
    assert book.case.of(Party.USER)[0].reason == "duress"


@pytest.mark.parametrize(
    ("command", "party"),
    [
        (OperatorCommand.BRIEFING_GIVEN, Party.PSAP),
        (OperatorCommand.ANNOUNCE, Party.PSAP),
        (OperatorCommand.DECLARE_FALSE_ALARM, Party.USER),
    ],
)
def test_what_is_done_with_an_answer_proves_it(command: OperatorCommand, party: Party) -> None:
    book = with_operator()
    if command is OperatorCommand.ANNOUNCE:
        book.answers(Party.USER)
    if party is Party.PSAP:
        book.order(OperatorCommand.CALL_PSAP)
    perhaps(book, party)
    book.order(command)
    assert [one.by for one in book.all_of(ev.LegConfirmed)] == ["word"]
    assert book.case.of(party)[0].confirmed


def test_s09_who_leaves_without_a_briefing_leaves_two_who_talk() -> None:
    book = with_operator()
    perhaps(book, Party.USER)
    book.order(OperatorCommand.CALL_PSAP)
    perhaps(book, Party.PSAP)
    book.order(OperatorCommand.LEAVE)
    assert (book.leg(Party.USER).confirmed_answered, book.leg(Party.PSAP).confirmed_answered) == (True, True)
    assert book.case.leave.handed_over


def test_s10_after_a_briefing_the_user_s_phone_may_ring_on_and_is_given_up_in_time() -> None:
    book = with_operator()
    perhaps(book, Party.USER)
    book.order(OperatorCommand.CALL_PSAP)
    perhaps(book, Party.PSAP)
    book.order(OperatorCommand.BRIEFING_GIVEN).order(OperatorCommand.LEAVE)
    assert book.leg(Party.USER).in_doubt
    book.release_all().pass_time(SETTINGS.user.no_answer_s).release_all().pass_time(15).release_all()
    assert book.case.outcome is Outcome.HANDED_OVER


def test_a_machine_is_no_answer() -> None:
    book = with_operator()
    perhaps(book, Party.USER)
    book.obeyed(OperatorCommand.MARK_MACHINE)
    assert book.all_of(ev.LegConfirmed) == []
    assert book.leg(Party.USER).attempt == 2


def test_what_is_confirmed_is_of_this_attempt_alone() -> None:
    book = with_operator()
    perhaps(book, Party.USER)
    heard(book, Party.USER)
    first = book.leg(Party.USER)
    book.ends(Party.USER)
    again = book.leg(Party.USER)
    assert again.attempt == 2
    perhaps(book, Party.USER)
    assert book.leg(Party.USER).in_doubt
    stale = CallReport(leg=first.leg, line=first.line, attempt=1, state=CallState.ANSWERED)
    book.go_on(stale)
    assert book.leg(Party.USER).in_doubt
