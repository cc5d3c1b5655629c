"""A center under steady load for long, while somebody of it is struck every few seconds.

Each alert goes through a flow of its own, with its operator's orders; as there is one telephone of 112,
operators wait for each other before they call it. Every alert is judged at its end, the
center by whether it has grown.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from messages import events as ev
from messages.ids import SECOND, AlertId, OperatorCommand, OperatorId, Party, Role, ShiftState
from messages.journal import Recorded
from model.alert.case import Case
from model.alert.evolve import begin, evolve
from model.alert.leg import Leg
from store import streams
from store.errors import JournalError
from store.journal.journal import Append
from store.registry.registry import Registry
from tests.chaos.harness.facts import Facts
from tests.chaos.harness.flows import (
    ALL_THREE,
    FLOWS,
    CallIn,
    Deed,
    Flow,
    HangUp,
    Order,
    Send,
    Step,
    has_broken,
)
from tests.chaos.harness.hearing import all_hear
from tests.chaos.harness.judge import Violation, judge
from tests.chaos.harness.sampling import Sample, sample
from tests.chaos.harness.served import Served, user_number
from tests.chaos.harness.strikes import ROLES, Kind, Place, hit
from tests.chaos.harness.view import Call, People, View
from tests.support.center import PSAP, line_number, simulation

PUBLIC, EMERGENCY, OPERATORS, USERS = 16, 2, 10, 600
LIVE = 14
SETTINGS = f"""
[user]
no_answer_s = 1.5
[limits]
live_cases = {LIVE}
idle_workers = 2
"""
SHARES = {"false_alarm": 13, "main": 3, "voice": 2, "no_answer": 2}
"""Of 20 alerts: one telephone of 112 serves a third of one alert a second."""
OPEN_AT_MOST_S = 90.0
"""An alert that is not at its end by then stands still."""
SAMPLE_S = 10.0
DRAIN_S = 120.0
HEAR_EVERY_S = 0.25
SLACK_S = 0.2
"""Between the journal's clock and the carrier's."""
RARE = {Role.NODE: 0.05, Role.ADMIN: 0.15, Role.WEB: 0.5, Role.SUPERVISOR: 0.5}
"""Those that take seconds of everybody are struck less often than others."""
INTENSITY, INTENSITY_S = 3, 11.0


def operator_number(n: int) -> str:
    """The n-th operator's telephone."""
    return f"+390200008{n:03d}"


def soak_world() -> str:
    """Lines, operators and users for one alert a second."""
    quick = {"rings_after_s": 0.15, "answers_after_s": 0.2}
    phones: dict[str, dict[str, object]] = {PSAP: {**quick}}
    phones |= {operator_number(n): {**quick, "says": "tone:620"} for n in range(OPERATORS)}
    phones |= {
        user_number(n, USERS): {**quick, "setup_time_s": 0.15, "says": "tone:440"} for n in range(USERS)
    }
    return simulation(public=PUBLIC, emergency=EMERGENCY, setup_s=0.15, phones=phones)


@dataclass(kw_only=True)
class Live:
    """One alert on its way."""

    flow: Flow
    user: str
    begun_s: float
    id: AlertId
    alert: AlertId | None = None
    step: int = 0
    deed: Deed | None = None
    ordered: set[str] = field(default_factory=set)
    heard_at_s: float = 0.0
    heard: bool = False


@dataclass(kw_only=True)
class Known:
    """What the journal has told of one alert."""

    recorded: list[Recorded] = field(default_factory=list)
    case: Case | None = None

    def take(self, recorded: Recorded) -> None:
        """One more of its events."""
        self.recorded.append(recorded)
        self.case = begin(recorded) if self.case is None else evolve(self.case, recorded)


class Soak:
    """See the module."""

    def __init__(self, folder: Path, *, rate: float, minutes: float, seed: int) -> None:
        self.served = Served(folder, world=soak_world(), settings=SETTINGS)
        self.rate, self.minutes = rate, minutes
        self.random = random.Random(seed)
        self.live: list[Live] = []
        self.samples: list[Sample] = []
        self.wrong: list[tuple[str, list[Violation]]] = []
        self.strikes: Counter[str] = Counter()
        self.closed: Counter[str] = Counter()
        self.accepted = 0
        self._tokens: dict[OperatorId, str] = {}
        self._struck: dict[str, deque[float]] = {}
        self._calls: list[Call] = []
        self._psap: Live | None = None
        self._alerts: dict[str, AlertId] = {}
        self._known: dict[AlertId, Known] = {}
        self._seq = 0

    def prepare(self) -> None:
        """Operators on shift; the demo operator, whom the carrier has no telephone for, is off."""
        self.served.start()
        registry = Registry(self.served.journal)
        for n in range(OPERATORS):
            operator = registry.add_operator(f"Operator {n}", operator_number(n), by="soak").id
            self._tokens[operator] = registry.issue_token(operator, by="soak")
            self._shift(operator, ShiftState.READY)
        self._shift(OperatorId("demo"), ShiftState.OFF)

    def _shift(self, operator: OperatorId, state: ShiftState) -> None:
        changed = ev.ShiftChanged(operator=operator, state=state)
        self.served.journal.append(Append(streams.operator(operator), None, (changed,)))

    # ------------------------------------------------------------ the course

    def run(self) -> None:
        """Load, then only what is still open; a sample every few seconds."""
        begun_s = time.monotonic()
        until_s = begun_s + self.minutes * 60
        next_alert_s, next_sample_s = begun_s, begun_s + SAMPLE_S
        next_strike_s = begun_s + 5
        n = 0
        while (now_s := time.monotonic()) < until_s or self.live:
            loading = now_s < until_s
            if now_s > until_s + DRAIN_S:
                break
            if loading and now_s >= next_alert_s and len(self.live) < LIVE:
                self._begin(n, now_s)
                n, next_alert_s = n + 1, max(next_alert_s + 1 / self.rate, now_s - 5)
            if loading and now_s >= next_strike_s:
                self._strike()
                next_strike_s = now_s + self.random.uniform(3, 8)
            if now_s >= next_sample_s:
                self._sample(now_s - begun_s)
                next_sample_s += SAMPLE_S
            self._look()
            time.sleep(0.05)
        for one in self.live:
            self._end(one, stood_still=one.flow.steps[one.step])

    def _begin(self, n: int, now_s: float) -> None:
        flow = FLOWS[self.random.choices(list(SHARES), list(SHARES.values()))[0]]
        user = user_number(n, USERS)
        self.served.center.carrier.patch(f"/phones/{user}", json={"behaviour": flow.behaviour})
        one = Live(flow=flow, user=user, begun_s=now_s, id=AlertId(f"soak-{n}"), deed=flow.begins)
        self._alerts.pop(user, None)
        self.live.append(one)

    def _look(self) -> None:
        """Bring every alert on by what can be seen now."""
        try:
            self._calls = self.served.book.read()
            self._catch_up()
        except (httpx.TransportError, JournalError):
            return
        for one in list(self.live):
            try:
                self._bring_on(one)
            except (httpx.TransportError, JournalError):
                continue
            if one.step == len(one.flow.steps):
                self._end(one)
            elif time.monotonic() - one.begun_s > OPEN_AT_MOST_S:
                self._end(one, stood_still=one.flow.steps[one.step])

    def _catch_up(self) -> None:
        for recorded in self.served.journal.read_all(self._seq, 2000):
            self._seq = recorded.seq
            alert = streams.alert_of(recorded.stream)
            if alert is None:
                continue
            if isinstance(recorded.event, ev.AlertReceived) and recorded.event.phone is not None:
                self._alerts[recorded.event.phone] = alert
                self._known[alert] = Known()
            if (known := self._known.get(alert)) is not None:
                known.take(recorded)

    def _bring_on(self, one: Live) -> None:
        if one.deed is not None and self._do(one, one.deed):
            one.deed = None
        view = self._view(one)
        while one.step < len(one.flow.steps):
            step = one.flow.steps[one.step]
            if not step.seen(view):
                left = OperatorCommand.LEAVE in one.ordered
                if left and has_broken(self._known_of(one).recorded) and ALL_THREE(view):
                    self._order(one, OperatorCommand.LEAVE)
                return
            one.step += 1
            if step.then is not None:
                # Not before: who called a line that was busy calls again.
                one.deed = step.then
                return

    def _view(self, one: Live) -> View:
        one.alert = one.alert or self._alerts.get(one.user)
        known = self._known_of(one)
        recorded, case = known.recorded, known.case
        legs = case.of(Party.OPERATOR) if case is not None else ()
        people = People(one.user, self._operator(legs), PSAP)

        def hears(parties: frozenset[Party]) -> bool:
            now_s = time.monotonic()
            if now_s - one.heard_at_s >= HEAR_EVERY_S:
                one.heard_at_s = now_s
                one.heard = all_hear(self.served.center.carrier, people, parties)
            return one.heard

        return View(
            people=people,
            ordered=frozenset(one.ordered),
            read_case=lambda: case,
            read_calls=lambda: self._calls_of(one.user, recorded),
            read_hears=hears,
        )

    def _known_of(self, one: Live) -> Known:
        return self._known.get(one.alert, Known()) if one.alert is not None else Known()

    def _operator(self, legs: tuple[Leg, ...]) -> str:
        """Who has it, or was the last to be called."""
        best = max(legs, key=lambda leg: (leg.answered, leg.since), default=None)
        return str(best.number) if best is not None else "nobody"

    def _calls_of(self, user: str, recorded: list[Recorded]) -> tuple[Call, ...]:
        """The user's calls, and those that were made for this alert on a line while the alert had it."""
        since_s = recorded[0].at_us / SECOND if recorded else time.time()
        over_s = {
            (one.event.leg, one.event.attempt): one.at_us / SECOND
            for one in recorded
            if isinstance(one.event, ev.LegReleased)
        }
        had = [
            (
                one.event.line,
                one.event.number,
                one.at_us / SECOND,
                over_s.get((one.event.leg, one.event.attempt)),
            )
            for one in recorded
            if isinstance(one.event, ev.LegOriginating) and one.event.party is not Party.USER
        ]

        def ours(call: Call) -> bool:
            if user in (call.caller, call.to):
                return call.started_s >= since_s - 10
            return any(
                (call.line, call.to) == (line, number)
                and begun_s - SLACK_S <= call.started_s
                and (until_s is None or call.started_s <= until_s)
                for line, number, begun_s, until_s in had
            )

        return tuple(call for call in self._calls[-600:] if ours(call))

    # ------------------------------------------------------------ deeds

    def _do(self, one: Live, deed: Deed) -> bool:
        center = self.served.center
        match deed:
            case Send():
                answer = center.post(one.user, id=str(one.id))
                if answer.status_code not in (200, 202):
                    return False
                one.alert = AlertId(answer.json()["alert"])
                self.accepted += 1
                return True
            case CallIn():
                return self._call_in(one)
            case Order(command=command):
                return self._order(one, command)
            case HangUp():
                view = self._view(one)
                for call in view.calls:
                    number = next((n for n in (one.user, PSAP) if n in (call.caller, call.to)), None)
                    if call.live and number is not None:
                        center.carrier.post(f"/phones/{number}/hang_up")
                return False

    def _call_in(self, one: Live) -> bool:
        if one.user in self._alerts:
            self.accepted += 1
            return True
        if not any(call.live and call.caller == one.user for call in self._calls[-200:]):
            line = self.random.randrange(1, 4)
            self.served.center.carrier.post(f"/phones/{one.user}/call", json={"to": line_number(line)})
        return False

    def _order(self, one: Live, command: OperatorCommand) -> bool:
        assert one.alert is not None
        if command is OperatorCommand.CALL_PSAP:
            if self._psap not in (None, one) and self._psap in self.live:
                return False
            self._psap = one
        case = self._known_of(one).case
        token = self._tokens.get(case.operator) if case is not None and case.operator is not None else None
        if token is None:
            return False
        answer = self.served.center.order(one.alert, command, token=token)
        given = answer.status_code == 202 or any(
            isinstance(r.event, ev.CommandGiven) and r.event.command is command
            for r in self._known_of(one).recorded
        )
        if given:
            one.ordered.add(command)
        return given

    # ------------------------------------------------------------ strikes

    def _strike(self) -> None:
        now_s = time.monotonic()
        weights = [RARE.get(role, 1.0) for role in ROLES]
        role = self.random.choices(ROLES, weights)[0]
        kind = Kind.KILL if self.random.random() < 0.8 else Kind.STOP
        there = [place for place in self.served.places() if place.role is role]
        if not there:
            return
        struck = self.random.choice(there)
        when = self._struck.setdefault(f"{struck.role} {struck.key}", deque())
        while when and now_s - when[0] > INTENSITY_S:
            when.popleft()
        if len(when) >= INTENSITY:
            return
        when.append(now_s)
        self.strikes[f"{role} {kind}"] += 1
        self._hit(struck, kind)

    def _hit(self, struck: Place, kind: Kind) -> None:
        hit([struck], kind)
        if struck.role is Role.NODE:
            self.served.center.start_again()

    # ------------------------------------------------------------ the end

    def _end(self, one: Live, stood_still: Step | None = None) -> None:
        self.live.remove(one)
        if self._psap is one:
            self._psap = None
        view = self._view(one)
        recorded = tuple(self._known_of(one).recorded)
        facts = Facts(
            people=view.people,
            accepted=one.alert is not None,
            outcome=one.flow.outcome,
            asked={party: times for party, times in one.flow.calls.items() if party is not Party.OPERATOR},
            events=recorded,
            calls=view.calls,
            numbers_of_lines=frozenset(line_number(n) for n in range(1, PUBLIC + EMERGENCY + 1)),
            stood_still="" if stood_still is None else stood_still.name,
        )
        self.closed[one.flow.name] += 1
        if one.alert is not None:
            self._known.pop(one.alert, None)
        if violations := judge(facts):
            self.wrong.append((str(one.alert or one.user), violations))

    def _sample(self, at_s: float) -> None:
        self.samples.append(
            sample(self.served.center.state, at_s=at_s, open_alerts=len(self.live), accepted=self.accepted)
        )
        said = f"{at_s:.0f} s: {self.accepted} accepted, {len(self.live)} open, {len(self.wrong)} wrong"
        print(f"{said}, {sum(self.strikes.values())} strikes", file=sys.stderr, flush=True)
