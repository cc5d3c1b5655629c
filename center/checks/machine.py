"""Checks of the machine: disk, clocks, limits, memory, and the survival of /dev/shm. Each check does what the
center would do.

Files in `run/` must survive a crash of the center. systemd removes all files of an account in /dev/shm when
the last unit of the account with `RemoveIPC=yes` ends, even for an immediate restart (systemd.exec(5)).
logind does so at the logout of any account that is no system account.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from application.checks import CheckCondition, CheckContext, check_row
from application.state.run_dir import MEMORY
from application.state.state_dir import NodeFile, StateDir, read_json
from center.node.launching import DESCRIPTORS_WANTED
from messages.proofs import ProofStep, ProofWhy, Shown, StepResult
from messages.rows import Sentence
from model.bounds import CLOCK_STEP_S
from model.checks import Cost, Finding, fail, ok, warn
from model.wall_clock import SETTLES_WITHIN_S, STEP_S, is_about_to_be_set, why_not_trusted
from runtime.wall_clock import ahead_us, facts, synchronised

FLUSHES: Final = 5
SLOW_FLUSH_S: Final = 0.05
"""Time of a slow flush, in seconds: two flushes precede the first dial of every alert."""
LITTLE_SPACE_MB: Final = 2048
NO_SPACE_MB: Final = 200
LITTLE_MEMORY_MB: Final = 1024
"""Memory for some 20 live alerts of 25 MB each, and 500 MB for the rest."""
_FEW_DESCRIPTORS: Final = 4096
_FORGETFUL: Final = ("tmpfs", "ramfs")


def disk(state: StateDir) -> Iterator[Finding]:
    """Check that the journal's disk can be written and flushed, by real writes."""
    file = state.path / f".doctor.{os.getpid()}"
    took = []
    try:
        fd = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            for _ in range(FLUSHES):
                os.write(fd, bytes(4096))
                started = time.perf_counter()
                os.fsync(fd)
                took.append(time.perf_counter() - started)
        finally:
            os.close(fd)
            file.unlink(missing_ok=True)
    except OSError as error:
        yield fail("disk", f"cannot write and flush in {state}: {error.strerror}")
        return
    median_ms = statistics.median(took) * 1000
    text = f"a flush takes {median_ms:.1f} ms (longest of {FLUSHES}: {max(took) * 1000:.1f} ms)"
    yield warn("disk", f"{text}: slow") if median_ms > SLOW_FLUSH_S * 1000 else ok("disk", text)
    kind = _file_system(state.path)
    if kind in _FORGETFUL:
        yield warn(
            "disk",
            f"{state} is on a {kind}, which is emptied when the machine stops: use a directory on a disk",
        )


def space(state: StateDir) -> Iterator[Finding]:
    """Check the free space for the journal and the recordings."""
    free = os.statvfs(state.path)
    free_mb = free.f_bavail * free.f_frsize // 2**20
    text = f"{free_mb} MB free in {state}"
    if free_mb < NO_SPACE_MB or (free.f_files and not free.f_favail):
        yield fail("space", text)
    else:
        yield warn("space", text) if free_mb < LITTLE_SPACE_MB else ok("space", text)


def fallback(state: StateDir) -> Iterator[Finding]:
    """Check if the journal continues in memory, and report the remedy."""
    from store.errors import JournalError
    from store.fallback.fallback import Fallback
    from store.fallback.replica import open_fallback, read_switch_note

    memory = Fallback.at(state.run)
    if memory is None or not memory.in_use:
        return
    reason, torn = "", False
    try:
        connection = open_fallback(memory, patience_s=1.0)
        try:
            if (used := read_switch_note(connection)) is not None:
                reason, torn = f": {used.reason}", used.torn
        finally:
            connection.close()
    except JournalError as error:
        reason = f": {error}"
    yield fail("fallback", f"the journal is not durable, and continues in memory{reason}")
    if torn:
        yield warn(
            "fallback",
            "the file is damaged: put a backup in its place, or an empty file (truncate -s 0); "
            "the events in memory are then written to the file. Until then do not restart the machine",
        )
    else:
        yield warn(
            "fallback",
            "free space on the disk or repair the disk: the center then returns to the disk automatically",
        )


def clocks(node: NodeFile | None) -> Iterator[Finding]:
    """Check if the wall clock is right, and if it was moved since the center fixed its own clock."""
    if node is not None:
        step_s = ahead_us(node.anchor_us) / 1e6
        text = f"the wall clock was moved by {step_s:+.2f} s since the center began"
        if abs(step_s) > CLOCK_STEP_S:
            yield warn(
                "clocks",
                f"{text}: all times shown and written are off by that, no deadline is; {_then(step_s)}",
            )
        else:
            yield ok("clocks", text)
    known = facts()
    if is_about_to_be_set(known):
        yield warn(
            "clocks",
            "the machine has booted and its clock is not set yet: until then, for at most "
            f"{SETTLES_WITHIN_S:.0f} s after the boot, no person on duty is called and no self-test begins",
        )
    match known.follows:
        case None:
            yield warn("clocks", "the kernel does not say whether its clock is synchronised")
        case False:
            why = why_not_trusted(known, followed=False) or "the wall clock is not synchronised (no NTP)"
            yield warn("clocks", why)
        case True:
            yield ok("clocks", "the wall clock is synchronised")


def _then(step_s: float) -> str:
    if abs(step_s) > STEP_S:
        return "the center starts again by itself to take it over, once no alert is open"
    return "restart the center once no alert is open"


def limits() -> Iterator[Finding]:
    """Check the limits of descriptors, processes and memory against the needs of a full center."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = "any number of" if hard == resource.RLIM_INFINITY else str(hard)
    text = f"{allowed} open files are allowed"
    if hard != resource.RLIM_INFINITY and hard < _FEW_DESCRIPTORS:
        yield fail("limits", f"{text}; {DESCRIPTORS_WANTED} are required (ulimit -Hn)")
    else:
        yield ok("limits", text)
    processes, _ = resource.getrlimit(resource.RLIMIT_NPROC)
    if processes != resource.RLIM_INFINITY and processes < 1024:
        yield warn("limits", f"{processes} processes are allowed; a busy center needs 300 (ulimit -u)")
    available_mb = _available_memory_mb()
    text = f"{available_mb} MB of memory are available"
    yield warn("memory", text) if available_mb < LITTLE_MEMORY_MB else ok("memory", text)


def _file_system(path: Path) -> str:
    """Return the type of the file system that holds the path; empty if unknown."""
    best, kind = "", ""
    for line in Path("/proc/mounts").read_text().splitlines():
        _, mounted, fs, *_ = line.split(" ")
        mounted = mounted.replace("\\040", " ")
        if (str(path) + "/").startswith(mounted.rstrip("/") + "/") and len(mounted) >= len(best):
            best, kind = mounted, fs
    return kind


def _available_memory_mb() -> int:
    for line in Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) // 1024
    return 0


def keys(state: StateDir) -> Iterator[Finding]:
    """Check if other accounts can read the center's secrets."""
    for file in sorted(state.keys.iterdir()):
        if file.stat().st_mode & 0o077:
            yield fail("keys", f"{file} is readable by other accounts: chmod 600")
    if (state.keys / "app.key").is_file():
        yield ok("keys", "the app key exists")
    else:
        yield ok("keys", "the first start creates the app key")


def prove_clock(state: StateDir) -> Shown:
    """Check that the machine's clock follows a time server, and has not been moved since the
    center started.
    """
    node = read_json(state.node_file, NodeFile)
    moved_s = 0.0 if node is None else ahead_us(node.anchor_us) / 1e6
    figures = {"moved_s": round(moved_s, 3)}
    follows = synchronised()
    if follows is False or abs(moved_s) > CLOCK_STEP_S:
        return Shown(result=StepResult.FAILED, why=ProofWhy.CLOCK_OFF, figures=figures)
    if follows is None:
        return Shown(result=StepResult.LEFT_OUT, why=ProofWhy.NO_ANSWER, figures=figures)
    return Shown(result=StepResult.OK, figures=figures)


def prove_disk(state: StateDir) -> Shown:
    """Report the free space of the state directory's disk; fail if the disk is full or read-only.

    The figures of earlier self-tests show how fast the space shrinks.
    """
    found = os.statvfs(state.path)
    size, free = found.f_blocks * found.f_frsize, found.f_bavail * found.f_frsize
    figures = {"free_bytes": float(free), "size_bytes": float(size)}
    if found.f_flag & os.ST_RDONLY or not free or (found.f_files and not found.f_favail):
        return Shown(result=StepResult.FAILED, why=ProofWhy.DISK, figures=figures)
    return Shown(result=StepResult.OK, figures=figures)


def _state(around: CheckContext) -> Iterator[Finding]:
    yield ok("state", str(around.state)) if around.fault is None else fail("state", around.fault)


STATE: Final = (
    check_row(
        "state",
        Sentence("The state directory can be used", "La cartella di stato si può usare"),
        Sentence("Make the center's account the owner of the directory", "Darla all'account del centro"),
        _state,
    ),
    check_row(
        "fallback",
        Sentence("The journal is on the disk, not in memory", "Il registro continua in memoria"),
        Sentence("Free space on the disk, or repair the disk", "Fare spazio o riparare il disco"),
        lambda around: fallback(around.state),
    ),
    check_row(
        "disk",
        Sentence("Duration of a flush of the disk", "Quanto dura una scrittura su disco"),
        Sentence("Use a faster disk that keeps its data", "Un disco più veloce, e che conservi"),
        lambda around: disk(around.state),
        CheckCondition.STATE,
        cost=Cost.WORK,
    ),
    check_row(
        "space",
        Sentence("Free space on the disk", "Quanto spazio ha il disco"),
        Sentence("Free space on the disk", "Fare spazio"),
        lambda around: space(around.state),
        CheckCondition.STATE,
    ),
    check_row(
        "keys",
        Sentence(
            "Other accounts cannot read the center's secrets", "Altri possono leggere i segreti del centro"
        ),
        Sentence("chmod 600", "chmod 600"),
        lambda around: keys(around.state),
        CheckCondition.STATE,
    ),
)
CHECKS: Final = (
    check_row(
        "clocks",
        Sentence(
            "The wall clock is right, and was not moved",
            "L'orologio è giusto, e non è stato spostato",
        ),
        Sentence("Synchronise the clock with a time server", "Fargli seguire un server"),
        lambda around: clocks(around.node),
    ),
    check_row(
        "limits",
        Sentence("Available open files, processes and memory", "File aperti, processi e memoria disponibili"),
        Sentence("Raise the limits; add memory", "Alzare i limiti; più memoria"),
        lambda around: limits(),
    ),
)
NIGHT: Final = {ProofStep.CLOCK: prove_clock, ProofStep.DISK: prove_disk}


SYSTEM_UID_MAX: Final = 999
"""Default of `SYS_UID_MAX` in Debian; logind spares users up to this id."""
_PATIENCE_S: Final = 5.0
_LINGERS: Final = "var/lib/systemd/linger"
_LOGIND: Final = ("org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager")

Ask = Callable[[tuple[str, ...]], str]


def shared_memory(
    state: StateDir, node: NodeFile, root: Path = Path("/"), ask: Ask | None = None
) -> Iterator[Finding]:
    """Check if the files in `run/` survive the end of the center's process. `root` is the directory of `proc`
    and `var`; `ask` runs a command and returns its output, empty on failure.
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


def _outlives(around: CheckContext) -> Iterator[Finding]:
    assert around.node is not None
    return shared_memory(around.state, around.node)


MEMORY_KEPT: Final = (
    check_row(
        "run",
        Sentence("The folder run/ outlives the center's process", "run/ sopravvive al processo del centro"),
        Sentence("Set RemoveIPC=no, or run loginctl enable-linger", "RemoveIPC=no, o loginctl enable-linger"),
        _outlives,
        CheckCondition.RUNNING,
        cost=Cost.WORK,
    ),
)
