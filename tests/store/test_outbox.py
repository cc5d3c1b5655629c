"""A short message is sent once and its words are forgotten, whatever dies and whatever fails meanwhile."""

from collections.abc import Callable

import pytest

from messages.events import TextAsked, TextFailed, TextSending, TextSent
from messages.ids import E164, SECOND, Instant, LineId, TextFailure, TextId, TextPurpose
from store import streams
from store.journal.journal import Journal
from store.sms_outbox import (
    SENT_WITHIN_US,
    SILENT_US,
    assign_to_line,
    end_text,
    expiry_of,
    read_outbox,
    request_text,
)
from tests.store.databases import Database
from tests.store.places import Clock, on_both
from tests.support.there import there

USER = E164("+393331112223")
WORDS = "securwoman: 481516"
SIM1, SIM2 = LineId("sim1"), LineId("sim2")
SENT = TextSent(line=SIM1, reference=7)


def ask(journal: Journal, within_s: float = 600.0) -> TextId:
    until = Instant(journal.now_us() + round(within_s * SECOND))
    return journal.transact(lambda tx: request_text(tx, USER, WORDS, TextPurpose.CODE, until))


def story(journal: Journal, text: TextId) -> list[type]:
    return [type(one.event) for one in journal.read(streams.text(text))]


@on_both
def test_the_line_that_begins_first_sends_it_and_its_words_go_with_its_end(
    database: Database, open_journal: Callable[..., Journal]
) -> None:
    journal, other = open_journal(), open_journal(node="n2")
    text = ask(journal)
    (waits,) = read_outbox(other)
    assert (waits.id, waits.node, waits.to, waits.words, waits.line) == (text, "n1", USER, WORDS, None)
    assert there(journal.transact(lambda tx: assign_to_line(tx, text, SIM1))).words == WORDS
    assert other.transact(lambda tx: assign_to_line(tx, text, SIM2)) is None
    assert [(one.line, one.begun_at) for one in read_outbox(other)] == [(SIM1, journal.now_us())]
    journal.transact(lambda tx: end_text(tx, text, SENT))
    assert read_outbox(other) == []
    assert not any(WORDS.encode() in repr(one).encode() for one in journal.read_all())
    assert journal.transact(lambda tx: assign_to_line(tx, text, SIM2)) is None
    assert story(journal, text) == [TextAsked, TextSending, TextSent]


def test_the_first_end_counts(journal: Journal) -> None:
    text = ask(journal)
    journal.transact(lambda tx: assign_to_line(tx, text, SIM1))
    gone = TextFailed(cause=TextFailure.UNKNOWN, line=SIM1)
    for became in (gone, SENT, gone):
        journal.transact(lambda tx, became=became: end_text(tx, text, became))
    assert story(journal, text) == [TextAsked, TextSending, TextFailed]


@pytest.mark.parametrize("begun", [False, True])
def test_it_is_given_up_when_its_time_is_over_or_nothing_is_heard_of_it(
    journal: Journal, clock: Clock, begun: bool
) -> None:
    text = ask(journal, within_s=60)
    if begun:
        journal.transact(lambda tx: assign_to_line(tx, text, SIM1))
    due_s = SILENT_US / SECOND if begun else 60.0
    clock.forward(due_s - 0.1)
    (waits,) = read_outbox(journal)
    assert expiry_of(waits, journal.now_us()) is None
    clock.forward(0.2)
    failed = expiry_of(waits, journal.now_us())
    assert failed == TextFailed(
        cause=TextFailure.UNKNOWN if begun else TextFailure.TOO_LATE, line=SIM1 if begun else None
    )
    if not begun:
        assert journal.transact(lambda tx: assign_to_line(tx, text, SIM1)) is None, (
            "too late, before anybody says so"
        )


def test_a_line_has_long_said_what_became_of_it_when_it_is_given_up() -> None:
    assert SILENT_US >= 2 * SENT_WITHIN_US
