"""No number of alerts that nothing proves keeps an operator from one that is proved.

The deciders of the cases and of the pool as they are, with operators whose voices stand, and users who never
answer; claims are made as the journal makes them.
"""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from actors.alert_case.decider import decide
from actors.alert_case.pending import PendingOffers
from actors.alert_case.reports import CaseReport
from actors.operator_pool.decider import Candidate, Offered, WaitingCase, kept_for, need, offer, order
from messages import events as ev
from messages.calls import CallReport, CallState
from messages.cases import Identified, Identify
from messages.ids import (
    E164,
    SECOND,
    AlertId,
    Assurance,
    Channel,
    Doubt,
    Instant,
    LineId,
    NodeId,
    OperatorId,
    OperatorLine,
    Party,
    ShiftState,
    TrunkId,
    WorkerId,
)
from messages.lines import LineGranted, RequestLine
from messages.operators import OperatorsOffered, RequestOperators
from model.alert.case import Case
from model.alert.evolve import begin, evolve
from model.alert.leg import Leg, LegState
from model.alert.parts import Owner
from model.rules.vouching import is_vouched, operators_to_release
from model.settings import Settings
from model.settings.alerts import OperatorSettings
from model.settings.psap import PsapSettings
from tests.support.depth import often
from tests.support.recorded import recorded

SETTINGS = Settings(
    operator=OperatorSettings(line=OperatorLine.HEADSET), psap=PsapSettings(number=E164("+390200000112"))
)
TICK_US = Instant(SECOND // 2)
ANSWERS_US = Instant(2 * SECOND)
HANGS_UP_US = Instant(SECOND)
WAITS_US = Instant(5 * SECOND)


class Room:
    """Alerts, operators and the pool, half a second at a time."""

    def __init__(self, operators: int) -> None:
        self.now = Instant(1_000_000 * SECOND)
        self.cases: dict[AlertId, Case] = {}
        self.pending: dict[AlertId, PendingOffers] = {}
        self.offered: dict[OperatorId, Offered] = {}
        self.operators = {OperatorId(f"o{n}"): ShiftState.READY for n in range(operators)}
        self.versions = dict.fromkeys(self.operators, 0)
        self.waiting_since: dict[AlertId, Instant] = {}
        self._seq = 0

    # ------------------------------------------------------------ the journal

    def _write(self, stream: str, event: ev.Event) -> None:
        kind, _, name = stream.partition("-")
        alert = AlertId(name)
        known = self.cases.get(alert)
        version = 0 if known is None else known.inbox_version if kind == "inbox" else known.case_version
        self._seq += 1
        one = recorded(event, self._seq, self.now, stream=stream, version=version + 1)
        case = begin(one) if known is None else evolve(known, one)
        assert case is not None
        self.cases[alert] = case

    def raise_alert(self, proof: Assurance, doubt: Doubt | None, *, silent: bool, test: bool) -> None:
        alert = AlertId(f"a{len(self.cases)}")
        received = ev.AlertReceived(
            channel=Channel.DATA,
            phone=E164(f"+3933300{len(self.cases):04d}"),
            raised_at=self.now,
            received_at=self.now,
            deadline_at=Instant(self.now + 50 * SECOND),
            proof=proof,
            doubt=doubt,
            silent=silent,
            test=test,
        )
        self._write(f"inbox-{alert}", received)
        self.pending[alert] = PendingOffers(opened_at=self.now)

    def holder(self, operator: OperatorId) -> AlertId | None:
        """The alert whose the operator is; there is one at the most."""
        found = [alert for alert, case in self.cases.items() if operator in (*case.reserved, case.operator)]
        assert len(found) <= 1, f"{operator} is reserved for {found}"
        return found[0] if found else None

    # ------------------------------------------------------------ half a second

    def tick(self) -> None:
        self.now = Instant(self.now + TICK_US)
        wanted: list[WaitingCase] = []
        for alert in self.cases:
            for said in list(self._calls(self.cases[alert])):
                self._go_on(alert, said)
            wanted += (
                WaitingCase(request=want, asked_at=self.now)
                for want in self._go_on(alert)
                if isinstance(want, RequestOperators)
            )
        for one in order(wanted, self.now, SETTINGS):
            self._offer(one.request)
        for alert in self.cases:
            self._go_on(alert)
        self._judge()

    def _calls(self, case: Case) -> list[CallReport]:
        said = []
        for leg in case.legs.values():
            state = self._state(leg)
            if state is not None:
                cause = 20 if state is CallState.RELEASED else None
                said.append(
                    CallReport(leg=leg.leg, line=leg.line, attempt=leg.attempt, state=state, cause=cause)
                )
        return said

    def _state(self, leg: Leg) -> CallState | None:
        """What has become of a call: operators answer, users cannot be reached."""
        if leg.state is LegState.RELEASING and leg.releasing_at is not None:
            return CallState.RELEASED if self.now - leg.releasing_at >= HANGS_UP_US else None
        if leg.active and not leg.answered and self.now - leg.since >= ANSWERS_US:
            return CallState.ANSWERED if leg.party is Party.OPERATOR else CallState.RELEASED
        return None

    def _go_on(self, alert: AlertId, *heard: CaseReport) -> tuple[object, ...]:
        case, pending = self.cases[alert], self.pending[alert]
        if case.closed_at is not None:
            return ()
        me = Owner(node=NodeId("n"), worker=WorkerId(alert), incarnation=1)
        decision = decide(case, heard, pending, me, SETTINGS, self.now)
        for event in decision.events:
            match event:
                case ev.AlarmRaised() | ev.AlarmCleared():
                    continue
                case ev.OperatorReserved(operator=operator):
                    offered = next(one for one in pending.offers if one.operator == operator)
                    if offered.version != self.versions[operator]:
                        # Somebody else was first: nothing at all is written.
                        self.pending[alert] = pending.without_operator(operator)
                        return ()
                    self.versions[operator] += 1
                case _:
                    pass
        for event in decision.events:
            if isinstance(event, ev.OperatorWanted):
                self._write(f"inbox-{event.holder}", event)
            if not isinstance(event, ev.AlarmRaised | ev.AlarmCleared):
                self._write(f"alert-{alert}", event)
        pending = decision.pending
        for want in decision.wants:
            match want:
                case Identify():
                    pending = pending.take(Identified(alert=alert))
                case RequestLine(leg=leg, attempt=attempt):
                    line, trunk = LineId(f"{leg}/{attempt}"), TrunkId("t")
                    pending = pending.take(
                        LineGranted(leg=leg, attempt=attempt, line=line, trunk=trunk, version=0)
                    )
                case _:
                    pass
        self.pending[alert] = pending
        return decision.wants

    def _offer(self, request: RequestOperators) -> None:
        everybody = [
            Candidate(
                operator=name,
                version=self.versions[name],
                shift=shift,
                reserved_by=self.holder(name),
                number=E164("+3902"),
                mode=OperatorLine.HEADSET,
            )
            for name, shift in self.operators.items()
        ]
        opened = {alert: case for alert, case in self.cases.items() if case.closed_at is None}
        answer: OperatorsOffered = offer(request, everybody, self.offered, self.now, opened)
        for operator in kept_for(request, answer):
            self.offered[operator] = Offered(alert=request.alert, at=self.now, need=need(request))
        self.pending[request.alert] = self.pending[request.alert].take(answer)

    # ------------------------------------------------------------ what is promised

    def _judge(self) -> None:
        """Note since when a proved alert has waited though an operator could be had for each of them."""
        waits = [
            alert
            for alert, case in self.cases.items()
            if is_vouched(case) and not case.test and case.closed_at is None and not case.reserved
        ]
        could = 0
        for operator, shift in self.operators.items():
            held_by = self.holder(operator)
            had = held_by is None or operator in operators_to_release(self.cases[held_by])
            could += had and shift is ShiftState.READY
        self.waiting_since = {
            alert: self.waiting_since.get(alert, self.now) for alert in waits if could >= len(waits)
        }
        for alert, since in self.waiting_since.items():
            assert self.now - since <= WAITS_US, f"{alert} has waited for 5 s, and {could} could be had"


class Floods(RuleBasedStateMachine):
    """Alerts of every kind, in any order and number."""

    @initialize(operators=st.integers(1, 5))
    def begin(self, operators: int) -> None:
        self.room = Room(operators)

    @rule(
        count=st.integers(1, 6),
        silent=st.booleans(),
        test=st.booleans(),
        doubt=st.sampled_from([None, Doubt.BUDGET]),
    )
    def forged_alerts_come(self, count: int, silent: bool, test: bool, doubt: Doubt | None) -> None:
        for _ in range(count):
            self.room.raise_alert(Assurance.APP, doubt, silent=silent, test=test)
        self.room.tick()

    @rule(silent=st.booleans())
    def a_proved_alert_comes(self, silent: bool) -> None:
        self.room.raise_alert(Assurance.DEVICE, None, silent=silent, test=False)
        self.room.tick()

    @rule(data=st.data(), shift=st.sampled_from(ShiftState))
    def an_operator_says_so(self, data: st.DataObject, shift: ShiftState) -> None:
        operator = data.draw(st.sampled_from(sorted(self.room.operators)))
        self.room.operators[operator] = shift
        if shift is not ShiftState.READY:
            self.room.waiting_since = {}  # the alert may have been promised this very operator

    @rule(ticks=st.integers(1, 14))
    def time_passes(self, ticks: int) -> None:
        for _ in range(ticks):
            self.room.tick()

    @invariant()
    def nobody_has_two_alerts(self) -> None:
        if hasattr(self, "room"):
            for operator in self.room.operators:
                self.room.holder(operator)


Floods.TestCase.settings = settings(max_examples=often(100), stateful_step_count=20, deadline=None)
TestFloods = Floods.TestCase


def test_ten_forged_alerts_and_as_many_proved_ones_as_there_are_operators() -> None:
    room = Room(3)
    for _ in range(10):
        room.raise_alert(Assurance.APP, None, silent=False, test=False)
        room.tick()
    for _ in range(30):
        room.tick()
    for _ in range(3):
        room.raise_alert(Assurance.DEVICE, None, silent=False, test=False)
    for _ in range(20):
        room.tick()
    proved = [case for case in room.cases.values() if case.proof is Assurance.DEVICE]
    assert all(case.operator is not None for case in proved)


def test_an_operator_who_pauses_in_a_doubtful_alert_is_not_waited_for() -> None:
    room = Room(4)
    for _ in range(3):
        room.raise_alert(Assurance.APP, None, silent=False, test=False)
    room.tick()
    for _ in range(2):
        room.raise_alert(Assurance.DEVICE, None, silent=False, test=False)
        room.tick()
    room.tick()
    for operator in sorted(room.operators)[:2]:
        room.operators[operator] = ShiftState.PAUSED
    for _ in range(7):
        room.tick()
    (_, second) = [case for case in room.cases.values() if case.proof is Assurance.DEVICE]
    assert second.operator or second.reserved, "it waited for one who was called to no other case"
