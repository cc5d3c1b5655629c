"""Two centers, each the other's watcher: each on a machine of its own, with a carrier of its own."""

from __future__ import annotations

import base64
import json
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import httpx

from application.state.processes import marked
from application.state.state_dir import StateDir
from center.node.carrier import Carrier
from messages.events import AlarmRaised
from messages.ids import DutyWay, NodeId
from model.callouts.roster import Contact, Person, Roster
from store import streams
from store.alarms import read_active_alarms
from store.callouts import callouts_of
from store.registry.registry import Registry
from store.roster import store_roster
from tests.support.center import OPERATOR, PSAP, Center, simulation
from tests.support.networks import Network

PORT: Final = 8112
ON_DUTY: Final = "+393330000001"
USERS: Final = tuple(f"+39333100{n:04d}" for n in range(100))
LINES: Final = {"sim1": "public", "sim2": "public", "sim3": "public", "sim4": "emergency"}
SILENT: Final = "center.silent"


class OneOfTwo:
    """It calls itself by its name, and its one person on duty does not answer."""

    def __init__(self, folder: Path, name: str, network: Network, settings: str) -> None:
        folder.mkdir()
        self.name, self._network = name, network
        phones: dict[str, dict[str, object]] = {
            ON_DUTY: {"behaviour": "no_answer"},
            **{user: {} for user in USERS},
        }
        world = folder / "world.toml"
        world.write_text(simulation(public=3, emergency=1, phones=phones))
        modems = StateDir(folder / "carrier")
        modems.create()
        self._carrier = Carrier(modems, world)
        self._carrier.wait_ready()
        control = json.loads(modems.carrier_file.read_text())["control"]
        self.phones = httpx.Client(base_url=control, timeout=10)
        written = folder / "center.toml"
        written.write_text(settings + "".join(_line(modems.run, *line) for line in LINES.items()))
        self.center = Center(folder, "", "--config", str(written), inside=network.inside(name), port=PORT)
        self._sent = 0

    def start(self) -> None:
        """With an operator on shift, and somebody on duty."""
        self.center.start()
        with self.center.journal() as journal:
            registry = Registry(journal)
            operator = registry.add_operator("Marta", OPERATOR, by="test").id
            self.center.token = registry.issue_token(operator, by="test")
            person = Person(id="anna", name="Anna", contacts=(Contact(way=DutyWay.CALL, to=ON_DUTY),))
            journal.transact(
                lambda tx: store_roster(tx, Roster(people=(person,)), was_version=None, by="test")
            )
        shift = self.center.http.post(
            "/v1/operators/me/shift",
            json={"state": "ready"},
            headers={"Authorization": f"Bearer {self.center.token}"},
        )
        assert shift.status_code < 300, shift.text

    def is_used(self) -> None:
        """An alert is served: operator and user talk, and it was a mistake."""
        alert = self.center.send(USERS[self._sent % len(USERS)])
        self._sent += 1
        self.center.until("they talk", lambda: self.center.joined(alert) == {"operator", "user"})
        assert self.center.order(alert, "declare_false_alarm", token=self.center.token).status_code < 300
        self.center.until("it is over", lambda: self.center.case(alert).closed_at is not None)

    def signalled(self, what: signal.Signals) -> None:
        """All of its machine at once; the network's modems are no part of it."""
        for process in marked(self.center.state.path):
            with suppress(ProcessLookupError):
                os.kill(process.pid, what)

    def cut(self) -> None:
        """Pull its cable."""
        self._network.cut(self.name)

    def mend(self) -> None:
        """Put it in again."""
        self._network.mend(self.name)

    def rings(self, after: int) -> bool:
        """Whether the phone of who is on duty has rung beyond so many calls."""
        return any(one["state"] != "dialing" for one in self.calls()[after:])

    def calls(self) -> list[dict[str, Any]]:
        """To who is on duty."""
        found: list[dict[str, Any]] = self.phones.get("/calls").json()
        return [one for one in found if one["to"] == ON_DUTY]

    def misses(self) -> bool:
        """Whether the other's silence stands here."""
        with self.center.journal() as journal:
            return any(alarm == SILENT for alarm, _ in read_active_alarms(journal, NodeId(self.name)))

    def calls_people(self) -> bool:
        """Whether a callout or a call of one is open: a call may be dialled after its alarm ended."""
        with self.center.journal() as journal:
            callouts = callouts_of(journal)
        attempts = [attempt for one in (*callouts.open, *callouts.ended) for attempt in one.attempts]
        return bool(callouts.open) or any(attempt.open for attempt in attempts)

    def missed(self) -> int:
        """How often it was raised."""
        with self.center.journal() as journal:
            told = journal.read(streams.node(NodeId(self.name)))
        return sum(isinstance(one.event, AlarmRaised) and one.event.alarm == SILENT for one in told)

    def stop(self) -> None:
        """All of it."""
        self.center.stop()
        self.phones.close()
        self._carrier.end()


def _line(ports: Path, name: str, trunk: str) -> str:
    return (
        f'[[modem]]\nname = "{name}"\ntrunk = "{trunk}"\n'
        f'port = "{ports}/{name}.at"\nvoice_port = "{ports}/{name}.voice"\n'
    )


def _settings(
    name: str, host: str, other: str, other_host: str, key: Path, patience: dict[str, float]
) -> str:
    said = {key: f"{key} = {value}\n" for key, value in patience.items()}
    return (
        f'node = "{name}"\n[http]\nhost = "{host}"\nbehind_proxy = true\n'
        f'[psap]\nnumber = "{PSAP}"\n[operator]\nwrap_up_s = 0\n'
        f'[[heartbeat]]\nname = "{other}"\nurl = "http://{other_host}:{PORT}/v1/heartbeats"\n'
        f'key_file = "{key}"\n{said.get("every_s", "")}'
        f'[[watched]]\nname = "{other}"\nkey_file = "{key}"\n{said.get("silent_after_s", "")}'
        '[[trunk]]\nname = "public"\n[[trunk]]\nname = "emergency"\nemergency = true\n'
    )


@contextmanager
def two_centers(folder: Path, network: Network, **patience: float) -> Iterator[tuple[OneOfTwo, OneOfTwo]]:
    """Both, and their end. `patience`: `every_s` and `silent_after_s` where they are not the shipped ones."""
    key = folder / "both.key"
    key.write_text(base64.b64encode(b"k" * 32).decode())
    hosts = {name: network.add(name) for name in "ab"}
    made: list[OneOfTwo] = []
    try:
        for name, other in ("ab", "ba"):
            settings = _settings(name, hosts[name], other, hosts[other], key, patience)
            made.append(OneOfTwo(folder / name, name, network, settings))
        with ThreadPoolExecutor() as pool:
            list(pool.map(OneOfTwo.start, made))
        yield made[0], made[1]
    finally:
        for one in made:
            one.stop()
