"""One alert through the main flow over several nodes, one of which is struck at a step; judged from outside.

The flow, its steps and what must hold at the end are the chaos harness's. Here is what a node can suffer, how
the app and the operator turn to another one, and what must hold of the nodes among each other.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from msgspec.structs import replace as replace_event

from messages import events as ev
from messages.base import HangupCause
from messages.ids import E164, SECOND, AlertId, LegId, LineId, OperatorCommand, OperatorId, Party
from messages.journal import Recorded
from model.allowed import refusal_now
from model.case import Case
from model.evolve import fold
from model.policy import Policy
from store import streams
from store.errors import JournalError
from tests.chaos.harness.call_book import CallBook
from tests.chaos.harness.facts import Facts, Given, LineStruck
from tests.chaos.harness.flows import MAIN, Deed, HangUp, Order, Send, Step
from tests.chaos.harness.hearing import all_hear
from tests.chaos.harness.judge import Violation, judge
from tests.chaos.harness.served import TONES, USERS, user_number
from tests.chaos.harness.strikes import places
from tests.chaos.harness.view import Call, People, View
from tests.support.center import OPERATOR, PSAP, simulation
from tests.support.nodes import Node, Nodes

STEP_WITHIN_S = 30.0
POLL_S = 0.01
JITTER_S = 0.15
"""A blow falls up to so long after its step was seen, as the seed says."""
WELL_WITHIN_S = 40.0
CROSSED_S = 0.3
"""Between a modem's look at the lease and the carrier's sight of the dial."""
BUSY = 17
LegEvent = (
    ev.LegOriginating
    | ev.LegRinging
    | ev.LegAnswered
    | ev.LegVoiceReady
    | ev.LegReleasing
    | ev.LegReleased
    | ev.LegAdopted
)
RECEIVED_AT = "a"
CONSOLE_AT = "c"
OWNER, PSAP_LINE, THIRD = "owner", "112's", "third"
"""Whom a cell may strike: who has the alert and its user's line, who has the line to 112, who has neither."""
WHO = (OWNER, PSAP_LINE, THIRD)


def quick_world() -> str:
    """An operator, 112 and the users, all of them quick."""
    quick = {"rings_after_s": 0.15, "answers_after_s": 0.2}
    phones: dict[str, dict[str, object]] = {OPERATOR: {**quick}, PSAP: {**quick}}
    for n in range(USERS):
        phones[user_number(n)] = {**quick, "says": f"tone:{TONES['user']:.0f}"}
    return simulation(public=0, emergency=0, phones=phones)


class Blow(StrEnum):
    """What is done to a node."""

    LOSE = "lose"
    """kill -9 of every process, and its modems unplugged: its power."""
    KILL = "kill"
    """The processes alone; the modems hold their calls."""
    FREEZE = "freeze"
    CUT = "cut"
    """Its cable is pulled."""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """Which node is struck (of WHO), how, and at which step; `back_after_s`: none: when the alert is over."""

    step: str
    who: str
    blow: Blow = Blow.LOSE
    back_after_s: float | None = None
    seed: int = 0

    @property
    def jitter_s(self) -> float:
        """How long after the step's being seen the blow falls."""
        return random.Random(f"{self.seed}/{self.step}/{self.who}/{self.blow}").uniform(0, JITTER_S)

    @property
    def name(self) -> str:
        """What it is called where it failed."""
        back = "" if self.back_after_s is None else f", back after {self.back_after_s} s"
        return f"{self.blow} {self.who} at {self.step} (seed {self.seed}){back}"


@dataclass(frozen=True, kw_only=True)
class Lost:
    """The time during which a node was away."""

    node: str
    from_s: float
    until_s: float


class Run:
    """One cell while it runs. `n` is the user's, of whom there is one for each alert."""

    def __init__(self, nodes: Nodes, cell: Cell, n: int) -> None:
        self.nodes, self.cell = nodes, cell
        self.struck: Node = nodes[RECEIVED_AT]
        self.people = People(user_number(n), OPERATOR, PSAP)
        self.alert: AlertId | None = None
        self.id = AlertId(f"nodes-{n}-{nodes.journal.last_seq()}")
        self.book = CallBook(lambda: nodes.carrier)
        self.first_call = max((one.id for one in self.book.read()), default=0)
        self.ordered: set[str] = set()
        self.given: list[Given] = []
        self.accepted = False
        self.struck_s = self.back_s = 0.0
        self.taken_after_s: float | None = None
        """How soon another node had the alert, where the struck one had it."""
        self._owned = False
        self.stood_still: Step | None = None
        self.took_s: dict[str, float] = {}
        """How long the parts of it were, for whoever wants to know."""

    # ------------------------------------------------------------ the run

    def go(self) -> list[Violation]:
        """All of it, until all nodes are well again; what was wrong."""
        deed: Deed | None = MAIN.begins
        begun_s = time.monotonic()
        try:
            for step in MAIN.steps:
                if not self._until(step, deed):
                    self.stood_still = step
                    break
                if step.name == self.cell.step:
                    self._strike()
                deed = step.then
        finally:
            self._bring_back()
        ended_s = time.monotonic()
        unwell = self._unwell_after(WELL_WITHIN_S)
        self.took_s = {
            "alert": round(ended_s - begun_s, 2),
            "well again": round(time.monotonic() - ended_s, 2),
        }
        facts = self._facts(tuple(unwell))
        return [*judge(without_busy(taken_back_as_one(facts))), *judge_nodes(facts, self.lost)]

    def _until(self, step: Step, deed: Deed | None) -> bool:
        until_s = time.monotonic() + STEP_WITHIN_S
        done = deed is None
        while time.monotonic() < until_s:
            self._tend()
            try:
                if not done and deed is not None:
                    done = self._do(deed)
                if step.seen(self._view()):
                    return True
            except JournalError:
                pass  # the database is just being started again
            time.sleep(POLL_S)
        return False

    def _tend(self) -> None:
        """See who has the alert now; have the struck one back when it is time."""
        if not self.struck_s:
            return
        after_s = time.time() - self.struck_s
        if self._owned and self.taken_after_s is None and self.alert is not None:
            owner = self.nodes.owner(self.alert)
            if owner not in ("", self.struck.name):
                self.taken_after_s = after_s
        if not self.back_s and self.cell.back_after_s is not None and after_s >= self.cell.back_after_s:
            self._bring_back()

    # ------------------------------------------------------------ blows

    def _strike(self) -> None:
        until_s = time.monotonic() + self.cell.jitter_s
        while time.monotonic() < until_s:
            time.sleep(0.002)
        self.struck = self.nodes[self._whom()]
        self._owned = self.alert is not None and self.nodes.owner(self.alert) == self.struck.name
        strike = {
            Blow.LOSE: self.struck.lose,
            Blow.KILL: self.struck.kill,
            Blow.FREEZE: self.struck.freeze,
            Blow.CUT: self.struck.cut,
        }[self.cell.blow]
        self.struck_s = strike()

    def _whom(self) -> str:
        case = self._case()
        lines = [leg.line for leg in case.legs.values() if leg.party is Party.PSAP] if case else []
        theirs = lines[-1].partition("-")[0] if lines else "b"
        third = next(name for name in self.nodes.nodes if name not in (RECEIVED_AT, theirs))
        return {OWNER: RECEIVED_AT, PSAP_LINE: theirs, THIRD: third}[self.cell.who]

    def _bring_back(self) -> None:
        if self.back_s or not self.struck_s:
            return
        match self.cell.blow:
            case Blow.LOSE | Blow.KILL:
                self.struck.start()
            case Blow.FREEZE:
                self.struck.thaw()
            case Blow.CUT:
                self.struck.mend()
        self.back_s = time.time()

    @property
    def lost(self) -> Lost:
        """When the node was away."""
        return Lost(node=self.struck.name, from_s=self.struck_s, until_s=self.back_s or time.time())

    # ------------------------------------------------------------ deeds

    def _there(self, *first: str) -> tuple[str, ...]:
        """Whom people ask, in their order: those who are away are known to be by the second try."""
        away = {self.struck.name} if self.struck_s and not self.back_s else set()
        names = [*first, *(name for name in self.nodes.nodes if name not in first)]
        return tuple(name for name in names if name not in away)

    def _do(self, deed: Deed) -> bool:
        match deed:
            case Send():
                return self._send()
            case Order(command=command):
                return self._order(command)
            case HangUp(parties=parties):
                for party in parties:
                    self.nodes.carrier.post(f"/phones/{self.people.number(party)}/hang_up")
                return False
            case _:
                raise AssertionError(f"the main flow has no {deed}")

    def _send(self) -> bool:
        answer = self.nodes.post(self.people.user, *self._there(RECEIVED_AT), id=str(self.id))
        if answer is None or answer.status_code not in (200, 202):
            self.given.append(Given(command="send", status=0 if answer is None else answer.status_code))
            return False
        self.alert, self.accepted = AlertId(answer.json()["alert"]), True
        return True

    def _order(self, command: OperatorCommand) -> bool:
        assert self.alert is not None
        before = self._refusal(command)
        answer = self.nodes.order(self.alert, str(command), *self._there(CONSOLE_AT))
        if answer is None:
            self.given.append(Given(command=str(command), status=0))
            return False
        status = answer.status_code
        if status == 409 and any(
            isinstance(one.event, ev.CommandGiven) and one.event.command == command
            for one in self.nodes.recorded(self.alert)
        ):
            status = 202  # the answer to the one before was lost on its way
        after = self._refusal(command)
        reason = answer.json().get("reason", "") if status == 409 else ""
        allowed = status == 409 and before is None and after is None
        self.given.append(Given(command=str(command), status=status, allowed=allowed, reason=reason))
        if status == 202:
            self.ordered.add(command)
        return status == 202

    def _refusal(self, command: OperatorCommand) -> str | None:
        case = self._case()
        assert case is not None
        operator = next(iter(self.nodes.tokens))
        return refusal_now(case, command, OperatorId(operator), Policy(psap_number=E164(PSAP)))

    # ------------------------------------------------------------ seeing

    def _view(self) -> View:
        return View(
            people=self.people,
            ordered=frozenset(self.ordered),
            read_case=self._case,
            read_calls=self._calls,
            read_hears=lambda parties: all_hear(self.nodes.carrier, self.people, parties),
        )

    def _case(self) -> Case | None:
        return None if self.alert is None else fold(self.nodes.recorded(self.alert))

    def _calls(self) -> tuple[Call, ...]:
        mine = self.people.all
        found = (one for one in self.book.read() if one.id > self.first_call)
        return tuple(one for one in found if one.caller in mine or one.to in mine)

    def _unwell_after(self, within_s: float) -> list[str]:
        until_s = time.monotonic() + within_s
        while True:
            try:
                found = unwell(self.nodes)
            except JournalError as error:
                found = [repr(error)]
            if not found or time.monotonic() > until_s:
                return found
            time.sleep(0.05)

    def _facts(self, found: tuple[str, ...]) -> Facts:
        still = self.stood_still
        kind = "unplug" if self.cell.blow is Blow.LOSE else str(self.cell.blow)
        return Facts(
            people=self.people,
            accepted=self.accepted,
            outcome=MAIN.outcome,
            asked=MAIN.calls,
            events=tuple(self.nodes.recorded(self.alert)) if self.alert is not None else (),
            calls=self._calls(),
            lines_struck=tuple(
                LineStruck(line=line, kind=kind, from_s=self.struck_s) for line in self.struck.lines
            ),
            given=tuple(self.given),
            numbers_of_lines=frozenset(self.nodes.numbers.values()),
            stood_still=still.name if still is not None else "",
            silent=still is not None and still.name in ("talking", "conference", "alone"),
            unwell=found,
        )


# ---------------------------------------------------------------- what must hold


def unwell(nodes: Nodes) -> list[str]:
    """What keeps them from being as they were before the alert."""
    found = [f"{node.name} is not ready" for node in nodes.nodes.values() if not node.is_ready()]
    if not nodes.know_each_other():
        found.append("they do not know each other")
    for node in nodes.nodes.values():
        there = places(node.state)
        found += [f"{node.name}: {place.role} {place.key} is not ready" for place in there if not place.ready]
        found += [
            f"{node.name}: {place.role} {place.key} is busy" for place in there if place.alert is not None
        ]
    for phone in nodes.carrier.get("/phones").json():
        if phone["state"] != "idle":
            found.append(f"the phone {phone['number']} is {phone['state']}")
    for modem in nodes.carrier.get("/modems").json():
        if modem["calls"]:
            found.append(f"the line {modem['name']} has a call")
        if not modem["open"]:
            found.append(f"nobody has opened the line {modem['name']}")
    return found


def without_busy(facts: Facts) -> Facts:
    """But for the calls that found the person in another one of ours, on a line that could not be asked."""

    def in_another(call: Call) -> bool:
        return call.cause == BUSY and any(
            one is not call
            and one.to == call.to
            and one.answered_s is not None
            and one.answered_s <= call.started_s <= (one.ended_s or call.started_s) + CROSSED_S
            for one in facts.calls
        )

    return replace(facts, calls=tuple(call for call in facts.calls if not in_another(call)))


def taken_back_as_one(facts: Facts) -> Facts:
    """With each call of a lost node that was taken back as the one attempt that it is: nothing was dialled.

    The journal has given it up in between, and begun another attempt on the same line, which found the call.
    """
    back = {
        (one.event.leg, one.event.attempt) for one in facts.events if isinstance(one.event, ev.LegAdopted)
    }
    first: dict[tuple[LegId, LineId], int] = {}
    same: dict[tuple[LegId, int], int] = {}
    for one in facts.events:
        event = one.event
        if isinstance(event, ev.LegOriginating):
            before = first.get((event.leg, event.line))
            if before is not None and (event.leg, event.attempt) in back:
                same[event.leg, event.attempt] = before
            else:
                first[event.leg, event.line] = event.attempt
    continued = {(leg, attempt) for (leg, _), attempt in same.items()}
    told: list[Recorded] = []
    for one in facts.events:
        event = one.event
        if isinstance(event, LegEvent):
            key = event.leg, event.attempt
            lost = isinstance(event, ev.LegReleased) and event.cause == HangupCause.NODE_LOST
            if (lost and key in continued) or (isinstance(event, ev.LegOriginating) and key in same):
                continue
            event = replace_event(event, attempt=same.get(key, event.attempt))
        told.append(replace_event(one, event=event))
    return replace(facts, events=tuple(told))


def judge_nodes(facts: Facts, lost: Lost) -> list[Violation]:
    """What must hold of the nodes among each other."""
    story = [one for one in facts.events if one.stream.startswith(streams.case(AlertId("")))]
    rules = {
        "one owner": _one_owner(story),
        "own right": _by_its_own_right(facts, story),
        "away": _silent_while_away(story, lost),
    }
    return [Violation(name, text) for name, texts in rules.items() for text in texts]


def _one_owner(story: list[Recorded]) -> Iterator[str]:
    """Whoever writes does so by an epoch that nobody else had, and never by an older one."""
    owners: dict[int, str] = {}
    last = 0
    for one in story:
        if owners.setdefault(one.epoch, one.node) != one.node:
            yield f"{one.node} and {owners[one.epoch]} have both written by epoch {one.epoch}"
        if one.epoch < last:
            yield f"{one.node} has written by epoch {one.epoch} after epoch {last}"
        last = max(last, one.epoch)


def _by_its_own_right(facts: Facts, story: list[Recorded]) -> Iterator[str]:
    """Nothing is dialled but what the alert's owner of that moment has decided."""
    for call in facts.calls:
        if call.caller not in facts.numbers_of_lines:
            continue
        began = [
            one
            for one in story
            if isinstance(one.event, ev.LegOriginating)
            and one.event.line == call.line
            and one.event.number == call.to
            and one.at_us / SECOND <= call.started_s + CROSSED_S
        ]
        if not began:
            yield f"call {call.id} to {call.to} on {call.line}: nobody has decided it"
            continue
        later = [one.at_us / SECOND for one in story if one.epoch > began[-1].epoch]
        if later and call.started_s > min(later) + CROSSED_S:
            yield f"call {call.id} to {call.to} on {call.line}: dialled by a lease that had ended"


def _silent_while_away(story: list[Recorded], lost: Lost) -> Iterator[str]:
    """Once another has written, whoever was away writes nothing by what it had."""
    others = [one for one in story if one.node != lost.node and one.at_us / SECOND > lost.from_s]
    if not others:
        return
    taken = others[0]
    for one in story:
        if one.node == lost.node and one.version > taken.version and one.epoch <= taken.epoch:
            yield f"{one.node} has written {type(one.event).__name__} after {taken.node} had the alert"
