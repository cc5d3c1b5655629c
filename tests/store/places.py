"""What the tests of the store share: a clock that is moved, and events that are short to write."""

from pathlib import Path

import pytest

from messages.events import LegAnswered, LineReturned
from messages.ids import E164, SECOND, AlertId, Channel, Instant, LegId, LineId, NodeId
from model.rules.signal import Signal
from store.journal.journal import Journal
from store.journal.notify import LocalNotifier, Notifier
from tests.support.journals import empty_journal

START = Instant(1_795_000_000 * SECOND)


class Clock:
    def __init__(self) -> None:
        self.now_us = START

    def __call__(self) -> Instant:
        return self.now_us

    def forward(self, seconds: float) -> None:
        self.now_us = Instant(self.now_us + round(seconds * SECOND))


on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""For a test of what a file alone can do."""
on_both = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
"""For a test of what each does in its own way; all the others are run on a server at night."""
on_postgresql = pytest.mark.parametrize("database", ["postgresql"], indirect=True)
"""For a test of what a server alone can do."""


OPENED: list[Journal] = []
"""By the two below; closed behind each test."""


def journal_at(url: str, notify: Notifier | None = None, *, node: str = "n1") -> Journal:
    """A journal with a clock that stands still, for tests that open it in their own way."""
    opened = Journal.open(
        url, node=NodeId(node), clock=lambda: START, notify=notify or LocalNotifier(), shared=False
    )
    OPENED.append(opened)
    return opened


def journal_in(path: Path, notify: Notifier | None = None) -> Journal:
    """The same in a file, laid there unless there is one: whoever wants it made calls `journal_at`."""
    return journal_at(empty_journal(path), notify)


def answered(attempt: int = 1) -> LegAnswered:
    return LegAnswered(leg=LegId("a:user"), attempt=attempt)


def returned(line: str = "sim1") -> LineReturned:
    return LineReturned(line=LineId(line))


def signal(
    clock: Clock,
    phone: str | None = "+393331112223",
    *,
    id: str | None = None,
    device: str | None = None,
    channel: Channel = Channel.DATA,
    raised_s_ago: float | None = None,
    test: bool = False,
    call: int | None = None,
) -> Signal:
    at = clock()
    return Signal(
        channel=channel,
        received_at=at,
        phone=None if phone is None else E164(phone),
        device=device,
        id=None if id is None else AlertId(id),
        raised_at=None if raised_s_ago is None else Instant(at - round(raised_s_ago * SECOND)),
        test=test,
        line=None if call is None else LineId("sim1"),
        call=call,
    )
