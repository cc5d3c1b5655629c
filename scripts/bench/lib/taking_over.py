"""Nodes lose their power one after another, each with alerts in hand; how soon others have and dial them.

Everything is looked at from outside: whose an alert is in the database, what was dialled at the carrier, and
at the end of all whether each alert that was accepted has come to its end.
"""

from __future__ import annotations

import random
import sys
import time
from dataclasses import dataclass, field
from typing import Final

from messages import events as ev
from messages.ids import SECOND, AlertId, NodeId, Party
from store import streams
from store.nodes.owners import owned
from tests.chaos.harness.served import USERS, user_number
from tests.nodes.blows import unwell
from tests.support.center import OPERATOR, SECOND_OPERATOR, simulation
from tests.support.nodes import Nodes

STAFF: Final = {OPERATOR: "Marta", SECOND_OPERATOR: "Luca", "+390200000102": "Anna"}
SETTINGS: Final = "[limits]\nlive_cases = 6\nidle_crews = 2\n[operator]\nwrap_up_s = 0\n"
LOOK_S: Final = 0.004
WITHIN_S: Final = 30.0


def world() -> str:
    """The staff and the users, all of them quick."""
    quick: dict[str, object] = {"rings_after_s": 0.15, "answers_after_s": 0.2}
    phones = {phone: {**quick, "name": name} for phone, name in STAFF.items()}
    phones |= {user_number(n): quick for n in range(USERS)}
    return simulation(public=0, emergency=0, phones=phones)


@dataclass(kw_only=True)
class Alert:
    """One that the lost node had."""

    alert: AlertId
    talking: bool
    """Whether operator and user were in conversation; else it had just been accepted."""
    owned_s: float | None = None
    """From the kill until the database said that another node had it."""
    dialled_s: float | None = None
    """From the kill until the carrier saw the first dial for it."""


@dataclass(kw_only=True)
class Loss:
    """One loss of a node."""

    node: str
    killed_s: float
    alerts: list[Alert] = field(default_factory=list)


class Losses:
    """See the module."""

    def __init__(self, nodes: Nodes, seed: int) -> None:
        self.nodes = nodes
        self.random = random.Random(seed)
        self.done: list[Loss] = []
        self._user = 0

    def one(self) -> None:
        """The next node in turn, once all are well."""
        nodes = self.nodes
        nodes.until("all are well", lambda: not unwell(nodes), 90)
        names = list(nodes.nodes)
        victim = nodes[names[len(self.done) % len(names)]]
        talking = self._send(victim.name)
        nodes.until(
            "operator and user talk", lambda: nodes.joined(talking) == {str(Party.OPERATOR), str(Party.USER)}
        )
        # Wherever in its turn of renewals the node is just then.
        time.sleep(self.random.uniform(0.0, 0.3))
        fresh = self._send(victim.name)
        loss = Loss(node=victim.name, killed_s=victim.lose())
        loss.alerts = [Alert(alert=talking, talking=True), Alert(alert=fresh, talking=False)]
        self._watch(loss)
        victim.start()
        for one in loss.alerts:
            self._close(one.alert)
        self.done.append(loss)
        print(f"{len(self.done)} {loss}", file=sys.stderr, flush=True)

    def _send(self, at: str) -> AlertId:
        phone = user_number(self._user)
        self._user += 1
        return self.nodes.send(phone, at)

    def _watch(self, loss: Loss) -> None:
        until_s = loss.killed_s + WITHIN_S
        others = [name for name in self.nodes.nodes if name != loss.node]
        while time.time() < until_s:
            missing = [one for one in loss.alerts if one.owned_s is None]
            if missing:
                theirs = {alert for name in others for alert in owned(self.nodes.journal, NodeId(name))}
                for one in missing:
                    if one.alert in theirs:
                        one.owned_s = round(time.time() - loss.killed_s, 4)
            else:
                self._see_dials(loss)
                if all(one.dialled_s is not None for one in loss.alerts):
                    return
            time.sleep(LOOK_S)

    def _see_dials(self, loss: Loss) -> None:
        calls = self.nodes.carrier.get("/calls").json()
        for one in loss.alerts:
            if one.dialled_s is not None:
                continue
            begun = {
                (event.event.number, event.event.line)
                for event in self.nodes.journal.read(streams.case(one.alert))
                if isinstance(event.event, ev.LegOriginating)
                and event.node != loss.node
                and event.at_us / SECOND > loss.killed_s
            }
            dialled = [
                call["started_at_s"]
                for call in calls
                if (call["to"], call["line"]) in begun and call["started_at_s"] > loss.killed_s
            ]
            if dialled:
                one.dialled_s = round(min(dialled) - loss.killed_s, 4)

    def _close(self, alert: AlertId) -> None:
        """The operator calls it a false alarm, as soon as the user is on the line."""
        nodes = self.nodes

        def ordered() -> bool:
            case = nodes.case(alert)
            if case.closed_at is not None:
                return True
            if case.operator is None or not case.answered(Party.USER):
                return False
            there = [name for name, node in nodes.nodes.items() if node.is_ready()]
            answer = nodes.order(alert, "declare_false_alarm", *there, by=case.operator)
            return answer is not None and answer.status_code == 202

        nodes.until("the alert's operator has closed it", ordered, 90)
        nodes.until("it is closed", lambda: nodes.case(alert).closed_at is not None, 30)

    @property
    def lost(self) -> list[AlertId]:
        """The alerts that were accepted and have not come to their end."""
        return [
            one.alert
            for loss in self.done
            for one in loss.alerts
            if self.nodes.case(one.alert).closed_at is None
        ]
