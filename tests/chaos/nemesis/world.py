"""The center that is struck: on modems of a carrier that is not its own, so that calls outlive it.

A network does not go down with a center, as a simulated run's does at an orderly stop. The state directory is
on a small file system of its own where root may mount one, to be filled.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import httpx
import pytest

from center.node.launching import child_environment
from center.node.processes import ProcessId, is_alive, marked, send_signal, wait_ended
from center.state import run_dir
from messages.ids import NodeId, OperatorId
from runtime.clock import SystemClock
from store.journal.journal import Journal
from store.journal.notify import LocalNotifier
from store.registry.people import Person, StaffRole
from store.registry.registry import Registry
from tests.chaos.harness.served import Served
from tests.chaos.nemesis.schedule import DURESS_PIN, KNOWN_USERS, LINES, PUBLIC, RIGHT_PIN, USERS
from tests.support.center import Center
from tests.support.disks import small_file_system
from tests.support.ports import free_port
from tests.waiting import wait_until

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
PATIENCE_S: Final = 5.0
"""With the web."""
READY_WITHIN_S: Final = 90.0
STOPS_WITHIN_S: Final = 20.0
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
idle_crews = 1
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


def settings(carrier: Path, *, headsets: bool = False) -> str:
    """The center's, with its modems where the carrier has them; operators have telephones or headsets."""
    modems = [
        f'[[modem]]\nname = "{line}"\ntrunk = "{trunk_of(line)}"\ndialect = "{_dialect(line)}"\n'
        f'number = "{NUMBERS[line]}"\nport = "{carrier}/{line}.at"\nvoice_port = "{carrier}/{line}.voice"\n'
        for line in LINES
    ]
    line = "headset" if headsets else "on_demand"
    return 'node = "nemesis"\n' + SETTINGS.format(line=line) + "".join(modems)


class StruckCenter(Center):
    """One that is started without waiting, and again as a service manager does it; on foreign modems."""

    def __init__(self, folder: Path, config: Path, log: Path) -> None:
        self._port_number = free_port()
        super().__init__(folder, "", "--config", str(config), port=self._port_number)
        self.address = f"http://127.0.0.1:{self._port_number}"
        self.patience_s = PATIENCE_S
        self.http = httpx.Client(base_url=self.address, timeout=PATIENCE_S)
        self.starts = 0
        self.config = config
        self._log = log
        self._lock = threading.Lock()
        self._down_s = 0.5
        self._ended_s: float | None = None

    def start(self) -> None:
        """Start it, waiting for nothing."""
        command = (sys.executable, "-m", "center.cli", "run", "--state", str(self.state))
        with self._log.open("ab") as log:
            self._node = subprocess.Popen(
                [*command, "--port", str(self._port_number), "--config", str(self.config)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=child_environment(None),
                text=True,
            )
        self.starts += 1

    def look_after(self) -> None:
        """What a service manager does: start what has ended, after as long as it is to be down."""
        with self._lock:
            assert self._node is not None
            if self._node.poll() is None:
                return
            self._ended_s = self._ended_s or time.monotonic()
            if time.monotonic() - self._ended_s >= self._down_s:
                self._down_s, self._ended_s = 0.5, None
                self.start()

    def end_whole(self, how: str, down_s: float) -> str:
        """End it so; what was wrong about that, if anything. It is started again by `look_after`."""
        assert self._node is not None
        self._down_s = down_s
        if how == "stop":
            begun_s, node = time.monotonic(), self._node
            node.terminate()
            with suppress(subprocess.TimeoutExpired):
                node.wait(STOPS_WITHIN_S)
                return ""
            node.kill()
            return f"SIGTERM: the node has not ended within {time.monotonic() - begun_s:.0f} s"
        if how == "kill":
            for process in self.processes():
                send_signal(process, 9)
        self._node.kill()
        return ""

    def processes(self) -> list[ProcessId]:
        """All of it, the oldest first: those who would start others again."""
        return sorted(marked(self.state.path), key=lambda process: process.started)

    def stop(self) -> None:
        """End it in order, and whatever is left of it."""
        with self._lock:
            if self._node is not None and self._node.poll() is None:
                self._node.terminate()
                try:
                    self._node.wait(STOPS_WITHIN_S)
                except subprocess.TimeoutExpired:
                    self._node.kill()
                    self._node.wait(20)
        left = self.processes()
        for process in left:
            send_signal(process, 9)
        wait_ended([process for process in left if is_alive(process)], 5.0)
        shutil.rmtree(run_dir.place(self.state), ignore_errors=True)
        self.http.close()

    def open_journal(self) -> Journal:
        """From outside, held open; the spare while that is in use."""
        return Journal.open(
            self.journal_url,
            node=NodeId("watcher"),
            clock=SystemClock.anchored().now_us,
            notify=LocalNotifier(),
            spare=self.state.run,
        )


class World(Served):
    """The center, its carrier, its people. `disk`: its own file system, if it has one."""

    center: StruckCenter

    def __init__(
        self, folder: Path, place: Path, carrier_folder: Path, *, disk: Path | None, headsets: bool
    ) -> None:
        config = folder / "center.toml"
        config.write_text(settings(carrier_folder, headsets=headsets))
        super().__init__(folder, center=StruckCenter(place, config, folder / "node.log"))
        self.disk, self.headsets = disk, headsets
        self.folder = folder
        self.tokens: list[str] = []
        self.operators: list[OperatorId] = []

    @property
    def app_key(self) -> str:
        """By which apps send."""
        return (self.center.state.keys / "app.key").read_text().strip()

    def prepare(self) -> None:
        """The registry, the first start, and all on shift."""
        self.center.state.create()
        with self.center.journal() as journal:
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
        self.center.start()
        wait_until(self._is_ready, within_s=READY_WITHIN_S, what="the center is ready")
        for token in self.tokens:
            assert self.ask("POST", "/v1/operators/me/shift", token, state="ready").status_code == 200

    def _is_ready(self) -> bool:
        with suppress(httpx.TransportError):
            return self.center.is_ready()
        return False

    def ask(self, method: str, path: str, token: str, **body: object) -> httpx.Response:
        """One request of somebody's. Raises httpx.TransportError where nobody answers."""
        headers = {"Authorization": f"Bearer {token}"}
        return self.center.http.request(method, path, json=body, headers=headers)

    def phone(self, number: str, **habits: object) -> None:
        """Change how it behaves."""
        self.center.carrier.patch(f"/phones/{number}", json=habits)


@contextmanager
def world(folder: Path, *, headsets: bool = False) -> Iterator[World]:
    """One that is ready, and its end; its operators have telephones, or headsets."""
    # The path of a voice port is a socket's as well, which has at most 107 bytes.
    carrier_folder, place = folder / "carrier", folder / "disk"
    carrier_folder.mkdir(parents=True)
    (folder / "carrier.toml").write_text(simulation())
    with _own_disk(place) as disk, (folder / "carrier.log").open("ab") as log:
        made = World(folder, place, carrier_folder, disk=disk, headsets=headsets)
        command = (sys.executable, "-m", "simulator", str(folder / "carrier.toml"))
        carrier = subprocess.Popen(
            (*command, "--directory", str(carrier_folder)),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=ROOT,
            start_new_session=True,
        )
        try:
            ready = carrier_folder / "carrier.json"
            wait_until(ready.exists, within_s=READY_WITHIN_S, what="the carrier is ready")
            made.center.carrier = httpx.Client(base_url=json.loads(ready.read_text())["control"], timeout=10)
            made.prepare()
            yield made
        finally:
            made.stop()
            carrier.terminate()
            carrier.wait(20)


@contextmanager
def _own_disk(at: Path) -> Iterator[Path | None]:
    if os.geteuid() == 0:
        with suppress(pytest.skip.Exception), small_file_system(at, DISK_MB) as disk:
            yield disk
            return
    at.mkdir(exist_ok=True)
    yield None
