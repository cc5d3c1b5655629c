"""Which closed alerts whoever sends data begins with: those of which 112 knows, and no others."""

from __future__ import annotations

from pathlib import Path

from features.psap_data.store import recent_sheets
from messages import events as ev
from messages.ids import E164, SECOND, DataKind, Instant, NodeId, Outcome
from runtime.clock import VirtualClock
from store.journal.journal import Journal
from store.journal.notify import LocalNotifier
from tests.gateways.story import Story
from tests.support.journals import empty_journal

CLOSED = ev.AlertClosed(outcome=Outcome.HANDED_OVER)
CALLED = ev.PsapRequested(by=None, number=E164("112"))
SENT = ev.DataSent(target="q", version=1, kind=DataKind.ALERT, digest="d")


def test_those_that_were_told_or_closed_within_the_hour(tmp_path: Path) -> None:
    clock = VirtualClock()
    url = empty_journal(tmp_path / "journal.db")
    journal = Journal.open(url, node=NodeId("n"), clock=clock.now_us, notify=LocalNotifier())
    stories = [Story(journal, clock.now_us(), phone=f"+39333111222{n}") for n in range(5)]
    called, sent, untold, still_open, long_ago = stories
    long_ago.say(CALLED, CLOSED)
    sent.say(CALLED)
    sent.hear(SENT)
    clock.step(Instant(clock.now_us() + 7200 * SECOND))
    called.say(CALLED, CLOSED)
    sent.say(CLOSED)
    untold.say(CLOSED)
    still_open.say(CALLED)
    found = recent_sheets(journal, Instant(clock.now_us() - 3600 * SECOND))
    assert {sheet.case.alert for sheet in found} == {called.alert, sent.alert}
    journal.close()
