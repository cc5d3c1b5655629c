"""A supervisor listens in: called last, heard by nobody, of no weight, and gone with those who talk."""

from __future__ import annotations

import pytest

from actors.alert_case.claims import claims
from actors.alert_case.rules.listening import WAITS_US
from actors.alert_case.wishes import desired_bridge
from messages import events as ev
from messages.calls import CallReport, CallState
from messages.ids import SECOND, NodeId, OperatorCommand, OperatorId, Outcome, Party
from messages.lines import PreemptCase
from model.alert.phase import phase
from model.orders.refusals import Refusal
from tests.actors.alert_case.book import SETTINGS, Book

DORA = OperatorId("dora")
"""A supervisor, off shift."""


def listening(book: Book) -> Book:
    """Dora hears those who talk."""
    book.order(OperatorCommand.LISTEN, by=DORA).rings(Party.LISTENER).answers(Party.LISTENER)
    return book


def test_the_listener_is_called_on_own_phone_and_joins_muted() -> None:
    book = listening(Book().to_talking())
    originating = book.all_of(ev.LegOriginating)[-1]
    assert (originating.party, originating.operator) == (Party.LISTENER, DORA)
    assert originating.line in book.public
    members = {book.case.legs[one.leg].party: one.muted for one in desired_bridge(book.case).members}
    assert members == {Party.OPERATOR: False, Party.USER: False, Party.LISTENER: True}
    assert book.leg(Party.LISTENER).joined


def test_the_listener_is_reserved_in_the_stream_with_the_call_and_free_when_the_listener_has_left() -> None:
    book = Book().to_talking().write("inbox-a1", ev.CommandGiven(command=OperatorCommand.LISTEN, by=DORA))
    pending = book.pending
    decision = book.go_on_once()
    while not any(isinstance(event, ev.LegOriginating) for event in decision.events):
        assert book._answer(decision)
        pending = book.pending
        decision = book.go_on_once()
    appends = claims(book.case, pending, decision.events, NodeId("n"))
    (of_listener,) = (one for one in appends if one.stream == "operator-dora")
    assert [type(event) for event in of_listener.events] == [ev.OperatorReserved]
    assert of_listener.expected == 0
    assert DORA not in book.case.reserved
    book.ends(Party.LISTENER)
    assert [one.operator for one in book.all_of(ev.ListenerLeft)] == [DORA]
    assert book.case.listener is None


def test_nothing_of_the_alert_is_other_by_it() -> None:
    plain, heard = Book().to_talking(), listening(Book().to_talking())
    assert phase(heard.case) is phase(plain.case)
    assert (heard.case.operator, heard.case.reserved) == (plain.case.operator, plain.case.reserved)
    for command in OperatorCommand:
        if command is not OperatorCommand.LISTEN:
            assert heard.why_not(command) == plain.why_not(command)


def test_who_may_not_is_told_why() -> None:
    book = Book().opened()
    assert book.why_not(OperatorCommand.LISTEN, DORA) == Refusal.NOBODY_ON_THE_LINE
    book.answers(Party.OPERATOR)
    assert book.why_not(OperatorCommand.LISTEN) == Refusal.ALREADY_YOURS
    listening(book)
    assert book.why_not(OperatorCommand.LISTEN, DORA) == Refusal.LISTENING_ALREADY
    other = OperatorId("emma")
    assert book.why_not(OperatorCommand.LISTEN, other) == Refusal.ANOTHER_LISTENS
    assert book.why_not(OperatorCommand.STOP_LISTENING, other) == Refusal.NOT_LISTENING
    book.ends(Party.OPERATOR, cause=200)
    assert book.why_not(OperatorCommand.TAKE, DORA) == Refusal.LISTENING


def heard_by(book: Book) -> set[Party] | None:
    """Who hears the listener; None: everybody."""
    (of_listener,) = (
        one for one in desired_bridge(book.case).members if one.leg == book.leg(Party.LISTENER).leg
    )
    if of_listener.muted:
        return set()
    return (
        None if of_listener.heard_by is None else {book.case.legs[leg].party for leg in of_listener.heard_by}
    )


def test_a_whisper_is_for_the_operator_alone() -> None:
    book = Book().to_talking()
    asked = (OperatorCommand.WHISPER, DORA)
    assert book.why_not(*asked) == Refusal.NOT_LISTENING
    book.order(OperatorCommand.LISTEN, by=DORA).rings(Party.LISTENER)
    assert book.why_not(*asked) == Refusal.HEARS_NOTHING_YET
    book.answers(Party.LISTENER)
    assert heard_by(book) == set()
    assert book.why_not(OperatorCommand.STOP_WHISPERING, DORA) == Refusal.NOT_WHISPERING
    book.order(OperatorCommand.WHISPER, by=DORA)
    assert heard_by(book) == {Party.OPERATOR}
    assert book.why_not(*asked) == Refusal.WHISPERING_ALREADY
    book.order(OperatorCommand.STOP_WHISPERING, by=DORA)
    assert heard_by(book) == set()


def test_a_whisper_without_an_operator_is_heard_by_nobody() -> None:
    book = listening(Book().to_talking()).order(OperatorCommand.WHISPER, by=DORA)
    book.ends(Party.OPERATOR, cause=200)
    assert heard_by(book) == set()


def test_whoever_listens_next_does_not_begin_with_a_whisper() -> None:
    book = listening(Book().to_talking()).order(OperatorCommand.WHISPER, by=DORA).ends(Party.LISTENER)
    listening(book)
    assert heard_by(book) == set()


@pytest.mark.parametrize("rung", [False, True])
def test_the_listener_stops_by_the_key_at_any_moment(rung: bool) -> None:
    book = Book().to_talking().order(OperatorCommand.LISTEN, by=DORA)
    if rung:
        book.answers(Party.LISTENER)
    book.obeyed(OperatorCommand.STOP_LISTENING, by=DORA)
    assert book.case.listener is None
    assert book.case.answered(Party.USER)
    assert book.case.closed_at is None
    # And may again.
    listening(book)
    assert book.leg(Party.LISTENER).answered


def test_one_whose_phone_is_not_answered_is_not_called_again_by_itself() -> None:
    book = Book().to_talking().order(OperatorCommand.LISTEN, by=DORA).rings(Party.LISTENER)
    book.pass_time(SETTINGS.operator.silent_after_s + 1).release_all().pass_time(60)
    calls = [one for one in book.all_of(ev.LegOriginating) if one.party is Party.LISTENER]
    assert len(calls) == 1
    assert book.all_of(ev.ListenerLeft)[0].reason == "no answer"


def test_without_a_line_the_listener_waits_for_a_while_and_no_longer() -> None:
    book = Book().to_talking()
    book.public = [leg.line for leg in book.case.legs.values()]
    book.order(OperatorCommand.LISTEN, by=DORA).pass_time(WAITS_US / SECOND - 1)
    assert book.case.listener is not None
    book.pass_time(2)
    assert book.case.listener is None
    assert not [one for one in book.all_of(ev.LegOriginating) if one.party is Party.LISTENER]


def test_the_listener_s_line_is_given_up_for_whoever_needs_it() -> None:
    book = listening(Book().to_talking())
    leg = book.leg(Party.LISTENER)
    book.go_on(PreemptCase(alert=book.case.alert, leg=leg.leg))
    book.release_all()
    assert book.case.listener is None
    assert book.case.answered(Party.USER)
    user = book.leg(Party.USER)
    book.go_on(PreemptCase(alert=book.case.alert, leg=user.leg))
    assert book.case.answered(Party.USER), "nobody but a listener gives way in a real alert"


def test_while_an_operator_is_looked_for_nobody_is_called_to_listen() -> None:
    book = Book().to_talking().ends(Party.OPERATOR, cause=200)
    book.answering = False
    book.order(OperatorCommand.LISTEN, by=DORA)
    wants = book.go_on().wants
    assert all(getattr(want, "party", None) is not Party.LISTENER for want in wants)
    assert all(getattr(want, "named", None) is None for want in wants)
    book.answering = True
    book.go_on()
    operators = [one.operator for one in book.all_of(ev.LegOriginating) if one.party is Party.OPERATOR]
    assert DORA not in operators


@pytest.mark.parametrize(
    ("ends", "outcome"),
    [
        (OperatorCommand.DECLARE_FALSE_ALARM, Outcome.FALSE_ALARM),
        (OperatorCommand.LEAVE, Outcome.HANDED_OVER),
    ],
)
def test_an_alert_ends_with_its_listener_and_not_because_of_the_listener(
    ends: OperatorCommand, outcome: Outcome
) -> None:
    book = Book().to_talking()
    if ends is OperatorCommand.LEAVE:
        book.order(OperatorCommand.CALL_PSAP).answers(Party.PSAP)
    listening(book)
    book.order(ends)
    if ends is OperatorCommand.LEAVE:
        book.release_all()
        assert book.leg(Party.LISTENER).answered, "she hears them as long as they talk"
        book.pass_time(61).ends(Party.USER).pass_time(11).release_all()
    book.release_all().release_all()
    assert book.case.closed_at is not None
    assert book.case.outcome is outcome
    assert book.case.listener is None
    assert book.case.all_released


def test_the_drop_of_the_listener_s_call_after_a_leave_is_no_alarm() -> None:
    book = Book().to_conference()
    listening(book)
    book.obeyed(OperatorCommand.LEAVE)
    leg = book.leg(Party.LISTENER)
    gone = CallReport(leg=leg.leg, line=leg.line, attempt=leg.attempt, state=CallState.RELEASED, cause=16)
    decision = book.go_on_once(gone)
    assert not [event for event in decision.events if isinstance(event, ev.AlarmRaised)]
    user = book.leg(Party.USER)
    ended = CallReport(leg=user.leg, line=user.line, attempt=user.attempt, state=CallState.RELEASED, cause=16)
    decision = book.go_on_once(ended)
    assert [event for event in decision.events if isinstance(event, ev.AlarmRaised)]


def test_what_is_over_can_be_closed_though_the_listener_hangs_on() -> None:
    book = listening(Book().to_talking()).ends(Party.USER)
    while book.case.active(Party.USER) is not None or not book.case.user_ends:
        book.ends(Party.USER, cause=19)
    book.obeyed(OperatorCommand.CLOSE, supervisor=True).release_all()
    assert book.case.closed_at is not None
