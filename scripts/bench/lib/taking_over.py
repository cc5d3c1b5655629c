"""Strike nodes with alerts one after another, and measure the time until other nodes own and dial the alerts.

The measurements are made from outside: the owner of an alert in the database, the dials at the carrier, and
finally the end of each accepted alert.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from messages import events as ev
from messages.ids import SECOND, AlertId, NodeId, NodeOrder, OperatorCommand, Party
from store import streams
from store.nodes.members import members
from store.nodes.orders import set_order
from store.nodes.owners import owned_alerts
from tests.chaos.harness.served import USERS, user_number
from tests.nodes.blows import unwell
from tests.support.center import OPERATOR, PSAP, SECOND_OPERATOR, simulation
from tests.support.nodes import Node, Nodes

STAFF: Final = {OPERATOR: "Marta", SECOND_OPERATOR: "Luca", "+390200000102": "Anna"}
SETTINGS: Final = "[limits]\nlive_cases = 6\nidle_workers = 2\n[operator]\nwrap_up_s = 0\n"
LOOK_S: Final = 0.004
WITHIN_S: Final = 30.0


class Kind(StrEnum):
    """A kind of failure."""

    POWER = "power"
    """A node loses its power with two alerts: one in conversation, one accepted just before."""
    RETURNED = "returned"
    """A node was frozen; another node has taken its alert and loses its power: the first node gets the alert
    back.
    """
    DRAINED = "drained"
    """A node loses its power as in POWER, while the remaining nodes are drained."""
    PATH = "path"
    """The alert's node and the node of the line to 112 lose each other's packets; both reach the database."""


def world() -> str:
    """Return the settings (TOML) of a simulated carrier: operators, users and a PSAP with two call-takers,
    who all answer quickly.
    """
    quick: dict[str, object] = {"rings_after_s": 0.15, "answers_after_s": 0.2}
    phones = {phone: {**quick, "name": name} for phone, name in STAFF.items()}
    phones |= {user_number(n): {**quick, "says": "tone:440"} for n in range(USERS)}
    return simulation(public=0, emergency=0, phones={**phones, PSAP: {**quick, "places": 2}})


@dataclass(kw_only=True)
class Alert:
    """An alert of the struck node."""

    alert: AlertId
    talking: bool
    """True if operator and user were in conversation; False if the alert had just been accepted."""
    owned_s: float | None = None
    """Seconds from the failure until the database named another node as the owner."""
    dialled_s: float | None = None
    """Seconds from the failure until the carrier saw the first dial for the alert, or the new owner had a
    surviving call in a conference again.
    """


@dataclass(kw_only=True)
class Loss:
    """A failure. `node` is the struck node."""

    kind: Kind
    node: str
    struck_s: float
    alerts: list[Alert] = field(default_factory=list)


class Losses:
    """The failures of one run."""

    def __init__(self, nodes: Nodes, seed: int) -> None:
        self.nodes = nodes
        self.random = random.Random(seed)
        self.done: list[Loss] = []
        self._user = 0

    def one(self, kind: Kind) -> None:
        """Strike the next node in turn, once all nodes are well."""
        self.nodes.until("all are well", lambda: not unwell(self.nodes), 90)
        names = list(self.nodes.nodes)
        victim = self.nodes[names[len(self.done) % len(names)]]
        match kind:
            case Kind.POWER:
                loss = self._power(kind, victim, drained=())
            case Kind.DRAINED:
                loss = self._power(kind, victim, drained=tuple(set(names) - {victim.name}))
            case Kind.RETURNED:
                loss = self._returned(victim)
            case Kind.PATH:
                loss = self._path()
        for one in loss.alerts:
            self._close(one.alert)
        self.done.append(loss)
        print(f"{len(self.done)} {loss}", file=sys.stderr, flush=True)

    @property
    def lost(self) -> list[AlertId]:
        """Alerts that were accepted and have not come to their end."""
        return [
            one.alert
            for loss in self.done
            for one in loss.alerts
            if self.nodes.case(one.alert).closed_at is None
        ]

    # ------------------------------------------------------------ blows

    def _power(self, kind: Kind, victim: Node, drained: tuple[str, ...]) -> Loss:
        talking = self._talking(victim.name)
        with self._drained(*drained):
            # At a random moment between two renewals of the node.
            time.sleep(self.random.uniform(0.0, 0.3))
            fresh = self._send(victim.name)
            loss = Loss(kind=kind, node=victim.name, struck_s=victim.lose())
            loss.alerts = [Alert(alert=talking, talking=True), Alert(alert=fresh, talking=False)]
            self._watch(loss)
        victim.start()
        return loss

    def _returned(self, first: Node) -> Loss:
        nodes, alert = self.nodes, self._talking(first.name)
        first.freeze()
        second = nodes[nodes.until("another has it", lambda: self._owner_but(first.name, alert))]
        first.thaw()
        nodes.until("the first is back", lambda: first.is_ready() and nodes.know_each_other(), 30)
        self._until_they_talk(alert)
        with self._drained(*(set(nodes.nodes) - {first.name, second.name})):
            time.sleep(self.random.uniform(0.0, 0.3))
            loss = Loss(kind=Kind.RETURNED, node=second.name, struck_s=second.lose())
            loss.alerts = [Alert(alert=alert, talking=True)]
            self._watch(loss)
        second.start()
        return loss

    def _path(self) -> Loss:
        """Break the path at node `a`, which has no line to 112."""
        nodes, alert = self.nodes, self._talking("a")
        nodes.order(alert, OperatorCommand.CALL_PSAP, "a", by=nodes.case(alert).operator)
        nodes.until("112 is with them", lambda: str(Party.PSAP) in nodes.joined(alert))
        far = str(nodes.case(alert).of(Party.PSAP)[-1].line)[0]
        time.sleep(self.random.uniform(0.0, 0.3))
        loss = Loss(kind=Kind.PATH, node=far, struck_s=time.time())
        nodes.network.lose("a", to=nodes[far].host)
        nodes.network.lose(far, to=nodes["a"].host)
        loss.alerts = [Alert(alert=alert, talking=True)]
        self._watch(loss)
        for name in ("a", far):
            nodes.network.lose(name)
        return loss

    @contextmanager
    def _drained(self, *names: str) -> Iterator[None]:
        by = next(iter(self.nodes.tokens))

        def say(was: NodeOrder | None, now: NodeOrder | None) -> None:
            self.nodes.journal.transact(
                lambda tx: [set_order(tx, NodeId(one), was, now, by) for one in names]
            )

        say(None, NodeOrder.DRAIN)
        self.nodes.until("they say that they are drained", lambda: set(names) <= self._draining())
        yield
        say(NodeOrder.DRAIN, None)

    def _draining(self) -> set[str]:
        return {str(one.node) for one in members(self.nodes.journal) if one.draining}

    # ------------------------------------------------------------ alerts

    def _send(self, at: str) -> AlertId:
        phone = user_number(self._user)
        self._user += 1
        return self.nodes.send(phone, at)

    def _talking(self, at: str) -> AlertId:
        alert = self._send(at)
        self._until_they_talk(alert)
        return alert

    def _until_they_talk(self, alert: AlertId) -> None:
        both = {str(Party.OPERATOR), str(Party.USER)}
        self.nodes.until("operator and user talk", lambda: self.nodes.joined(alert) == both)

    def _close(self, alert: AlertId) -> None:
        """Close the alert: the operator leaves user and 112, or declares a false alarm once the user is on
        the line.
        """
        nodes = self.nodes

        def closed() -> bool:
            case = nodes.case(alert)
            if case.closed_at is not None:
                return True
            there = [name for name, node in nodes.nodes.items() if node.is_ready()]
            if case.operator is not None and case.answered(Party.USER):
                with_112 = case.answered(Party.PSAP)
                command = OperatorCommand.LEAVE if with_112 else OperatorCommand.DECLARE_FALSE_ALARM
                nodes.order(alert, command, *there, by=case.operator)
            elif case.leave.at is not None:
                for leg in case.legs.values():
                    nodes.carrier.post(f"/phones/{leg.number}/hang_up")
            return False

        nodes.until("the alert is closed", closed, 120)

    # ------------------------------------------------------------ looking

    def _owner_but(self, node: str, alert: AlertId) -> str:
        found = self.nodes.owner(alert)
        return "" if found == node else found

    def _watch(self, loss: Loss) -> None:
        until_s = loss.struck_s + WITHIN_S
        others = [name for name in self.nodes.nodes if name != loss.node]
        while time.time() < until_s:
            missing = [one for one in loss.alerts if one.owned_s is None and loss.kind is not Kind.PATH]
            if missing:
                theirs = {
                    alert for name in others for alert in owned_alerts(self.nodes.journal, NodeId(name))
                }
                for one in missing:
                    if one.alert in theirs:
                        one.owned_s = round(time.time() - loss.struck_s, 4)
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
            events = self.nodes.journal.read(streams.case(one.alert))
            theirs = [
                event for event in events if event.node != loss.node and event.at_us / SECOND > loss.struck_s
            ]
            begun = {
                (event.event.number, event.event.line)
                for event in theirs
                if isinstance(event.event, ev.LegOriginating)
            }
            joined = [event.at_us / SECOND for event in theirs if isinstance(event.event, ev.BridgeJoined)]
            dialled = [
                call["started_at_s"]
                for call in calls
                if (call["to"], call["line"]) in begun and call["started_at_s"] > loss.struck_s
            ]
            if dialled or joined:
                one.dialled_s = round(min(dialled + joined) - loss.struck_s, 4)
