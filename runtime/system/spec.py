"""Actors of a node, as plain data: made by the composition root, run by the Supervisor."""

from __future__ import annotations

import msgspec

from messages.ids import Role


class ActorSpec(msgspec.Struct, frozen=True, kw_only=True):
    """Actor that always runs."""

    role: Role
    key: str = ""
    cls: str
    """Path of its class, such as `actors.trunk_pool.actor.TrunkPool`. A name, since the Supervisor must not
    import it.
    """
    group: str
    """Group of actors that restart together after repeated deaths of one."""
    critical: bool = True
    """True if the node restarts when a restart of the group has not helped.

    An actor that is not critical rests for a while instead, with an alarm: a modem that cannot start never
    affects the others.
    """


class WorkerSpec(msgspec.Struct, frozen=True, kw_only=True):
    """Actors of a worker, and the number of workers. A worker serves one live alert."""

    case: str
    leg: str
    bridge: str
    mixer: str
    """Mixer of ten workers (`model.workers`)."""
    live: int = 50
    """Upper bound of workers, `limits.live_cases`."""
    idle: int = 3
    """Number of idle workers to keep ready, `limits.idle_workers`."""
    places: tuple[str, ...] = ("user", "psap", "op1")
    """Legs of every worker; further `opN` start on demand."""
    operators: int = 9
    """Upper bound of operators' legs in one worker."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """All actors that the Supervisor runs."""

    actors: tuple[ActorSpec, ...] = ()
    workers: WorkerSpec | None = None
    far_journal: bool = False
    """True if the journal is on a server: an actor that waits for its answer is silent and does not hang."""
