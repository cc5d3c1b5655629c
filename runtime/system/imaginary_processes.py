"""Imaginary process of every actor, while all actors run in one process: see `in_process`.

An imaginary process has a pid and can be killed; its death is reported by a real descriptor.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING, Final, NamedTuple

from thespian.actors import Actor, ActorAddress

from messages.ids import Instant, Role
from runtime.actor import CenterActor
from runtime.pidfd import Condition
from runtime.processes import CRASHED, ESCALATED, BackgroundWork, CompletedWork, Deaths, Newborn

if TYPE_CHECKING:
    from runtime.system.in_process import InProcessBase

FIRST_PID: Final = 1_000_001
"""First imaginary pid, above Linux's maximum, so that it never equals a real pid."""


class Ended(NamedTuple):
    """Ended process: its actor and the time."""

    role: Role
    key: str
    at_us: Instant


class ImaginaryProcesses:
    """Processes of actors that all run in one process."""

    def __init__(self, base: InProcessBase) -> None:
        self._base = base
        self._numbers = count(FIRST_PID)
        self._addresses: dict[int, ActorAddress] = {}
        self._pids: dict[str, int] = {}
        self._causes: dict[int, str] = {}
        self._watches: list[ImaginaryDeaths] = []
        self.ended: list[Ended] = []
        """Ended processes, in order."""
        self.escalations = 0
        """Number of restarts of everything requested by a Supervisor."""

    def born(self, address: ActorAddress, actor: CenterActor) -> None:
        """Create the process of a new actor."""
        pid = next(self._numbers)
        self._addresses[pid] = address
        self._pids[address.actorAddressString] = pid

    def identity(self, actor: Actor) -> tuple[int, int]:
        pid = self._pids[actor.myAddress.actorAddressString]
        return pid, pid

    def named(self, actor: Actor, name: str) -> None:
        pass

    def to_own_process(self, work: Callable[[], None]) -> None:
        """Do nothing: the actor has no process of its own."""

    def outlive_group(self, actor: Actor, on_heir: Callable[[], None]) -> None:
        pass

    def end_with_group(self, actor: Actor) -> None:
        pass

    def admin_of(self, supervisor: Actor) -> tuple[int, int] | None:
        return None

    def newborn(self, parent: Actor, child: ActorAddress) -> Newborn | None:
        pid = self._pids.get(child.actorAddressString)
        return None if pid is None else Newborn(pid, pid, child)

    def cause_of_death(self, parent: Actor, pid: int) -> str:
        return self._causes.pop(pid, "")

    def alive(self, pid: int, since: int) -> bool:
        return pid in self._addresses

    def condition(self, pid: int) -> Condition:
        return Condition(stopped=False, waited_us=0)

    def kill(self, pid: int, since: int) -> bool:
        return self._end(pid, "signal 9")

    def watch(self) -> Deaths:
        deaths = ImaginaryDeaths(self)
        self._watches.append(deaths)
        return deaths

    def start_work(self, work: Callable[[], None]) -> BackgroundWork:
        return CompletedWork(work)

    def escalate(self, supervisor: Actor) -> None:
        self.escalations += 1
        self.end(supervisor, ESCALATED)

    def end(self, actor: Actor, status: int) -> None:
        self._end(self.identity(actor)[0], "crashed" if status == CRASHED else f"status {status}")

    def left(self, address: ActorAddress) -> None:
        """End the process of an actor that has ended in order."""
        pid = self._pids.get(address.actorAddressString)
        if pid is not None:
            self._end(pid, "status 0")

    def _end(self, pid: int, cause: str) -> bool:
        address = self._addresses.pop(pid, None)
        if address is None:
            return False
        self._causes[pid] = cause
        actor = self._base.actor_at(address)
        if actor is not None:
            self.ended.append(Ended(actor.role, actor.key, self._base.now_us()))
        del self._pids[address.actorAddressString]
        self._base.vanish(address)
        for deaths in list(self._watches):
            deaths.report_death(pid)
        return True

    def no_longer(self, deaths: ImaginaryDeaths) -> None:
        """Remove a closed watch."""
        self._watches.remove(deaths)


class ImaginaryDeaths:
    """Watch on imaginary deaths, through a real descriptor."""

    def __init__(self, processes: ImaginaryProcesses) -> None:
        self._processes = processes
        self._fd = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._watched: set[int] = set()
        self._dead: list[int] = []

    def fileno(self) -> int:
        return self._fd

    def add(self, pid: int, since: int) -> bool:
        if not self._processes.alive(pid, since):
            return False
        self._watched.add(pid)
        return True

    def report_death(self, pid: int) -> None:
        """Report the end of a process."""
        if pid in self._watched:
            self._watched.discard(pid)
            self._dead.append(pid)
            os.eventfd_write(self._fd, 1)

    def dead(self) -> list[int]:
        dead, self._dead = self._dead, []
        if dead:
            os.eventfd_read(self._fd)
        return dead

    def forget(self, pid: int) -> None:
        self._watched.discard(pid)

    def close(self) -> None:
        if self._fd >= 0:
            self._processes.no_longer(self)
            os.close(self._fd)
            self._fd = -1

    def __del__(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
