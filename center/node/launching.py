"""How this package starts other processes: their environment, their logs, their limits; what a node is
started with, and the command that becomes it; when one that has died is started again, at once, then with
pauses if it keeps dying; and which of them somebody has stopped. Light: the command line imports it.

Children write to files of their own: a pipe that they inherited would hang whoever reads it until the last of
them has ended, and would hang them once nobody reads it.

A process that is stopped (SIGSTOP) is alive, silent for ever, and seen in the kernel's list. One that hangs
is found by its silence, which takes longer. A debugger's stop is another state, and spared.
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
"""The admin of 300 actors holds 915 descriptors; the web holds one for each phone that polls."""
_LOG_KEPT_BYTES: Final = 16 * 1024 * 1024
_ROOT: Final = Path(__file__).resolve().parents[2]


def child_environment(mark: Path | None) -> dict[str, str]:
    """Our environment, with the packages on the path; marked as a process of that directory's node."""
    environment = {name: value for name, value in os.environ.items() if name != MARK}
    paths = [str(_ROOT), *environment.get("PYTHONPATH", "").split(os.pathsep)]
    environment["PYTHONPATH"] = os.pathsep.join(dict.fromkeys(path for path in paths if path))
    environment["PYTHONUNBUFFERED"] = "1"
    if mark is not None:
        environment[MARK] = str(mark)
    return environment


def log_file(state: StateDir, name: str) -> IO[bytes]:
    """`logs/NAME.log`, to append to; what has grown too long becomes `NAME.log.1` first.

    Where it cannot be opened nothing is kept: the disk must not keep anybody from being started.
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
    """The end of a log, in one line; empty where there is none."""
    try:
        text = path.read_bytes()[-4096:].decode(errors="replace")
    except OSError:
        return ""
    return " | ".join(line.strip() for line in text.splitlines()[-count:] if line.strip())


def raise_limits() -> int:
    """Has as many descriptors as the system allows us, up to what is wanted; returns how many that is."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = DESCRIPTORS_WANTED
    if soft != resource.RLIM_INFINITY and soft < wanted:
        wanted = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        return wanted
    return soft


DEATHS_WITHIN_S: Final = 10.0
AT_ONCE: Final = 5
"""So many deaths within `DEATHS_WITHIN_S` are answered at once; then each waits, twice as long every time."""
FIRST_PAUSE_S: Final = 0.25
LONGEST_PAUSE_S: Final = 5.0


class Restarts:
    """The deaths of one process or group."""

    def __init__(self) -> None:
        self.count = 0
        """How often it has been started again."""
        self._recent: deque[float] = deque()
        self._beyond = 0

    def died(self, now_s: float) -> float:
        """It has died: how many seconds to wait before it is started again. It is never given up."""
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
"""One that is told to go on within this was only held for a moment."""
LOOK_AGAIN_S: Final = 0.3
"""How soon to look again once somebody is found stopped."""


class StoppedWatch:
    """Of a few processes: who is stopped, and since when."""

    def __init__(self) -> None:
        self._since_s: dict[ProcessId, float] = {}

    @property
    def suspicious(self) -> bool:
        """Whether somebody was stopped at the last look."""
        return bool(self._since_s)

    def look(self, process: ProcessId | None, now_s: float) -> bool:
        """Whether this process has been stopped for too long, and is to be ended."""
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
    """What the node is started with."""

    state: Path
    config: Path
    simulate: Path | None
    """The simulation's file; None: the modems of the settings."""
    host: str | None = None
    port: int | None = None
    until_modems: bool = False
    """The simulation is taken for want of modems: a start with some goes without."""
    join: tuple[str, ...] = ()
    """Addresses of nodes of which one has to be there, in place of those of the settings."""


def node_command(options: NodeOptions) -> tuple[list[str], dict[str, str]]:
    """What to execute to become this node: its arguments and its environment, which carries the mark."""
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
