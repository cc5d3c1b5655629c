"""One alert through one flow, with the strikes that were chosen, to the judgement."""

from __future__ import annotations

import math
import random
import time
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial

import httpx

from messages.events import CommandGiven
from messages.ids import E164, AlertId, OperatorCommand, OperatorId, Role
from model.alert.case import Case
from model.alert.evolve import fold
from model.orders.effects import refusal_now
from model.settings import Settings
from model.settings.psap import PsapSettings
from store.errors import JournalError
from tests.chaos.harness.facts import Facts, Given, LineStruck
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
from tests.chaos.harness.hearing import all_hear, longest_silence_s, recording
from tests.chaos.harness.judge import Violation, judge
from tests.chaos.harness.recovery import Recovery
from tests.chaos.harness.served import EMERGENCY, PUBLIC, Served
from tests.chaos.harness.strikes import Kind, targets
from tests.chaos.harness.view import View
from tests.support.center import line_number
from tests.waiting import comes_true, wait_until

DEMO_OPERATOR = "demo"
STEP_WITHIN_S = 20.0
CALLS_AGAIN_S = 0.5
"""So soon the user calls again when a call has come to nothing."""
JITTER_S = 0.15
"""A strike falls up to so long after its step was seen, as the seed says."""
FAULT_S = 1.5
"""So long a line is unplugged, garbled or muted."""
SERVICE_MANAGER_S = 2.0
"""After so long the service manager kills a node that gives no sign of life; its WatchdogSec is longer."""
WELL_WITHIN_S = 15.0
INTENSITY, INTENSITY_S = 4, 11.0
"""So many restarts of one role, then the next strike waits: five within ten seconds escalate, by design."""


@dataclass(frozen=True, kw_only=True)
class Strike:
    """Whom and how. `at`: at which step, the cell's where it is empty; `after_s`: so long after the step was
    struck; None: at the step itself.
    """

    role: Role
    kind: Kind
    after_s: float | None = None
    at: str = ""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """What is to be run: without strikes it is the flow as it should be."""

    flow: str
    step: str = ""
    strikes: tuple[Strike, ...] = ()
    seed: int = 0

    @property
    def jitter_s(self) -> float:
        """How long after the step's being seen the strike falls."""
        whom = ",".join(f"{one.role}:{one.kind}" for one in self.strikes)
        return random.Random(f"{self.seed}/{self.flow}/{self.step}/{whom}").uniform(0, JITTER_S)

    @property
    def command(self) -> str:
        """The one line that runs it again."""
        words = ["scripts/chaos/run", "one", "--flow", self.flow, "--seed", str(self.seed)]
        if self.step:
            words += ["--step", self.step]
        for one in self.strikes:
            after = "" if one.after_s is None else f"@{one.after_s}"
            at = f"/{one.at}" if one.at else ""
            words += ["--strike", f"{one.role}:{one.kind}{at}{after}"]
        return " ".join(words)


@dataclass(kw_only=True)
class Result:
    """What came of it."""

    cell: Cell
    violations: list[Violation]
    took_s: float
    recovered_s: dict[str, float] = field(default_factory=dict)
    silence_s: float = 0.0
    """The longest silence that the user heard between the first and the last sound."""
    story: str = ""
    """Filled where something is wrong."""

    @property
    def right(self) -> bool:
        """Whether nothing is wrong."""
        return not self.violations

    @property
    def late(self) -> bool:
        """Whether all that is wrong is that a successor came late."""
        return not self.right and all(one.rule == "in time" for one in self.violations)

    @property
    def unusable(self) -> bool:
        """Whether what is wrong may disturb the next alert, too."""
        return any(one.rule not in ("in time", "once each", "dropped", "orders") for one in self.violations)


def _is_past(moment_s: float) -> bool:
    return time.monotonic() > moment_s


class History:
    """When whom was struck in this center, so that its own limits on restarts are kept out of it."""

    def __init__(self) -> None:
        self._when: dict[Role, deque[float]] = {}

    def wait(self, strikes: tuple[Strike, ...]) -> None:
        """Until one more of each will not be taken for a fault that does not go away."""
        wanted = Counter(one.role for one in strikes)
        for role, times in wanted.items():
            when = self._when.setdefault(role, deque())
            while len(when) + times > INTENSITY and when:
                until_s = when.popleft() + INTENSITY_S
                wait_until(partial(_is_past, until_s), within_s=2 * INTENSITY_S, what="a strike is long ago")

    def note(self, role: Role) -> None:
        """It was struck now."""
        self._when.setdefault(role, deque()).append(time.monotonic())


class Run:
    """One cell while it runs."""

    def __init__(self, served: Served, cell: Cell, history: History) -> None:
        self.served, self.cell, self.history = served, cell, history
        self.flow: Flow = FLOWS[cell.flow]
        self.people = served.next_people()
        self.alert: AlertId | None = None
        self.id = AlertId(f"chaos-{served.alerts}-{served.last_seq()}")
        self.first_seq, self.first_call = served.last_seq(), served.last_call()
        self.ordered: set[str] = set()
        self.given: list[Given] = []
        self.accepted = False
        self.called = served.public_number
        self.recoveries: list[Recovery] = []
        self.lines_struck: list[LineStruck] = []
        self.replug: list[tuple[float, str]] = []
        self.faulty_until_s = 0.0
        """Until then a modem is mute, garbled or away: the next alert has one that is well."""
        self.due: list[tuple[float, Strike]] = []
        self.node_due_s: float | None = None
        self.stood_still: Step | None = None
        self.random = random.Random(f"{cell.seed}/{cell.command}")

    # ------------------------------------------------------------ seeing

    def view(self) -> View:
        """A fresh look."""
        return View(
            people=self.people,
            ordered=frozenset(self.ordered),
            read_case=self.case,
            read_calls=lambda: self.served.calls(self.people, self.first_call),
            read_hears=lambda parties: all_hear(self.served.center.carrier, self.people, parties),
        )

    def case(self) -> Case | None:
        """The alert as the journal tells it; None while there is none."""
        if self.alert is None:
            self.alert = self.served.alert_since(self.first_seq, self.people.user)
        return None if self.alert is None else fold(self.served.recorded(self.alert))

    # ------------------------------------------------------------ the run

    def go(self) -> Result:
        """All of it."""
        begun_s = time.monotonic()
        center = self.served.center
        change = center.carrier.patch(f"/phones/{self.people.user}", json={"behaviour": self.flow.behaviour})
        assert change.status_code == 200, change.text
        self.history.wait(self.cell.strikes)
        deed: Deed | None = self.flow.begins
        for step in self.flow.steps:
            if not self._until(step, deed):
                self.stood_still = step
                break
            if here := [one for one in self.cell.strikes if (one.at or self.cell.step) == step.name]:
                self._strike_now(here)
            deed = step.then
        comes_true(self._tended, within_s=WELL_WITHIN_S)
        unwell = self.served.unwell_after(WELL_WITHIN_S if self.stood_still is None else 1.0)
        for recovery in self.recoveries:
            recovery.look()
            recovery.give_up()
        facts = self._facts(tuple(unwell))
        violations = judge(facts)
        heard = recording(center.carrier, self.people.user)
        result = Result(
            cell=self.cell,
            violations=violations,
            took_s=round(time.monotonic() - begun_s, 2),
            silence_s=round(longest_silence_s(heard), 3),
            recovered_s={
                f"{struck.kind} {name}": took
                for struck in facts.struck
                for name, took in struck.recovered_s.items()
            },
        )
        if violations:
            result.story = center.everything()
        return result

    def _until(self, step: Step, deed: Deed | None) -> bool:
        """Do what leads to the step until it is seen; False where it does not come."""
        until_s = time.monotonic() + STEP_WITHIN_S
        done, seen = deed is None, False

        def over() -> bool:
            nonlocal until_s, done, seen
            if self._tend():
                until_s = time.monotonic() + STEP_WITHIN_S
            try:
                if not done and deed is not None:
                    done = self._do(deed)
                seen = step.seen(self.view())
                if not seen:
                    self._leave_again()
            except (httpx.TransportError, JournalError):
                pass  # the web or the journal is just being started again: whoever looks, looks again
            return seen or time.monotonic() > until_s

        wait_until(over, within_s=math.inf)
        return seen

    def _tended(self) -> bool:
        if not self._busy():
            return True
        self._tend()
        return False

    def _busy(self) -> bool:
        recovering = any(not recovery.over for recovery in self.recoveries)
        waiting = bool(self.replug or self.due) or self.node_due_s is not None
        return recovering or waiting or not _is_past(self.faulty_until_s)

    # ------------------------------------------------------------ deeds

    def _do(self, deed: Deed) -> bool:
        """Try; True when it is taken and need not be done again."""
        match deed:
            case Send():
                return self._send()
            case CallIn():
                return self._call_in()
            case Order(command=command):
                return self._order(str(command))
            case HangUp(parties=parties):
                for party in parties:
                    self.served.center.carrier.post(f"/phones/{self.people.number(party)}/hang_up")
                return False

    def _leave_again(self) -> None:
        if self.alert is None or str(OperatorCommand.LEAVE) not in self.ordered:
            return
        if has_broken(self.served.recorded(self.alert)) and ALL_THREE(self.view()):
            self._order(str(OperatorCommand.LEAVE))

    def _send(self) -> bool:
        """Once; what is not answered, or not durable, is sent again under the same id."""
        answer = self.served.center.post(self.people.user, id=str(self.id))
        if answer.status_code not in (200, 202):
            self.given.append(Given(command="send", status=answer.status_code))
            return False
        self.alert, self.accepted = AlertId(answer.json()["alert"]), True
        return True

    def _call_in(self) -> bool:
        """Again where the call has come to nothing, as a user would."""
        mine = [call for call in self.served.calls(self.people, self.first_call) if call.to == self.called]
        self.accepted = any(call.answered_s is not None for call in mine)
        if self.case() is not None:
            return True
        if all(call.ended_s is not None and time.time() - call.ended_s > CALLS_AGAIN_S for call in mine):
            self.served.center.carrier.post(f"/phones/{self.people.user}/call", json={"to": self.called})
        return False

    def _order(self, command: str) -> bool:
        """Once; a 409 while the case allows it, before and after, is a fault of the center's."""
        assert self.alert is not None
        before = self._refusal(command)
        try:
            answer = self.served.center.order(self.alert, command)
        except httpx.TransportError:
            self.given.append(Given(command=command, status=0))
            return False
        status = answer.status_code
        if status == 409 and self._was_given(command):
            status = 202  # the answer to the one before was lost on its way
        after = self._refusal(command)
        allowed = status == 409 and before is None and after is None
        reason = answer.json().get("reason", "") if status == 409 else ""
        self.given.append(Given(command=command, status=status, allowed=allowed, reason=reason))
        if status == 202:
            self.ordered.add(command)
        return status == 202

    def _refusal(self, command: str) -> str | None:
        case = self.case()
        assert case is not None
        settings = Settings(psap=PsapSettings(number=E164(self.people.psap)))
        return refusal_now(case, OperatorCommand(command), OperatorId(DEMO_OPERATOR), settings)

    def _was_given(self, command: str) -> bool:
        assert self.alert is not None
        recorded = self.served.recorded(self.alert)
        return any(isinstance(one.event, CommandGiven) and one.event.command == command for one in recorded)

    # ------------------------------------------------------------ strikes

    def _strike_now(self, strikes: Iterable[Strike]) -> None:
        due_s = time.monotonic() + self.cell.jitter_s
        wait_until(lambda: time.monotonic() >= due_s, what="the moment that the seed has drawn")
        now_s = time.monotonic()
        for strike in strikes:
            if strike.after_s is None:
                self._strike(strike)
            else:
                self.due.append((now_s + strike.after_s, strike))

    def _strike(self, strike: Strike) -> None:
        self.history.note(strike.role)
        case = self.case()
        lines = frozenset(str(leg.line) for leg in case.legs.values() if leg.live) if case else frozenset()
        if strike.kind.of_a_line:
            self._strike_line(strike.kind, lines)
            return
        struck = targets(self.served.places(), strike.role, self.alert, lines)
        self.recoveries.append(Recovery(self.served, strike.role, strike.kind, struck))
        if strike.role is Role.NODE:
            self.node_due_s = time.monotonic() + (SERVICE_MANAGER_S if strike.kind is Kind.STOP else 0.2)

    def _strike_line(self, kind: Kind, lines: frozenset[str]) -> None:
        line = self.random.choice(sorted(lines) or ["sim1"])
        self.lines_struck.append(LineStruck(line=line, kind=str(kind), from_s=time.time()))
        body = {} if kind is Kind.UNPLUG else {"for_s": FAULT_S}
        told = self.served.center.carrier.post(f"/modems/{line}/{kind}", json=body)
        assert told.status_code == 200, told.text
        self.faulty_until_s = time.monotonic() + FAULT_S
        if kind is Kind.UNPLUG:
            self.replug.append((self.faulty_until_s, line))

    def _tend(self) -> bool:
        """What goes on beside the flow: successors looked for, strikes that are due, plugs put in again.

        True: the node was started again, which took its time.
        """
        now_s, restarted = time.monotonic(), False
        for due_s, strike in list(self.due):
            if now_s >= due_s:
                self.due.remove((due_s, strike))
                self._strike(strike)
        for due_s, line in list(self.replug):
            if now_s >= due_s:
                self.replug.remove((due_s, line))
                self.served.center.carrier.post(f"/modems/{line}/plug")
        if self.node_due_s is not None and now_s >= self.node_due_s:
            self.node_due_s = None
            self.served.center.start_again()
            restarted = True
            for recovery in self.recoveries:
                if recovery.role is Role.NODE:
                    recovery.node_is_back()
        for recovery in self.recoveries:
            recovery.look()
        return restarted

    # ------------------------------------------------------------ the end

    def _facts(self, unwell: tuple[str, ...]) -> Facts:
        self.case()
        still = self.stood_still
        return Facts(
            people=self.people,
            accepted=self.accepted,
            outcome=self.flow.outcome,
            asked=self.flow.calls,
            events=tuple(self.served.recorded(self.alert)) if self.alert is not None else (),
            seized=tuple(self.served.seizures(self.first_seq, self.alert)) if self.alert is not None else (),
            calls=self.served.calls(self.people, self.first_call),
            lines_struck=tuple(self.lines_struck),
            struck=tuple(recovery.struck() for recovery in self.recoveries),
            given=tuple(self.given),
            numbers_of_lines=frozenset(line_number(n) for n in range(1, PUBLIC + EMERGENCY + 1)),
            stood_still=still.name if still is not None else "",
            silent=still is not None and still.name in ("talking", "conference", "alone", "briefing"),
            unwell=unwell,
        )
