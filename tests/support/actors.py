"""Actors for tests, environments for them, and a look at what a system of processes has left behind.

The actors write what happens to them into a file of the state directory, one line a time, because in a
system of processes nobody else sees it.
"""

from __future__ import annotations

import os
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

from thespian.actors import ActorAddress

from messages import cases, lines
from messages.envelope import Envelope
from messages.ids import AlertId, Instant, NodeId, Role, WorkerId
from runtime import pidfd
from runtime.actor import CenterActor
from runtime.clock import Clock, SystemClock, VirtualClock
from runtime.environment import Environment
from runtime.published.directory import Directory, Entry, FileDirectory, MemoryDirectory
from runtime.system.many_processes import ManyProcesses
from runtime.system.spec import ActorSpec, Plan, WorkerSpec
from runtime.system.system import System, start
from store.journal.journal import Journal
from store.journal.notify import LocalNotifier
from tests.support.journals import empty_journal
from tests.waiting import wait_until

SUPERVISOR = "actors.supervisor.actor.SupervisorActor"
NODE = NodeId("test")
PRELOAD = ("tests.support.actors", "store.journal.journal", SUPERVISOR.rpartition(".")[0])


class Player(CenterActor):
    """Does what it is told by messages that mean something else elsewhere, and notes it down."""

    role: ClassVar[Role] = Role.IDENTIFIER

    def started(self) -> None:
        self.note("started")

    def receive(self, envelope: Envelope, sender: ActorAddress) -> None:
        match envelope.body:
            case cases.AskCase():
                self.note(f"asked by {envelope.role}")
                self.answer(sender, cases.CaseStatus(worker=WorkerId(self.key)))
            case cases.CaseStatus(worker=worker):
                self.note(f"answered {worker}")
            case cases.OpenCase(alert=alert):
                # `tell:ROLE:KEY` has it ask that one, anything else is what it is busy with.
                if alert.startswith("tell:"):
                    _, role, key = alert.split(":")
                    self.note(f"told {self.tell(Role(role), key, cases.AskCase())}")
                else:
                    self.set_alert(alert)
            case cases.RestLeg():
                self.set_alert(None)
            case cases.WorkerWanted(busy=1):
                self.env.processes.outlive_group(self, lambda: self.note("somebody takes the place"))
                self.note("outlives")
            case cases.WorkerWanted():
                self.env.processes.end_with_group(self)
                self.note("ends with them")
            case lines.AskLine():
                self.note("raises")
                raise ValueError("as it was told to")

    def stopping(self) -> None:
        self.note("stopping")

    def note(self, what: str) -> None:
        """Write it down, with who says it."""
        line = f"{self.role}/{self.key}/{self.incarnation} {what}\n".encode()
        fd = os.open(self.env.state / "notes", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(fd, line)
        finally:
            os.close(fd)


class Pool(Player):
    """A pool's part."""

    role = Role.TRUNK_POOL


class Modem(Player):
    """A modem's part."""

    role = Role.GSM_MODEM


class Case(Player):
    """A case's part."""

    role = Role.ALERT_CASE


class Leg(Player):
    """A leg's part."""

    role = Role.CALL_LEG


class Bridge(Player):
    """A bridge's part."""

    role = Role.CONFERENCE_BRIDGE


class Mixer(Player):
    """A mixer's part."""

    role = Role.MIXER


class Unwilling(Modem):
    """Cannot start."""

    def started(self) -> None:
        super().started()
        raise OSError("no such device")


class Listener(Player):
    """Watches a terminal whose other end the test has, and notes when it hears something."""

    role = Role.OPERATOR_POOL

    def started(self) -> None:
        self._fd = os.open((self.env.state / "tty").read_text(), os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        tty.setraw(self._fd)
        self.watch(self._fd, self._hear)
        super().started()

    def _hear(self) -> None:
        data = os.read(self._fd, 4096)
        self.note(f"heard {data.decode()} {self.now_us()}")


def cls(player: type[Player]) -> str:
    """A class's name, as a plan wants it."""
    return f"{player.__module__}.{player.__qualname__}"


def spec(player: type[Player], key: str = "", *, group: str = "pools", critical: bool = True) -> ActorSpec:
    """One actor of a plan."""
    return ActorSpec(role=player.role, key=key, cls=cls(player), group=group, critical=critical)


WORKERS = WorkerSpec(case=cls(Case), leg=cls(Leg), bridge=cls(Bridge), mixer=cls(Mixer), live=4, idle=2)


def environment(state: Path, plan: Plan | None = None, *, virtual: bool = False) -> Environment:
    """An environment with a journal in `state`, for one process (`virtual`) or for many."""
    clock: Clock = VirtualClock() if virtual else SystemClock.anchored()
    directory: Directory = MemoryDirectory() if virtual else FileDirectory(state / "run")
    (state / "run").mkdir(parents=True, exist_ok=True)

    def open_journal() -> Journal:
        return Journal.open(
            empty_journal(state / "journal.db"), node=NODE, clock=clock.now_us, notify=LocalNotifier()
        )

    return Environment(
        node=NODE,
        state=state,
        clock=clock,
        directory=directory,
        open_journal=open_journal,
        plan=plan if plan is not None else Plan(),
    )


@contextmanager
def processes(env: Environment) -> Iterator[ManyProcesses]:
    """A system of processes with the real Supervisor; ended, whatever happens."""
    env.open_journal_as(Journal).close()
    system = start("processes", env, SUPERVISOR, preload=PRELOAD)
    assert isinstance(system, ManyProcesses)
    try:
        yield system
    finally:
        system.kill()
        assert pidfd.group_members(system.group) == []


def ready(system: System, role: Role, key: str = "", *, after: int = 0, within_s: float = 10.0) -> Entry:
    """The actor of this role and key once it is ready, with an incarnation later than `after`."""

    def look() -> Entry | None:
        entry = system.entry(role, key)
        return entry if entry is not None and entry.ready and entry.incarnation > after else None

    entry = wait_until(look, within_s=within_s, what=f"{role} {key!r} ready after {after}")
    assert entry is not None
    return entry


def notes(env: Environment) -> list[str]:
    """What the actors have written down."""
    path = env.state / "notes"
    return path.read_text().splitlines() if path.exists() else []


def noted(env: Environment, matches: Callable[[str], bool], *, within_s: float = 10.0) -> str:
    """The first note of this kind, once there is one."""

    def look() -> str | None:
        return next((note for note in notes(env) if matches(note)), None)

    note = wait_until(look, within_s=within_s, what="the note")
    assert note is not None
    return note


def busy(alert: str) -> cases.OpenCase:
    """Has a Player be busy with this alert."""
    return cases.OpenCase(alert=AlertId(alert))


def ask(role: Role, key: str = "") -> cases.OpenCase:
    """Has a Player ask another one."""
    return cases.OpenCase(alert=AlertId(f"tell:{role}:{key}"))


def at(now_us: Instant, seconds: float) -> Instant:
    """So many seconds later."""
    return Instant(now_us + round(seconds * 1_000_000))
