"""Start of the simulated carrier, or discovery of the carrier that this state directory has left running; and
its end.

Like a real network, the carrier must survive an abrupt end of the center: the carrier is a process in a
session of its own, without the center's mark. Its identity is its pid together with its command line, which
names the state directory.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from application.errors import CarrierError
from application.state.processes import ProcessId, end, identity
from application.state.state_dir import CarrierFile, StateDir, read_json
from center.node.launching import Restarts, child_environment, last_lines, log_file

STARTS_WITHIN_S: Final = 15.0
ENDS_WITHIN_S: Final = 1.0
_POLL_S: Final = 0.01


def living(state: StateDir) -> ProcessId | None:
    """Return the carrier that runs for this state directory, ready or not; None if none runs."""
    said = read_json(state.carrier_file, CarrierFile)
    pids = [said.pid] if said is not None else []
    # Without its file: the node was killed while the carrier was starting.
    pids += [int(path.name) for path in Path("/proc").iterdir() if path.name.isdecimal()] if not pids else []
    for pid in pids:
        if (process := identity(pid)) is not None and _is_carrier(process, state):
            return process
    return None


def simulation_of(process: ProcessId) -> str:
    """Return the path of the simulation with which this carrier was started."""
    command = _command(process)
    return command[command.index("simulator") + 1] if "simulator" in command else ""


class Carrier:
    """The carrier of this state directory: found, or being started."""

    def __init__(self, state: StateDir, simulation: Path) -> None:
        """Use the living carrier of the same simulation; otherwise end any other carrier and
        start a new one.
        """
        self._state = state
        self._child: subprocess.Popen[bytes] | None = None
        self.simulation = simulation.resolve()
        self.found = False
        self._restarts = Restarts()
        self._start_at_s: float | None = None
        if (there := living(state)) is not None:
            self.process = there
            if simulation_of(self.process) == str(self.simulation):
                self.found = True
                return
            end(self.process, ENDS_WITHIN_S)
        self._start()

    def _start(self) -> None:
        self._state.carrier_file.unlink(missing_ok=True)
        command = [
            sys.executable,
            "-m",
            "simulator",
            str(self.simulation),
            "--directory",
            str(self._state.run),
        ]
        with log_file(self._state, "carrier") as log:
            child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=child_environment(None),
                start_new_session=True,
            )
        process = identity(child.pid)
        if process is None:
            child.wait()
            raise CarrierError(self._why(child.returncode))
        self._child, self.process = child, process

    def look(self, now_s: float) -> None:
        """Restart the carrier if it has ended by itself; its calls are lost, as in an outage of a network."""
        if not self.has_ended():
            return
        if self._start_at_s is None:
            self._start_at_s = now_s + self._restarts.died(now_s)
        if now_s >= self._start_at_s:
            self._start_at_s = None
            self._start()

    def wait_ready(
        self, within_s: float = STARTS_WITHIN_S, give_up: Callable[[], bool] = lambda: False
    ) -> CarrierFile | None:
        """Wait until the carrier's ports are open; return None if `give_up` returns True. Raises CarrierError
        with the end of the log.
        """
        until = time.monotonic() + within_s
        while True:
            said = read_json(self._state.carrier_file, CarrierFile)
            if said is not None and said.pid == self.process.pid:
                return said
            if self.has_ended():
                raise CarrierError(self._why(self._child.returncode if self._child else None))
            if give_up():
                return None
            if time.monotonic() > until:
                raise CarrierError(f"the simulated carrier is not ready after {within_s:g} s")
            time.sleep(_POLL_S)

    def has_ended(self) -> bool:
        """Return True if the simulated carrier has ended; collect the exit status of a child."""
        if self._child is not None:
            return self._child.poll() is not None
        return identity(self.process.pid) != self.process

    def end(self) -> None:
        """End the carrier in order: the network goes down with the center."""
        if self._child is not None:
            self._child.terminate()
            try:
                self._child.wait(ENDS_WITHIN_S)
            except subprocess.TimeoutExpired:
                self._child.kill()
                self._child.wait()
        else:
            end(self.process, ENDS_WITHIN_S)
        self._state.carrier_file.unlink(missing_ok=True)

    def _why(self, status: int | None) -> str:
        said = last_lines(self._state.logs / "carrier.log", 3)
        return (
            f"the simulated carrier has ended (status {status}): {said}"
            if said
            else "the simulated carrier has ended"
        )


def _is_carrier(process: ProcessId, state: StateDir) -> bool:
    command = _command(process)
    return command[1:3] == ["-m", "simulator"] and str(state.run) in command


def _command(process: ProcessId) -> list[str]:
    try:
        return os.fsdecode(Path(f"/proc/{process.pid}/cmdline").read_bytes()).split("\0")
    except OSError:
        return []
