"""State of the Supervisor (`Roster`), its inputs (`Stimulus`) and its outputs (`Effect`). Data only.

An incarnation is one life of an actor: each new process for a role and key has a higher number. A group is a
set of actors that are restarted together.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from messages.ids import SECOND, AlertId, Instant, Role
from runtime.system.spec import ActorSpec, Plan

Name = tuple[Role, str]
"""Role and key of an actor."""


class Phase(StrEnum):
    """Phase of the life of an actor's present incarnation."""

    CREATING = "creating"
    """The process is being created and has not reported its address."""
    STARTING = "starting"
    """The order to start was sent to the process."""
    READY = "ready"
    LEAVING = "leaving"
    """The actor is surplus and gets no new work; it returns to READY if it has received work just before."""
    STOPPING = "stopping"
    """The order to end was sent; no new incarnation follows."""
    KILLED = "killed"
    """The Supervisor has killed the process and waits for the kernel's report of its end."""
    DOWN = "down"
    """No process; the next incarnation is created once the whole group is down."""
    RESTING = "resting"
    """No process; the next incarnation waits, because the actor has died repeatedly."""


LIVING = frozenset({Phase.STARTING, Phase.READY, Phase.LEAVING, Phase.STOPPING})
"""Phases listed in the directory."""
GONE = frozenset({Phase.DOWN, Phase.RESTING})
"""Phases without a process."""


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """State of one actor, over all its incarnations."""

    spec: ActorSpec
    phase: Phase
    incarnation: int = 0
    pid: int = 0
    born: int = 0
    """Start time of the process in clock ticks: distinguishes a process from a later one with its pid."""
    address: bytes = b""
    alert: AlertId | None = None
    since_us: Instant = Instant(0)
    """Time at which this incarnation was created."""
    seen_us: Instant = Instant(0)
    """Time of the last sign of life."""
    pace_us: int = SECOND
    """Interval of its heartbeats in microseconds, as the last heartbeat states it."""
    until_us: Instant = Instant(0)
    """Time at which the phase ends: a rest is over, or an order to end or a kill must be repeated."""
    deaths: tuple[Instant, ...] = ()
    """Times of the actor's own deaths (not of its group's restarts) in the last INTENSITY_US."""
    restarts: int = 0
    cause: str = ""
    """Reason for the start of this incarnation; empty for the first."""
    kills: int = 0
    """Number of kills since the last reported end of the process."""

    @property
    def name(self) -> Name:
        """Role and key."""
        return self.spec.role, self.spec.key

    @property
    def worker(self) -> str:
        """Worker that the actor belongs to; empty if none."""
        return self.spec.group if self.spec.role in WORKER_ROLES else ""


WORKER_ROLES = frozenset({Role.ALERT_CASE, Role.CALL_LEG, Role.CONFERENCE_BRIDGE})


class Roster(msgspec.Struct, frozen=True, kw_only=True):
    """All actors, and the numbers of workers and legs that the AlertIntake and the workers have requested."""

    plan: Plan
    members: dict[Name, Member] = {}
    incarnations: dict[Name, int] = {}
    """Number of the last incarnation of each actor."""
    busy: int = 0
    """Number of busy workers, as the AlertIntake reports."""
    waiting: int = 0
    """Number of alerts without a worker, as the AlertIntake reports."""
    voiceless: bool = False
    """True if an alert in `waiting` was in conversation before the node restarted all its actors."""
    lines: frozenset[str] = frozenset()
    """Lines with calls of the alerts in `waiting`."""
    operators: dict[str, int] = {}
    """Number of operators' CallLegs that each worker needs, if more than one."""
    group_restarts: dict[str, Instant] = {}
    """Time of each group's last restart."""
    alarms: frozenset[Name] = frozenset()
    """Actors with an active alarm."""
    surplus_us: Instant | None = None
    """Time since which there are more idle workers than needed; None if there are not."""
    looked_us: Instant | None = None
    """Time of the last tick."""
    stop_us: Instant | None = None
    """Time limit of the ordered stop; None if no stop was ordered."""
    over: bool = False
    """True once nothing is left to do: all actors have ended, or the node was requested to restart all
    actors.
    """


# ---------------------------------------------------------------- stimuli


class Living(msgspec.Struct, frozen=True, kw_only=True):
    """Actor that runs already, started by an earlier Supervisor process."""

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
    """Input: the Supervisor has started and has found these running actors."""

    living: tuple[Living, ...]
    incarnations: dict[Name, int]


class Created(msgspec.Struct, frozen=True, kw_only=True):
    """Input: a process was created for the actor."""

    name: Name
    pid: int
    born: int


class NotCreated(msgspec.Struct, frozen=True, kw_only=True):
    """Input: no process could be created for the actor. `cause`: reason in words."""

    name: Name
    cause: str


class Connected(msgspec.Struct, frozen=True, kw_only=True):
    """Input: the actor's process has reported its address."""

    name: Name
    pid: int
    address: bytes


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """Input: the actor has started and is ready for work."""

    name: Name
    incarnation: int


class Beat(msgspec.Struct, frozen=True, kw_only=True):
    """Input: heartbeat of the actor. `alert`: the alert that the actor works on; None if idle. `pace_us`:
    time until its next heartbeat.
    """

    name: Name
    incarnation: int
    alert: AlertId | None
    pace_us: int = SECOND


class Died(msgspec.Struct, frozen=True, kw_only=True):
    """Input: a process has ended. `cause`: exit code or signal, in words."""

    pid: int
    cause: str


class Workers(msgspec.Struct, frozen=True, kw_only=True):
    """Input: report of the AlertIntake on workers. Fields as in `Roster`."""

    busy: int
    waiting: int
    voiceless: bool = False
    lines: frozenset[str] = frozenset()


class Legs(msgspec.Struct, frozen=True, kw_only=True):
    """Input: request of a worker for CallLegs. `operators`: number of operators' legs."""

    worker: str
    operators: int


class Stuck(msgspec.Struct, frozen=True, kw_only=True):
    """Input: the DeadlineWatchdog reports this actor as stuck: the actor lives, and its alert makes no
    progress.
    """

    name: Name
    incarnation: int
    reason: str


class Tick(msgspec.Struct, frozen=True, kw_only=True):
    """Input: one interval of the clock has passed."""

    stopped: frozenset[int] = frozenset()
    """Pids of silent processes that the kernel reports as stopped by a signal."""
    waited_us: dict[int, int] = {}
    """Time in microseconds that each silent process, by pid, waited for a processor since the last tick."""
    we_waited_us: int = 0
    """Time in microseconds that the Supervisor itself waited for a processor since the last tick."""


class Stop(msgspec.Struct, frozen=True, kw_only=True):
    """Input: order to end all actors, in the reverse order of their start."""


Stimulus = (
    Begin | Created | NotCreated | Connected | Ready | Beat | Died | Workers | Legs | Stuck | Tick | Stop
)

# ---------------------------------------------------------------- effects


class Create(msgspec.Struct, frozen=True, kw_only=True):
    """Output: create a process for the actor. `cls`: path of the actor's class."""

    name: Name
    cls: str
    incarnation: int


class Publish(msgspec.Struct, frozen=True, kw_only=True):
    """Output: write the directory of actors."""


class Start(msgspec.Struct, frozen=True, kw_only=True):
    """Output: send the actor its role and key. Always after the directory with this actor was written."""

    name: Name
    address: bytes
    incarnation: int


class Adopt(msgspec.Struct, frozen=True, kw_only=True):
    """Output: send the address of this Supervisor to an actor that an earlier Supervisor has started."""

    name: Name
    pid: int
    born: int
    address: bytes


class End(msgspec.Struct, frozen=True, kw_only=True):
    """Output: send the actor the order to end."""

    name: Name
    address: bytes


class Kill(msgspec.Struct, frozen=True, kw_only=True):
    """Output: kill the actor's process at once."""

    name: Name
    pid: int
    born: int


class Restarted(msgspec.Struct, frozen=True, kw_only=True):
    """Output: record the restart of the actor in the journal. `cause`: reason in words."""

    name: Name
    incarnation: int
    pid: int
    cause: str


class Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """Output: raise an alarm about the actor, or clear the alarm if `text` is empty."""

    name: Name
    text: str


class Escalate(msgspec.Struct, frozen=True, kw_only=True):
    """Output: request that the node restarts all its actors. `reason`: reason in words."""

    reason: str


class Finished(msgspec.Struct, frozen=True, kw_only=True):
    """Output: all actors have ended; the Supervisor can end too."""


Effect = Create | Publish | Start | Adopt | End | Kill | Restarted | Alarm | Escalate | Finished


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """Result of one input: the new state, and the outputs in order."""

    roster: Roster
    effects: tuple[Effect, ...] = ()
