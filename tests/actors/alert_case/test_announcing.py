"""What is played to whom, and that what was played is over."""

from __future__ import annotations

from messages import events as ev
from messages.bridge import Clip
from messages.calls import CallState
from messages.ids import Channel, LineId, OperatorCommand, Party
from model.rules.messages.announcements import clips_to_play
from tests.actors.alert_case.book import EVERYONE, Book


def plays(book: Book, party: Party) -> list[Clip]:
    """The clips for this party alone."""
    return [clip for clip in clips_to_play(book.case, "Giulia") if clip.to == (book.leg(party).leg,)]


def names(book: Book, party: Party) -> list[tuple[str, ...]]:
    return [clip.names for clip in plays(book, party)]


def test_the_operator_is_whispered_what_kind_of_alert_it_is_and_once_more_that_it_is_duress() -> None:
    for test, kind in ((False, "alert_real"), (True, "alert_test")):
        book = Book(test=test).attended()
        assert names(book, Party.OPERATOR) == [(kind, "text")]
    book = Book().to_talking()
    (first,) = plays(book, Party.OPERATOR)
    assert (first.id, first.text, first.every_s) == ("whisper:op1:1", "Giulia", 0.0)
    book.write("alert-a1", ev.AnnouncementPlayed(clip=first.id, leg=first.to[0]))
    assert plays(book, Party.OPERATOR) == []
    book.fact(ev.AlertCancelled(duress=True))
    (again,) = plays(book, Party.OPERATOR)
    assert (again.id, again.names) == (
        "whisper:op1:1:duress",
        ("alert_real", "duress", "user_on_the_line", "text"),
    )


def test_a_phone_that_may_still_ring_is_whispered_to_until_somebody_speaks_and_then_once_more() -> None:
    book = Book().opened()
    book.report(book.leg(Party.OPERATOR), CallState.ANSWERED, confirmed=False)
    (clip,) = plays(book, Party.OPERATOR)
    assert (clip.id, clip.names, clip.every_s) == ("whisper:op1:1:again", ("alert_real", "text"), 2.0)
    book.order(OperatorCommand.TAKE, by=EVERYONE[0])
    assert [clip.id for clip in plays(book, Party.OPERATOR)] == ["whisper:op1:1"]


def test_a_user_whom_nobody_attends_is_told_to_hold_in_the_own_language_and_never_under_duress() -> None:
    book = Book(channel=Channel.VOICE, line=LineId("p7"), call=1).opened().answers(Party.USER)
    (hold,) = plays(book, Party.USER)
    assert (hold.names, hold.language, hold.every_s) == (("please_hold",), "it", 8.0)
    book.fact(ev.AlertCancelled(duress=True))
    assert plays(book, Party.USER) == []


def test_112_that_answers_while_nobody_attends_it_is_told_to_hold() -> None:
    book = Book().attended().order(OperatorCommand.CALL_PSAP).ends(Party.OPERATOR).answers(Party.PSAP)
    (hold,) = plays(book, Party.PSAP)
    assert (hold.names, hold.language, hold.every_s) == (("psap_hold",), "", 8.0)
    book.answers(Party.OPERATOR)
    assert plays(book, Party.PSAP) == []


def test_112_is_told_once_for_each_order_that_the_user_cannot_speak() -> None:
    book = Book().to_conference()
    for number in (1, 2):
        book.order(OperatorCommand.ANNOUNCE)
        (clip,) = plays(book, Party.PSAP)
        assert (clip.id, clip.names) == (f"cannot_speak:{number}", ("cannot_speak",))
        book.write("alert-a1", ev.AnnouncementPlayed(clip=clip.id, leg=clip.to[0]))
        assert plays(book, Party.PSAP) == []
