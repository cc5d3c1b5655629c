"""How long the silence of a web and the stop of a process are borne."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from application.state.processes import ProcessId, identity
from center.node.launching import STOPPED_S, StoppedWatch
from center.node.probe import CALM_S, MOST_PATIENCE_S, PATIENCE_S, Probe
from runtime import pidfd
from tests.waiting import wait_until

OK = b"HTTP/1.1 200 OK\r\n\r\n"


class Web:
    """A web whose answers take as long as the test says, on a clock that the test moves."""

    def __init__(self, address: Path) -> None:
        self.listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listening.bind(str(address))
        self.listening.listen()
        self.listening.setblocking(False)
        self.probe = Probe(address)
        self.now_s = 1000.0
        self.exchanges: list[float] = []

    def asks(self) -> socket.socket:
        """Take the question that the probe has just sent."""
        assert self.probe.look(self.now_s)
        asked, _ = self.listening.accept()
        # Closed with something unread, a Unix socket resets.
        assert asked.recv(4096).startswith(b"GET /healthz ")
        return asked

    def answers(self, after_s: float) -> bool:
        """Be asked and answer, looked at each second. False: was given up before."""
        with self.asks() as asked:
            if not self.waits(after_s):
                return False
            asked.sendall(OK)
        assert self.probe.look(self.now_s)
        return True

    def waits(self, for_s: float) -> bool:
        """Let time pass. False: the probe gives up, and another web begins."""
        until_s = self.now_s + for_s
        while self.now_s < until_s:
            self.now_s = min(self.now_s + 1, until_s)
            if not self.probe.look(self.now_s):
                self.exchanges.append(self.now_s)
                self.probe.begin_anew()
                return False
        return True

    def hangs(self) -> float:
        """Be asked and say nothing; return after how many seconds the probe gives up."""
        began_s = self.now_s
        with self.asks():
            assert not self.waits(1000)
        return self.now_s - began_s


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    made = Web(tmp_path / "s")
    yield made
    made.listening.close()


def soon_after(seconds: float) -> tuple[float, float]:
    return pytest.approx(seconds + 1, abs=1)  # type: ignore[return-value]


def test_a_web_that_hangs_is_given_up_after_five_seconds(web: Web) -> None:
    assert web.answers(0)
    assert web.hangs() == soon_after(PATIENCE_S)


def test_each_exchange_that_did_not_help_doubles_the_patience_up_to_thirty(web: Web) -> None:
    took = []
    for _ in range(6):
        assert web.answers(1)
        took.append(web.hangs())
    assert took == [soon_after(each) for each in (5, 10, 20, 30, 30, 30)]


def test_a_web_that_takes_twelve_seconds_for_each_answer_is_exchanged_twice_and_then_kept(web: Web) -> None:
    assert web.answers(1)
    for _ in range(40):
        web.answers(12)
    assert len(web.exchanges) == 2


def test_the_patience_is_five_seconds_again_once_the_web_was_quick_for_a_minute(web: Web) -> None:
    assert web.answers(1)
    web.hangs()
    began_s = web.now_s
    while web.now_s - began_s <= CALM_S + 2:
        assert web.answers(1)
    assert web.hangs() == soon_after(PATIENCE_S)


def test_a_slow_answer_begins_the_minute_of_quick_ones_anew(web: Web) -> None:
    assert web.answers(1)
    web.hangs()
    for _ in range(4):
        for _ in range(int(CALM_S / 2)):
            assert web.answers(1)
        assert web.answers(PATIENCE_S + 2)
    assert web.hangs() == soon_after(2 * PATIENCE_S)


def test_a_web_that_begins_is_given_thirty_seconds_for_its_first_answer(web: Web) -> None:
    assert web.answers(MOST_PATIENCE_S - 1)
    web.hangs()
    assert web.hangs() == soon_after(MOST_PATIENCE_S)


@pytest.fixture
def child() -> Iterator[ProcessId]:
    running = subprocess.Popen(["sleep", "60"])
    process = identity(running.pid)
    assert process is not None
    try:
        yield process
    finally:
        running.kill()
        running.wait()


def stop(process: ProcessId) -> None:
    os.kill(process.pid, signal.SIGSTOP)
    wait_until(lambda: pidfd.stopped(process.pid, process.started), what="its being stopped")


def test_one_that_stays_stopped_is_to_be_ended(child: ProcessId) -> None:
    watch = StoppedWatch()
    assert not watch.look(child, 0.0)
    stop(child)
    assert not watch.look(child, 1.0)
    assert watch.suspicious
    assert watch.look(child, 1.0 + STOPPED_S)
    assert not watch.suspicious


def test_one_that_goes_on_in_time_is_spared(child: ProcessId) -> None:
    watch = StoppedWatch()
    stop(child)
    assert not watch.look(child, 1.0)
    os.kill(child.pid, signal.SIGCONT)
    wait_until(lambda: not pidfd.stopped(child.pid, child.started), what="its going on")
    assert not watch.look(child, 5.0)
    stop(child)
    assert not watch.look(child, 6.0), "the time counts anew"


def test_another_process_of_the_same_pid_is_not_meant(child: ProcessId) -> None:
    stop(child)
    assert not pidfd.stopped(child.pid, child.started + 1)
    watch = StoppedWatch()
    assert not watch.look(None, 0.0)
