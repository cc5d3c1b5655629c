"""A web that dies or falls silent is started again on the same socket, and ends when asked."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from application.client import Client
from application.errors import NodeError, RefusedByCenter
from application.listening import listen
from application.state.processes import ProcessId, is_alive, marked, send_signal, wait_ended
from application.state.state_dir import StateDir, living_web
from center.node.web_group import GO, WebGroup
from messages.ids import NodeId
from model.settings import Settings
from model.setup import Setup
from runtime import pidfd
from runtime.clock import SystemClock
from tests.waiting import wait_until

pytestmark = pytest.mark.process


@pytest.fixture
def state(tmp_path: Path) -> StateDir:
    state = StateDir(tmp_path / "state")
    state.create()
    return state


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    with listen("127.0.0.1", 0) as sock:
        yield sock


@pytest.fixture
def web(state: StateDir, listening: socket.socket) -> Iterator[WebGroup]:
    group = WebGroup(
        state, SystemClock.anchored(), NodeId("n"), state.journal_url, Setup(settings=Settings()), listening
    )
    group.start()
    yield group
    group.ask_to_end()
    group.end(5.0)
    assert list(marked(state.path)) == []


def healthy(web: WebGroup, *, not_: ProcessId | None = None) -> ProcessId:
    def look() -> ProcessId | None:
        web.look(time.monotonic())
        return web.process if web.healthy and web.process != not_ else None

    process = wait_until(look, within_s=30, what="a healthy web")
    assert process is not None
    return process


def test_the_web_answers_and_is_found_through_the_state_directory(
    web: WebGroup, state: StateDir, listening: socket.socket
) -> None:
    process = healthy(web)
    found = living_web(state)
    assert found is not None
    assert (found.process, found.port) == (process, listening.getsockname()[1])
    with pytest.raises(RefusedByCenter) as caught:
        Client(state).post("/v1/alerts", {"phone": "+393331112223"}, dict, bearer="wrong")
    assert caught.value.status == 401


def standby(web: WebGroup) -> ProcessId:
    def look() -> ProcessId | None:
        web.look(time.monotonic())
        return web.standby

    process = wait_until(look, within_s=30, what="a web that waits")
    assert process is not None
    return process


def all_of(state: StateDir) -> set[int]:
    return {process.pid for process in marked(state.path)}


def test_the_one_that_waits_becomes_the_next_web_and_who_connected_meanwhile_is_answered(
    web: WebGroup, state: StateDir, listening: socket.socket
) -> None:
    first, waits = healthy(web), standby(web)
    send_signal(first, signal.SIGKILL)
    # Not `is_alive`: of several threads the first is a zombie before the last has let go of the socket.
    assert wait_ended([first], 10.0) == []
    with socket.create_connection(listening.getsockname()[:2], timeout=20) as waiting:
        waiting.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        second = healthy(web, not_=first)
        assert waiting.recv(64).startswith(b"HTTP/1.1 200")
    assert (standby(web), web.restarts) == (waits, 1)
    assert pidfd.parent(second.pid) == waits.pid
    assert all_of(state) == {second.pid, waits.pid}
    assert not Path(f"/proc/{first.pid}").exists(), "no zombie is left of it"


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_one_that_waits_and_dies_or_is_stopped_is_missed_by_nobody(
    web: WebGroup, how: signal.Signals
) -> None:
    first, waits = healthy(web), standby(web)
    send_signal(waits, how)
    wait_until(lambda: standby(web) != waits, what="another that waits")
    assert (web.restarts, web.process) == (0, first)
    send_signal(first, signal.SIGKILL)
    assert pidfd.parent(healthy(web, not_=first).pid) == standby(web).pid


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_where_it_is_struck_with_the_web_one_web_begins_and_no_second(
    web: WebGroup, state: StateDir, how: signal.Signals
) -> None:
    first, waits = healthy(web), standby(web)
    send_signal(waits, how)
    send_signal(first, signal.SIGKILL)
    second = healthy(web, not_=first)
    assert standby(web) != waits
    assert all_of(state) == {second.pid, standby(web).pid}
    assert web.restarts == 1


def test_a_web_that_is_alive_and_silent_is_killed_and_replaced(
    web: WebGroup, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = healthy(web)
    monkeypatch.setattr("center.node.probe.PATIENCE_S", 0.2)
    send_signal(first, signal.SIGSTOP)

    def replaced() -> bool:
        web.look(time.monotonic())
        return not is_alive(first)

    wait_until(replaced, what="the end of the silent web")
    monkeypatch.setattr("center.node.probe.PATIENCE_S", 20.0)
    healthy(web, not_=first)


def test_a_taken_port_is_told_with_what_to_do(listening: socket.socket) -> None:
    port = listening.getsockname()[1]
    with pytest.raises(NodeError, match=f"cannot listen on 127.0.0.1 port {port}: Address already in use"):
        listen("127.0.0.1", port)


def test_a_web_that_nobody_waits_for_any_more_ends_without_a_word(state: StateDir) -> None:
    ours, theirs = socket.socketpair()
    ours.send(GO)
    ours.close()  # the node was killed between its word and the answer
    with theirs:
        command = [sys.executable, "-m", "center.node.web", "--state", str(state.path)]
        done = subprocess.run(command, stdin=theirs, capture_output=True, timeout=60, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
