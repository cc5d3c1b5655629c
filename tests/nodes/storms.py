"""Blow upon blow on three nodes with several alerts in hand, also on whoever has taken over; from outside.

A seed gives the schedule: what is done to whom, when and for how long. A node loses its power, is killed or
frozen, is drained, has its cable pulled; it hears another node no more, or that node hears it no more; the
same between it and the database. Operators order what their page would offer, with the order's id and what
was seen, at any node that answers. Then everything is mended, and every alert comes to its end.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import httpx

from messages.ids import E164, AlertId, NodeId, NodeOrder, OperatorCommand, OperatorId, Party
from messages.journal import Recorded
from model.alert.case import Case
from model.alert.evolve import fold
from model.orders.effects import refusal_now
from model.settings import Settings
from model.settings.psap import PsapSettings
from store.errors import ChangedMeanwhile, JournalError
from store.nodes.orders import set_order
from tests.chaos.harness.call_book import CallBook
from tests.chaos.harness.judge import Violation
from tests.chaos.harness.served import USERS, user_number
from tests.chaos.harness.view import Call
from tests.chaos.harness.wishes import wishes
from tests.nodes.blows import WELL_WITHIN_S, unwell
from tests.nodes.judge import judge_storm
from tests.support.center import OPERATOR, PSAP, SECOND_OPERATOR, simulation
from tests.support.nodes import Nodes
from tests.waiting import comes_true, wait_until

TROUBLE_S: Final = 30.0
ALERTS: Final = 5
ENDS_WITHIN_S: Final = 150.0
"""After everything was mended."""
TAKEN_UP_WITHIN_S: Final = 3.0
"""So soon a node that nothing hinders does something for an alert that it has."""
ONE_WITHIN_S: Final = 20.0
"""After the mending 112 has so soon one call of an alert, and not two."""
THINKS_S: Final = 0.5
"""So often an operator looks at the page."""
ORDERS: Final = 0.12
"""After so many of these looks the operator orders something: every four seconds."""


STAFF: Final = {OPERATOR: "Marta", SECOND_OPERATOR: "Luca", "+390200000102": "Anna"}
SETTINGS: Final = "[limits]\nlive_cases = 6\nidle_workers = 1\n[operator]\nwrap_up_s = 0\n"


def world() -> str:
    """The staff, the users and a 112 with a call-taker for each alert, all of them quick."""
    quick: dict[str, object] = {"rings_after_s": 0.15, "answers_after_s": 0.2}
    phones = {phone: {**quick, "name": name} for phone, name in STAFF.items()}
    phones |= {user_number(n): {**quick, "says": "tone:440"} for n in range(USERS)}
    return simulation(public=0, emergency=0, phones={**phones, PSAP: {**quick, "places": 2 * ALERTS}})


class What(StrEnum):
    """What is done to a node, or to the database that all of them have."""

    LOSE = "lose"
    KILL = "kill"
    FREEZE = "freeze"
    CUT = "cut"
    DRAIN = "drain"
    DEAF = "deaf"
    """Nothing comes from another node."""
    MUTE = "mute"
    """Nothing goes to another node."""
    DATABASE_DEAF = "database deaf"
    """Nothing comes from the database."""
    DATABASE_MUTE = "database mute"
    """Nothing goes to it."""
    DATABASE = "database"
    """It loses its power, whoever was to be struck."""


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """`node`: by its place among the nodes; None: whoever has the first open alert then. Times in seconds."""

    at_s: float
    lasts_s: float
    what: What
    node: int | None
    other: int
    """Of the other nodes, which one."""


def schedule(seed: int) -> tuple[Trouble, ...]:
    """Four to eight troubles in half a minute, some of them at once."""
    draw = random.Random(seed)
    return tuple(
        Trouble(
            at_s=at_s,
            lasts_s=draw.choice((0.4, 0.9, 1.3, 1.6, 2.0, 3.0, 5.0, 8.0)),
            what=draw.choice(list(What)),
            node=draw.choice((None, None, 0, 1, 2)),
            other=draw.randrange(2),
        )
        for at_s in sorted(round(draw.uniform(2.0, TROUBLE_S), 2) for _ in range(draw.randint(4, 8)))
    )


@dataclass(frozen=True, kw_only=True)
class Given:
    """An order that no node has answered yet: it is given again as it is."""

    command: OperatorCommand
    by: OperatorId
    id: str
    seen: int


class Storm:
    """One storm. `first_user`: of ALERTS users that no other storm has."""

    def __init__(self, nodes: Nodes, seed: int, first_user: int) -> None:
        self.nodes, self.seed = nodes, seed
        self.random = random.Random(f"{seed}/operators")
        self.log: list[str] = []
        self.longest_s = 0.0
        """The longest that a node which nothing hindered had an alert without doing anything for it."""
        self._names: Final = list(nodes.nodes)
        self._users: Final = [user_number(first_user + n) for n in range(ALERTS)]
        self._alerts: dict[AlertId, str] = {}
        self._sent: dict[str, str] = {}
        self._coming: Final = list(schedule(seed))
        self._mends: dict[str, tuple[float, Callable[[], None]]] = {}
        self._book: Final = CallBook(lambda: nodes.carrier)
        self._first_call: Final = max((one.id for one in self._book.read()), default=0)
        self._unanswered: dict[AlertId, Given] = {}
        self._orders = 0
        self._idle: dict[AlertId, tuple[str, float]] = {}
        self._found: list[Violation] = []
        self._begun_s = time.monotonic()
        self._thought_s = 0.0

    def go(self) -> list[Violation]:
        """All of it; what was wrong."""
        self._begun_s = time.monotonic()
        wait_until(self._trouble, within_s=3 * TROUBLE_S, what="the end of the trouble")
        calm_s = self._now_s()
        self._say("all is mended")
        comes_true(lambda: self._peace(calm_s), within_s=ENDS_WITHIN_S)
        found: list[str] = []

        def well() -> bool:
            with suppress(JournalError, httpx.TransportError):
                found[:] = unwell(self.nodes)
            return not found

        comes_true(well, within_s=WELL_WITHIN_S)
        self._found += [Violation("well", text) for text in found]
        stories = {alert: self.nodes.recorded(alert) for alert in self._alerts}
        calls = [call for call in self._book.read() if call.id > self._first_call]
        return [*self._found, *judge_storm(stories, calls, frozenset(self.nodes.numbers.values()))]

    # ------------------------------------------------------------ trouble

    def _trouble(self) -> bool:
        """One look; whether all of it is over and mended."""
        now_s = self._now_s()
        while self._coming and self._coming[0].at_s <= now_s:
            self._strike(self._coming.pop(0))
        for name, (until_s, mend) in list(self._mends.items()):
            if until_s <= now_s:
                with suppress(JournalError):  # an order is taken back once the database is there again
                    mend()
                    del self._mends[name]
                    self._say(f"{name} is mended")
        self._work()
        return not self._coming and not self._mends and len(self._sent) == ALERTS

    def _strike(self, one: Trouble) -> None:
        name = self._names[one.node] if one.node is not None else self._owner_now()
        if one.what is What.DATABASE:
            name = str(one.what)
        if not name or name in self._mends:
            self._say(f"({one.what} of {name or 'nobody'}: left out)")
            return
        other = [each for each in self._names if each != name][one.other]
        try:
            crashes = one.what is What.DATABASE
            mend = self._crash() if crashes else self._blow(one.what, name, self.nodes[other].host)
        except JournalError:
            self._say(f"({one.what} of {name}: the database is away)")
            return
        self._mends[name] = (self._now_s() + one.lasts_s, mend)
        whose = other if one.what in (What.DEAF, What.MUTE) else ""
        self._say(f"{one.what} {name} {whose} for {one.lasts_s} s")

    def _owner_now(self) -> str:
        with suppress(JournalError):
            for alert in self._alerts:
                if self.nodes.case(alert).closed_at is None:
                    return self.nodes.owner(alert)
        return ""

    def _crash(self) -> Callable[[], None]:
        self.nodes.server.crash()
        return self.nodes.server.start

    def _blow(self, what: What, name: str, other: str) -> Callable[[], None]:
        """Do it; how it is mended."""
        node, network, database = self.nodes[name], self.nodes.network, self.nodes.server.address
        match what:
            case What.LOSE:
                node.lose()
                return node.start
            case What.KILL:
                node.kill()
                return node.start
            case What.FREEZE:
                node.freeze()
                return node.thaw
            case What.CUT:
                node.cut()
                return node.mend
            case What.DRAIN:
                self._order_of(name, None, NodeOrder.DRAIN)
                return lambda: self._order_of(name, NodeOrder.DRAIN, None)
            case What.DEAF | What.DATABASE_DEAF:
                network.lose(name, source=other if what is What.DEAF else database)
            case What.MUTE | What.DATABASE_MUTE:
                network.lose(name, to=other if what is What.MUTE else database)
        return lambda: network.lose(name)

    def _order_of(self, name: str, was: NodeOrder | None, now: NodeOrder | None) -> None:
        by = next(iter(self.nodes.tokens))
        with suppress(ChangedMeanwhile):  # it has started anew meanwhile, which ends the order
            self.nodes.journal.transact(lambda tx: set_order(tx, NodeId(name), was, now, by))

    # ------------------------------------------------------------ peace

    def _peace(self, calm_s: float) -> bool:
        """One look; whether every alert is closed."""
        self._work()
        try:
            still_open = [alert for alert in self._alerts if self.nodes.case(alert).closed_at is None]
            live = [call for call in self._calls() if call.to == PSAP and call.live]
        except (JournalError, httpx.TransportError):
            return False
        if self._now_s() - calm_s > ONE_WITHIN_S and len(live) > max(1, len(still_open)) and not self._found:
            self._found.append(Violation("112 twice", f"{len(live)} calls for {len(still_open)} alerts"))
        return not still_open

    # ------------------------------------------------------------ people

    def _work(self) -> None:
        """What apps, operators and phones do, every half second."""
        if self._now_s() - self._thought_s < THINKS_S:
            return
        self._thought_s = self._now_s()
        for name, node in self.nodes.nodes.items():
            if name not in self._mends and node.start_again():
                self._say(f"{name} had ended, and is started again")
        if len(self._sent) < ALERTS and self.random.random() < 0.15:
            self._send(self._users[len(self._sent)])
        for phone, id in self._sent.items():
            if AlertId(id) not in self._alerts:
                self._send(phone)
        with suppress(JournalError, httpx.TransportError):
            for alert, phone in self._alerts.items():
                case = self.nodes.case(alert)
                self._look(alert, case)
                if case.closed_at is None:
                    self._order(alert, case)
                    self._hang_up(case, phone)

    def _send(self, phone: str) -> None:
        """The app's packet, again until it is taken."""
        id = self._sent.setdefault(phone, f"storm-{self.seed}-{len(self._sent)}-{self._first_call}")
        answer = self.nodes.post(phone, *self._somewhere(), id=id)
        if answer is not None and answer.status_code in (200, 202):
            self._alerts[AlertId(answer.json()["alert"])] = phone
            self._say(f"{id} accepted")

    def _order(self, alert: AlertId, case: Case) -> None:
        given = self._unanswered.pop(alert, None)
        if given is None:
            if case.operator is None or self.random.random() > ORDERS:
                return
            settings = Settings(psap=PsapSettings(number=E164(PSAP)))
            free = (one for one in wishes(case) if refusal_now(case, one, case.operator, settings) is None)
            if (command := next(free, None)) is None:
                return
            self._orders += 1
            given = Given(
                command=command,
                by=case.operator,
                id=f"storm-{self.seed}-order-{self._orders}-{self._first_call}",
                seen=case.version,
            )
        at = self._somewhere()
        answer = self.nodes.order(
            alert, str(given.command), *at[:1], by=given.by, id=given.id, seen=given.seen
        )
        if answer is None or answer.status_code >= 500:
            self._unanswered[alert] = given
        self._say(f"{given.command} of {alert}: {'no answer' if answer is None else answer.status_code}")

    def _hang_up(self, case: Case, user: str) -> None:
        """User and 112 have said everything once the operator has left them."""
        if case.leave.at is None or case.operator_leg is not None:
            return
        lines = {leg.line for leg in case.of(Party.PSAP)}
        ours = {call.id for call in self._calls() if call.live and call.line in lines}
        carrier = self.nodes.carrier
        for phone, places in ((PSAP, carrier.get(f"/phones/{PSAP}").json()["calls"]), (user, [None])):
            for place, call in enumerate(places):
                if phone == user or call in ours:
                    carrier.post(f"/phones/{phone}/hang_up", params={"place": place})

    def _somewhere(self) -> tuple[str, ...]:
        return tuple(self.random.sample(self._names, len(self._names)))

    # ------------------------------------------------------------ looking

    def _look(self, alert: AlertId, case: Case) -> None:
        """A node that has the alert, and that nothing hinders, has taken it up."""
        now_s, name = self._now_s(), self.nodes.owner(alert)
        there = case.owner is not None and case.owner.node == name
        away = {name, str(What.DATABASE)} & self._mends.keys()
        hindered = away or not name or not self.nodes[name].is_ready()
        before, since_s = self._idle.get(alert, ("", now_s))
        if case.closed_at is not None or there or hindered or before != name:
            self._idle[alert] = (name, now_s)
            return
        idle_s = now_s - since_s
        self.longest_s = max(self.longest_s, idle_s)
        if idle_s > TAKEN_UP_WITHIN_S:
            self._idle[alert] = (name, now_s)
            self._found.append(Violation("taken up", f"{name} has {alert} and does nothing"))

    def _calls(self) -> Iterator[Call]:
        return (call for call in self._book.read() if call.id > self._first_call)

    def _now_s(self) -> float:
        return time.monotonic() - self._begun_s

    def _say(self, what: str) -> None:
        self.log.append(f"{self._now_s():7.2f} {what}")

    def stories(self) -> Iterator[str]:
        """What was done, and every alert's events, for whoever looks for the cause."""
        yield from self.log
        for alert in self._alerts:
            events: list[Recorded] = self.nodes.recorded(alert)
            yield f"{alert}: {'none' if fold(events) is None else ''}"
            for one in events:
                at_s = one.at_us / 1e6 - time.time() + self._now_s()
                yield f"{at_s:7.2f} {one.node:8} e{one.epoch} v{one.version} {one.stream[:5]} {one.event}"
