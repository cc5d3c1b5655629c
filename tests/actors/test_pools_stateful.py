"""Whatever the pools forget, and however late claims come: no operator and no line is ever two alerts'."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from actors.operator_pool.decider import Candidate, Offered, need, offer
from actors.trunk_pool.decider import Granted, grant
from actors.trunk_pool.lines import Line
from messages import events as ev
from messages.ids import (
    E164,
    SECOND,
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
    ShiftState,
    TrunkId,
)
from messages.lines import LineGranted, LineReport, LineState, RequestLine
from messages.operators import OperatorOffer, RequestOperators
from model.settings import Settings
from model.settings.alerts import LimitsSettings
from store import streams
from store.errors import VersionConflict
from store.journal.following import FollowedFolds
from store.journal.journal import Append, Journal
from store.journal.notify import LocalNotifier
from store.journal.projections import Lines, Operators
from tests.support.depth import often
from tests.support.journals import empty_journal

ALERTS = [AlertId(f"a{n}") for n in range(3)]
LINES = [LineId(f"p{n}") for n in range(1)]
OPERATORS = [OperatorId(name) for name in ("anna",)]
SETTINGS = Settings(limits=LimitsSettings(inbound_lines_kept=0, lines_kept_from_tests=0))


class Pools(RuleBasedStateMachine):
    """Two pools over one journal, and alerts that claim what they were offered, at once, late, or twice."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.now = Instant(1_000 * SECOND)
        self.journal = Journal.open(
            empty_journal(Path(self.folder.name) / "journal.db"),
            node=NodeId("n"),
            clock=lambda: self.now,
            notify=LocalNotifier(),
        )
        self.start_pools()
        self.offers: list[tuple[AlertId, OperatorOffer]] = []
        self.grants: list[tuple[AlertId, int, LineGranted]] = []
        self.attempts: dict[AlertId, int] = {}
        self.seen = 0
        self.lines_held: dict[LineId, tuple[AlertId, int]] = {}
        self.operators_held: dict[OperatorId, AlertId] = {}
        for alert in ALERTS:
            received = ev.AlertReceived(
                channel=Channel.DATA,
                proof=Assurance.APP,
                raised_at=self.now,
                received_at=self.now,
                deadline_at=self.now,
            )
            self.journal.append(Append(streams.inbox(alert), 0, (received,)))
        for operator in OPERATORS:
            ready = ev.ShiftChanged(operator=operator, state=ShiftState.READY)
            self.journal.append(Append(streams.operator(operator), None, (ready,)))

    def start_pools(self) -> None:
        """All that a pool has in its memory is gone, and read again."""
        self.lines, self.operators = Lines(), Operators()
        self.following = FollowedFolds(self.journal, self.lines, self.operators)
        self.granted: dict[LineId, Granted] = {}
        self.offered: dict[OperatorId, Offered] = {}

    @rule()
    def the_pools_are_killed(self) -> None:
        self.following.close()
        self.start_pools()

    @rule()
    def the_pools_read(self) -> None:
        self.following.catch_up()

    @rule(seconds=st.integers(1, 3))
    def time_passes(self, seconds: int) -> None:
        self.now = Instant(self.now + seconds * SECOND)

    @rule(alert=st.sampled_from(ALERTS))
    def a_line_is_wanted(self, alert: AlertId) -> None:
        attempt = self.attempts.get(alert, 0) + 1
        request = RequestLine(alert=alert, leg=leg_of(alert), attempt=attempt, party=Party.USER)
        answer = grant(request, self.all_lines(), self.granted, SETTINGS, self.now)
        if isinstance(answer, LineGranted):
            self.granted[answer.line] = Granted(leg=answer.leg, at=self.now)
            self.grants.append((alert, attempt, answer))

    @rule(alert=st.sampled_from(ALERTS))
    def an_operator_is_wanted(self, alert: AlertId) -> None:
        request = RequestOperators(alert=alert)
        for one in offer(request, self.candidates(), self.offered, self.now).offers:
            self.offered[one.operator] = Offered(alert=alert, at=self.now, need=need(request))
            self.offers.append((alert, one))

    @rule(data=st.data())
    def a_line_is_claimed(self, data: st.DataObject) -> None:
        if self.grants:
            alert, attempt, granted = data.draw(st.sampled_from(self.grants))
            if not self.closed(alert):
                seized = ev.LineSeized(line=granted.line, alert=alert, leg=granted.leg, attempt=attempt)
                with suppress(VersionConflict):
                    self.journal.append(Append(streams.line(granted.line), granted.version, (seized,)))
                    self.attempts[alert] = attempt

    @rule(data=st.data())
    def an_operator_is_claimed(self, data: st.DataObject) -> None:
        if self.offers:
            alert, one = data.draw(st.sampled_from(self.offers))
            if not self.closed(alert):
                reserved = ev.OperatorReserved(operator=one.operator, alert=alert)
                with suppress(VersionConflict):
                    self.journal.append(Append(streams.operator(one.operator), one.version, (reserved,)))

    @rule(alert=st.sampled_from(ALERTS))
    def a_leg_is_released(self, alert: AlertId) -> None:
        attempt = self.attempts.get(alert)
        if attempt is not None and not self.closed(alert):
            released = ev.LegReleased(leg=leg_of(alert), attempt=attempt, cause=16)
            self.journal.append(Append(streams.case(alert), None, (released,)))

    @rule(alert=st.sampled_from(ALERTS), operator=st.sampled_from(OPERATORS))
    def an_operator_leaves(self, alert: AlertId, operator: OperatorId) -> None:
        if not self.closed(alert):
            left = ev.OperatorLeft(operator=operator)
            self.journal.append(Append(streams.case(alert), None, (left,)))

    @rule(alert=st.sampled_from(ALERTS))
    def an_alert_is_closed(self, alert: AlertId) -> None:
        if not self.closed(alert):
            self.journal.append(
                Append(streams.case(alert), None, (ev.AlertClosed(outcome=Outcome.FALSE_ALARM),))
            )

    @invariant()
    def nobody_and_nothing_is_two_alerts(self) -> None:
        """Told by the journal alone, event by event, without the projections' help."""
        lines, operators = self.lines_held, self.operators_held
        for one in self.journal.read_all(self.seen):
            self.seen = one.seq
            alert = AlertId(one.stream.partition("-")[2])
            match one.event:
                case ev.LineSeized(line=line, alert=owner, attempt=attempt):
                    assert line not in lines or lines[line][0] == owner, f"{line} is {lines[line]}'s"
                    lines[line] = (owner, attempt)
                case ev.OperatorReserved(operator=operator, alert=owner):
                    assert operators.get(operator, owner) == owner, f"{operator} is {operators[operator]}'s"
                    operators[operator] = owner
                case ev.LegReleased(attempt=attempt):
                    let_go(lines, (alert, attempt))
                case ev.OperatorLeft(operator=operator):
                    if operators.get(operator) == alert:
                        del operators[operator]
                case ev.AlertClosed():
                    let_go(lines, *(held for held in lines.values() if held[0] == alert))
                    let_go(operators, alert)

    def closed(self, alert: AlertId) -> bool:
        return self.journal.last(streams.case(alert)) is not None and any(
            isinstance(one.event, ev.AlertClosed) for one in self.journal.read(streams.case(alert))
        )

    def all_lines(self) -> list[Line]:
        """As the TrunkPool sees them: perhaps an old picture."""
        report = {
            line: LineReport(
                line=line, trunk=TrunkId("t"), emergency=False, state=LineState.READY, since=self.now
            )
            for line in LINES
        }
        held = self.lines.lines
        return [
            Line(
                line=line,
                trunk=TrunkId("t"),
                emergency=False,
                version=held[line].version if line in held else 0,
                report=report[line],
                heard_at=self.now,
                seized_by=held[line].leg if line in held else None,
            )
            for line in LINES
        ]

    def candidates(self) -> list[Candidate]:
        """As the OperatorPool sees them: perhaps an old picture."""
        return [
            Candidate(
                operator=state.operator,
                version=state.version,
                shift=state.state,
                reserved_by=state.reserved_by,
                number=E164("+39020000"),
            )
            for state in self.operators.operators.values()
        ]

    def teardown(self) -> None:
        if hasattr(self, "journal"):
            self.following.close()
            self.journal.close()
            self.folder.cleanup()


def let_go(held: dict[Any, Any], *whose: object) -> None:
    for name in [name for name, holder in held.items() if holder in whose]:
        del held[name]


def leg_of(alert: AlertId) -> LegId:
    return LegId(f"{alert}:user")


Pools.TestCase.settings = settings(max_examples=often(100), stateful_step_count=40, deadline=None)
TestPools = Pools.TestCase
