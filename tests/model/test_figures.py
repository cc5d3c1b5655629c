"""Figures: what a row is made of, and what many rows say together."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from messages import events as ev
from messages.events import Event
from messages.ids import (
    E164,
    SECOND,
    Advice,
    AlertId,
    Assurance,
    Channel,
    Instant,
    LegId,
    LineId,
    NodeId,
    OperatorId,
    Outcome,
    Party,
    UserId,
    WorkerId,
)
from model import figures as of
from model.figures import AlertRow, distribution_of, quantile, row_of, statistics_of
from tests.support.recorded import recorded
from tests.support.there import there

ALERT = AlertId("a1")
MARTA = OperatorId("marta")
BEGUN = Instant(1_795_000_000 * SECOND)


def leg(where: str) -> LegId:
    return LegId(f"{ALERT}:{where}")


def told(*steps: tuple[float, Event], test: bool = False) -> AlertRow:
    """The row of an alert received at BEGUN, its events at so many seconds after."""
    received = ev.AlertReceived(
        channel=Channel.DATA, proof=Assurance.APP, raised_at=BEGUN, received_at=BEGUN,
        deadline_at=Instant(BEGUN + 50 * SECOND), phone=E164("+393331112223"), test=test,
    )  # fmt: skip
    inbox = (ev.AlertReceived, ev.DeadlineMissed, ev.AlertCancelled)
    return there(
        row_of(
            [
                recorded(
                    event,
                    n,
                    BEGUN + round(at_s * SECOND),
                    stream=f"{'inbox' if isinstance(event, inbox) else 'alert'}-{ALERT}",
                    version=n - 9,
                )
                for n, (at_s, event) in enumerate(((0.0, received), *steps), 10)
            ]
        )
    )


HANDED_OVER = told(
    (0.1, ev.CaseOpened(node=NodeId("n1"), worker=WorkerId("c"), incarnation=1)),
    (0.2, ev.UserIdentified(user=UserId("u1"))),
    (1.0, ev.LegRinging(leg=leg("op1"), attempt=1)),
    (3.0, ev.LegAnswered(leg=leg("op1"), attempt=1)),
    (3.5, ev.OperatorJoined(operator=MARTA, leg=leg("op1"))),
    (9.0, ev.LegRinging(leg=leg("user"), attempt=1)),
    (9.1, ev.UserRang()),
    (14.0, ev.LegAnswered(leg=leg("user"), attempt=1)),
    (14.0, ev.UserReached(met_by="answered", by="answer")),
    (30.0, ev.PsapRequested(by=MARTA, number=E164("112"))),
    (36.0, ev.LegAnswered(leg=leg("psap"), attempt=1)),
    (36.2, ev.PsapJoined(leg=leg("psap"))),
    (90.0, ev.AlertClosed(outcome=Outcome.HANDED_OVER)),
)


def test_a_row_has_the_first_time_of_each_step() -> None:
    row = HANDED_OVER
    assert (row.to_operator_us, row.to_ringing_us, row.to_psap_us) == (3_500_000, 9_000_000, 6_000_000)
    assert row.answered_us == row.reached_us == BEGUN + 14 * SECOND
    assert (row.operator, row.user, row.outcome) == (MARTA, "u1", Outcome.HANDED_OVER)
    assert (row.alert, row.seq, row.received_us, row.missed, row.test) == (ALERT, 10, BEGUN, False, False)
    assert row.closed_us == BEGUN + 90 * SECOND


def test_a_second_attempt_a_second_request_and_a_second_operator_move_no_first_time() -> None:
    row = told(
        (2.0, ev.OperatorJoined(operator=OperatorId("luca"), leg=leg("op1"))),
        (5.0, ev.LegRinging(leg=leg("user"), attempt=1)),
        (8.0, ev.PsapRequested(by=MARTA, number=E164("112"))),
        (12.0, ev.OperatorJoined(operator=MARTA, leg=leg("op2"))),
        (15.0, ev.LegRinging(leg=leg("user"), attempt=2)),
        (18.0, ev.PsapRequested(by=MARTA, number=E164("112"))),
        (20.0, ev.LegAnswered(leg=leg("psap"), attempt=2)),
    )
    assert (row.to_operator_us, row.to_ringing_us, row.to_psap_us) == (2_000_000, 5_000_000, 12_000_000)
    assert row.operator == MARTA


def test_s11_an_operators_ringing_phone_is_not_the_user_s_and_a_missed_deadline_stays_missed() -> None:
    row = told(
        (1.0, ev.LegRinging(leg=leg("op1"), attempt=1)),
        (50.0, ev.DeadlineMissed()),
        (51.3, ev.LegRinging(leg=leg("user"), attempt=1)),
        (80.0, ev.AlertClosed(outcome=Outcome.USER_CALLED_112)),
    )
    assert (row.to_ringing_us, row.missed) == (51_300_000, True)


def test_s02_who_has_called_in_is_reached_without_a_ring() -> None:
    row = told((0.4, ev.UserReached(met_by="inbound", by="answer")))
    assert (row.to_ringing_us, row.to_operator_us, row.to_psap_us) == (400_000, None, None)


def test_a_clock_that_goes_back_makes_no_time_less_than_none() -> None:
    assert told((-2.0, ev.UserReached(met_by="inbound", by="answer"))).to_ringing_us == 0


def test_every_event_that_changes_a_row_is_named_and_no_other() -> None:
    said: list[Event] = [
        ev.OperatorJoined(operator=MARTA, leg=leg("op1")),
        ev.LegRinging(leg=leg("user"), attempt=1),
        ev.LegAnswered(leg=leg("user"), attempt=1),
        ev.LegConfirmed(leg=leg("user"), attempt=1, by="voice"),
        ev.UserRang(),
        ev.UserReached(met_by="answered", by="app"),
        ev.AlertSignalAdded(
            channel=Channel.DATA, proof=Assurance.APP, received_at=BEGUN, raised_at=BEGUN, silent=True
        ),
        ev.PinRefused(),
        ev.PsapRequested(by=None, number=E164("112")),
        ev.PsapJoined(leg=leg("psap")),
        ev.PsapCalledElsewhere(by=MARTA),
        ev.DeadlineMissed(),
        ev.AlertCancelled(duress=True),
        ev.UserIdentified(user=UserId("u1")),
        ev.AlertClosed(outcome=Outcome.BRIEFED),
        ev.LegOriginating(leg=leg("user"), party=Party.USER, line=LineId("L1"), attempt=1),
        ev.CallReviewed(by=MARTA, operator=MARTA),
    ]
    others = {"alert.received", "machine.marked", "alert.reopened", "outcome.corrected"}
    assert {type(one).__struct_config__.tag for one in said} | others == set(of.EVENTS)
    assert all(told((1.0, one)) != told() for one in said)
    answered = (0.5, ev.UserReached(met_by="answered", by="answer"))
    assert told(answered, (1.0, ev.MachineMarked(by=MARTA))).reached_us is None
    assert told((1.0, ev.AdviceChanged(advice=Advice.WAIT)), (2.0, ev.UserUnknown())) == told()


def test_an_alert_that_was_reopened_counts_once_and_by_its_last_end() -> None:
    closed, reopened = ev.AlertClosed(outcome=Outcome.FALSE_ALARM), ev.AlertReopened(by=MARTA)
    assert told((1.0, closed), (2.0, reopened)) == told()
    row = told((1.0, closed), (2.0, reopened), (3.0, ev.AlertClosed(outcome=Outcome.BRIEFED)))
    assert (row.outcome, row.closed_us) == (Outcome.BRIEFED, BEGUN + 3 * SECOND)


def test_without_its_receipt_an_alert_has_no_row() -> None:
    assert row_of([recorded(ev.UserUnknown(), at_us=BEGUN, stream=f"alert-{ALERT}")]) is None
    assert row_of([]) is None


@pytest.mark.parametrize(
    ("done", "total", "share", "expected"),
    [
        ([], 0, 0.5, None),
        ([4], 1, 0.5, 4.0),
        ([1, 2, 3, 4], 4, 0.5, 2.0),
        ([1, 2, 3, 4], 4, 0.95, 4.0),
        (list(range(1, 21)), 20, 0.95, 19.0),
        ([1, 2, 3], 4, 0.95, None),
        ([1], 4, 0.5, None),
    ],
)
def test_a_quantile_counts_those_that_never_came_as_the_longest(
    done: list[int], total: int, share: float, expected: float | None
) -> None:
    assert quantile([one * SECOND for one in done], total, share) == expected


def test_a_spread_has_shares_bars_and_those_that_never_came() -> None:
    found = distribution_of([SECOND, 10 * SECOND, 10 * SECOND + 1, 50 * SECOND, 500 * SECOND, None])
    assert (found.of, found.never) == (6, 1)
    assert found.within == (2 / 6, 3 / 6, 4 / 6)
    assert sum(found.bins) == 5
    assert (found.bins[0], found.bins[5], found.bins[25], found.bins[-1]) == (1, 2, 1, 1)


def test_no_alerts_have_no_shares() -> None:
    assert distribution_of([]).within == ()


def row(at_s: float, **changes: object) -> AlertRow:
    received = Instant(BEGUN + round(at_s * SECOND))
    given = AlertRow(alert=AlertId(f"a{at_s}"), seq=1, received_us=received, channel=Channel.DATA)
    for name in ("operator_us", "ringing_us", "closed_us"):
        if name in changes:
            changes[name] = received + round(float(str(changes[name])) * SECOND)
    return of.replace(given, **changes)


def local(at_us: Instant) -> datetime:
    return datetime.fromtimestamp(at_us / SECOND, UTC)


def test_case_20_tests_are_counted_by_themselves_and_are_in_no_figure() -> None:
    today = local(BEGUN).date()
    rows = [
        row(-90_000, ringing_us=5),
        row(-80_000, test=True, ringing_us=5),
        row(0, ringing_us=8, operator_us=3, closed_us=60, outcome=Outcome.FALSE_ALARM),
        row(10, ringing_us=52, missed=True, closed_us=90, outcome=Outcome.USER_CALLED_112),
        row(20, test=True, ringing_us=1, missed=True, closed_us=30, outcome=Outcome.TEST_DONE),
    ]
    midnight = Instant(round(datetime.combine(today, datetime.min.time(), UTC).timestamp()) * SECOND)
    found = statistics_of(
        rows,
        days=[today],
        since_us=midnight,
        before_us=Instant(midnight - 86_400 * SECOND),
        now_us=Instant(BEGUN + 100 * SECOND),
        local=local,
    )
    assert (found.real, found.tests, found.before, found.missed) == (2, 1, 1, 1)
    assert found.last_missed_us == BEGUN + 10 * SECOND
    assert found.outcomes == {"false_alarm": 1, "user_called_112": 1}
    assert (found.ringing.p50_s, found.ringing.within) == (8.0, (0.5, 0.5, 0.5))
    assert (found.operator.of, found.operator.never) == (2, 1)
    assert found.psap.of == 0
    day = found.days[0]
    assert (day.alerts, day.false_alarms, day.missed, sum(day.hours)) == (2, 1, 1, 2)
    assert day.hours[local(BEGUN).hour] == 2


def test_an_alert_that_has_just_come_in_spoils_no_figure_and_one_that_waits_too_long_does() -> None:
    today = local(BEGUN).date()

    def at(now_s: float) -> of.AlertStatistics:
        return statistics_of(
            [row(0)],
            days=[today - timedelta(days=1), today],
            since_us=Instant(BEGUN - SECOND),
            before_us=Instant(0),
            now_us=Instant(BEGUN + round(now_s * SECOND)),
            local=local,
        )

    assert (at(10).ringing.of, at(10).real) == (0, 1)
    assert (at(50).ringing.of, at(50).ringing.never, at(50).ringing.p50_s) == (1, 1, None)
    assert [date.fromisoformat(one.day) for one in at(10).days] == [today - timedelta(days=1), today]


def test_s10_under_duress_the_user_is_not_called_and_that_is_no_failure() -> None:
    found = statistics_of(
        [row(0, duress=True, operator_us=3, closed_us=90, outcome=Outcome.BRIEFED)],
        days=[local(BEGUN).date()],
        since_us=Instant(0),
        before_us=Instant(0),
        now_us=Instant(BEGUN + 100 * SECOND),
        local=local,
    )
    assert (found.ringing.of, found.operator.of) == (0, 1)
