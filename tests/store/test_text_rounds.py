"""A text that goes from one of the center's lines to another is known by its name when it arrives."""

from __future__ import annotations

import pytest

from messages.ids import E164, SECOND, Instant, LineId, TextFailure, TextId, TextPurpose
from store.journal.journal import Journal
from store.sms_outbox import (
    assign_to_line,
    end_text,
    expiry_of,
    loopback_text_id,
    read_loopback_text,
    read_outbox,
    record_arrival,
    request_loopback_text,
    request_text,
)
from tests.store.places import Clock, on_both
from tests.store.test_outbox import SENT, SIM1, SIM2, USER, WORDS
from tests.support.there import there

OF_SIM2 = E164("+390200000002")


def ask(journal: Journal) -> TextId:
    until = Instant(journal.now_us() + 60 * SECOND)
    return journal.transact(lambda tx: request_loopback_text(tx, SIM1, OF_SIM2, until))


@on_both
def test_its_line_alone_sends_it_the_other_notes_once_that_it_came(journal: Journal, clock: Clock) -> None:
    text = ask(journal)
    (waits,) = read_outbox(journal)
    assert (waits.line, waits.to, loopback_text_id(waits.words)) == (SIM1, OF_SIM2, text)
    assert journal.transact(lambda tx: assign_to_line(tx, text, SIM2)) is None
    assert journal.transact(lambda tx: assign_to_line(tx, text, SIM1)) is not None
    clock.forward(4.2)
    # The network may say that it takes a text when the other line has it already.
    for _ in range(2):
        assert journal.transact(lambda tx: record_arrival(tx, text, SIM2))
        clock.forward(1.0)
    journal.transact(lambda tx: end_text(tx, text, SENT))
    found = there(read_loopback_text(journal, text))
    assert (found.seconds, found.came_to, found.failed) == (4.2, SIM2, None)
    assert found.sent_at is not None


def test_one_that_never_comes_and_one_that_is_never_sent_have_no_time(journal: Journal, clock: Clock) -> None:
    text = ask(journal)
    clock.forward(61.0)
    (waits,) = read_outbox(journal)
    failed = there(expiry_of(waits, journal.now_us()))
    journal.transact(lambda tx: end_text(tx, text, failed))
    found = there(read_loopback_text(journal, text))
    assert (found.seconds, found.failed) == (None, TextFailure.TOO_LATE)
    assert read_loopback_text(journal, TextId("0000000000000000")) is None


@pytest.mark.parametrize(
    "words", ["", "aiuto", "securwoman", "securwoman 0000aabbccddeef", "dico: securwoman 0000aabbccddeeff"]
)
def test_what_a_person_writes_is_of_no_such_form(words: str) -> None:
    assert loopback_text_id(words) is None


def test_what_only_looks_like_one_is_none(journal: Journal) -> None:
    named = there(loopback_text_id("securwoman 0000aabbccddeeff"))
    until = Instant(journal.now_us() + 60 * SECOND)
    others = journal.transact(lambda tx: request_text(tx, USER, WORDS, TextPurpose.CODE, until))
    for text in (named, others):
        assert not journal.transact(lambda tx, text=text: record_arrival(tx, text, LineId("sim2")))
