"""The carrier outlives whoever started it abruptly, is found again, and ends when it is told to."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from application.errors import CarrierError
from application.state.processes import end, is_alive
from application.state.state_dir import StateDir
from center.node.carrier import Carrier, living, simulation_of
from center.node.launching import child_environment

pytestmark = pytest.mark.process

SIMULATION = """
[simulator]
control = "127.0.0.1:0"
[[modem]]
name = "sim1"
dialect = "huawei"
number = "+390200000001"
"""
STARTER = """
import os, signal, sys
from pathlib import Path
from center.node.carrier import Carrier
from application.state.state_dir import StateDir
carrier = Carrier(StateDir(Path(sys.argv[1])), Path(sys.argv[2]))
carrier.wait_ready()
print(carrier.process.pid, flush=True)
signal.pause()
"""


@pytest.fixture
def state(tmp_path: Path) -> Iterator[StateDir]:
    state = StateDir(tmp_path / "state")
    state.create()
    yield state
    left = living(state)
    if left is not None:
        end(left, 1.0)


@pytest.fixture
def simulation(tmp_path: Path) -> Path:
    file = tmp_path / "simulation.toml"
    file.write_text(SIMULATION)
    return file


def test_a_carrier_starts_has_its_ports_and_ends_in_order(state: StateDir, simulation: Path) -> None:
    carrier = Carrier(state, simulation)
    said = carrier.wait_ready()
    assert said.control.startswith("http://127.0.0.1:")
    assert (state.run / "sim1.at").is_char_device()
    assert not carrier.found
    carrier.end()
    assert carrier.has_ended()
    assert living(state) is None
    assert not (state.run / "sim1.at").exists()


def test_a_carrier_survives_the_kill_of_its_starter_and_is_found_by_the_next(
    state: StateDir, simulation: Path
) -> None:
    starter = subprocess.Popen(
        [sys.executable, "-c", STARTER, str(state), str(simulation)],
        stdout=subprocess.PIPE,
        env=child_environment(state.path),
        start_new_session=True,
    )
    assert starter.stdout is not None
    pid = int(starter.stdout.readline())
    starter.stdout.close()
    starter.kill()
    starter.wait()

    carrier = Carrier(state, simulation)
    assert carrier.found
    assert carrier.process.pid == pid
    assert simulation_of(carrier.process) == str(simulation.resolve())
    carrier.wait_ready()
    carrier.end()
    assert not is_alive(carrier.process)


def test_another_simulation_takes_the_place_of_the_one_that_runs(state: StateDir, simulation: Path) -> None:
    first = Carrier(state, simulation)
    first.wait_ready()
    other = simulation.with_name("other.toml")
    other.write_text(SIMULATION.replace("sim1", "sim2"))
    second = Carrier(state, other)
    second.wait_ready()
    assert not second.found
    assert first.has_ended()
    assert (state.run / "sim2.at").is_char_device()
    second.end()


def test_a_carrier_that_does_not_start_says_why(state: StateDir, simulation: Path) -> None:
    simulation.write_text(SIMULATION.replace("huawei", "nokia"))
    carrier = Carrier(state, simulation)
    with pytest.raises(CarrierError, match="nokia"):
        carrier.wait_ready()


def test_a_process_that_took_the_pid_of_a_carrier_is_not_taken_for_it(state: StateDir) -> None:

    state.carrier_file.write_text(f'{{"pid": {os.getpid()}}}')
    assert living(state) is None
    state.carrier_file.unlink()
