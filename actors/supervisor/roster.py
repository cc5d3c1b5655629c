"""State of the Supervisor: its actors, stimuli and effects. Data only."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from messages.ids import AlertId, Instant, Role
from runtime.system.spec import ActorSpec, Plan

Name = tuple[Role, str]
"""Role and key."""


class Phase(StrEnum):
    """Progress of an actor's present incarnation."""

    CREATING = "creating"
    """The process is being made and has not reported its address."""
    STARTING = "starting"
    """The order to start was sent."""
    READY = "ready"
    LEAVING = "leaving"
    """The actor is surplus and must get no new work; it stays if it has got some."""
    STOPPING = "stopping"
    """The order to end was sent; no successor follows."""
    KILLED = "killed"
    """We have killed the process; its death is awaited."""
    DOWN = "down"
    """Dead; starts when the rest of its group is down too."""
    RESTING = "resting"
    """Dead; rests for a while because of repeated deaths."""


LIVING = frozenset({Phase.STARTING, Phase.READY, Phase.LEAVING, Phase.STOPPING})
"""Phases listed in the directory."""
GONE = frozenset({Phase.DOWN, Phase.RESTING})
"""Phases without a process."""


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """Actor, over all its incarnations."""

    spec: ActorSpec
    phase: Phase
    incarnation: int = 0
    pid: int = 0
    born: int = 0
    address: bytes = b""
    alert: AlertId | None = None
    since_us: Instant = Instant(0)
    """Time at which this incarnation was created."""
    seen_us: Instant = Instant(0)
    """Time of the last sign of life."""
    until_us: Instant = Instant(0)
    """End of the phase: a rest is over, or an end or a kill must be repeated."""
    deaths: tuple[Instant, ...] = ()
    """Latest deaths of its own, within INTENSITY_US."""
    restarts: int = 0
    cause: str = ""
    """Reason for the start of this incarnation; empty for the first."""
    kills: int = 0
    """Number of kills without a death."""

    @property
    def name(self) -> Name:
        """Role and key."""
        return self.spec.role, self.spec.key

    @property
    def worker(self) -> str:
        """Worker of the actor; empty if none."""
        return self.spec.group if self.spec.role in WORKER_ROLES else ""


WORKER_ROLES = frozenset({Role.ALERT_CASE, Role.CALL_LEG, Role.CONFERENCE_BRIDGE})


class Roster(msgspec.Struct, frozen=True, kw_only=True):
    """All actors, and the requested numbers."""

    plan: Plan
    members: dict[Name, Member] = {}
    incarnations: dict[Name, int] = {}
    """Last incarnation of each name."""
    busy: int = 0
    """Number of busy workers, as the AlertIntake reports."""
    waiting: int = 0
    """Number of alerts without a worker, as the AlertIntake reports."""
    voiceless: bool = False
    """True if some of these alerts were in conversation before a restart of everything."""
    lines: frozenset[str] = frozenset()
    """Lines with calls of such alerts."""
    operators: dict[str, int] = {}
    """Number of operators' legs that each worker needs, if more than one."""
    group_restarts: dict[str, Instant] = {}
    """Time of each group's last restart."""
    alarms: frozenset[Name] = frozenset()
    """Actors with a standing alarm."""
    surplus_us: Instant | None = None
    """Time since which there have been surplus idle workers."""
    looked_us: Instant | None = None
    """Time of the last tick."""
    stop_us: Instant | None = None
    """End of an orderly stop; None if no stop was ordered."""
    over: bool = False
    """True once no action is left: all have ended, or the node was requested to restart everything."""


# ---------------------------------------------------------------- stimuli


class Living(msgspec.Struct, frozen=True, kw_only=True):
    """Actor that an earlier Supervisor has left running."""

    role: Role
    key: str
    incarnation: int
    pid: int
    born: int
    address: bytes
    alert: AlertId | None
    since_us: Instant
    restarts: int
    ready: bool


class Begin(msgspec.Struct, frozen=True, kw_only=True):
    """The Supervisor has started and has found these actors."""

    living: tuple[Living, ...]
    incarnations: dict[Name, int]


class Created(msgspec.Struct, frozen=True, kw_only=True):
    """The actor has a process."""

    name: Name
    pid: int
    born: int


class NotCreated(msgspec.Struct, frozen=True, kw_only=True):
    """No process could be made for the actor."""

    name: Name
    cause: str


class Connected(msgspec.Struct, frozen=True, kw_only=True):
    """The actor's process has reported its address."""

    name: Name
    pid: int
    address: bytes


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """The actor has started."""

    name: Name
    incarnation: int


class Beat(msgspec.Struct, frozen=True, kw_only=True):
    """The actor lives, and is busy with this alert."""

    name: Name
    incarnation: int
    alert: AlertId | None


class Died(msgspec.Struct, frozen=True, kw_only=True):
    """A process has ended."""

    pid: int
    cause: str


class Workers(msgspec.Struct, frozen=True, kw_only=True):
    """The AlertIntake's report on workers."""

    busy: int
    waiting: int
    voiceless: bool = False
    lines: frozenset[str] = frozenset()


class Legs(msgspec.Struct, frozen=True, kw_only=True):
    """A worker's request for operators' legs."""

    worker: str
    operators: int


class Stuck(msgspec.Struct, frozen=True, kw_only=True):
    """The actor lives, and the watchdog reports it as stuck."""

    name: Name
    incarnation: int
    reason: str


class Tick(msgspec.Struct, frozen=True, kw_only=True):
    """A tick has passed."""

    stopped: frozenset[int] = frozenset()
    """Silent processes that the kernel reports as stopped."""
    waited_us: dict[int, int] = {}
    """Time that each silent process waited for a processor since the last tick."""
    we_waited_us: int = 0
    """Time that the Supervisor itself waited for a processor since the last tick."""


class Stop(msgspec.Struct, frozen=True, kw_only=True):
    """All actors must end in order."""


Stimulus = (
    Begin | Created | NotCreated | Connected | Ready | Beat | Died | Workers | Legs | Stuck | Tick | Stop
)

# ---------------------------------------------------------------- effects


class Create(msgspec.Struct, frozen=True, kw_only=True):
    """Make a process of this class for the actor."""

    name: Name
    cls: str
    incarnation: int


class Publish(msgspec.Struct, frozen=True, kw_only=True):
    """Write the directory."""


class Start(msgspec.Struct, frozen=True, kw_only=True):
    """Send the actor its role and key, always after its publication."""

    name: Name
    address: bytes
    incarnation: int


class Adopt(msgspec.Struct, frozen=True, kw_only=True):
    """Send an adopted actor its new Supervisor."""

    name: Name
    pid: int
    born: int
    address: bytes


class End(msgspec.Struct, frozen=True, kw_only=True):
    """Send the actor the order to end."""

    name: Name
    address: bytes


class Kill(msgspec.Struct, frozen=True, kw_only=True):
    """Kill the actor's process at once."""

    name: Name
    pid: int
    born: int


class Restarted(msgspec.Struct, frozen=True, kw_only=True):
    """Record the restart of the actor."""

    name: Name
    incarnation: int
    pid: int
    cause: str


class Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """Raise an alarm about the actor; clear it if `text` is empty."""

    name: Name
    text: str


class Escalate(msgspec.Struct, frozen=True, kw_only=True):
    """Request a restart of everything from the node."""

    reason: str


class Finished(msgspec.Struct, frozen=True, kw_only=True):
    """All actors have ended."""


Effect = Create | Publish | Start | Adopt | End | Kill | Restarted | Alarm | Escalate | Finished


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """Result of a stimulus."""

    roster: Roster
    effects: tuple[Effect, ...] = ()
