"""Which sessions end because they are not used, and which never do."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from messages.events import AlertClosed, ShiftChanged
from messages.ids import OperatorId, Outcome, ShiftState
from store import streams
from store.journal.journal import Append, Journal
from store.registry.access import sessions
from store.registry.access.idle import end_idle_sessions
from store.registry.access.sessions import Session, SignOnMethod
from store.registry.people import StaffRole
from store.registry.registry import Registry
from tests.gateways.story import Story
from tests.store.databases import Database
from tests.store.places import Clock, on_both
from tests.support.there import is_a, there

Sweeps = Callable[..., bool]

IDLE_S = 1800.0
MINUTE_S = 60.0


@pytest.fixture
def after(journal: Journal, clock: Clock) -> Callable[..., bool]:
    """Sweeps once a minute, with a use or an open page each time; whether a session has ended."""

    def swept(minutes: int, *, used: bytes = b"", shown: bytes = b"") -> bool:
        ended: list[OperatorId] = []
        for _ in range(minutes):
            clock.forward(MINUTE_S)
            ended += journal.transact(lambda tx: end_idle_sessions(tx, {used}, {shown}, idle_s=IDLE_S))
        assert bool(ended) is not bool(sessions.valid_sessions(journal, clock()))
        return bool(ended)

    return swept


@pytest.fixture
def anna(journal: Journal) -> OperatorId:
    return Registry(journal).add_operator("Anna Verdi", "+390200000011", by="test").id


def signed_on(journal: Journal, anna: OperatorId, way: SignOnMethod = SignOnMethod.PASSWORD) -> Session:
    return journal.transact(lambda tx: sessions.start_session(tx, anna, "", way=way)).session


def shift(journal: Journal, anna: OperatorId, state: ShiftState) -> None:
    journal.append(Append(streams.operator(anna), None, (ShiftChanged(operator=anna, state=state),)))


def test_a_session_whose_page_is_gone_ends_and_the_shift_goes_on(
    journal: Journal, anna: OperatorId, after: Sweeps
) -> None:
    shift(journal, anna, ShiftState.READY)
    signed_on(journal, anna)
    assert not after(29)
    assert after(2)
    assert is_a(ShiftChanged, journal.read(streams.operator(anna))[-1].event).state is ShiftState.READY


@pytest.mark.parametrize(
    ("role", "way", "state", "ends"),
    [
        (StaffRole.OPERATOR, SignOnMethod.PASSWORD, ShiftState.OFF, False),
        (StaffRole.SUPERVISOR, SignOnMethod.PASSKEY, ShiftState.READY, False),
        (StaffRole.ADMIN, SignOnMethod.TOKEN, ShiftState.OFF, False),
        (StaffRole.SUPERVISOR, SignOnMethod.PASSKEY, ShiftState.PAUSED, True),
        (StaffRole.ADMIN, SignOnMethod.PASSWORD, ShiftState.OFF, True),
    ],
)
def test_an_open_page_that_waits_for_alerts_is_in_use_all_night(
    journal: Journal,
    anna: OperatorId,
    clock: Clock,
    after: Sweeps,
    role: StaffRole,
    way: SignOnMethod,
    state: ShiftState,
    ends: bool,
) -> None:
    Registry(journal).set_role(anna, role, by="test")
    shift(journal, anna, state)
    session = signed_on(journal, anna, way)
    assert after(60, shown=session.key) is ends


def test_what_is_used_stands_whatever_the_role(journal: Journal, anna: OperatorId, after: Sweeps) -> None:
    Registry(journal).set_role(anna, StaffRole.ADMIN, by="test")
    session = signed_on(journal, anna)
    for _ in range(3):
        assert not after(29)
        assert not after(1, used=session.key)


def test_no_session_of_an_operator_with_an_open_alert_ends(
    journal: Journal, anna: OperatorId, clock: Clock, after: Sweeps
) -> None:
    story = Story(journal, clock(), ago_s=5).opened().operator_called(anna)
    signed_on(journal, anna)
    assert not after(60)
    closed = AlertClosed(outcome=Outcome.FALSE_ALARM)
    journal.append(Append(streams.case(story.alert), None, (closed,)))
    assert after(1)


@on_both
def test_of_one_that_went_on_at_another_node_the_cookie_that_is_left_ends_alone(
    journal: Journal, anna: OperatorId, clock: Clock, after: Sweeps
) -> None:
    session = signed_on(journal, anna)
    ticket = sessions.issue_ticket(session, clock())
    other = there(journal.transact(lambda tx: sessions.continue_session(tx, ticket, "")))
    for _ in range(31):
        clock.forward(MINUTE_S)
        journal.transact(lambda tx: end_idle_sessions(tx, set(), {other.session.key}, idle_s=IDLE_S))
    assert [one.key for one in sessions.valid_sessions(journal, clock())] == [other.session.key]


@on_both
def test_a_session_of_before_is_looked_at_before_it_can_end(
    journal: Journal, anna: OperatorId, database: Database, clock: Clock, after: Sweeps
) -> None:
    signed_on(journal, anna)
    database.execute("UPDATE session SET used_us = NULL")
    clock.forward(120 * MINUTE_S)
    assert not after(30)
    assert after(1)
