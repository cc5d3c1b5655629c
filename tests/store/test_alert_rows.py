"""The rows that figures are made of: always what the events say, whoever has kept them up to wherever."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from messages import events as ev
from messages.events import Event
from messages.ids import E164, AlertId, LegId, OperatorId, Outcome, UserId
from messages.journal import Recorded
from model.figures import AlertRow, row_of
from store import streams
from store.alerts import figures as kept
from store.alerts.accepting import accept
from store.database.query import Query
from store.database.schema import alert_row
from store.journal.journal import Append, Journal
from store.journal.verify import verify_journal
from store.streams import alert_of
from tests.store.databases import Database
from tests.store.places import START, Clock, journal_in, on_both, signal
from tests.support.depth import often
from tests.support.each import each
from tests.support.journals import empty_journal
from tests.support.unreadable import DAMAGED

OPERATOR = OperatorId("marta")
TOLD: tuple[Callable[[AlertId], Event], ...] = (
    lambda alert: ev.LegRinging(leg=LegId(f"{alert}:user"), attempt=1),
    lambda alert: ev.LegAnswered(leg=LegId(f"{alert}:user"), attempt=1),
    lambda alert: ev.OperatorJoined(operator=OPERATOR, leg=LegId(f"{alert}:op1")),
    lambda alert: ev.UserReached(met_by="answered", by="answer"),
    lambda alert: ev.UserIdentified(user=UserId("u1")),
    lambda alert: ev.MachineMarked(by=OPERATOR),
    lambda alert: ev.PsapRequested(by=OPERATOR, number=E164("112")),
    lambda alert: ev.PsapJoined(leg=LegId(f"{alert}:psap")),
    lambda alert: ev.DeadlineMissed(),
    lambda alert: ev.UserUnknown(),
    lambda alert: ev.AlertClosed(outcome=Outcome.BRIEFED),
    lambda alert: ev.AlertReopened(by=OPERATOR),
    lambda alert: ev.OutcomeCorrected(by=OPERATOR, outcome=Outcome.FALSE_ALARM, reason="seen later"),
    lambda alert: ev.CallReviewed(by=OPERATOR, operator=OPERATOR, marks="calm=4"),
)


def wrong_pin(alert: AlertId) -> Event:
    return ev.PinRefused()


def caught_up(journal: Journal, steps: int = 2**30) -> None:
    """So many steps of it, and then it is broken off."""
    for _ in zip(range(steps), kept.catch_up(journal), strict=False):
        pass


def rows(journal: Journal) -> list[AlertRow]:
    return [row for page in kept.newest(journal, START) for row in page]


def by_events(journal: Journal) -> list[AlertRow]:
    told: dict[AlertId, list[Recorded]] = {}
    for recorded in journal.read_all(0, 100_000):
        alert = alert_of(recorded.stream)
        if alert is not None:
            told.setdefault(alert, []).append(recorded)
    found = [row for story in told.values() if (row := row_of(story)) is not None]
    return sorted(found, key=lambda row: row.seq, reverse=True)


STEPS = st.lists(
    st.one_of(
        st.just("receive"),
        st.tuples(st.integers(0, 2), st.sampled_from(TOLD)),
        # The one of them that counts: taken in twice it would show.
        st.tuples(st.integers(0, 2), st.just(wrong_pin)),
        st.tuples(st.just("catch up"), st.integers(0, 1), st.integers(1, 3)),
    ),
    min_size=20,
    max_size=60,
)


@given(steps=STEPS)
@settings(max_examples=often(40), deadline=None)
def test_wherever_it_is_broken_off_the_rows_are_what_the_events_say(steps: list[object]) -> None:
    """Two processes keep them, in pages of three places, eight at a time."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(kept, "PAGE", 3)
        patch.setattr(kept, "TOGETHER", 8)
        patch.setattr(kept, "ROWS_PAGE", 2)
        path = Path(folder) / "journal.db"
        empty_journal(path)
        journals = (journal_in(path), journal_in(path))
        clock, alerts = Clock(), []
        half_done = [kept.catch_up(journal) for journal in journals]
        for step in steps:
            clock.forward(1)
            match step:
                case "receive":
                    phone = f"+3933300000{len(alerts):02d}"
                    alerts.append(accept(journals[0], signal(clock, phone), 50.0).alert)
                case ("catch up", int(who), int(steps_done)):
                    for _ in range(steps_done):
                        if next(half_done[who], True):
                            half_done[who] = kept.catch_up(journals[who])
                case (int(which), event) if which < len(alerts) and callable(event):
                    alert = alerts[which]
                    journals[0].append(Append(streams.case(alert), None, (event(alert),)))
                case _:
                    pass
        for journal in journals:
            caught_up(journal)
            assert rows(journal) == by_events(journal)
            journal.close()


@on_both
def test_a_journal_of_the_version_before_gets_its_rows_a_little_at_a_time(
    database: Database, open_journal: Callable[..., Journal], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "PAGE", 2)
    monkeypatch.setattr(kept, "TOGETHER", 4)
    journal, other = open_journal(), open_journal()
    for n in range(6):
        alert = accept(journal, signal(clock, f"+39333000000{n}"), 50.0).alert
        journal.append(Append(streams.case(alert), 0, tuple(event(alert) for event in TOLD[:5])))
    digest = verify_journal(journal).digest
    database.execute("DELETE FROM alert_row")
    database.execute("DELETE FROM alert_rows_kept")
    caught_up(journal, 4)
    (before,) = database.execute("SELECT count(*) FROM alert_row")[0]
    assert 0 < before < 6
    caught_up(other)
    assert rows(journal) == by_events(journal)
    assert len(rows(journal)) == 6
    assert verify_journal(journal).digest == digest


@on_both
@each("data", [DAMAGED, b"", b"\x93\x01\x02\x03"])
def test_an_unreadable_row_is_made_anew_of_the_events(journal: Journal, clock: Clock, data: bytes) -> None:
    alerts = [accept(journal, signal(clock, f"+39333000000{n}"), 50.0).alert for n in range(3)]
    caught_up(journal)
    journal.transact(lambda tx: tx.write(Query(update(alert_row).values(data=data))))
    assert rows(journal) == by_events(journal)
    for event in (*TOLD[:3], wrong_pin, wrong_pin):
        journal.append(Append(streams.case(alerts[1]), None, (event(alerts[1]),)))
    caught_up(journal)
    assert rows(journal) == by_events(journal)
    assert len(rows(journal)) == 3


@on_both
def test_rows_of_another_form_are_made_anew(
    journal: Journal, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    accept(journal, signal(clock), 50.0)
    caught_up(journal)
    before = rows(journal)
    journal.transact(lambda on: on.write_rows(kept._KEPT, [(2**40, b"\xc1")]))
    monkeypatch.setattr(kept, "FORM", kept.FORM + 1)
    caught_up(journal)
    assert rows(journal) == before
