"""One alert through the main flow over several nodes, one of which is struck at a step; judged from outside.

The flow, its steps and what must hold at the end are the chaos harness's. Here is what a node can suffer,
and how the app and the operator turn to another one.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from enum import StrEnum

from messages import events as ev
from messages.ids import E164, AlertId, OperatorCommand, OperatorId, Party
from model.alert.case import Case
from model.alert.evolve import fold
from model.orders.effects import refusal_now
from model.settings import Settings
from model.settings.psap import PsapSettings
from store.errors import JournalError
from tests.chaos.harness.call_book import CallBook
from tests.chaos.harness.facts import Facts, Given, LineStruck
from tests.chaos.harness.flows import MAIN, Deed, HangUp, Order, Send, Step, has_broken
from tests.chaos.harness.hearing import all_hear, taken_places
from tests.chaos.harness.judge import Violation, judge
from tests.chaos.harness.served import TONES, USERS, user_number
from tests.chaos.harness.strikes import places
from tests.chaos.harness.view import Call, People, View
from tests.nodes.judge import Lost, judge_nodes, taken_back_as_one, without_busy, without_let_go
from tests.support.center import OPERATOR, PSAP, simulation
from tests.support.nodes import Node, Nodes
from tests.waiting import comes_true, wait_until

STEP_WITHIN_S = 60.0
"""A node that was killed may need half of it on a loaded machine before it is back."""
JITTER_S = 0.15
"""A blow falls up to so long after its step was seen, as the seed says."""
WELL_WITHIN_S = 90.0
"""A node that is started again on a machine that does much else: how fast it is, nobody asks here."""
RECEIVED_AT = "a"
CONSOLE_AT = "c"
CALL_TAKERS = 3
OWNER, PSAP_LINE, THIRD = "owner", "112's", "third"
"""Whom a cell may strike: who has the alert and its user's line, who has the line to 112, who has neither."""
WHO = (OWNER, PSAP_LINE, THIRD)


def quick_world() -> str:
    """An operator, 112 and the users, all of them quick; 112 with several call-takers."""
    quick = {"rings_after_s": 0.15, "answers_after_s": 0.2}
    phones: dict[str, dict[str, object]] = {OPERATOR: {**quick}, PSAP: {**quick, "places": CALL_TAKERS}}
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
        seen = without_busy(taken_back_as_one(without_let_go(facts)))
        return [*judge(seen), *judge_nodes(facts, self.lost)]

    def _until(self, step: Step, deed: Deed | None) -> bool:
        done = deed is None

        def seen() -> bool:
            nonlocal done
            self._tend()
            try:
                if not done and deed is not None:
                    done = self._do(deed)
                if step.seen(self._view()):
                    return True
                self._end_again(hung_up=isinstance(deed, HangUp))
            except JournalError:
                pass  # the database is just being started again
            return False

        return comes_true(seen, within_s=STEP_WITHIN_S)

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

    def _end_again(self, *, hung_up: bool) -> None:
        """Whom a broken conference has called back leaves the two once more (decision 41), or puts the alert
        away where they have put down their phones meanwhile: of a lost line nobody could tell.
        """
        if self.alert is None or not has_broken(self.nodes.recorded(self.alert)):
            return
        for command in (OperatorCommand.LEAVE, OperatorCommand.CLOSE)[: 1 + hung_up]:
            if self._refusal(command) is None:
                self._order(command)
                return

    # ------------------------------------------------------------ blows

    def _strike(self) -> None:
        due_s = time.monotonic() + self.cell.jitter_s
        wait_until(lambda: time.monotonic() >= due_s, what="the moment that the seed has drawn")
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
                for number in map(self.people.number, parties):
                    for place in taken_places(self.nodes.carrier, number):
                        self.nodes.carrier.post(f"/phones/{number}/hang_up", params={"place": place})
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
        return refusal_now(
            case, command, OperatorId(operator), Settings(psap=PsapSettings(number=E164(PSAP)))
        )

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
        found: list[str] = []

        def well() -> bool:
            try:
                found[:] = unwell(self.nodes)
            except JournalError as error:
                found[:] = [repr(error)]
            return not found

        comes_true(well, within_s=within_s)
        return found

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
        if any(call is not None for call in phone["calls"]):
            found.append(f"the phone {phone['number']} is in calls: {phone['calls']}")
    for modem in nodes.carrier.get("/modems").json():
        if modem["calls"]:
            found.append(f"the line {modem['name']} has a call")
        if not modem["open"]:
            found.append(f"nobody has opened the line {modem['name']}")
    return found
