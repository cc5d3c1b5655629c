"""Between the Supervisor and everyone it starts and watches."""

from __future__ import annotations

from messages.base import Message
from messages.ids import AlertId, CrewId, NodeId, Role


class StartActor(Message, frozen=True, kw_only=True, tag="actor.start"):
    """The first message of an actor's life: who it is. Where it works it knows from its environment."""

    role: Role
    key: str
    incarnation: int
    node: NodeId
    supervisor: bytes = b""
    """The Supervisor's address, opaque, for heartbeats."""


class ActorReady(Message, frozen=True, kw_only=True, tag="actor.ready"):
    """The actor has started and read what it needed."""

    pid: int


class Heartbeat(Message, frozen=True, kw_only=True, tag="actor.heartbeat"):
    """Alive, every second; and what it is busy with."""

    pid: int
    alert: AlertId | None = None


class AdoptActor(Message, frozen=True, kw_only=True, tag="actor.adopt"):
    """A new Supervisor has taken over: send your heartbeats here."""

    supervisor: bytes
    incarnation: int


class LegsWanted(Message, frozen=True, kw_only=True, tag="legs.wanted"):
    """This crew needs CallLegs for so many operators, `op1` to `opN`. Said again until they are there."""

    crew: CrewId
    operators: int


class RestartWanted(Message, frozen=True, kw_only=True, tag="actor.restart_wanted"):
    """This incarnation lives and does nothing: kill it, so that another takes over. A later one is spared."""

    role: Role
    key: str
    incarnation: int
    reason: str


class StopActor(Message, frozen=True, kw_only=True, tag="actor.stop"):
    """End in order: close what is open, leave calls up."""
