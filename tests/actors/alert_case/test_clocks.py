"""An alert is taken up by a node whose clock is behind that of the node which had it."""

from __future__ import annotations

import pytest

from actors.alert_case.pending import PendingOffers
from messages import events as ev
from messages.base import HangupCause
from messages.ids import SECOND, Instant, NodeId, Party, WorkerId
from model.alert.parts import Owner
from tests.actors.alert_case.book import START, Book

OTHER = Owner(node=NodeId("m"), worker=WorkerId("c03"), incarnation=1)


@pytest.mark.parametrize("behind_s", [0, 10, 120, 3600])
def test_whoever_was_on_the_line_is_called_at_once_whatever_the_other_clock_said(behind_s: int) -> None:
    book = Book().to_talking()
    for leg in (book.leg(Party.OPERATOR), book.leg(Party.USER)):
        book.write("alert-a1", ev.LegReleased(leg=leg.leg, attempt=leg.attempt, cause=HangupCause.NODE_LOST))
    book.me = OTHER
    book.now = Instant(book.now - behind_s * SECOND)
    taken_up = book.now
    book.go_on()
    called = [event.party for event in book.all_of(ev.LegOriginating)[2:]]
    assert called[:1] == [Party.OPERATOR]
    assert Party.USER in called or (book.wake_at is not None and book.wake_at <= taken_up + 5 * SECOND)


def test_a_deadline_keeps_its_distance_from_the_receipt() -> None:
    book = Book()
    book.now = Instant(START - 100 * SECOND)
    book.me, book.pending = OTHER, PendingOffers(opened_at=book.now)
    book.go_on()
    book.pass_time(1)
    assert book.case.owned_at is not None
    assert book.case.received_at == book.case.owned_at < START
    assert book.case.deadline_at == book.case.received_at + 50 * SECOND
