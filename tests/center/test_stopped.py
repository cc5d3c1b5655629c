"""A stopped process is found by its state, after a moment, and only while it is in it."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator

import pytest

from application.state.processes import ProcessId, identity
from center.node.stopped import STOPPED_S, StoppedWatch
from runtime import pidfd
from tests.waiting import wait_until


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
