"""Several nodes in one process: each with actors of its own; one journal, one carrier, one clock to be moved.

The shared journal is a file; who is a member and who has which alert is told by the same tables and the same
code as with a server, and by the virtual clock.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from msgspec.structs import replace

from center.node.composition import SUPERVISOR, plan
from messages import events as ev
from messages.ids import (
    E164,
    SECOND,
    AlertId,
    Channel,
    Instant,
    NodeId,
    OperatorCommand,
    OperatorId,
    Party,
    Role,
    ShiftState,
    TrunkId,
)
from model.alert.case import Case
from model.alert.evolve import fold
from model.orders.effects import refusal
from model.rules.signal import Signal
from model.settings import Settings
from model.settings.alerts import AlertSettings, LimitsSettings
from model.settings.lines import Modem
from model.settings.psap import PsapSettings
from model.setup import Setup
from runtime.clock import VirtualClock
from runtime.environment import DRAINED, DRAINING, Environment
from runtime.published import voice_files
from runtime.published.directory import MemoryDirectory
from runtime.published.peers import MemoryPeers
from runtime.system.one_process import OneProcess
from runtime.system.system import start
from simulator.config import parse_config
from simulator.network.call import Call, Cause
from store import streams
from store.alerts.accepting import accept
from store.journal.journal import Append, Journal
from store.journal.notify import LocalNotifier
from store.nodes.owners import owned_alerts
from store.registry.people import Person
from store.registry.registry import Registry
from tests.scenarios.mixer import MISSING_PORTS, SILENT_PORTS
from tests.scenarios.pipe import NETWORKS, Network
from tests.scenarios.world import OPERATORS, PSAP, USER, bury, carrier_toml, for_tests
from tests.support.journals import empty_journal

CALL_TAKERS = 3
"""Of 112: a call that is made to it twice is answered twice."""


class ClusterNode:
    """One of the nodes."""

    def __init__(self, cluster: Cluster, name: str, lines: tuple[Modem, ...]) -> None:
        self.name = NodeId(name)
        self.lines = lines
        state = cluster.state / name
        for folder in ("run", "logs"):
            (state / folder).mkdir(parents=True, exist_ok=True)
        setup = Setup(settings=replace(cluster.settings, modem=lines))
        self.env = Environment(
            node=self.name,
            state=state,
            clock=cluster.clock,
            directory=MemoryDirectory(),
            peers=MemoryPeers(),
            address=f"10.0.0.{len(cluster.nodes) + 1}",
            open_journal=lambda: cluster.open(self.name),
            settings=setup,
            plan=for_tests(plan(setup, shared=True)),
        )
        self.gate = voice_files.host_and_port(self.env.address, 4711)
        voice_files.write_gate(self.env.run, self.gate)
        system = start("in_process", self.env, None)
        assert isinstance(system, OneProcess)
        self.system = system
        system.base.buried = bury
        self.frozen = False
        self.lost = False

    def begin(self) -> None:
        """Start its actors."""
        self.system.create(SUPERVISOR, role=Role.SUPERVISOR)

    @property
    def running(self) -> bool:
        """Whether it does anything."""
        return not (self.frozen or self.lost)


class Cluster:
    """See the module. `lines`: for each node how many public and emergency ones it has."""

    def __init__(
        self,
        state: Path,
        lines: Mapping[str, tuple[int, int]],
        *,
        operators: int = 1,
        on_shift: bool = True,
        behaviours: dict[str, str] | None = None,
        settings: Settings | None = None,
    ) -> None:
        self.state = state
        self.clock = VirtualClock()
        self.settings = settings or Settings(
            psap=PsapSettings(number=PSAP),
            limits=LimitsSettings(idle_workers=1, live_cases=4),
            alert=AlertSettings(leave_alarm_within_s=5.0),
        )
        config = parse_config(tomllib.loads(_carrier(lines, behaviours or {})))
        self.network = Network(config, self.clock)
        NETWORKS.append(self.network)
        self.notify = LocalNotifier()
        self.nodes: dict[str, ClusterNode] = {}
        self._url = empty_journal(state / "shared.db")
        self.journal = self.open(NodeId("outside"))
        self.registry = Registry(self.journal)
        giulia = Person(first_name="Giulia", last_name="Rossi", phones=(USER,), devices=("phone-1",))
        self.registry.add_user(giulia, by="test")
        self.operators = [self._operator(n, on_shift=on_shift) for n in range(operators)]
        for name in lines:
            mine = tuple(
                Modem(
                    name=modem.name,
                    trunk=TrunkId(modem.trunk),
                    emergency=modem.trunk == "emergency",
                    inbound=modem.trunk == "public",
                    number=E164(modem.number),
                    port=modem.name,
                    voice_port=f"{modem.name}.voice",
                    dialect=modem.dialect,
                )
                for modem in config.modems
                if modem.name.startswith(f"{name}-")
            )
            self.nodes[name] = ClusterNode(self, name, mine)
        for place, node in enumerate(self.nodes.values()):
            others = [other.system.base for other in self.nodes.values() if other is not node]
            node.system.base.join_systems(others, place)
        for node in self.nodes.values():
            node.begin()
        self.network.pump()
        self.advance(5.0)

    def open(self, node: NodeId) -> Journal:
        """The journal as a process of this node has it."""
        return Journal.open(self._url, node=node, clock=self.clock.now_us, notify=self.notify, shared=True)

    def _operator(self, n: int, *, on_shift: bool) -> OperatorId:
        operator = self.registry.add_operator(f"Operator {n}", OPERATORS[n], by="test").id
        if on_shift:
            changed = ev.ShiftChanged(operator=operator, state=ShiftState.READY)
            self.journal.append(Append(streams.operator(operator), None, (changed,)))
        return operator

    def close(self) -> None:
        """End everything."""
        for node in self.nodes.values():
            node.frozen = False
            if not node.lost:
                node.system.stop()
        self.journal.close()
        NETWORKS.remove(self.network)
        SILENT_PORTS.clear()
        MISSING_PORTS.clear()
        for port in list(self.network.ports.values()):
            port.close()

    # ------------------------------------------------------------ time

    def run(self) -> None:
        """Handle all that is to be handled at this instant, on all nodes."""
        while True:
            for node in self.nodes.values():
                if node.running:
                    node.system.run()
            if all(node.system.base.idle for node in self.nodes.values() if node.running):
                return

    def advance(self, seconds: float) -> Self:
        """Let time pass."""
        until = self.clock.now_us() + round(seconds * SECOND)
        self.run()
        while self.clock.step(until):
            self.run()
        self.run()
        return self

    def until(self, what: str, condition: Callable[[], object], within_s: float = 60.0) -> float:
        """Let time pass until it is so; how long it took."""
        begun_us = self.clock.now_us()
        while self.clock.now_us() - begun_us < within_s * SECOND:
            if condition():
                return (self.clock.now_us() - begun_us) / SECOND
            self.advance(0.1)
        raise AssertionError(f"not within {within_s} s: {what}\n{self.story()}")

    # ------------------------------------------------------------ what happens

    def lose(self, name: str) -> Self:
        """A node loses its power, and its modems with it."""
        node = self.nodes[name]
        node.lost = True
        for entry in node.env.directory.read():
            node.env.processes.kill(entry.pid, entry.born)
        for spec in node.env.settings_as(Setup).settings.lines:
            self.network.unplug(spec.line)
        return self

    def freeze(self, name: str) -> Self:
        """A node stops doing anything, and its modems go on."""
        self.nodes[name].frozen = True
        return self

    def thaw(self, name: str) -> Self:
        """It goes on, and believes that no time has passed but for its clock."""
        self.nodes[name].frozen = False
        return self

    def part(self, one: str, other: str, *, parted: bool = True, one_way: bool = False) -> Self:
        """Two nodes hear nothing of each other, neither words nor voices; the database hears both. Where not
        `parted`, they hear each other again. `one_way`: the first still hears the other's words.
        """
        for here, there in ((one, other), (other, one)):
            base = self.nodes[here].system.base
            others = [node.system.base for name, node in self.nodes.items() if name not in (here, there)]
            cut = parted and not (one_way and here == other)
            base.others = others if cut else [*others, self.nodes[there].system.base]
            ports = {f"{self.nodes[there].gate}/{spec.line}" for spec in self.nodes[there].lines}
            (MISSING_PORTS.update if parted else MISSING_PORTS.difference_update)(ports)
        return self

    def drain(self, name: str) -> Self:
        """A node is to take nothing more, and to end with its last call."""
        (self.nodes[name].env.run / DRAINING).touch()
        self.advance(1.5)
        return self

    def is_drained(self, name: str) -> bool:
        """Whether it has nothing left."""
        return (self.nodes[name].env.run / DRAINED).exists()

    def send(self, at: str, phone: E164 = USER) -> AlertId:
        """The app's packet, taken by the web of a node."""
        journal = self.open(NodeId(at))
        signal = Signal(channel=Channel.DATA, phone=phone, received_at=self.clock.now_us())
        self.alert = accept(journal, signal, self.settings.deadline.seconds).alert
        journal.close()
        self.run()
        return self.alert

    def shift(self, operator: OperatorId, at: str, state: ShiftState = ShiftState.READY) -> Self:
        """The operator's changes, in the console of this node."""
        journal = self.open(NodeId(at))
        changed = ev.ShiftChanged(operator=operator, state=state)
        journal.append(Append(streams.operator(operator), None, (changed,)))
        journal.close()
        self.run()
        return self

    def order(self, command: OperatorCommand, at: str, who: OperatorId | None = None) -> Self:
        """A key on the screen of the operator, whose console is at this node."""
        case = self.case
        who = who or case.operator or self.operators[0]
        reason = refusal(case, command, who, self.settings)
        assert reason is None, reason
        journal = self.open(NodeId(at))
        journal.append(Append(streams.inbox(self.alert), None, (ev.CommandGiven(command=command, by=who),)))
        journal.close()
        self.run()
        return self

    # ------------------------------------------------------------ what is seen

    @property
    def case(self) -> Case:
        """The alert as the journal has it."""
        case = fold(self.journal.read_streams(streams.inbox(self.alert), streams.case(self.alert)))
        assert case is not None
        return case

    @property
    def joined(self) -> set[Party]:
        """Who is in the conference."""
        return {leg.party for leg in self.case.legs.values() if leg.joined}

    @property
    def owner(self) -> str:
        """Which node has the alert, by its lease."""
        return self.owner_of(self.alert)

    def owner_of(self, alert: AlertId) -> str:
        """The same of any alert."""
        return next((name for name in self.nodes if alert in owned_alerts(self.journal, NodeId(name))), "")

    def calls(self, to: str) -> list[Call]:
        """Every call to a number that the carrier has seen."""
        return [call for call in self.network.carrier.calls if call.to == to]

    def live_calls_to(self, number: str) -> list[Call]:
        """Those of them that are up or being set up."""
        return [call for call in self.calls(number) if call.ended_at_s is None]

    def psap_hangs_up(self, line: str = "") -> None:
        """Each call-taker of 112 who is in a call ends it; with `line`, the one who is called on it."""
        for call in self.live_calls_to(PSAP):
            if line in ("", call.line):
                self.network.carrier.release(call, call.callee, Cause.NORMAL_CLEARING, self.network.now_s)
        self.network.pump()

    def live_calls(self) -> list[Call]:
        """The calls that are up or being set up."""
        return [call for call in self.network.carrier.calls if call.ended_at_s is None]

    def story(self) -> str:
        """The alert so far, for an assertion that fails."""
        recorded = self.journal.read_streams(streams.inbox(self.alert), streams.case(self.alert))
        start_us = recorded[0].at_us if recorded else Instant(0)
        told = [
            f"{(one.at_us - start_us) / SECOND:8.3f} {one.node} {one.epoch} {one.event}" for one in recorded
        ]
        return "\n".join([*told, *map(str, self.network.carrier.calls)])


def _carrier(lines: Mapping[str, tuple[int, int]], behaviours: dict[str, str]) -> str:
    """The carrier's world, its lines called by their nodes: `a-1`, `a-e1`; 112 has several call-takers."""
    mine = f'number = "{PSAP}"\n'
    text = carrier_toml(0, 0, behaviours).replace(mine, f"{mine}places = {CALL_TAKERS}\n")
    number = 0
    parts = []
    for node, (public, emergency) in lines.items():
        for trunk, count, mark in (("public", public, ""), ("emergency", emergency, "e")):
            for n in range(count):
                number += 1
                parts.append(
                    f'[[modem]]\nname = "{node}-{mark}{n + 1}"\ndialect = "huawei"\ntrunk = "{trunk}"\n'
                    f'number = "+3902000002{number:02d}"\nsetup_time_s = 1.0\n'
                )
    return "\n".join([text, *parts])


@contextmanager
def cluster(state: Path, lines: Mapping[str, tuple[int, int]], **options: object) -> Iterator[Cluster]:
    """The nodes, and their end."""
    made = Cluster(state, lines, **options)  # type: ignore[arg-type]
    try:
        yield made
    finally:
        made.close()
