"""Which sessions end because nobody uses them, and whose never do."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from messages.events import AlertClosed, ShiftChanged
from messages.ids import SECOND, Instant, OperatorId, Outcome, ShiftState
from store import streams
from store.journal.journal import Append, Journal
from store.journal.notify import LocalNotifier
from store.registry import sessions
from store.registry.idle import sweep
from store.registry.people import StaffRole
from store.registry.registry import Registry
from store.registry.sessions import Session, Way
from tests.gateways.story import Story

IDLE_S = 1800.0
MINUTE = 60 * SECOND
NOW: list[int] = [0]


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    NOW[0] = 1_000_000_000_000_000
    return Journal.open(
        f"sqlite:///{tmp_path / 'journal.db'}",
        node="n1",
        clock=lambda: Instant(NOW[0]),
        notify=LocalNotifier(),
    )


@pytest.fixture
def anna(journal: Journal) -> OperatorId:
    return Registry(journal).add_operator("Anna Verdi", "+390200000011", by="test").id


def signed_on(journal: Journal, anna: OperatorId, way: Way = Way.PASSWORD) -> Session:
    return journal.transact(lambda tx: sessions.begin(tx, anna, "", way=way)).session


def after(journal: Journal, minutes: int, *, used: bytes = b"", shown: bytes = b"") -> bool:
    """Sweep once a minute, with a use or an open page each time; whether a session has ended."""
    ended = []
    for _ in range(minutes):
        NOW[0] += MINUTE
        ended += journal.transact(lambda tx: sweep(tx, {used}, {shown}, idle_s=IDLE_S))
    assert bool(ended) is not bool(sessions.standing(journal, Instant(NOW[0])))
    return bool(ended)


def shift(journal: Journal, anna: OperatorId, state: ShiftState) -> None:
    journal.append(Append(streams.operator(anna), None, (ShiftChanged(operator=anna, state=state),)))


def test_a_session_whose_page_is_gone_ends_and_the_shift_goes_on(journal: Journal, anna: OperatorId) -> None:
    shift(journal, anna, ShiftState.READY)
    signed_on(journal, anna)
    assert not after(journal, 29)
    assert after(journal, 2)
    last = journal.read(streams.operator(anna))[-1].event
    assert isinstance(last, ShiftChanged)
    assert last.state is ShiftState.READY


@pytest.mark.parametrize(
    ("role", "way", "state", "ends"),
    [
        (StaffRole.OPERATOR, Way.PASSWORD, ShiftState.OFF, False),
        (StaffRole.SUPERVISOR, Way.PASSKEY, ShiftState.READY, False),
        (StaffRole.ADMIN, Way.TOKEN, ShiftState.OFF, False),
        (StaffRole.SUPERVISOR, Way.PASSKEY, ShiftState.PAUSED, True),
        (StaffRole.ADMIN, Way.PASSWORD, ShiftState.OFF, True),
    ],
)
def test_an_open_page_that_waits_for_alerts_is_in_use_all_night(
    journal: Journal, anna: OperatorId, role: StaffRole, way: Way, state: ShiftState, ends: bool
) -> None:
    Registry(journal).set_role(anna, role, by="test")
    shift(journal, anna, state)
    session = signed_on(journal, anna, way)
    assert after(journal, 60, shown=session.key) is ends


def test_what_is_used_stands_whatever_the_role(journal: Journal, anna: OperatorId) -> None:
    Registry(journal).set_role(anna, StaffRole.ADMIN, by="test")
    session = signed_on(journal, anna)
    for _ in range(3):
        assert not after(journal, 29)
        assert not after(journal, 1, used=session.key)


def test_no_session_of_an_operator_with_an_open_alert_ends(journal: Journal, anna: OperatorId) -> None:
    story = Story(journal, Instant(NOW[0]), ago_s=5).opened().operator_called(anna)
    signed_on(journal, anna)
    assert not after(journal, 60)
    closed = AlertClosed(outcome=Outcome.FALSE_ALARM)
    journal.append(Append(streams.case(story.alert), None, (closed,)))
    assert after(journal, 1)


def test_of_one_that_went_on_at_another_node_the_cookie_that_is_left_ends_alone(
    journal: Journal, anna: OperatorId
) -> None:
    session = signed_on(journal, anna)
    ticket = sessions.ticket_of(session, Instant(NOW[0]))
    other = journal.transact(lambda tx: sessions.go_on(tx, ticket, ""))
    assert other is not None
    for _ in range(31):
        NOW[0] += MINUTE
        journal.transact(lambda tx: sweep(tx, set(), {other.session.key}, idle_s=IDLE_S))
    assert [one.key for one in sessions.standing(journal, Instant(NOW[0]))] == [other.session.key]


def test_a_session_of_before_is_looked_at_before_it_can_end(
    journal: Journal, anna: OperatorId, tmp_path: Path
) -> None:
    signed_on(journal, anna)
    with sqlite3.connect(tmp_path / "journal.db") as database:
        database.execute("UPDATE session SET used_us = NULL")
    NOW[0] += 120 * MINUTE
    assert not after(journal, 30)
    assert after(journal, 1)
