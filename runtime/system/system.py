"""Actor system from outside: started by one function, in one process or in many.

The composition root makes the Environment and calls `start`; tests do the same. The Supervisor creates,
watches and stops actors.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Final, Literal

from thespian.actors import ActorAddress

from messages.envelope import Body, Envelope, encode
from messages.ids import AlertId, Role
from runtime import addresses
from runtime.actor import CenterActor
from runtime.environment import Environment
from runtime.published.directory import Entry

STOP_WITHIN_S: Final = 4.0
"""Longest duration of an orderly stop, in seconds; then the rest is killed."""


class System(ABC):
    """Running actor system."""

    def __init__(self, env: Environment) -> None:
        self.env = env
        self._incarnation = env.directory.last_incarnation(Role.NODE)
        self._said = 0

    def tell(self, role: Role, key: str, body: Body, alert: AlertId | None = None) -> bool:
        """Send a message from the node to the actor of this role and key. Return False if there is none."""
        entry = self.env.directory.find(role, key)
        if entry is None or not entry.address:
            return False
        self.tell_address(addresses.from_bytes(entry.address), body, alert)
        return True

    def tell_address(self, address: ActorAddress, body: Body, alert: AlertId | None = None) -> None:
        """Send a message from the node to an address."""
        self._deliver(address, encode(self.envelope(body, alert)))

    def envelope(self, body: Body, alert: AlertId | None = None) -> Envelope:
        """Return an envelope from the node."""
        self._said += 1
        return Envelope(
            id=f"{self.env.node}/{Role.NODE}//{self._incarnation}/{self._said}",
            role=Role.NODE,
            key="",
            incarnation=self._incarnation,
            at_us=self.env.clock.now_us(),
            body=body,
            alert=alert,
            node=self.env.node,
        )

    def entry(self, role: Role, key: str = "") -> Entry | None:
        """Return the entry of this role and key, with the present alert; None if absent."""
        entries = self.env.directory.read()
        return next((each for each in entries if each.role is role and each.key == key), None)

    @property
    def pids(self) -> Mapping[tuple[Role, str], int]:
        """Processes of all actors."""
        return {(entry.role, entry.key): entry.pid for entry in self.env.directory.read()}

    @abstractmethod
    def _deliver(self, address: ActorAddress, data: bytes) -> None:
        """Deliver `data` to the address."""

    @abstractmethod
    def stop(self) -> None:
        """End everything in order, within STOP_WITHIN_S."""


def start(
    kind: Literal["in_process", "processes"],
    env: Environment,
    supervisor: type[CenterActor] | str | None = None,
    *,
    preload: Sequence[str] = (),
    host: str = "127.0.0.1",
) -> System:
    """Start an actor system with this Supervisor and wait for its start.

    `supervisor` None starts none, for tests of single actors. `preload` are modules to import (or functions
    `module:function` to call) before the fork, so that their actors start in milliseconds. `host` is the
    address on which processes listen; as messages are unpickled, only this machine or a private network may
    reach it. Raises SystemNotStarted.
    """
    from runtime.system.many_processes import ManyProcesses
    from runtime.system.one_process import OneProcess

    if kind == "in_process":
        return OneProcess(env, supervisor)
    return ManyProcesses(env, supervisor, preload=preload, host=host)
