"""An actor system in one process, with what tests do to it: move the clock, kill, look inside."""

from __future__ import annotations

from typing import TypeVar

from thespian.actors import Actor, ActorAddress

from messages.ids import SECOND, Role
from messages.supervision import StartActor, StopActor
from runtime import addresses
from runtime.actor import CenterActor
from runtime.clock import VirtualClock
from runtime.environment import Environment
from runtime.errors import SystemNotStarted, WrongEnvironment
from runtime.published.directory import Entry
from runtime.system.in_process import InProcessBase, InProcessSystem
from runtime.system.system import STOP_WITHIN_S, System

A = TypeVar("A", bound=CenterActor)


class OneProcess(System):
    """Nothing happens by itself: `run` handles what is due now, `advance` moves the clock."""

    def __init__(self, env: Environment, supervisor: type[CenterActor] | str | None) -> None:
        if not isinstance(env.clock, VirtualClock):
            raise WrongEnvironment("in one process the clock is a VirtualClock")
        self.clock = env.clock
        self._system = InProcessSystem(env, env.clock)
        super().__init__(env)
        if supervisor is not None:
            self.create(supervisor, role=Role.SUPERVISOR)

    def create(
        self, cls: type[CenterActor] | str, key: str = "", *, role: Role | None = None
    ) -> ActorAddress:
        """Create and start an actor, and enter it in the directory. The Supervisor does not know of it."""
        address = self._system.createActor(cls)
        actor = self._system.base.actor_at(address)
        if actor is None:
            raise SystemNotStarted(f"{cls} could not be created")
        role = actor.role if role is None else role
        incarnation = self.env.directory.last_incarnation(role, key) + 1
        pid, born = self.env.processes.identity(actor)
        entry = Entry(
            role=role,
            key=key,
            address=addresses.to_bytes(address),
            pid=pid,
            born=born,
            incarnation=incarnation,
            since_us=self.clock.now_us(),
            ready=True,
        )
        others = [each for each in self.env.directory.read() if (each.role, each.key) != (role, key)]
        self.env.directory.publish([*others, entry])
        self.tell_address(
            address, StartActor(role=role, key=key, incarnation=incarnation, node=self.env.node)
        )
        self.run()
        return address

    def add(self, cls: type[Actor]) -> ActorAddress:
        """Add an actor that is not of the center, such as a test's listener."""
        return self._system.createActor(cls)

    def _deliver(self, address: ActorAddress, data: bytes) -> None:
        self._system.base.tell(address, data)

    def deliver(self, address: ActorAddress, message: object) -> None:
        """Have anything at all arrive at an actor, as from outside."""
        self._system.base.tell(address, message)

    def run(self) -> None:
        """Handle all that is to be handled at this instant."""
        self._system.base.run()

    def advance(self, seconds: float) -> None:
        """Let time pass: everything that comes due happens in the order of its time."""
        until = self.clock.now_us() + round(seconds * SECOND)
        self.run()
        while self.clock.step(until):
            self.run()
        self.run()

    def actor(self, role: Role, key: str, kind: type[A]) -> A | None:
        """The living actor itself, to look inside."""
        entry = self.env.directory.find(role, key)
        if entry is None:
            return None
        actor = self._system.base.actor_at(addresses.from_bytes(entry.address))
        return actor if isinstance(actor, kind) else None

    def kill(self, role: Role, key: str = "") -> bool:
        """As kill -9: at once, and everything in its memory is gone. False where it does not live."""
        entry = self.env.directory.find(role, key)
        return entry is not None and self.env.processes.kill(entry.pid, entry.born)

    def freeze(self, role: Role, key: str = "") -> bool:
        """As SIGSTOP: it lives, and does nothing. False where it does not live."""
        entry = self.env.directory.find(role, key)
        if entry is None or not self.env.processes.alive(entry.pid, entry.born):
            return False
        self._system.base.freeze(addresses.from_bytes(entry.address))
        return True

    def thaw(self, entry: Entry) -> None:
        """As SIGCONT for a process that may have been replaced since."""
        if self.env.processes.alive(entry.pid, entry.born):
            self._system.base.thaw(addresses.from_bytes(entry.address))

    @property
    def base(self) -> InProcessBase:
        """The system below, for tests that end an actor in the middle of what it does."""
        return self._system.base

    def stop(self) -> None:
        """Have the Supervisor end everything in order; without one, end every actor."""
        if not self.tell(Role.SUPERVISOR, "", StopActor()):
            for entry in self.env.directory.read():
                self.tell(entry.role, entry.key, StopActor())
        self.advance(STOP_WITHIN_S)
        self._system.shutdown()
