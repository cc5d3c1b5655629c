"""A process is known by pid and start, signalled as that and nothing else, and found by its mark."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from application.state.processes import (
    ProcessId,
    end,
    end_marked,
    identity,
    is_alive,
    marked,
    send_signal,
    wait_ended,
)
from center.node.launching import child_environment
from tests.waiting import wait_until

Start = Callable[..., subprocess.Popen[bytes]]
FOREVER = "import signal; print(flush=True); signal.pause()"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); signal.pause()"
FORKING = "import os, signal; os.fork(); print(flush=True); signal.pause()"


@pytest.fixture
def start() -> Iterator[Start]:
    children: list[subprocess.Popen[bytes]] = []

    def run(program: str, mark: Path | None = None) -> subprocess.Popen[bytes]:
        child = subprocess.Popen(
            [sys.executable, "-c", program], stdout=subprocess.PIPE, env=child_environment(mark)
        )
        children.append(child)
        assert child.stdout is not None
        child.stdout.readline()
        return child

    yield run
    for child in children:
        child.kill()
        child.wait()
        assert child.stdout is not None
        child.stdout.close()


def of(child: subprocess.Popen[bytes]) -> ProcessId:
    process = identity(child.pid)
    assert process is not None
    return process


def test_a_process_that_has_ended_is_nobody(start: Start) -> None:
    child = start("print()")
    wait_until(lambda: identity(child.pid) is None)  # a zombie by now, and already nobody
    child.wait()
    assert identity(child.pid) is None


def test_another_process_of_the_same_pid_is_not_signalled(start: Start) -> None:
    child = start(FOREVER)
    other = ProcessId(pid=child.pid, started=of(child).started + 1)
    assert not is_alive(other)
    assert not send_signal(other, signal.SIGKILL)
    assert is_alive(of(child))


def test_a_process_is_ended_gently(start: Start) -> None:
    child = start(FOREVER)
    end(of(child), 5.0)
    assert child.wait() == -signal.SIGTERM


def test_a_stubborn_process_is_killed(start: Start) -> None:
    child = start(STUBBORN)
    end(of(child), 0.05)
    assert child.wait() == -signal.SIGKILL


def test_those_who_do_not_end_in_time_are_returned(start: Start) -> None:
    first, second = of(start(FOREVER)), of(start(FOREVER))
    send_signal(first, signal.SIGKILL)
    assert wait_ended([first, second], 0.2) == [second]


def test_marked_processes_and_their_forks_are_found_and_ended_and_others_are_not(
    start: Start, tmp_path: Path
) -> None:
    ours, others = tmp_path / "ours", tmp_path / "others"
    forking = start(FORKING, ours)
    elsewhere = start(FOREVER, others)
    unmarked = start(FOREVER)
    wait_until(lambda: len(list(marked(ours))) == 2)
    ended = end_marked(ours)
    assert forking.pid in {process.pid for process in ended}
    assert len(ended) == 2
    assert list(marked(ours)) == []
    assert is_alive(of(elsewhere))
    assert is_alive(of(unmarked))


def test_those_who_are_to_be_spared_are(start: Start, tmp_path: Path) -> None:
    spared, others = start(FOREVER, tmp_path), start(FOREVER, tmp_path)
    wait_until(lambda: len(list(marked(tmp_path))) == 2)
    assert [one.pid for one in end_marked(tmp_path, spare=lambda pid: pid == spared.pid)] == [others.pid]
    assert is_alive(of(spared))


def test_who_asks_does_not_find_itself(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from application.state.processes import marked;"
        "print([p.pid for p in marked(Path(sys.argv[1]))])"
    )
    environment = child_environment(tmp_path)
    said = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], env=environment, capture_output=True, check=True
    )
    assert said.stdout == b"[]\n"
