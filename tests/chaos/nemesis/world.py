"""The center that is struck: on modems of a carrier that is not its own, so that calls outlive it.

A network does not go down with a center, as a simulated run's does at an orderly stop. The state directory is
on a small file system of its own where root may mount one, to be filled.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Final

import httpx
import pytest

from messages.ids import OperatorId
from store.registry.people import Person, StaffRole
from store.registry.registry import Registry
from tests.chaos.harness.served import Served
from tests.chaos.harness.strikes import Place
from tests.chaos.nemesis.center import StruckCenter
from tests.chaos.nemesis.deeds import DURESS_PIN, KNOWN_USERS, LINES, PUBLIC, RIGHT_PIN, USERS
from tests.support import networks, postgres
from tests.support.disks import small_file_system
from tests.support.networks import Network
from tests.support.ports import free_port
from tests.support.postgres import PostgresServer
from tests.waiting import wait_until

NODES: Final = ("a", "b")
WEB_PORT: Final = 8400
ROOT: Final = Path(__file__).parents[3]
DISK_MB: Final = 160
DIALECTS: Final = ("huawei", "simcom7600", "quectel_ec2x")
PSAP, SECOND_PSAP = "+390255500112", "+390255500113"
PHONES: Final = tuple(f"+3933311{n:05d}" for n in range(USERS))
STAFF: Final = tuple(f"+39021110000{n}" for n in range(1, 5))
ROLES: Final = (StaffRole.OPERATOR, StaffRole.OPERATOR, StaffRole.SUPERVISOR, StaffRole.ADMIN)
NUMBERS: Final = {line: f"+3902900000{n:02d}" for n, line in enumerate(LINES, 1)}
USUAL: Final[dict[str, object]] = {
    "behaviour": "answer",
    "rings_after_s": 0.4,
    "answers_after_s": 0.8,
    "hangs_up_after_s": 0.0,
}
"""How every phone is when nothing is done to it."""
READY_WITHIN_S: Final = 90.0
SETTINGS: Final = f"""
[psap]
number = "{PSAP}"
alternate = "{SECOND_PSAP}"
no_answer_s = 8
pause_s = 1
[operator]
line = "{{line}}"
answer_within_s = 3
all_after_s = 6
silent_after_s = 12
wrap_up_s = 3
[user]
no_answer_s = 9
busy_retry_s = 2
setup_time_s = 3
[alert]
leave_alarm_within_s = 4
[limits]
live_cases = 10
idle_workers = 1
[sms]
acknowledge = "Ricevuto"
[[trunk]]
name = "public"
[[trunk]]
name = "emergency"
emergency = true
"""


def trunk_of(line: str) -> str:
    """The last ones are for 112."""
    return "public" if LINES.index(line) < PUBLIC else "emergency"


def _dialect(line: str) -> str:
    return DIALECTS[LINES.index(line) % len(DIALECTS)]


def simulation() -> str:
    """The carrier's world."""
    made = ['[simulator]\ncontrol = "127.0.0.1:0"\nno_answer_after_s = 40.0\nrecording_cap_s = 5.0\n']
    for line in LINES:
        made.append(
            f'[[modem]]\nname = "{line}"\ndialect = "{_dialect(line)}"\ntrunk = "{trunk_of(line)}"\n'
            f'number = "{NUMBERS[line]}"\nsetup_time_s = 0.3\nboot_time_s = 0.6\n'
        )
    tones = dict.fromkeys(PHONES, 440) | dict.fromkeys(STAFF, 620) | {PSAP: 880, SECOND_PSAP: 990}
    for number, tone in tones.items():
        places = 6 if number in (PSAP, SECOND_PSAP) else 1
        habits = {"says": f"tone:{tone}", "places": places, "setup_time_s": 0.3, **USUAL}
        written = "\n".join(f"{key} = {json.dumps(value)}" for key, value in habits.items())
        made.append(f'[[phone]]\nnumber = "{number}"\n{written}\n')
    return "\n".join(made)


def lines_of(node: str) -> tuple[str, ...]:
    """Every other one, of both trunks."""
    return LINES[NODES.index(node) :: len(NODES)]


def settings(carrier: Path, lines: Sequence[str], node: str, *, headsets: bool) -> str:
    """A node's, with its modems where the carrier has them; operators have telephones or headsets."""
    modems = [
        f'[[modem]]\nname = "{line}"\ntrunk = "{trunk_of(line)}"\ndialect = "{_dialect(line)}"\n'
        f'number = "{NUMBERS[line]}"\nport = "{carrier}/{line}.at"\nvoice_port = "{carrier}/{line}.voice"\n'
        for line in lines
    ]
    line = "headset" if headsets else "on_demand"
    return f'node = "{node}"\n' + SETTINGS.format(line=line) + "".join(modems)


class World(Served):
    """The center, of one node or of several; its carrier, its people. `disk`: a node's own file system, if it
    has one. `network` and `database`: of several nodes.
    """

    center: StruckCenter

    def __init__(
        self,
        nodes: Sequence[StruckCenter],
        *,
        headsets: bool,
        disk: Path | None = None,
        network: Network | None = None,
        database: PostgresServer | None = None,
    ) -> None:
        self.nodes: Final = tuple(nodes)
        self.each: Final = tuple(Served(node.config.parent, center=node) for node in nodes)
        super().__init__(nodes[0].config.parent, center=nodes[0])
        self.headsets, self.disk, self.network, self.database = headsets, disk, network, database
        self.folder: Final = nodes[0].config.parent
        self.tokens: list[str] = []
        self.operators: list[OperatorId] = []

    @property
    def app_key(self) -> str:
        """By which apps send."""
        return (self.center.state.keys / "app.key").read_text().strip()

    def prepare(self, carrier: httpx.Client) -> None:
        """The registry, the first start, and all on shift."""
        for node in self.nodes:
            node.carrier = carrier
        self.center.state.create()
        with closing(self.center.open_journal()) as journal:
            registry = Registry(journal)
            for name, phone, role in zip("abcd", STAFF, ROLES, strict=True):
                operator = registry.add_operator(f"Operator {name}", phone, role=role, by="nemesis").id
                self.operators.append(operator)
                self.tokens.append(registry.issue_token(operator, by="nemesis"))
            for phone in PHONES[:KNOWN_USERS]:
                person = Person(
                    phones=(phone,), first_name="Giulia", cancel_pin=RIGHT_PIN, duress_pin=DURESS_PIN
                )
                registry.add_user(person, by="nemesis")
        for node in self.nodes:
            node.start()
        wait_until(self.all_ready, within_s=READY_WITHIN_S, what="the center is ready")
        for token in self.tokens:
            assert self.ask("POST", "/v1/operators/me/shift", token, state="ready").status_code == 200

    def all_ready(self) -> bool:
        """Every node."""
        return all(node.answers() for node in self.nodes)

    def stop(self) -> None:
        """End it and all that is left of it."""
        for served in self.each:
            served.stop()

    def look_after(self) -> None:
        """As a service manager of each machine does."""
        for node in self.nodes:
            node.look_after()

    def places(self) -> list[Place]:
        """Everybody of every node."""
        return [place for served in self.each for place in served.places()]

    def unwell(self) -> list[str]:
        """Of every node."""
        return list(dict.fromkeys(one for served in self.each for one in served.unwell()))

    def ask(self, method: str, path: str, token: str, **body: object) -> httpx.Response:
        """One request of somebody's, at any node that answers. Raises httpx.TransportError: none does."""
        headers = {"Authorization": f"Bearer {token}"}
        others = random.SystemRandom().sample(self.nodes, len(self.nodes))
        for node in others[:-1]:
            with suppress(httpx.TransportError):
                return node.http.request(method, path, json=body, headers=headers)
        return others[-1].http.request(method, path, json=body, headers=headers)

    def phone(self, number: str, **habits: object) -> None:
        """Change how it behaves."""
        self.center.carrier.patch(f"/phones/{number}", json=habits)


@contextmanager
def world(folder: Path, *, headsets: bool = False) -> Iterator[World]:
    """One node that is ready, and its end; its operators have telephones, or headsets."""
    place, config, port = folder / "disk", folder / "center.toml", free_port()
    with _carrier(folder) as (ports, carrier), _own_disk(place) as disk:
        config.write_text(settings(ports, LINES, "nemesis", headsets=headsets))
        address, options = f"http://127.0.0.1:{port}", ("--port", str(port))
        node = StruckCenter(place, config, address, name="nemesis", options=options)
        made = World((node,), headsets=headsets, disk=disk)
        try:
            made.prepare(carrier)
            yield made
        finally:
            made.stop()


@contextmanager
def two_nodes(folder: Path, *, headsets: bool = False) -> Iterator[World]:
    """Two on machines of their own, with half of the lines each and a journal in PostgreSQL; needs root."""
    with (
        _carrier(folder) as (ports, carrier),
        networks.network() as network,
        postgres.server(address=network.address, trusts=network.subnet) as server,
    ):
        journal_url, made = server.url(server.database()), []
        for name in NODES:
            config, host = folder / f"{name}.toml", network.add(name)
            address = f"http://{host}:{WEB_PORT}"
            more = (
                f'[journal]\nurl = "{journal_url}"\n[cluster]\naddress = "{host}"\nweb = "{address}"\n'
                f'[http]\nhost = "{host}"\nport = {WEB_PORT}\nbehind_proxy = true\n'
            )
            config.write_text(settings(ports, lines_of(name), name, headsets=headsets) + more)
            (folder / name).mkdir()
            node = StruckCenter(
                folder / name,
                config,
                address,
                name=name,
                journal_url=journal_url,
                inside=network.inside(name),
            )
            made.append(node)
        whole = World(made, headsets=headsets, network=network, database=server)
        try:
            whole.prepare(carrier)
            yield whole
        finally:
            whole.stop()


@contextmanager
def _carrier(folder: Path) -> Iterator[tuple[Path, httpx.Client]]:
    """Running, until the end; where its ports are."""
    ports, toml = folder / "carrier", folder / "carrier.toml"
    ports.mkdir(parents=True)
    toml.write_text(simulation())
    with (folder / "carrier.log").open("ab") as log:
        process = subprocess.Popen(
            (sys.executable, "-m", "simulator", str(toml), "--directory", str(ports)),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=ROOT,
            start_new_session=True,
        )
        try:
            ready = ports / "carrier.json"
            wait_until(ready.exists, within_s=READY_WITHIN_S, what="the carrier is ready")
            with httpx.Client(base_url=json.loads(ready.read_text())["control"], timeout=10) as carrier:
                yield ports, carrier
        finally:
            process.terminate()
            process.wait(20)


@contextmanager
def _own_disk(at: Path) -> Iterator[Path | None]:
    with ExitStack() as stack:
        disk, why = None, "only root makes a file system"
        if os.geteuid() == 0:
            try:
                disk = stack.enter_context(small_file_system(at, DISK_MB))
            except pytest.skip.Exception as refused:
                why = str(refused)
        if disk is None:
            print(f"NOT TESTED: a disk without a free byte: {why}", file=sys.stderr)
            at.mkdir(exist_ok=True)
        yield disk
