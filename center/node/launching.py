"""How this package starts other processes: their environment, their logs, their limits.

Children write to files of their own: a pipe that they inherited would hang whoever reads it until
the last of them has ended, and would hang them once nobody reads it.
"""

from __future__ import annotations

import os
import resource
from pathlib import Path
from typing import IO, Final

from application.state.processes import MARK
from application.state.state_dir import StateDir

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
