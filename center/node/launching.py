"""Start of other processes: their environment, logs and limits; the options and the command of a node; the
restart of dead processes, first at once, then with pauses; and the detection of stopped processes. This
module is light: the command line imports it.

Children write to files of their own. An inherited pipe would block its reader until the last child has ended,
and would block the children once its reader has ended.

A process that is stopped (SIGSTOP) is alive and stays silent, and visible in the kernel's list. A process
that hangs is found by its silence, which takes longer. A process stopped by a debugger has another state, and
is spared.
"""

from __future__ import annotations

import os
import resource
import sys
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from application.state.processes import MARK, ProcessId
from application.state.state_dir import StateDir
from runtime import pidfd

DESCRIPTORS_WANTED: Final = 16384
"""Wanted descriptors: the admin of 300 actors holds 915; the web holds one for each phone that polls."""
_LOG_KEPT_BYTES: Final = 16 * 1024 * 1024
_ROOT: Final = Path(__file__).resolve().parents[2]


def child_environment(mark: Path | None) -> dict[str, str]:
    """Return this process's environment with the packages on the path, and with the mark of the node of the
    state directory `mark`; None for no mark.
    """
    environment = {name: value for name, value in os.environ.items() if name != MARK}
    paths = [str(_ROOT), *environment.get("PYTHONPATH", "").split(os.pathsep)]
    environment["PYTHONPATH"] = os.pathsep.join(dict.fromkeys(path for path in paths if path))
    environment["PYTHONUNBUFFERED"] = "1"
    if mark is not None:
        environment[MARK] = str(mark)
    return environment


def log_file(state: StateDir, name: str) -> IO[bytes]:
    """Open `logs/NAME.log` for appending; a file that has grown too long becomes `NAME.log.1` first.

    If the file cannot be opened, the output is discarded: a disk failure must not prevent a start.
    """
    path = state.logs / f"{name}.log"
    try:
        if path.stat().st_size > _LOG_KEPT_BYTES:
            path.replace(path.with_name(f"{path.name}.1"))
    except OSError:
        pass
    try:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    except OSError:
        fd = os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)
    return os.fdopen(fd, "ab")


def last_lines(path: Path, count: int) -> str:
    """Return the end of a log in one line; empty if the file cannot be read."""
    try:
        text = path.read_bytes()[-4096:].decode(errors="replace")
    except OSError:
        return ""
    return " | ".join(line.strip() for line in text.splitlines()[-count:] if line.strip())


def raise_limits() -> int:
    """Raise the limit of descriptors as far as allowed, up to the wanted number; return the new limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = DESCRIPTORS_WANTED
    if soft != resource.RLIM_INFINITY and soft < wanted:
        wanted = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        return wanted
    return soft


DEATHS_WITHIN_S: Final = 10.0
AT_ONCE: Final = 5
"""Deaths within `DEATHS_WITHIN_S` that are followed by an immediate restart; further restarts wait, each
twice as long.
"""
FIRST_PAUSE_S: Final = 0.25
LONGEST_PAUSE_S: Final = 5.0


class Restarts:
    """The deaths of one process or group."""

    def __init__(self) -> None:
        self.count = 0
        """Number of restarts."""
        self._recent: deque[float] = deque()
        self._beyond = 0

    def died(self, now_s: float) -> float:
        """Record a death; return the seconds to wait before the restart. Restarts are never given up."""
        self.count += 1
        while self._recent and self._recent[0] <= now_s - DEATHS_WITHIN_S:
            self._recent.popleft()
        self._recent.append(now_s)
        if len(self._recent) <= AT_ONCE:
            self._beyond = 0
            return 0.0
        self._beyond += 1
        return float(min(FIRST_PAUSE_S * 2 ** (self._beyond - 1), LONGEST_PAUSE_S))


STOPPED_S: Final = 0.5
"""Time after which a stopped process is ended, in seconds; a process that continues earlier is spared."""
LOOK_AGAIN_S: Final = 0.3
"""Interval of polls while a process is stopped, in seconds."""


class StoppedWatch:
    """Watch for stopped processes among a few, with the start of each stop."""

    def __init__(self) -> None:
        self._since_s: dict[ProcessId, float] = {}

    @property
    def suspicious(self) -> bool:
        """True if a process was stopped at the last poll."""
        return bool(self._since_s)

    def look(self, process: ProcessId | None, now_s: float) -> bool:
        """Return True if this process has been stopped for too long, and must be ended."""
        if process is None:
            return False
        if not pidfd.stopped(process.pid, process.started):
            self._since_s.pop(process, None)
            return False
        if now_s - self._since_s.setdefault(process, now_s) < STOPPED_S:
            return False
        del self._since_s[process]
        return True


@dataclass(frozen=True, kw_only=True)
class NodeOptions:
    """Options of a node's start."""

    state: Path
    config: Path
    simulate: Path | None
    """Path of the simulation; None for the modems of the settings."""
    host: str | None = None
    port: int | None = None
    until_modems: bool = False
    """True if the simulation replaces missing modems: a later start with modems goes without simulation."""
    join: tuple[str, ...] = ()
    """Addresses of nodes; at least one must be a member. Replaces the addresses of the settings."""


def node_command(options: NodeOptions) -> tuple[list[str], dict[str, str]]:
    """Return the command that becomes this node: its arguments, and its environment with the mark."""
    arguments = [sys.executable, "-m", "center.node.node", "--state", str(options.state)]
    arguments += ["--config", str(options.config)]
    if options.simulate is not None:
        arguments += ["--simulate", str(options.simulate)]
    if options.until_modems:
        arguments.append("--until-modems")
    if options.host is not None:
        arguments += ["--host", options.host]
    if options.port is not None:
        arguments += ["--port", str(options.port)]
    for address in options.join:
        arguments += ["--join", address]
    return arguments, child_environment(StateDir(options.state).path)
