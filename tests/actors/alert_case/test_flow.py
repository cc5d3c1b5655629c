"""The flow of an alert in the decider of the AlertCase: from the identification of the user to the deadline,
with the faults and refusals on the way.
"""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from actors.alert_case.pending import PendingOffers
from actors.alert_case.wishes import desired_legs
from messages import events as ev
from messages.base import Position
from messages.calls import CallState
from messages.cases import Identify, Originate, ReleaseLeg
from messages.ids import (
    E164,
    SECOND,
    Advice,
    Assurance,
    Channel,
    Instant,
    LineId,
    OperatorCommand,
    OperatorId,
    Outcome,
    Party,
)
from messages.lines import PreemptCase
from model.alert.leg import LegState, place_of
from model.alert.phase import Phase, phase
from model.rules.calls.user_due import GIVES_WAY_UNTIL
from model.settings import Settings
from model.settings.alerts import Duress, MetBy, VoiceAlert
from tests.actors.alert_case.book import ALERT, EVERYONE, SETTINGS, START, Book, leg
from tests.support.each import each
from tests.support.settings import changed


def with_settings(changes: dict[str, object]) -> Settings:
    return changed(SETTINGS, changes)


def test_s03_s04_one_barrier_holds_identity_operator_and_first_leg() -> None:
    book = Book().opened()
    kinds = [type(event) for event in book.events[1:]]
    assert kinds == [ev.CaseOpened, ev.UserIdentified, ev.OperatorReserved, ev.LegOriginating]
    originating = book.all_of(ev.LegOriginating)[0]
    assert originating.party is Party.OPERATOR
    assert originating.leg == leg("op1")


def test_s04_the_user_is_not_called_before_the_operator_answers() -> None:
    book = Book().opened().rings(Party.OPERATOR)
    assert book.case.active(Party.USER) is None
    book.answers(Party.OPERATOR)
    assert book.leg(Party.USER).number == book.case.phone


def test_s05_s11_ringing_meets_the_deadline_and_an_answer_reaches_the_user() -> None:
    book = Book().attended().rings(Party.USER)
    assert (book.case.met_at, book.case.reached_at) == (book.case.rang_at, None)
    met_at = book.case.met_at
    book.answers(Party.USER)
    assert (book.case.met_at, book.case.reached_by) == (met_at, "answer")
    assert (len(book.all_of(ev.UserRang)), len(book.all_of(ev.UserReached))) == (1, 1)


def test_s11_answering_can_be_required_instead() -> None:
    book = Book(settings=with_settings({"deadline.met_by": MetBy.ANSWERED})).attended().rings(Party.USER)
    assert (book.case.rang_at is None, book.case.met_at) == (False, None)
    book.answers(Party.USER)
    assert (book.case.met_at, book.case.reached_by) == (book.case.reached_at, "answer")


def test_s06_operator_and_user_are_joined() -> None:
    book = Book().to_talking()
    assert {one.leg for one in book.case.legs.values() if one.joined} == {leg("op1"), leg("user")}
    assert phase(book.case) is Phase.TALKING


def test_s07_a_false_alarm_releases_everybody_and_closes_after_that() -> None:
    book = Book().to_talking().order(OperatorCommand.DECLARE_FALSE_ALARM)
    assert {one.state for one in book.case.legs.values()} == {LegState.RELEASING}
    assert book.case.closed_at is None
    book.release_all()
    assert book.case.outcome is Outcome.FALSE_ALARM
    assert book.case.reserved == ()


def test_s08_112_is_called_on_the_emergency_trunk_and_joined() -> None:
    book = Book().to_conference()
    psap = book.leg(Party.PSAP)
    assert psap.line in book.emergency
    assert psap.number == SETTINGS.psap.number
    assert all(one.joined for one in book.case.legs.values())
    assert book.all_of(ev.PsapJoined)
    assert phase(book.case) is Phase.CONFERENCE


def test_s09_the_operator_leaves_and_the_two_go_on_talking() -> None:
    book = Book().to_conference().order(OperatorCommand.LEAVE)
    assert book.all_of(ev.OperatorLeft) == [], "she is not another's before her phone is on hook"
    book.release_all()
    assert book.all_of(ev.OperatorLeft)[0].reason == "left"
    assert book.case.closed_at is None
    assert {one.leg for one in book.case.legs.values() if one.answered} == {leg("user"), leg("psap")}
    assert phase(book.case) is Phase.HANDED_OVER
    book.pass_time(90).ends(Party.PSAP)
    assert book.case.answered(Party.USER) is not None, "she is not cut off in the middle of a word"
    book.pass_time(4).release_all()
    assert book.case.outcome is Outcome.HANDED_OVER


def test_s10_briefed_and_left_with_112_alone_ends_all_of_it() -> None:
    book = Book().attended().order(OperatorCommand.CALL_PSAP).answers(Party.PSAP)
    assert book.why_not(OperatorCommand.LEAVE) is not None
    book.order(OperatorCommand.BRIEFING_GIVEN).obeyed(OperatorCommand.LEAVE)
    assert book.case.outcome is Outcome.BRIEFED


def test_s02_a_voice_alert_is_answered_at_once_and_is_the_users_leg() -> None:
    book = Book(channel=Channel.VOICE, line=LineId("p7"), call=9).opened()
    user = book.leg(Party.USER)
    assert (user.line, user.call) == (LineId("p7"), 9)
    book.report(user, CallState.ANSWERED)
    assert (book.case.reached_by, book.case.rang_at) == ("answer", None)
    assert book.case.active(Party.OPERATOR) is not None, "the operator is called while she stays on the line"


def test_s02_a_voice_alert_can_be_declined_and_called_back() -> None:
    book = Book(
        settings=with_settings({"voice_alert": VoiceAlert.CALLBACK}),
        channel=Channel.VOICE,
        line=LineId("p7"),
        call=9,
    )
    book.go_on()
    assert book.case.active(Party.USER) is None
    book.answers(Party.OPERATOR)
    assert book.leg(Party.USER).call is None


def test_case_02_the_user_s_own_call_replaces_ours() -> None:
    book = Book().attended().rings(Party.USER)
    again = ev.AlertSignalAdded(
        channel=Channel.VOICE,
        proof=Assurance.NETWORK,
        received_at=book.now,
        raised_at=book.now,
        line=LineId("p7"),
        call=4,
    )
    book.fact(again)
    outbound = book.case.legs[leg("user")]
    assert (outbound.state, outbound.reason) == (LegState.RELEASING, "replaced")
    book.release_all()
    inbound = book.leg(Party.USER)
    assert (inbound.line, inbound.call, inbound.attempt) == (LineId("p7"), 4, 2)
    book.answers(Party.USER).pass_time(60)
    assert len([one for one in book.all_of(ev.LegOriginating) if one.party is Party.USER]) == 2


def test_case_03_busy_twice_is_presumed_to_be_112() -> None:
    book = Book().attended().ends(Party.USER, 17)
    assert book.case.active(Party.USER) is None
    book.pass_time(3.9)
    assert book.case.active(Party.USER) is None
    book.pass_time(0.2).ends(Party.USER, 17)
    assert book.case.presumed_calling_112 == "busy"
    book.pass_time(60)
    assert book.case.active(Party.USER) is None, "the operator decides"
    book.order(OperatorCommand.REDIAL_USER)
    assert book.leg(Party.USER).attempt == 3


def test_case_04_a_machine_counts_as_no_answer() -> None:
    book = Book().to_talking().obeyed(OperatorCommand.MARK_MACHINE)
    assert book.leg(Party.USER).attempt == 2, "a second attempt rings in the background"
    book.report(book.leg(Party.USER), CallState.ANSWERED).obeyed(OperatorCommand.MARK_MACHINE).pass_time(30)
    assert book.case.active(Party.USER) is None


def test_case_05_no_answer_within_25_s_rings_a_second_time() -> None:
    book = Book().attended().rings(Party.USER).pass_time(24)
    assert book.leg(Party.USER).ringing_at is not None
    book.pass_time(1.5).release_all()
    assert book.leg(Party.USER).attempt == 2
    assert book.why_not(OperatorCommand.CALL_PSAP) is None
    book.rings(Party.USER).pass_time(26).release_all().pass_time(60)
    assert book.case.active(Party.USER) is None


@pytest.mark.parametrize("party", [Party.USER, Party.PSAP])
def test_case_05_an_answer_not_heard_of_in_time_is_no_reason_to_hang_up(party: Party) -> None:
    book = Book().attended().rings(Party.USER)
    if party is Party.PSAP:
        book.order(OperatorCommand.CALL_PSAP).rings(Party.PSAP)
    book.pass_time(25.5)
    given_up = next(iter(book.case.of(party)))
    assert given_up.given_up
    wish = desired_legs(book.case)[place_of(given_up.leg)]
    assert isinstance(wish, ReleaseLeg)
    assert wish.unanswered, "only if the modem knows of no answer either"
    book.report(given_up, CallState.ANSWERED).pass_time(1)
    now = book.leg(party)
    assert now.answered
    assert now.attempt == given_up.attempt
    assert isinstance(desired_legs(book.case)[place_of(now.leg)], Originate)


def test_case_06_a_drop_is_one_more_callback_and_112_stays_up() -> None:
    book = Book().to_conference().ends(Party.USER)
    assert book.leg(Party.USER).attempt == 2
    assert book.case.answered(Party.PSAP) is not None
    book.answers(Party.USER).ends(Party.USER).pass_time(30)
    assert book.case.active(Party.USER) is None
    assert book.case.answered(Party.PSAP) is not None


def reserved(book: Book) -> int:
    return len(book.case.reserved)


def test_case_07_the_next_operator_after_6_s_and_all_after_12() -> None:
    book = Book().opened().rings(Party.OPERATOR).pass_time(5.9)
    assert reserved(book) == 1
    book.pass_time(0.2)
    assert reserved(book) == 2
    book.pass_time(6)
    assert reserved(book) == 3
    second = book.case.legs[leg("op2")]
    book.report(second, CallState.ANSWERED)
    assert (book.case.operator, book.case.legs[leg("op1")].state) == (second.operator, LegState.RELEASING)
    assert book.case.reserved == EVERYONE, "nobody is another's before her phone is on hook"
    book.release_all()
    assert [event.operator for event in book.all_of(ev.OperatorNotAnswering)] == [EVERYONE[0]]
    assert [event.operator for event in book.all_of(ev.OperatorLeft)] == [EVERYONE[2]]
    assert book.case.reserved == (second.operator,)


def test_case_07_an_operator_who_let_it_ring_may_take_it_by_hand_a_moment_later() -> None:
    book = Book().opened()
    book.report(book.leg(Party.OPERATOR), CallState.RELEASED, cause=21)
    assert book.case.tried == (EVERYONE[0],)
    assert [one.operator for one in book.case.of(Party.OPERATOR) if one.active] == [EVERYONE[1]]
    book.order(OperatorCommand.TAKE, by=EVERYONE[0])
    assert EVERYONE[0] in [one.operator for one in book.case.of(Party.OPERATOR) if one.active]


@pytest.mark.parametrize("presses", [1, 4])
def test_case_07_an_alert_taken_by_a_busy_operator_goes_to_one_who_comes_free(presses: int) -> None:
    book = Book(operators=())
    book.busy = {EVERYONE[2]}
    book.go_on()
    for _ in range(presses):
        book.order(OperatorCommand.TAKE, by=EVERYONE[2]).pass_time(1)
    assert book.case.active(Party.OPERATOR) is None
    book.operators, book.on_shift = [EVERYONE[1]], 1
    book.go_on()
    assert [one.operator for one in book.case.of(Party.OPERATOR) if one.active] == [EVERYONE[1]]
    book.pass_time(1)
    assert len(book.case.reserved) == 1, "one phone is enough"


def test_case_07_a_repeated_take_does_not_renew_the_time_for_which_the_alert_is_kept() -> None:
    book = Book(operators=())
    book.public = []
    book.pass_time(0.2)
    for _ in range(4):
        book.order(OperatorCommand.TAKE, by=EVERYONE[2])
        assert book.case.taken_for(book.now) == EVERYONE[2]
        book.pass_time(2.4)
    book.pass_time(0.5)
    assert book.case.taken_for(book.now) is None


def test_case_08_nobody_on_shift_tells_the_app_at_once() -> None:
    book = Book(operators=()).opened()
    assert book.case.advice is Advice.CALL_112_NOW
    assert any(want.on_call for want in [_last_operators_request(book)])


def _last_operators_request(book: Book):  # type: ignore[no-untyped-def]
    from messages.operators import RequestOperators

    book.answering = False
    wants = [want for want in book.go_on().wants if isinstance(want, RequestOperators)]
    return wants[-1]


def test_case_08_all_are_tried_again_after_a_pause() -> None:
    book = Book(operators=EVERYONE[:1]).opened().ends(Party.OPERATOR, 17)
    assert book.case.active(Party.OPERATOR) is None
    book.on_shift = 1
    for _ in range(8):
        book.now = Instant(book.now + SECOND)
        book.go_on()
    assert book.leg(Party.OPERATOR).attempt == 2


def test_case_09_a_test_call_gives_up_its_line_and_a_real_one_does_not() -> None:
    for test, state in ((True, LegState.RELEASING), (False, LegState.ORIGINATING)):
        book = Book(test=test).attended()
        book.go_on(PreemptCase(alert=ALERT, leg=leg("user")))
        assert book.case.legs[leg("user")].state is state


def test_case_09_a_test_that_gives_way_again_and_again_is_its_operators_to_end() -> None:
    book = Book(test=True).attended()
    for _ in range(GIVES_WAY_UNTIL):
        assert book.leg(Party.USER).active
        book.go_on(PreemptCase(alert=ALERT, leg=leg("user")))
        book.release_all().pass_time(11)
    book.pass_time(60)
    assert book.case.active(Party.USER) is None
    assert book.case.legs[leg("user")].attempt == GIVES_WAY_UNTIL
    book.order(OperatorCommand.REDIAL_USER)
    assert book.leg(Party.USER).active


def test_s05_without_an_operator_the_user_is_dialled_when_the_set_up_time_is_all_that_is_left() -> None:
    book = Book(operators=()).opened().pass_time(37.9)
    assert book.case.active(Party.USER) is None
    book.pass_time(0.2)
    assert book.case.active(Party.USER) is not None


def test_case_11_the_deadline_passes_while_it_rings() -> None:
    book = Book(settings=with_settings({"deadline.met_by": MetBy.ANSWERED})).opened().pass_time(30)
    book.report(book.leg(Party.OPERATOR), CallState.ANSWERED).rings(Party.USER).pass_time(20)
    book.fact(ev.DeadlineMissed())
    assert book.case.presumed_calling_112 == "deadline"
    assert book.leg(Party.USER).state is LegState.RINGING


def test_case_13_a_good_fix_is_not_replaced_by_a_worse_one() -> None:
    good, bad, better = (
        Position(lat=lat, lon=lat, at=Instant(START + second * SECOND), accuracy_m=accuracy_m)
        for second, (lat, accuracy_m) in enumerate([(1.0, 10.0), (2.0, 2000.0), (3.0, 15.0)])
    )
    book = Book(position=good)
    for told, shown in ((bad, good), (better, better)):
        book.now = Instant(book.now + SECOND)
        book.fact(ev.PositionUpdated(position=told))
        assert book.case.position is not None
        assert book.case.position.lat == shown.lat
    assert [one.lat for one in book.case.positions] == [1.0, 2.0, 3.0]


def test_case_14_unknown_and_withheld_get_full_service() -> None:
    book = Book(channel=Channel.VOICE, phone=None, line=LineId("p7"), call=1)
    book.known = None
    book.answering = True
    book.go_on()
    assert book.leg(Party.USER).call == 1
    assert book.all_of(ev.LegOriginating)


def test_case_15_112_busy_goes_to_another_line_and_then_to_the_alternate() -> None:
    book = Book().to_talking().order(OperatorCommand.CALL_PSAP)
    tried = []
    for _ in range(3):
        psap = book.leg(Party.PSAP)
        tried.append((psap.line, psap.number))
        book.ends(Party.PSAP, 17).pass_time(2.1)
    lines = [line for line, _ in tried]
    assert lines[0] != lines[1]
    assert [number for _, number in tried] == [
        SETTINGS.psap.number,
        SETTINGS.psap.number,
        SETTINGS.psap.alternate,
    ]
    assert book.case.answered(Party.USER) is not None


def test_case_15_112_that_is_silent_is_given_up() -> None:
    book = Book().to_talking().order(OperatorCommand.CALL_PSAP).rings(Party.PSAP).pass_time(20.1)
    book.release_all()
    assert book.leg(Party.PSAP).attempt == 2


def test_case_17_an_operator_who_is_lost_is_redialled_with_the_next_one() -> None:
    book = Book().to_talking().ends(Party.OPERATOR)
    assert book.all_of(ev.OperatorLeft)[-1].reason == "lost"
    assert book.case.answered(Party.USER) is not None
    assert {one.operator for one in book.case.of(Party.OPERATOR) if one.active} == {EVERYONE[0], EVERYONE[1]}


def test_case_19_a_cancellation_changes_nothing_but_what_is_shown() -> None:
    book = Book().write("inbox-a1", ev.AlertCancelled()).to_talking()
    assert book.case.cancelled


def test_case_19_duress_calls_112_and_never_the_user() -> None:
    book = Book().fact(ev.AlertCancelled(duress=True)).answers(Party.OPERATOR).pass_time(45)
    assert book.case.of(Party.USER) == ()
    assert book.case.of(Party.PSAP)
    requested = book.all_of(ev.PsapRequested)
    assert len(requested) == 1
    assert requested[0].by is None


def test_case_19_duress_can_be_set_to_call_the_user() -> None:
    book = Book(settings=with_settings({"duress": Duress.CALL})).fact(ev.AlertCancelled(duress=True))
    book.answers(Party.OPERATOR)
    assert book.leg(Party.USER)


def test_case_20_a_test_calls_the_number_for_tests_and_no_other() -> None:
    for live in (False, True):
        book = Book(settings=with_settings({"psap.live": live}), test=True).to_talking()
        book.order(OperatorCommand.CALL_PSAP)
        for _ in range(4):
            assert book.leg(Party.PSAP).number == SETTINGS.psap.test_number
            book.ends(Party.PSAP, 17).pass_time(8.1)
        book.order(OperatorCommand.DECLARE_FALSE_ALARM)


def test_case_20_without_a_number_for_tests_a_test_calls_nobody() -> None:
    book = Book(settings=with_settings({"psap.test_number": E164("")}), test=True).to_talking()
    book.order(OperatorCommand.CALL_PSAP)
    assert book.case.of(Party.PSAP) == ()
    assert book.all_of(ev.CommandRefused)
    book.obeyed(OperatorCommand.DECLARE_FALSE_ALARM)
    assert book.case.outcome is Outcome.TEST_DONE


def test_a_line_that_fails_is_dialled_again_on_another() -> None:
    book = Book().attended()
    first = book.leg(Party.USER).line
    book.ends(Party.USER, 200).pass_time(1.1)
    second = book.leg(Party.USER)
    assert second.attempt == 2
    assert second.line != first


def test_a_waiting_alert_is_taken_by_hand() -> None:
    book = Book(operators=()).opened().order(OperatorCommand.TAKE, by=OperatorId("dora"))
    assert book.leg(Party.OPERATOR).operator == "dora"
    book.answers(Party.OPERATOR)
    assert book.case.operator == "dora"


def test_an_alert_that_was_handed_over_can_be_taken_again() -> None:
    book = Book().to_conference().obeyed(OperatorCommand.LEAVE)
    book.order(OperatorCommand.TAKE, by=OperatorId("dora")).answers(Party.OPERATOR)
    assert book.case.operator == "dora"
    assert len([one for one in book.case.legs.values() if one.answered]) == 3


def test_an_alert_that_is_closed_before_anybody_had_it_asks_nobody_for_anything() -> None:
    book = Book()
    book.now = Instant(START + 51 * SECOND)
    book.write("inbox-a1", ev.DeadlineMissed())
    book.write("inbox-a1", ev.CommandGiven(command=OperatorCommand.CLOSE, by=EVERYONE[0]))
    book.pending = PendingOffers(opened_at=book.now)
    decision = book.go_on_once()
    assert decision.wants == ()
    assert book.case.outcome is Outcome.USER_CALLED_112
    assert not book.all_of(ev.LegOriginating)


def test_a_command_is_acted_upon_once_however_often_the_case_restarts() -> None:
    book = Book().to_talking().order(OperatorCommand.CALL_PSAP)
    for incarnation in range(2, 5):
        from model.alert.case import Owner

        book.me = Owner(node=book.me.node, worker=book.me.worker, incarnation=incarnation)
        book.go_on()
    assert len(book.all_of(ev.PsapRequested)) == 1
    assert len([one for one in book.all_of(ev.LegOriginating) if one.party is Party.PSAP]) == 1


def test_a_new_alert_waits_for_its_first_answers_and_not_longer() -> None:
    book = Book()
    book.answering = False
    first = book.go_on()
    assert not first.events
    assert Identify in {type(want) for want in first.wants}
    assert first.wake_at is not None
    assert first.wake_at <= START + SECOND // 5
    book.now = first.wake_at
    assert isinstance(book.go_on().case.owner, object)
    assert book.all_of(ev.CaseOpened)


@each("command", list(OperatorCommand))
def test_after_the_end_notes_are_allowed_reading_and_reopening(command: OperatorCommand) -> None:
    book = Book().to_talking().obeyed(OperatorCommand.DECLARE_FALSE_ALARM)
    allowed = book.why_not(command) is None
    after = (OperatorCommand.NOTE, OperatorCommand.HAVE_READ, OperatorCommand.REOPEN)
    assert allowed == (command in after)


# ---------------------------------------------------------------- an operator leaves


def test_case_18_a_case_that_comes_back_late_listens_before_it_gives_a_call_up() -> None:
    book = Book().to_talking().order(OperatorCommand.CALL_PSAP)
    psap = book.leg(Party.PSAP)
    book.now = Instant(book.now + 45 * SECOND)
    book.me = replace(book.me, incarnation=2)
    book.pending = PendingOffers(opened_at=book.now)
    book.go_on()
    assert book.all_of(ev.LegReleasing) == []
    book.report(psap, CallState.ANSWERED)
    assert book.case.answered(Party.PSAP) is not None
    book.pass_time(10)
    assert book.all_of(ev.LegReleasing) == []
