"""The doctor's look at who empties /dev/shm: what lies in `run/` has to outlive the death of the center.

systemd removes all files of a user in /dev/shm when the last unit of that user ends, where one of them has
`RemoveIPC=yes`, also to start it again at once (systemd.exec(5)); logind does so at the logout of a user who
is no system user.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from application.checks import Around, Wants, look
from application.state.run_dir import MEMORY
from application.state.state_dir import NodeFile, StateDir
from messages.rows import Sentence
from model.checks import Cost, Finding, fail, ok, warn

SYSTEM_UID_MAX: Final = 999
"""What Debian makes of `SYS_UID_MAX`, and logind spares."""
_PATIENCE_S: Final = 5.0
_LINGERS: Final = "var/lib/systemd/linger"
_LOGIND: Final = ("org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager")

Ask = Callable[[tuple[str, ...]], str]


def shared_memory(
    state: StateDir, node: NodeFile, root: Path = Path("/"), ask: Ask | None = None
) -> Iterator[Finding]:
    """Whether the files in `run/` are left when the center's process ends. `root` is where `proc` and `var`
    are; `ask` runs a command and returns the printed words, empty where that fails.
    """
    if state.run.resolve().parent != MEMORY:
        return
    ask = ask or _said
    status = root / f"proc/{node.process.pid}"
    *_, last = (status / "cgroup").read_text().strip().rpartition("/")
    uid = status.stat().st_uid
    if last.endswith(".service"):
        yield _of_unit(last, ask)
    elif last.endswith(".scope") and uid > SYSTEM_UID_MAX:
        yield _of_login(uid, root, ask)


def _of_unit(unit: str, ask: Ask) -> Finding:
    match ask(("systemctl", "show", "--property=RemoveIPC", "--value", unit)).strip():
        case "no":
            return ok("run", f"{unit} leaves in memory what lies in run/ when it ends (RemoveIPC=no)")
        case "yes":
            return fail(
                "run",
                f"{unit} has RemoveIPC=yes: each end of it empties run/, with all that goes on in memory "
                f"while the disk fails. `systemctl edit {unit}`, [Service], RemoveIPC=no; then `systemctl "
                f"restart {unit}` while the disk is well",
            )
        case _:
            return warn("run", f"systemd does not say whether {unit} empties run/ when it ends (RemoveIPC=)")


def _of_login(uid: int, root: Path, ask: Ask) -> Finding:
    name = ask(("id", "-nu", str(uid))).strip()
    if (root / _LINGERS / name).exists():
        return ok("run", f"{name} lingers: no logout empties run/")
    match ask(("busctl", "get-property", *_LOGIND, "RemoveIPC")).strip():
        case "b false":
            return ok("run", "no logout empties run/ (RemoveIPC=no in logind.conf)")
        case _:
            return warn(
                "run",
                f"the last logout of {name} empties run/, with all that goes on in memory while the disk "
                f"fails: `loginctl enable-linger {name}`, or run the center as a service (scripts/install)",
            )


def _said(command: tuple[str, ...]) -> str:
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            timeout=_PATIENCE_S,
            env={**os.environ, "LC_ALL": "C"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""


def _look(around: Around) -> Iterator[Finding]:
    assert around.node is not None
    return shared_memory(around.state, around.node)


CHECKS: Final = (
    look(
        "run",
        Sentence("Whether run/ outlives the center's process", "run/ sopravvive al processo del centro"),
        Sentence("RemoveIPC=no, or loginctl enable-linger", "RemoveIPC=no, o loginctl enable-linger"),
        _look,
        Wants.RUNNING,
        cost=Cost.WORK,
    ),
)
