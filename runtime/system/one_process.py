"""Actor system in one process, with controls for tests: move the clock, kill, inspect."""

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
    """Actor system that acts only on request: `run` handles what is due now, `advance` moves the clock."""

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
        """Create and start an actor, and enter it in the directory. The Supervisor does not know the actor.
        Raises SystemNotStarted.
        """
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
        """Deliver any message to an actor, as from outside."""
        self._system.base.tell(address, message)

    def run(self) -> None:
        """Handle everything that is due at this instant."""
        self._system.base.run()

    def advance(self, seconds: float) -> None:
        """Let time pass; everything that becomes due happens in order."""
        until = self.clock.now_us() + round(seconds * SECOND)
        self.run()
        while self.clock.step(until):
            self.run()
        self.run()

    def actor(self, role: Role, key: str, kind: type[A]) -> A | None:
        """Return the living actor itself, for inspection; None if there is none."""
        entry = self.env.directory.find(role, key)
        if entry is None:
            return None
        actor = self._system.base.actor_at(addresses.from_bytes(entry.address))
        return actor if isinstance(actor, kind) else None

    def kill(self, role: Role, key: str = "") -> bool:
        """Kill the actor at once, as by kill -9, with all its memory. Return False if it is not alive."""
        entry = self.env.directory.find(role, key)
        return entry is not None and self.env.processes.kill(entry.pid, entry.born)

    def freeze(self, role: Role, key: str = "") -> bool:
        """Freeze the actor, as by SIGSTOP. Return False if it is not alive."""
        entry = self.env.directory.find(role, key)
        if entry is None or not self.env.processes.alive(entry.pid, entry.born):
            return False
        self._system.base.freeze(addresses.from_bytes(entry.address))
        return True

    def thaw(self, entry: Entry) -> None:
        """Resume the actor, as by SIGCONT, unless its process was replaced since."""
        if self.env.processes.alive(entry.pid, entry.born):
            self._system.base.thaw(addresses.from_bytes(entry.address))

    @property
    def base(self) -> InProcessBase:
        """Base of the system, for tests that end an actor in the middle of a handler."""
        return self._system.base

    def stop(self) -> None:
        """End everything in order through the Supervisor; without one, end every actor."""
        if not self.tell(Role.SUPERVISOR, "", StopActor()):
            for entry in self.env.directory.read():
                self.tell(entry.role, entry.key, StopActor())
        self.advance(STOP_WITHIN_S)
        self._system.shutdown()
