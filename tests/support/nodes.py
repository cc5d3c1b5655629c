"""Several whole nodes with real processes, each on a machine of its own: one PostgreSQL, one carrier.

The database and the carrier are where the switch is. A node's modems are PTYs, which are the same on all the
machines: what of a node is lost, and whether its modems go with it, each operation says.
"""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, TypeVar

import httpx

from application.state import run_dir
from application.state.processes import ProcessId, end, marked, send_signal, wait_ended
from application.state.state_dir import StateDir
from center.node.launching import child_environment
from messages.ids import AlertId, NodeId, OperatorId
from messages.journal import Recorded
from model.alert.case import Case
from model.alert.evolve import fold
from runtime.clock import SystemClock
from runtime.published.peers import FilePeers
from store import streams
from store.errors import JournalError
from store.journal.journal import Journal
from store.journal.notify import LocalNotifier
from store.nodes.owners import owned_alerts
from store.registry.registry import Registry
from tests.support import networks, postgres
from tests.support.center import OPERATOR, PSAP
from tests.support.networks import Network
from tests.support.postgres import PostgresServer
from tests.waiting import NotInTime, wait_until

T = TypeVar("T")

ROOT: Final = Path(__file__).parents[2]
WEB_PORT: Final = 8400
METRICS_PORT: Final = 8401
PATIENCE_S: Final = 40.0
ANSWERS_S: Final = 1.5
"""So long an app or a console waits for a node before it asks another."""
LINES: Final[Mapping[str, tuple[int, int]]] = {"a": (3, 0), "b": (3, 1), "c": (3, 1)}
"""Public and emergency lines of each node."""
SETTINGS: Final = "[limits]\nlive_cases = 4\nidle_workers = 1\n"
"""What all nodes have set, beside what is each one's own."""


def missing(*, faults: bool = False) -> str:
    """Why nodes on machines of their own cannot be had; empty where they can. `faults`: of their network."""
    if postgres.binaries() is None:
        return "no PostgreSQL server is installed (Debian calls it postgresql)"
    return networks.missing(faults=faults)


class Node:
    """One of them. `lines` are its modems' names; the ports are the carrier's."""

    def __init__(self, nodes: Nodes, name: str, lines: Mapping[str, str]) -> None:
        self.name: Final = name
        self.lines: Final = dict(lines)
        self._nodes: Final = nodes
        self.host: Final = nodes.network.add(name)
        self.state: Final = StateDir(nodes.folder / name)
        self.address: Final = f"http://{self.host}:{WEB_PORT}"
        self.http: Final = httpx.Client(base_url=self.address, timeout=ANSWERS_S)
        self._settings: Final = nodes.folder / f"{name}.toml"
        self._process: subprocess.Popen[bytes] | None = None
        self.lost = False

    # ------------------------------------------------------------ life

    def start(self) -> None:
        """Start it, waiting for nothing. One that was lost has its modems again."""
        if self.lost:
            for line in self.lines:
                self._nodes.carrier.post(f"/modems/{line}/plug")
        self.lost = False
        self._settings.write_text(self._as_toml())
        # What `securwoman run` becomes.
        command = (*self._nodes.network.inside(self.name), sys.executable, "-m", "center.node.node")
        with (self._nodes.folder / f"{self.name}.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "--state", str(self.state), "--config", str(self._settings)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=child_environment(self.state.path),
                cwd=ROOT,
            )

    def _as_toml(self) -> str:
        modems = [
            f'[[modem]]\nname = "{line}"\ntrunk = "{trunk}"\ndialect = "huawei"\n'
            f'port = "{self._nodes.carrier_folder}/{line}.at"\n'
            f'voice_port = "{self._nodes.carrier_folder}/{line}.voice"\n'
            for line, trunk in self.lines.items()
        ]
        return "\n".join(
            (
                f'node = "{self.name}"\n[journal]\nurl = "{self._nodes.journal_url}"',
                f'[cluster]\naddress = "{self.host}"\nweb = "{self.address}"',
                f'[http]\nhost = "{self.host}"\nport = {WEB_PORT}\nbehind_proxy = true\n'
                f'metrics = "{self.host}:{METRICS_PORT}"',
                f'[psap]\nnumber = "{PSAP}"',
                # Whoever hangs up just after the operator has left ends the conversation.
                "[alert]\nleave_alarm_within_s = 0",
                self._nodes.settings,
                '[[trunk]]\nname = "public"\n[[trunk]]\nname = "emergency"\nemergency = true',
                *modems,
            )
        )

    def is_ready(self) -> bool:
        """Whether it says so of itself."""
        with suppress(httpx.TransportError):
            return self.http.get("/readyz").status_code == 200
        return False

    def start_again(self) -> bool:
        """As systemd does: where it has ended by itself, start it. Whether it had."""
        ended = self._process is not None and self._process.poll() is not None
        if ended:
            self.start()
        return ended

    def stop(self) -> None:
        """Whatever is left of it, at once."""
        self.signal_all(signal.SIGKILL)
        for process in marked(self.state.path):
            end(process, 0)
        if self._process is not None:
            self._process.kill()  # it may have been started just now, and bear no mark yet
            self._process.wait(20)
            self._process = None
        shutil.rmtree(run_dir.place(self.state), ignore_errors=True)
        self.http.close()

    # ------------------------------------------------------------ what is done to it

    def processes(self) -> list[ProcessId]:
        """All of it, the oldest first: those who would start others again."""
        return sorted(marked(self.state.path), key=lambda process: process.started)

    def signal_all(self, signum: int) -> None:
        """Send it to every process."""
        for process in self.processes():
            send_signal(process, signum)

    def kill(self) -> float:
        """kill -9 of every process, the modems go on; when it was, in seconds since 1970."""
        at_s = time.time()
        found = self.processes()
        while found:
            for process in found:
                send_signal(process, signal.SIGKILL)
            wait_ended(found, 5.0)
            found = self.processes()
        if self._process is not None:
            self._process.wait(20)
            self._process = None
        return at_s

    def lose(self) -> float:
        """Its power: every process, and every modem with the calls on it; when it was."""
        self.lost = True
        at_s = self.kill()
        for line in self.lines:
            self._nodes.carrier.post(f"/modems/{line}/unplug")
        return at_s

    def freeze(self) -> float:
        """SIGSTOP, the modems go on; when it was."""
        at_s = time.time()
        self.signal_all(signal.SIGSTOP)
        return at_s

    def thaw(self) -> None:
        """SIGCONT. It believes that no time has passed but for its clock."""
        self.signal_all(signal.SIGCONT)

    def cut(self) -> float:
        """Pull its cable; the modems go on. When it was."""
        self._nodes.network.cut(self.name)
        return time.time()

    def mend(self) -> None:
        """Put it in again."""
        self._nodes.network.mend(self.name)

    def logs(self) -> str:
        """The logs' ends, for a test that fails."""
        files = [self._nodes.folder / f"{self.name}.log", *sorted(self.state.logs.glob("*.jsonl"))]
        found = (file for file in files if file.exists())
        return "\n".join(f"== {self.name}: {file.name}\n{file.read_text()[-5000:]}" for file in found)


class Nodes:
    """See the module."""

    def __init__(
        self,
        folder: Path,
        network: Network,
        server: PostgresServer,
        world: str,
        *,
        lines: Mapping[str, tuple[int, int]] = LINES,
        settings: str = SETTINGS,
        operators: Mapping[str, str] | None = None,
        journal_url: str = "",
    ) -> None:
        """`operators`: their names by their phones; one where none are given."""
        self.folder, self.network, self.server = folder, network, server
        self.settings = settings
        self._operators: Final = operators or {OPERATOR: "Marta"}
        self.journal_url: Final = journal_url or server.url(server.database())
        self.carrier_folder: Final = folder / "carrier"
        self._world: Final = folder / "world.toml"
        names = {name: modems_of(name, *counts) for name, counts in lines.items()}
        self.numbers: Final = {
            line: number_of(n) for n, line in enumerate(line for modems in names.values() for line in modems)
        }
        self._world.write_text(world + self._modems(names))
        self._carrier: subprocess.Popen[bytes] | None = None
        self.carrier = httpx.Client()
        self._journal: Journal | None = None
        self.nodes: Final = {name: Node(self, name, modems) for name, modems in names.items()}
        self.tokens: Final[dict[OperatorId, str]] = {}
        self._app_key = ""

    def _modems(self, names: Mapping[str, Mapping[str, str]]) -> str:
        return "".join(
            f'\n[[modem]]\nname = "{line}"\ndialect = "huawei"\ntrunk = "{trunk}"\n'
            f'number = "{self.numbers[line]}"\nsetup_time_s = 0.15\nboot_time_s = 0.1\n'
            for modems in names.values()
            for line, trunk in modems.items()
        )

    def __getitem__(self, name: str) -> Node:
        return self.nodes[name]

    # ------------------------------------------------------------ life

    def start(self) -> None:
        """Start all, and wait until they are ready."""
        self.carrier_folder.mkdir()
        with (self.folder / "carrier.log").open("ab") as log:
            command = (sys.executable, "-m", "simulator", str(self._world))
            self._carrier = subprocess.Popen(
                (*command, "--directory", str(self.carrier_folder)),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=ROOT,
            )
        ready = self.carrier_folder / "carrier.json"
        self.until("the carrier is ready", ready.exists)
        self.carrier = httpx.Client(base_url=json.loads(ready.read_text())["control"], timeout=10)
        registry = Registry(self.journal)
        for phone, name in self._operators.items():
            operator = registry.add_operator(name, phone, by="test").id
            self.tokens[operator] = registry.issue_token(operator, by="test")
        for node in self.nodes.values():
            node.start()
        self.until("all are ready", lambda: all(node.is_ready() for node in self.nodes.values()), 150)
        self.until("all know each other", self.know_each_other)
        first = next(iter(self.nodes.values()))
        self._app_key = (first.state.keys / "app.key").read_text().strip()

    def know_each_other(self) -> bool:
        """Whether each sees all the others, and has been a member for so long that it would take over."""
        for node in self.nodes.values():
            peers = FilePeers(node.state.run)
            there = {place.node for place in peers.places if place.gate and place.entries}
            if not (peers.settled and peers.alive) or there | {node.name} != set(self.nodes):
                return False
        return True

    def are_well(self) -> bool:
        """Whether all is as it was after the start."""
        return all(node.is_ready() for node in self.nodes.values()) and self.know_each_other()

    def stop(self) -> None:
        """End everything."""
        for node in self.nodes.values():
            node.stop()
        if self._carrier is not None:
            self._carrier.terminate()
            self._carrier.wait(20)
        self.carrier.close()
        if self._journal is not None:
            self._journal.close()

    # ------------------------------------------------------------ what is done to them

    def post(self, phone: str, *at: str, **fields: object) -> httpx.Response | None:
        """The app's packet, at the first of these nodes that answers; None where none does."""
        headers = {"Authorization": f"Bearer {self._app_key}"}
        return self._ask(at, "/v1/alerts", {"phone": phone, **fields}, headers)

    def send(self, phone: str, *at: str, **fields: object) -> AlertId:
        """The same, taken durably."""
        answer = self.post(phone, *at, **fields)
        assert answer is not None
        assert answer.status_code in (200, 202), answer.text
        return AlertId(answer.json()["alert"])

    def order(
        self, alert: AlertId, command: str, *at: str, by: OperatorId | None = None, **fields: object
    ) -> httpx.Response | None:
        """A key on an operator's screen, the first one's where nobody is named, at the first of these nodes
        that answers.
        """
        body = {"command": command, **fields}
        return self._ask(at, f"/v1/alerts/{alert}/commands", body, self._headers_of(by))

    def shift(self, state: str, at: str, by: OperatorId | None = None) -> None:
        """An operator's shift, at that node."""
        answer = self._ask((at,), "/v1/operators/me/shift", {"state": state}, self._headers_of(by))
        assert answer is not None
        assert answer.status_code < 300, answer.text

    def _headers_of(self, by: OperatorId | None) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[by or next(iter(self.tokens))]}"}

    def _ask(
        self, at: tuple[str, ...], path: str, body: Mapping[str, object], headers: Mapping[str, str]
    ) -> httpx.Response | None:
        for name in at or tuple(self.nodes):
            with suppress(httpx.TransportError):
                return self.nodes[name].http.post(path, json=body, headers=headers)
        return None

    # ------------------------------------------------------------ what is seen

    @property
    def journal(self) -> Journal:
        """The journal, held open, from outside."""
        if self._journal is None:
            self._journal = Journal.open(
                self.journal_url,
                node=NodeId("outside"),
                clock=SystemClock.anchored().now_us,
                notify=LocalNotifier(),
            )
        return self._journal

    def recorded(self, alert: AlertId) -> list[Recorded]:
        """The alert's events."""
        return self.journal.read_streams(streams.inbox(alert), streams.case(alert))

    def case(self, alert: AlertId) -> Case:
        """The alert's state."""
        case = fold(self.recorded(alert))
        assert case is not None
        return case

    def joined(self, alert: AlertId) -> set[str]:
        """The parties in the conference."""
        return {leg.party.value for leg in self.case(alert).legs.values() if leg.joined and leg.answered}

    def owner(self, alert: AlertId) -> str:
        """Which node has it, by its lease; empty where none has."""
        return next((name for name in self.nodes if alert in owned_alerts(self.journal, NodeId(name))), "")

    def calls(self, to: str | None = None) -> list[dict[str, Any]]:
        """Every call that the carrier has seen."""
        calls: list[dict[str, Any]] = self.carrier.get("/calls").json()
        return [call for call in calls if to is None or call["to"] == to]

    def until(self, what: str, condition: Callable[[], T | None], within_s: float = PATIENCE_S) -> T:
        """Wait until it is so."""

        def seen() -> T | None:
            with suppress(httpx.TransportError, JournalError):
                return condition()
            return None

        try:
            value = wait_until(seen, within_s=within_s, what=what)
        except NotInTime as error:
            raise AssertionError(f"{error}\n{self.everything()}") from None
        assert value is not None
        return value

    def everything(self) -> str:
        """All that can be said of them, for an assertion that fails."""
        story: list[str] = []
        with suppress(JournalError):
            events = self.journal.read_all(max(0, self.journal.last_seq() - 150), 150)
            start = events[0].at_us if events else 0
            story = [
                f"{(one.at_us - start) / 1e6:8.3f} {one.node:8} {one.epoch} {one.stream:26} {one.event}"
                for one in events
            ]
        with suppress(httpx.TransportError):
            story += [str(call) for call in self.calls()[-12:]]
        return "\n".join([*story, *(node.logs() for node in self.nodes.values())])


def modems_of(node: str, public: int, emergency: int) -> dict[str, str]:
    """The trunks of a node's lines, by their names: `a-1`, `a-e1`."""
    return {
        **{f"{node}-{n}": "public" for n in range(1, public + 1)},
        **{f"{node}-e{n}": "emergency" for n in range(1, emergency + 1)},
    }


def number_of(n: int) -> str:
    """The number of the n-th line of all."""
    return f"+3902000009{n:02d}"


@contextmanager
def nodes(folder: Path, world: str, **options: Any) -> Iterator[Nodes]:
    """Running ones, and their end; `options` are those of Nodes."""
    with (
        networks.network() as network,
        postgres.server(address=network.address, trusts=network.subnet) as server,
    ):
        made = Nodes(folder, network, server, world, **options)
        try:
            made.start()
            yield made
        finally:
            made.stop()
