"""112 is called a second time while a node that is not heard may hold the first call."""

from __future__ import annotations

import pytest

from actors.alert_case.pending import PendingOffers
from actors.alert_case.reports import CaseReport
from messages import events as ev
from messages.base import HangupCause
from messages.calls import CallReport, CallState
from messages.ids import OperatorCommand, Party, TrunkId
from messages.lines import LineGranted, LineRefused, RequestLine
from model.alert.leg import leg_id
from model.alert.reasons import ReleaseReason
from model.rules.messages.announcements import clips_to_play
from tests.actors.alert_case.book import ALERT, Book

PSAP = leg_id(ALERT, "psap")
AGAIN = "psap_again:2"


def clips(book: Book) -> list[str]:
    return [clip.id for clip in clips_to_play(book.case) if clip.to == (PSAP,)]


def lost(book: Book, *parties: Party) -> Book:
    """The node is lost on which these have answered; 112's line is not to be had again."""
    book.to_conference()
    first = book.leg(Party.PSAP).line
    book.emergency = [line for line in book.emergency if line != first]
    for party in parties:
        book.ends(party, HangupCause.NODE_LOST)
    book.pass_time(0.5)
    assert (book.leg(Party.PSAP).attempt, book.leg(Party.PSAP).line == first) == (2, False)
    return book


def test_who_answers_the_second_call_is_told_once_that_it_is_the_same_alert() -> None:
    book = lost(Book(), Party.PSAP).rings(Party.PSAP)
    assert clips(book) == []
    book.answers(Party.PSAP)
    assert clips(book) == [AGAIN]
    book.write("alert-a1", ev.AnnouncementPlayed(clip=AGAIN, leg=PSAP))
    assert clips(book) == []


def test_where_nothing_proves_the_answer_it_is_told_until_somebody_is_there_and_once_more() -> None:
    book = lost(Book(), Party.PSAP)
    book.report(book.leg(Party.PSAP), CallState.ANSWERED, confirmed=False)
    assert clips(book) == [f"{AGAIN}:again"]
    book.write("alert-a1", ev.LegConfirmed(leg=PSAP, attempt=2, by="voice"))
    assert clips(book) == [AGAIN]


def test_a_call_whose_line_alone_has_failed_is_made_again_without_a_word() -> None:
    book = Book().to_conference().ends(Party.PSAP, HangupCause.LINE_LOST).pass_time(0.5).answers(Party.PSAP)
    assert not any(clip.startswith("psap_again") for clip in clips(book))


def test_the_first_call_is_waited_for_until_somebody_is_with_the_second() -> None:
    book = lost(Book(), Party.OPERATOR, Party.USER, Party.PSAP).answers(Party.PSAP)
    assert PSAP in book.case.calls_on_lost_nodes
    book.answers(Party.USER)
    assert PSAP not in book.case.calls_on_lost_nodes


def test_the_first_call_is_not_waited_for_where_the_second_has_the_user_at_once() -> None:
    book = lost(Book(), Party.PSAP).answers(Party.PSAP)
    assert PSAP not in book.case.calls_on_lost_nodes


def test_the_first_call_is_the_one_that_is_waited_for_where_the_second_s_node_is_lost_too() -> None:
    book = lost(Book(), Party.OPERATOR, Party.USER, Party.PSAP)
    first = book.case.calls_on_lost_nodes[PSAP]
    book.answers(Party.PSAP).ends(Party.PSAP, HangupCause.NODE_LOST)
    assert book.case.calls_on_lost_nodes[PSAP] == first
    book.pass_time(2).answers(Party.PSAP)
    assert clips(book) == ["psap_again:3"]


@pytest.mark.parametrize("command", [OperatorCommand.WITHDRAW_PSAP, OperatorCommand.CALLED_ELSEWHERE])
def test_the_first_call_is_not_taken_back_where_112_is_wanted_no_more(command: OperatorCommand) -> None:
    book = lost(Book(), Party.PSAP)
    assert PSAP in book.case.calls_on_lost_nodes
    book.order(command)
    assert PSAP not in book.case.calls_on_lost_nodes


def psap_lines_asked(book: Book, *heard: CaseReport) -> list[tuple[int, bool]]:
    """Which attempts of 112's a line is asked for, and whether it is to be the one that holds the call."""
    wants = book.go_on_once(*heard).wants
    return [(one.attempt, one.held) for one in wants if isinstance(one, RequestLine) and one.leg == PSAP]


def test_who_has_ended_the_second_call_asks_for_the_first_and_dials_only_where_that_is_gone() -> None:
    book = lost(Book(), Party.OPERATOR, Party.USER, Party.PSAP)
    first = book.case.calls_on_lost_nodes[PSAP].line
    book.answers(Party.PSAP)
    second = book.leg(Party.PSAP)
    book.pending = book.pending.take(
        LineGranted(leg=PSAP, attempt=3, line=first, trunk=TrunkId("t"), version=0)
    )
    book.go_on()
    assert book.all_of(ev.LegReleasing)[-1].reason == ReleaseReason.TAKEN_BACK
    # Another process goes on, which does not know of the grant.
    book.pending, book.answering = PendingOffers(opened_at=book.now), False
    gone = CallReport(leg=PSAP, line=second.line, attempt=2, state=CallState.RELEASED, cause=16)
    assert psap_lines_asked(book, gone) == [(3, True)]
    book.pending = book.pending.take(LineRefused(leg=PSAP, attempt=3, reason="no line holds this call"))
    assert psap_lines_asked(book) == [(3, False)]


def test_the_first_call_is_taken_back_though_who_answered_the_second_has_hung_up() -> None:
    book = lost(Book(), Party.OPERATOR, Party.USER, Party.PSAP)
    first = book.case.calls_on_lost_nodes[PSAP].line
    book.answers(Party.PSAP).ends(Party.PSAP)
    assert book.case.psap is None
    granted = LineGranted(leg=PSAP, attempt=3, line=first, trunk=TrunkId("t"), version=0)
    book.pending = book.pending.take(granted)
    book.go_on()
    assert [one.by for one in book.all_of(ev.PsapRequested)][1:] == [None]
    assert (book.leg(Party.PSAP).attempt, book.leg(Party.PSAP).line) == (3, first)
