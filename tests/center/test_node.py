"""A whole node: it starts, serves, survives the death of its parts, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from application.client import Client
from application.errors import CenterError
from application.state.processes import end, identity, is_alive, marked
from application.state.state_dir import NodeFile, StateDir, WebFile, holder, read_json
from center.commands.ps import Row, all_rows
from center.node.carrier import living
from center.node.launching import child_environment
from messages.events import ActorStarted, Event
from messages.ids import NodeId
from runtime.clock import SystemClock
from store.journal.journal import Journal
from store.journal.notify import LocalNotifier
from tests.support.center import command_line, simulation
from tests.waiting import wait_until

pytestmark = [pytest.mark.process, pytest.mark.timeout(120)]

Start = Callable[[], subprocess.Popen[str]]


@contextmanager
def starter(state: StateDir) -> Iterator[Start]:
    """Starts nodes in this state directory, and sees to it that they end."""
    world = state.path.with_name("simulation.toml")
    world.write_text(simulation(public=2, emergency=1))
    nodes: list[subprocess.Popen[str]] = []

    def run() -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "center.cli", "run", "--state", str(state), "--port", "0"]
        node = subprocess.Popen(
            [*command, "--simulate", str(world)],
            stdout=subprocess.PIPE,
            env=child_environment(None),
            text=True,
        )
        nodes.append(node)
        assert node.stdout is not None
        said = node.stdout.readline()
        assert said.startswith("securWoman is running: http://127.0.0.1:"), said
        return node

    yield run
    for node in nodes:
        if node.poll() is None:
            node.terminate()
            node.wait(20)
        assert node.stdout is not None
        node.stdout.close()
    for process in marked(state.path):  # only where a test has failed
        end(process, 0)
    if (carrier := living(state)) is not None:
        end(carrier, 1)


@pytest.fixture
def state(tmp_path: Path) -> StateDir:
    return StateDir(tmp_path / "state")


@pytest.fixture
def start(state: StateDir) -> Iterator[Start]:
    with starter(state) as run:
        yield run


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StateDir]:
    """A node's that has been started once, for all who leave it as well as they have found it."""
    state = StateDir(tmp_path_factory.mktemp("node") / "state")
    with starter(state) as run:
        run()
        yield state


@pytest.fixture
def well(shared: StateDir) -> StateDir:
    """The shared one, ready again, whatever a test has done to it."""
    is_ready(shared)
    return shared


def is_ready(state: StateDir) -> None:
    wait_until(lambda: ready(state), within_s=30, what="readiness")


def ready(state: StateDir) -> bool:
    try:
        with closing(Client(state)) as client:  # which may find nobody, too
            return client.get("/readyz", dict[str, object]).get("ready") is True
    except CenterError:
        return False


def one(state: StateDir, role: str) -> Row:
    (row,) = [row for row in all_rows(state) if row.role == role]
    return row


def test_a_node_starts_shows_itself_and_stops_within_five_seconds_leaving_nothing(
    start: Start, state: StateDir
) -> None:
    node = start()
    is_ready(state)
    assert holder(state) == node.pid

    wait_until(lambda: any(row.role == "AlertCase" for row in all_rows(state)), within_s=30, what="a worker")
    said = command_line("ps", "--json", "--state", str(state))
    rows = msgspec.json.decode(said.stdout, type=list[Row])
    roles = {row.role for row in rows}
    assert roles >= {
        "Node",
        "Admin",
        "Logger",
        "Web",
        "Carrier",
        "Supervisor",
        "AlertIntake",
        "GsmModem",
        "AlertCase",
    }
    assert sum(row.role == "GsmModem" for row in rows) == 3
    pids = [row.pid for row in rows]
    assert len(set(pids)) == len(pids)
    assert one(state, "Node").pid == node.pid
    assert all(row["alert"] is None for row in json.loads(said.stdout))

    command = [sys.executable, "-m", "center.cli", "run", "--state", str(state), "--port", "0", "--simulate"]
    second = subprocess.run(
        command, check=False, env=child_environment(None), capture_output=True, text=True, timeout=60
    )
    assert second.returncode == 1
    assert f"(process {node.pid})" in second.stderr

    living_before = [process for pid in pids if (process := identity(pid)) is not None]
    began = time.monotonic()
    node.terminate()
    assert node.wait(20) == 0
    assert time.monotonic() - began < 5.0
    assert list(marked(state.path)) == []
    assert [process for process in living_before if is_alive(process)] == []
    assert holder(state) is None
    assert not list(state.run.glob("*.at"))


def test_a_killed_node_is_followed_by_one_that_ends_what_it_left_and_is_ended_by_ctrl_c(
    start: Start, state: StateDir
) -> None:
    first = start()
    is_ready(state)
    carrier = one(state, "Carrier").pid
    left = list(marked(state.path))
    first.kill()
    first.wait()
    assert any(is_alive(process) for process in left)

    second = start()
    is_ready(state)
    assert not any(is_alive(process) for process in left)
    assert one(state, "Carrier").pid == carrier, "the carrier is kept"
    assert one(state, "AlertIntake").incarnation > 1
    second.send_signal(signal.SIGINT)
    assert second.wait(20) == 0
    assert list(marked(state.path)) == []


def test_a_node_starts_again_in_its_own_process_by_the_settings_that_were_written_and_takes_alerts(
    start: Start, state: StateDir, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "center.toml"
    file.write_text("# ours\n[user]\nattempts = 2 # of two\n")
    monkeypatch.setenv("SECURWOMAN_CONFIG", str(file))
    node = start()
    before = read_json(state.node_file, NodeFile)
    assert before is not None
    demo = {"authorization": f"Bearer {(state.keys / 'demo-operator.token').read_text().strip()}"}

    def asked(method: str, path: str, was: object = None, now: object = None) -> Any:
        body = None if method == "GET" else {"was": was, "now": now}
        with httpx.Client(transport=httpx.HTTPTransport(uds=str(state.web_socket))) as web:
            said = web.request(method, f"http://center/v1/admin/{path}", json=body, headers=demo)
        assert said.status_code == 200, said.text
        return said.json()

    asked("PATCH", "settings/user.attempts", {"value": 2}, {"value": 3})
    asked("PATCH", f"nodes/{before.node}", {"order": None}, {"order": "restart"})

    def is_another() -> bool:
        said = read_json(state.node_file, NodeFile)
        return said is not None and said.since_us != before.since_us

    wait_until(is_another, within_s=60, what="another start")
    is_ready(state)
    assert (node.poll(), holder(state)) == (None, node.pid)
    told = asked("GET", "settings")
    assert (told["file"]["pending"], told["node"]["order"]) == ([], None)
    assert [one["in_use"] for one in told["file"]["rows"] if one["path"] == "user.attempts"] == [3]
    assert file.read_text() == "# ours\n[user]\nattempts = 3 # of two\n"
    an_alert_of_the_command_line_is_printed_by_its_id_alone(state)


def an_alert_of_the_command_line_is_printed_by_its_id_alone(state: StateDir) -> None:
    position = ("--lat", "45.4642", "--lon", "9.19", "--accuracy", "12")
    sent = command_line(
        "alert", "send", "--phone", "+393331112223", *position, "--test", "--state", str(state)
    )
    assert sent.returncode == 0, sent.stderr
    alert = sent.stdout.splitlines()[-1]
    listed = json.loads(command_line("alert", "list", "--json", "--state", str(state)).stdout)
    assert [row["alert"] for row in listed] == [alert]
    refused = command_line("alert", "send", "--phone", "12", "--state", str(state))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "$.phone" in refused.stderr
    assert os.path.isfile(state.keys / "demo-operator.token")


def test_the_doctor_finds_nothing_wrong_with_it(well: StateDir) -> None:
    doctor = command_line("doctor", "--json", "--state", str(well))
    assert doctor.returncode == 0, doctor.stdout


@pytest.mark.timeout(180)
def test_one_that_is_stopped_is_replaced_alone_or_as_a_whole_and_that_is_written_down(well: StateDir) -> None:
    stay = {"Logger": "Supervisor", "Web": "Supervisor", "Supervisor": "AlertIntake", "Admin": "Web"}
    for role, beside in stay.items():
        before, other = one(well, role), one(well, beside)
        os.kill(before.pid, signal.SIGSTOP)

        def again(role: str = role, before: Row = before) -> bool:
            now = [row for row in all_rows(well) if row.role == role and row.pid != before.pid]
            return any(row.restarts == before.restarts + 1 for row in now)

        wait_until(again, within_s=30, what=f"another {role}")
        is_ready(well)
        assert one(well, beside).pid == other.pid, f"{beside} outlives {role}"
    noted = [event for event in node_events(well) if isinstance(event, ActorStarted)]
    stopped = [event.role for event in noted if event.cause == "stopped"]
    assert stopped == list(stay)


def node_events(state: StateDir) -> list[Event]:
    clock = SystemClock.anchored()
    opened = Journal.open(state.journal_url, node=NodeId("test"), clock=clock.now_us, notify=LocalNotifier())
    try:
        return [one.event for one in opened.read_all(limit=10_000) if one.stream.startswith("node-")]
    finally:
        opened.close()


def test_commands_end_a_key_and_a_console_of_the_running_center(well: StateDir) -> None:
    web = read_json(well.web_file, WebFile)
    assert web is not None
    address = f"127.0.0.1:{web.port}"
    demo = {"authorization": f"Bearer {(well.keys / 'demo-operator.token').read_text().strip()}"}
    with connect(f"ws://{address}/v1/console", additional_headers=demo) as console:
        console.recv(timeout=20)
        assert command_line("operator", "remove", "demo", "--state", str(well)).returncode == 0
        with pytest.raises(ConnectionClosed) as closed:
            read_on(console)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4410
    key = command_line("key", "issue", "app", "--state", str(well)).stdout.splitlines()[-1]

    def raised() -> int:
        headers = {"authorization": f"Bearer {key}"}
        body = {"phone": "+393331112224", "test": True}
        return httpx.post(f"http://{address}/v1/alerts", json=body, headers=headers).status_code

    assert raised() == 202
    assert command_line("key", "revoke", "app", "--state", str(well)).returncode == 0
    wait_until(lambda: raised() == 401, what="the key refused")


def read_on(console: ClientConnection) -> None:
    while True:
        console.recv(timeout=20)
