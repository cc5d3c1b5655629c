"""What the base actor and the Supervisor need of processes, so that one process can play many in tests.

`OwnProcesses` is the real thing: one actor, one process. Its counterpart,
`runtime.system.imaginary_processes`, gives every actor an imaginary process that can be killed just the same.

Work that may block, such as a flush to a disk that stands still, is done by a process aside: for the
Supervisor, which must not block and may not have threads, because it forks.
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
"""It is killed when it takes longer."""
FAILED: Final = 1


class NotDone(Exception):
    """The work failed for a foreseen cause that passes: the log has one line of it, and no traceback."""


class Aside(Protocol):
    """Work that goes on, or has gone on, somewhere else."""

    def ended(self, wait_s: float = 0.0) -> bool | None:
        """True: done. False: failed. None: neither yet, after `wait_s`."""
        ...


class ForkedAside:
    """Done by a fork of the calling process, which has only this to do."""

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
            # The parent's handlers speak to the parent's actor system.
            signal.signal(signum, signal.SIG_DFL)
        signal.alarm(ASIDE_WITHIN_S)
        status = 0 if _is_done(work) else FAILED
    finally:
        os._exit(status)


def _is_done(work: Callable[[], None]) -> bool:
    try:
        work()
    except NotDone as error:
        logs.get("aside").warning("not done", error=str(error))
    except Exception:
        logs.get("aside").exception("failed")
    else:
        return True
    return False


class DoneAside:
    """Done at once, for the actor system in one process."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._done = _is_done(work)

    def ended(self, wait_s: float = 0.0) -> bool | None:
        return self._done


CRASHED: Final = 70
"""Exit status of an actor in which something unexpected was raised (sysexits.h: EX_SOFTWARE)."""
ESCALATED: Final = 75
"""Exit status of a Supervisor that asks the node to start everything again (EX_TEMPFAIL)."""

HEIR_ASKS_BY: Final = signal.SIGUSR2
"""What somebody who outlives the actor system is asked by to make room. Thespian has SIGUSR1."""
OUTLIVING: Final = "voice"
"""The first word of what such a process is called."""


def outlives(pid: int) -> bool:
    """Whether this process is to live on when the rest of its actor system is ended: it carries voices."""
    return pidfd.called(pid).split(" ")[0] == OUTLIVING


class ChildConnected(ActorSystemMessage):
    """A child has said where it is. Made in the parent by `thespian_fixes`, never sent."""

    def __init__(self, child: ActorAddress, real: ActorAddress) -> None:
        self.child = child
        """What `createActor` has given."""
        self.real = real


class Newborn(NamedTuple):
    """A child just created."""

    pid: int
    born: int
    address: ActorAddress | None
    """None where it is yet to say where it is: `child_connected` follows."""


class Deaths(Protocol):
    """Tells of deaths by a descriptor that can be watched."""

    def fileno(self) -> int: ...
    def add(self, pid: int, since: int) -> bool: ...
    def dead(self) -> list[int]: ...
    def forget(self, pid: int) -> None: ...
    def close(self) -> None: ...


class Processes(Protocol):
    """How actors are processes."""

    def identity(self, actor: Actor) -> tuple[int, int]:
        """The actor's own pid and birth."""
        ...

    def named(self, actor: Actor, name: str) -> None:
        """The actor knows who it is, and outlives its parent from now on."""
        ...

    def outlive_group(self, actor: Actor, on_heir: Callable[[], None]) -> None:
        """Live on when the rest of the actor system is ended.

        `on_heir` is called when somebody takes the place, between any two instructions of the actor's.
        """
        ...

    def end_with_group(self, actor: Actor) -> None:
        """The same no longer."""
        ...

    def to_own_process(self, work: Callable[[], None]) -> None:
        """Do what concerns an actor's whole process; nothing, where one process has all of them."""
        ...

    def admin_of(self, supervisor: Actor) -> tuple[int, int] | None:
        """The process that the Supervisor hangs under: pid and birth; None where there is none."""
        ...

    def newborn(self, parent: Actor, child: ActorAddress) -> Newborn | None:
        """The process of the child that `parent` has just created; None where it could not be created."""
        ...

    def cause_of_death(self, parent: Actor, pid: int) -> str:
        """How a child of `parent` ended: `signal 9`, `crashed`, `status 1`; empty where it is not known."""
        ...

    def alive(self, pid: int, since: int) -> bool: ...

    def condition(self, pid: int) -> Condition:
        """What the kernel says of a process that says nothing itself."""
        ...

    def kill(self, pid: int, since: int) -> bool:
        """End it at once and without asking; False where it is gone."""
        ...

    def watch(self) -> Deaths:
        """A new watch over deaths."""
        ...

    def aside(self, work: Callable[[], None]) -> Aside:
        """Have this done without waiting for it. What it changes in memory is seen by nobody."""
        ...

    def escalate(self, supervisor: Actor) -> None:
        """Have the node start everything again."""
        ...

    def end(self, actor: Actor, status: int) -> None:
        """End the actor that calls this, at once, with everything that it holds in memory."""
        ...


class _ChildProcess(Protocol):
    pid: int

    @property
    def exitcode(self) -> int | None: ...


class _ChildInfo(Protocol):
    childAddr: ActorAddress  # noqa: N815 - Thespian's names
    childProc: _ChildProcess  # noqa: N815


class OwnProcesses:
    """One actor, one process."""

    def __init__(self) -> None:
        self._children: dict[int, _ChildProcess] = {}
        self._name = ""
        self._group = 0
        """The actor system's, while we have left it."""

    def identity(self, actor: Actor) -> tuple[int, int]:
        pid = os.getpid()
        return pid, pidfd.born(pid)

    def named(self, actor: Actor, name: str) -> None:
        # Lifts what `thespian_fixes` has set at birth.
        pidfd.die_with_parent(False)
        self._name = name
        pidfd.be_called(name)

    def outlive_group(self, actor: Actor, on_heir: Callable[[], None]) -> None:
        if self._group:
            return
        signal.signal(HEIR_ASKS_BY, lambda *_: on_heir())
        self._group = os.getpgrp()
        os.setpgid(0, 0)
        pidfd.be_called(f"{OUTLIVING} {self._name.rpartition(' ')[2]}")

    def end_with_group(self, actor: Actor) -> None:
        if not self._group:
            return
        group, self._group = self._group, 0
        pidfd.be_called(self._name)
        # Where the group has ended meanwhile, so does whoever has outlived it.
        with suppress(PermissionError):
            os.setpgid(0, group)
        # Not the default, which would end us: who takes the place may ask twice.
        signal.signal(HEIR_ASKS_BY, signal.SIG_IGN)

    def to_own_process(self, work: Callable[[], None]) -> None:
        work()

    def admin_of(self, supervisor: Actor) -> tuple[int, int] | None:
        pid = os.getppid()
        born = pidfd.born(pid)
        return (pid, born) if born else None

    def newborn(self, parent: Actor, child: ActorAddress) -> Newborn | None:
        infos: list[_ChildInfo] = getattr(parent._myRef, "_child_procs", [])
        for info in reversed(infos):
            if info.childAddr is child:
                pid = info.childProc.pid
                self._children[pid] = info.childProc
                return Newborn(pid, pidfd.born(pid), None)
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

    def aside(self, work: Callable[[], None]) -> Aside:
        return ForkedAside(work)

    def escalate(self, supervisor: Actor) -> None:
        # The node watches the admin, and starts everything again when that is gone.
        os.kill(os.getppid(), signal.SIGKILL)
        self.end(supervisor, ESCALATED)

    def end(self, actor: Actor, status: int) -> None:
        # Not sys.exit: that would run what Thespian and multiprocessing have hung into atexit.
        os._exit(status)
