"""Messages between the Supervisor and the processes that it starts and monitors."""

from __future__ import annotations

from messages.base import Message
from messages.ids import SECOND, AlertId, NodeId, Role, WorkerId


class StartActor(Message, frozen=True, kw_only=True, tag="actor.start"):
    """Identity of an actor, its first message. The environment gives the actor its place of work."""

    role: Role
    key: str
    incarnation: int
    node: NodeId
    supervisor: bytes = b""
    """Address of the Supervisor, opaque, for heartbeats."""


class ActorReady(Message, frozen=True, kw_only=True, tag="actor.ready"):
    """The actor has started and loaded its data."""

    pid: int


class Heartbeat(Message, frozen=True, kw_only=True, tag="actor.heartbeat"):
    """Sign of life, with the present alert."""

    pid: int
    alert: AlertId | None = None
    pace_us: int = SECOND
    """Time until the next heartbeat, in microseconds."""


class AdoptActor(Message, frozen=True, kw_only=True, tag="actor.adopt"):
    """A new Supervisor has taken over: send heartbeats to its address."""

    supervisor: bytes
    incarnation: int


class LegsWanted(Message, frozen=True, kw_only=True, tag="legs.wanted"):
    """Request for CallLegs for this many operators, `op1` to `opN`, for the worker. Repeated until the
    CallLegs are up.
    """

    worker: WorkerId
    operators: int


class RestartWanted(Message, frozen=True, kw_only=True, tag="actor.restart_wanted"):
    """Request to kill this incarnation, which lives without progress, so that another takes over. A later
    incarnation is spared.
    """

    role: Role
    key: str
    incarnation: int
    reason: str


class StopActor(Message, frozen=True, kw_only=True, tag="actor.stop"):
    """Order to stop cleanly: close everything open, leave calls up."""
