"""Process functions for the base actor and the Supervisor, replaceable so that one process can play many in
tests.

`OwnProcesses` is the real implementation: one actor, one process. Its counterpart
`runtime.system.imaginary_processes` models a process for every actor, which can be killed just the same.

Blocking work, such as a flush to a hanging disk, is done by a forked process. The Supervisor must not block,
and may not have threads because it forks.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from typing import Final, NamedTuple, Protocol

from thespian.actors import Actor, ActorAddress, ActorSystemMessage

from runtime import logs, pidfd
from runtime.pidfd import Condition, DeathWatch
from runtime.system import birth

ASIDE_WITHIN_S: Final = 30
"""Time after which a forked worker process is killed, in seconds."""
FAILED: Final = 1


class WorkFailed(Exception):
    """Raised when work fails for an expected, temporary reason; logged in one line without a traceback."""


class BackgroundWork(Protocol):
    """Work that runs, or has run, outside the calling process."""

    def ended(self, wait_s: float = 0.0) -> bool | None:
        """Wait up to `wait_s` and return True if done, False if failed, None if still running."""
        ...


class ForkedWork:
    """Work done by a fork of the calling process."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._pid = os.fork()
        if self._pid == 0:
            _be_aside(work)
        self._fd = os.pidfd_open(self._pid)
        self._result: bool | None = None

    def ended(self, wait_s: float = 0.0) -> bool | None:
        if self._result is None:
            pid, status = os.waitpid(self._pid, os.WNOHANG) if pidfd.readable(self._fd, wait_s) else (0, 0)
            if pid:
                os.close(self._fd)
                self._result = status == 0
        return self._result


def _be_aside(work: Callable[[], None]) -> None:
    status = FAILED
    try:
        birth.leave_parent_behind()
        for signum in (signal.SIGTERM, signal.SIGALRM, signal.SIGCHLD):
            # The parent's handlers act on the parent's actor system.
            signal.signal(signum, signal.SIG_DFL)
        signal.alarm(ASIDE_WITHIN_S)
        status = 0 if _is_done(work) else FAILED
    finally:
        os._exit(status)


def _is_done(work: Callable[[], None]) -> bool:
    try:
        work()
    except WorkFailed as error:
        logs.get("aside").warning("a background task is not done", error=str(error))
    except Exception:
        logs.get("aside").exception("a background task fails")
    else:
        return True
    return False


class CompletedWork:
    """Work done at once, for the actor system in one process."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._done = _is_done(work)

    def ended(self, wait_s: float = 0.0) -> bool | None:
        return self._done


CRASHED: Final = 70
"""Exit status of an actor after an unexpected exception (sysexits.h: EX_SOFTWARE)."""
ESCALATED: Final = 75
"""Exit status of a Supervisor that requests a restart of all actors (EX_TEMPFAIL)."""

HEIR_ASKS_BY: Final = signal.SIGUSR2
"""Signal to a process that outlives its actor system: hand over the ports. Thespian uses SIGUSR1."""
OUTLIVING: Final = "voice"
"""First word of such a process's name."""


def outlives(pid: int) -> bool:
    """Return True if this process must survive the end of its actor system: it carries voices."""
    return pidfd.process_name(pid).split(" ")[0] == OUTLIVING


class ChildConnected(ActorSystemMessage):
    """Message about the address of a child. Made in the parent by `thespian_fixes`, never sent."""

    def __init__(self, child: ActorAddress, real: ActorAddress) -> None:
        self.child = child
        """Result of `createActor`."""
        self.real = real


class Newborn(NamedTuple):
    """Child that was just created."""

    pid: int
    born: int
    address: ActorAddress | None
    """Address; None while unknown: `child_connected` follows."""


class Deaths(Protocol):
    """Watch on deaths through one descriptor."""

    def fileno(self) -> int: ...
    def add(self, pid: int, since: int) -> bool: ...
    def dead(self) -> list[int]: ...
    def forget(self, pid: int) -> None: ...
    def close(self) -> None: ...


class Processes(Protocol):
    """Mapping of actors to processes."""

    def identity(self, actor: Actor) -> tuple[int, int]:
        """Return the actor's own pid and birth."""
        ...

    def named(self, actor: Actor, name: str) -> None:
        """Name the actor's process; from now on the process outlives its parent."""
        ...

    def outlive_group(self, actor: Actor, on_heir: Callable[[], None]) -> None:
        """Keep the process alive when the rest of the actor system ends.

        `on_heir` is called when a successor requests the place, between any two instructions of the actor.
        """
        ...

    def end_with_group(self, actor: Actor) -> None:
        """Let the process end with the actor system again."""
        ...

    def to_own_process(self, work: Callable[[], None]) -> None:
        """Run `work` on an actor's whole process; no effect if one process holds all actors."""
        ...

    def admin_of(self, supervisor: Actor) -> tuple[int, int] | None:
        """Return the parent process of the Supervisor as pid and birth; None if there is none."""
        ...

    def newborn(self, parent: Actor, child: ActorAddress) -> Newborn | None:
        """Return the process of the child that `parent` has just created; None if the creation failed."""
        ...

    def cause_of_death(self, parent: Actor, pid: int) -> str:
        """Return the end of a child of `parent`: `signal 9`, `crashed`, `status 1`; empty if unknown."""
        ...

    def alive(self, pid: int, since: int) -> bool: ...

    def condition(self, pid: int) -> Condition:
        """Return the kernel's state of a silent process."""
        ...

    def kill(self, pid: int, since: int) -> bool:
        """Kill the process at once. Return False if the process has already ended."""
        ...

    def watch(self) -> Deaths:
        """Return a new watch on deaths."""
        ...

    def start_work(self, work: Callable[[], None]) -> BackgroundWork:
        """Run `work` without waiting. Its changes in memory are lost."""
        ...

    def escalate(self, supervisor: Actor) -> None:
        """Request that the node restarts all actors."""
        ...

    def end(self, actor: Actor, status: int) -> None:
        """End the calling actor at once, with all its memory."""
        ...


class _ChildProcess(Protocol):
    pid: int

    @property
    def exitcode(self) -> int | None: ...


class _ChildInfo(Protocol):
    childAddr: ActorAddress  # noqa: N815 - Thespian's names
    childProc: _ChildProcess  # noqa: N815


class OwnProcesses:
    """Processes of a center: one per actor."""

    def __init__(self) -> None:
        self._children: dict[int, _ChildProcess] = {}
        self._name = ""
        self._group = 0
        """Process group of the actor system, while this process has left it; else 0."""

    def identity(self, actor: Actor) -> tuple[int, int]:
        pid = os.getpid()
        return pid, pidfd.start_time_of(pid)

    def named(self, actor: Actor, name: str) -> None:
        # Undoes the setting that `thespian_fixes` made at birth.
        pidfd.die_with_parent(False)
        self._name = name
        pidfd.set_process_name(name)

    def outlive_group(self, actor: Actor, on_heir: Callable[[], None]) -> None:
        if self._group:
            return
        signal.signal(HEIR_ASKS_BY, lambda *_: on_heir())
        self._group = os.getpgrp()
        os.setpgid(0, 0)
        pidfd.set_process_name(f"{OUTLIVING} {self._name.rpartition(' ')[2]}")

    def end_with_group(self, actor: Actor) -> None:
        if not self._group:
            return
        group, self._group = self._group, 0
        pidfd.set_process_name(self._name)
        # If the group has ended meanwhile, the surviving process ends too.
        with suppress(PermissionError):
            os.setpgid(0, group)
        # Ignored, since the default would end this process: a successor may send the signal twice.
        signal.signal(HEIR_ASKS_BY, signal.SIG_IGN)

    def to_own_process(self, work: Callable[[], None]) -> None:
        work()

    def admin_of(self, supervisor: Actor) -> tuple[int, int] | None:
        pid = os.getppid()
        born = pidfd.start_time_of(pid)
        return (pid, born) if born else None

    def newborn(self, parent: Actor, child: ActorAddress) -> Newborn | None:
        infos: list[_ChildInfo] = getattr(parent._myRef, "_child_procs", [])
        for info in reversed(infos):
            if info.childAddr is child:
                pid = info.childProc.pid
                self._children[pid] = info.childProc
                return Newborn(pid, pidfd.start_time_of(pid), None)
        return None

    def cause_of_death(self, parent: Actor, pid: int) -> str:
        process = self._children.pop(pid, None)
        status = None if process is None else process.exitcode
        if status is None:
            return ""
        if status < 0:
            return f"signal {-status}"
        return "crashed" if status == CRASHED else f"status {status}"

    def alive(self, pid: int, since: int) -> bool:
        return pidfd.alive(pid, since)

    def condition(self, pid: int) -> Condition:
        return pidfd.condition(pid)

    def kill(self, pid: int, since: int) -> bool:
        return pidfd.kill(pid, since)

    def watch(self) -> Deaths:
        return DeathWatch()

    def start_work(self, work: Callable[[], None]) -> BackgroundWork:
        return ForkedWork(work)

    def escalate(self, supervisor: Actor) -> None:
        # The node watches the admin process, and restarts all actors when the admin has ended.
        os.kill(os.getppid(), signal.SIGKILL)
        self.end(supervisor, ESCALATED)

    def end(self, actor: Actor, status: int) -> None:
        # Not sys.exit: it would run the atexit handlers of Thespian and multiprocessing.
        os._exit(status)
