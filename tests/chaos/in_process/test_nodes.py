"""Random trouble among several nodes in one process: at any time one freezes, wakes up, loses its power or is
drained, or two hear each other no more, several at once and one after the other.

What must hold whatever happens: an alert has one owner at a time, nobody but its owner writes its story, a
node that has an alert has taken it up within moments, every alert is handled to its end, and no call is left.
"""

from __future__ import annotations

import random
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import ClassVar

import pytest

from messages import events as ev
from messages.ids import E164, SECOND, AlertId, NodeId, OperatorId, Party
from messages.journal import Recorded
from model.alert.case import Case
from model.alert.evolve import fold
from model.orders.effects import refusal
from simulator.errors import NotNow
from store import streams
from store.journal.journal import Append
from tests.chaos.harness.wishes import wishes
from tests.scenarios.nodes import Cluster, cluster
from tests.scenarios.world import PSAP, USER
from tests.support.depth import some

pytestmark = pytest.mark.scenario

COURSES = (*((seed, False) for seed in (3, 42, 110, 111, 140, 195, 325)), (1, True), (24, True))
"""Seeds, and whether only one of two that are parted hears the other."""
MORE = (E164("+393339990001"), E164("+393339990002"))
LINES = {"a": (4, 1), "b": (4, 1), "c": (3, 1)}
TROUBLE_S = 60
ENDS_WITHIN_S = 240
ONE_WITHIN_S = 15
"""After the trouble 112 has so soon one call of an alert, and not two."""
TAKEN_UP_WITHIN_S = 3.0
"""After a node that does anything has the lease."""


def told(nodes: Cluster, alert: AlertId) -> list[Recorded]:
    return nodes.journal.read_streams(streams.inbox(alert), streams.case(alert))


def case_of(nodes: Cluster, alert: AlertId) -> Case:
    case = fold(told(nodes, alert))
    assert case is not None
    return case


class Play:
    """One course of things, as its seed says."""

    KINDS: ClassVar = ("freeze", "freeze", "thaw", "thaw", "lose", "alert", "part", "part", "meet", "drain")

    def __init__(self, nodes: Cluster, seed: int, *, one_way: bool = False) -> None:
        """`one_way`: of two that are parted the first still hears the other's words."""
        self.nodes, self.one_way = nodes, one_way
        self.random = random.Random(seed)
        self.alerts: list[AlertId] = []
        self.spared = self.random.choice(sorted(nodes.nodes))
        self.log = [f"seed {seed}, one way: {one_way}"]
        self.too_many_to_112 = 0
        """How many calls to 112 more than open alerts were up at once, after the trouble."""
        self.parted: list[tuple[str, str]] = []
        self.owned: dict[AlertId, tuple[str, float]] = {}
        """Which node has which alert, and since when it could have taken it up."""

    def run(self) -> None:
        """An alert, trouble for a minute, and then peace until everything is over."""
        self.alerts.append(self.nodes.send(self.random.choice(sorted(self.nodes.nodes))))
        for _ in range(TROUBLE_S):
            self.nodes.advance(1.0)
            if self.random.random() < 0.25:
                self.strike()
            self.work()
            self.look()
        for name, node in self.nodes.nodes.items():
            if node.frozen:
                self.nodes.thaw(name)
        for one, other in self.parted:
            self.nodes.part(one, other, parted=False)
        for peace_s in range(ENDS_WITHIN_S):
            still_open = [one for one in self.alerts if case_of(self.nodes, one).closed_at is None]
            if not still_open:
                break
            if peace_s > ONE_WITHIN_S:
                more = len(self.nodes.live_calls_to(PSAP)) - len(still_open)
                self.too_many_to_112 = max(self.too_many_to_112, more)
            self.nodes.advance(1.0)
            self.work()
            self.look()
        self.nodes.advance(10.0)

    def look(self) -> None:
        """Whoever has an alert has taken it up."""
        now_s = self.nodes.network.now_s
        for alert in self.alerts:
            case, node = case_of(self.nodes, alert), self.nodes.owner_of(alert)
            there = case.owner is not None and case.owner.node == node
            idle = not node or there or not self.nodes.nodes[node].running
            before, since_s = self.owned.get(alert, ("", now_s))
            if case.closed_at is not None or idle or before != node:
                self.owned[alert] = (node, now_s)
            elif now_s - since_s > TAKEN_UP_WITHIN_S:
                self.nodes.alert = alert
                raise AssertionError("\n".join([f"{node} does nothing", *self.log, self.nodes.story()]))

    def strike(self) -> None:
        """Something happens to a node; one of them is never struck."""
        running = [name for name, node in self.nodes.nodes.items() if node.running]
        frozen = [name for name, node in self.nodes.nodes.items() if node.frozen]
        lost = [name for name, node in self.nodes.nodes.items() if node.lost]
        what = self.random.choice(self.KINDS)
        struck = [name for name in running if name != self.spared]
        if what == "freeze" and struck:
            name = self.random.choice(struck)
            self.nodes.freeze(name)
        elif what == "thaw" and frozen:
            name = self.random.choice(frozen)
            self.nodes.thaw(name)
        elif what == "lose" and not lost and struck:
            name = self.random.choice(struck)
            self.nodes.lose(name)
        elif what == "alert" and len(self.alerts) < 3:
            name = self.random.choice(running)
            self.alerts.append(self.nodes.send(name, MORE[len(self.alerts) - 1]))
        elif what == "part" and not self.parted:
            one, other = self.random.sample(sorted(self.nodes.nodes), 2)
            self.parted.append((one, other))
            self.nodes.part(one, other, one_way=self.one_way)
            name = f"{one} and {other}"
        elif what == "meet" and self.parted:
            one, other = self.parted.pop()
            self.nodes.part(one, other, parted=False)
            name = f"{one} and {other}"
        elif what == "drain" and struck and not any(node.env.draining for node in self.nodes.nodes.values()):
            name = self.random.choice(struck)
            self.nodes.drain(name)
        else:
            return
        self.log.append(f"{self.nodes.network.now_s:7.2f} {what} {name}")

    def work(self) -> None:
        """The operator does what the page asks for; a far phone that was left alone hangs up."""
        at = next(name for name, node in self.nodes.nodes.items() if node.running)
        for alert in self.alerts:
            case = case_of(self.nodes, alert)
            if case.closed_at is not None or self.random.random() < 0.5:
                continue
            who = case.operator or OperatorId("operator-0")
            for command in wishes(case):
                if refusal(case, command, who, self.nodes.settings) is None:
                    journal = self.nodes.open(NodeId(at))
                    given = ev.CommandGiven(command=command, by=who)
                    journal.append(Append(streams.inbox(alert), None, (given,)))
                    journal.close()
                    break
            talked_us = 0 if case.leave.at is None else self.nodes.clock.now_us() - case.leave.at
            if (
                talked_us > self.nodes.settings.alert.leave_alarm_within_s * SECOND
                and case.operator_leg is None
            ):
                for psap in case.of(Party.PSAP):
                    self.nodes.psap_hangs_up(psap.line)
                self.hang_up(case.phone or USER)

    def hang_up(self, phone: E164) -> None:
        """Whoever was left alone has said everything."""
        with suppress(NotNow):
            self.nodes.network.carrier.phone_hang_up(phone, self.nodes.network.now_s)
            self.nodes.network.pump()


def the_story_has_one_writer_at_a_time(nodes: Cluster, alert: AlertId) -> None:
    written = [one for one in told(nodes, alert) if one.stream == streams.case(alert)]
    for before, after in pairwise(written):
        assert after.epoch >= before.epoch, nodes.story()
        if after.epoch == before.epoch:
            assert after.node == before.node, nodes.story()


def every_alert_has_ended(play: Play) -> None:
    for alert in play.alerts:
        play.nodes.alert = alert
        the_story_has_one_writer_at_a_time(play.nodes, alert)
        assert case_of(play.nodes, alert).closed_at is not None, "\n".join([*play.log, play.nodes.story()])


def no_call_is_left(play: Play) -> None:
    lost = [name for name, node in play.nodes.nodes.items() if node.lost]
    left = [call for call in play.nodes.live_calls() if (call.line or "").split("-")[0] not in lost]
    assert left == [], "\n".join([*play.log, play.nodes.story()])


@pytest.mark.timeout(240)
def test_whatever_happens_to_nodes_every_alert_ends_and_has_one_owner_at_a_time(tmp_path: Path) -> None:
    for seed, one_way in some(3, COURSES):
        state = tmp_path / f"{seed}"
        state.mkdir()
        with cluster(state, LINES, operators=2, behaviours=dict.fromkeys(MORE, "answer")) as nodes:
            play = Play(nodes, seed, one_way=one_way)
            play.run()
            every_alert_has_ended(play)
            no_call_is_left(play)
            assert play.too_many_to_112 == 0, play.log
