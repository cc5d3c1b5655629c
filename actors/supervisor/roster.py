"""What the Supervisor knows of everyone that it looks after. Data only."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from messages.ids import AlertId, Instant, Role
from runtime.system.spec import ActorSpec, Plan

Name = tuple[Role, str]
"""Role and key."""


class Phase(StrEnum):
    """How far one actor's present incarnation has got."""

    CREATING = "creating"
    """A process is being made; it has not said yet where it is."""
    STARTING = "starting"
    """It was told who it is."""
    READY = "ready"
    LEAVING = "leaving"
    """It is no longer wanted, and nobody is to begin anything with it; it stays if somebody has."""
    STOPPING = "stopping"
    """It was told to end, and is not to come back."""
    KILLED = "killed"
    """It was killed, by us; its death is awaited."""
    DOWN = "down"
    """Dead; to be started when the rest of its group is down too."""
    RESTING = "resting"
    """Dead, and left alone for a while because it died again and again."""


LIVING = frozenset({Phase.STARTING, Phase.READY, Phase.LEAVING, Phase.STOPPING})
"""Phases in which the directory lists it."""
GONE = frozenset({Phase.DOWN, Phase.RESTING})
"""Phases without a process."""


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """One actor, over all its incarnations."""

    spec: ActorSpec
    phase: Phase
    incarnation: int = 0
    pid: int = 0
    born: int = 0
    address: bytes = b""
    alert: AlertId | None = None
    since_us: Instant = Instant(0)
    """When this incarnation was created."""
    seen_us: Instant = Instant(0)
    """When it last gave a sign of life."""
    until_us: Instant = Instant(0)
    """When the phase has lasted long enough: a rest is over, a stop or a kill is to be repeated."""
    deaths: tuple[Instant, ...] = ()
    """The latest ones of its own, within INTENSITY_US."""
    restarts: int = 0
    cause: str = ""
    """Why this incarnation was started; empty for the first."""
    kills: int = 0
    """How often it has been killed without dying."""

    @property
    def name(self) -> Name:
        """Role and key."""
        return self.spec.role, self.spec.key

    @property
    def crew(self) -> str:
        """The crew that it belongs to; empty where it belongs to none."""
        return self.spec.group if self.spec.role in CREW_ROLES else ""


CREW_ROLES = frozenset({Role.ALERT_CASE, Role.CALL_LEG, Role.CONFERENCE_BRIDGE})


class Roster(msgspec.Struct, frozen=True, kw_only=True):
    """Everyone, and what is wanted."""

    plan: Plan
    members: dict[Name, Member] = {}
    incarnations: dict[Name, int] = {}
    """The last one given to each."""
    busy: int = 0
    """So many crews the intake has at work, as it says."""
    waiting: int = 0
    """So many alerts wait for a crew, as it says."""
    voiceless: bool = False
    """Whether some of those were in conversation before everything was started again."""
    lines: frozenset[str] = frozenset()
    """Lines with calls of such alerts."""
    operators: dict[str, int] = {}
    """How many operators' legs each crew wants, where it is more than one."""
    group_restarts: dict[str, Instant] = {}
    """When each group was last started again as a whole."""
    alarms: frozenset[Name] = frozenset()
    """Those about whom an alarm is raised."""
    surplus_us: Instant | None = None
    """Since when there have been more idle crews than wanted."""
    looked_us: Instant | None = None
    """The last tick."""
    stop_us: Instant | None = None
    """When an orderly stop has lasted long enough; None: nobody wants it."""
    over: bool = False
    """Nothing more is to be done: all have ended, or the node was asked to start everything again."""


# ---------------------------------------------------------------- what happens


class Living(msgspec.Struct, frozen=True, kw_only=True):
    """An actor that an earlier Supervisor has left running."""

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
    """The Supervisor has started, and has found these."""

    living: tuple[Living, ...]
    incarnations: dict[Name, int]


class Created(msgspec.Struct, frozen=True, kw_only=True):
    """It has a process."""

    name: Name
    pid: int
    born: int


class NotCreated(msgspec.Struct, frozen=True, kw_only=True):
    """No process could be made for it."""

    name: Name
    cause: str


class Connected(msgspec.Struct, frozen=True, kw_only=True):
    """Its process has said where it is."""

    name: Name
    pid: int
    address: bytes


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """It has started."""

    name: Name
    incarnation: int


class Beat(msgspec.Struct, frozen=True, kw_only=True):
    """It lives, and is busy with this."""

    name: Name
    incarnation: int
    alert: AlertId | None


class Died(msgspec.Struct, frozen=True, kw_only=True):
    """A process has ended."""

    pid: int
    cause: str


class Crews(msgspec.Struct, frozen=True, kw_only=True):
    """What the intake says about crews."""

    busy: int
    waiting: int
    voiceless: bool = False
    lines: frozenset[str] = frozenset()


class Legs(msgspec.Struct, frozen=True, kw_only=True):
    """What a crew says about operators' legs."""

    crew: str
    operators: int


class Stuck(msgspec.Struct, frozen=True, kw_only=True):
    """It lives, and the watchdog says that it does nothing."""

    name: Name
    incarnation: int
    reason: str


class Tick(msgspec.Struct, frozen=True, kw_only=True):
    """Time has passed."""

    stopped: frozenset[int] = frozenset()
    """Processes among the silent that the kernel calls stopped."""
    waited_us: dict[int, int] = {}
    """How long each of the silent has waited for a processor since the last tick."""
    we_waited_us: int = 0
    """The same of the Supervisor itself."""


class Stop(msgspec.Struct, frozen=True, kw_only=True):
    """All are to end in order."""


Stimulus = Begin | Created | NotCreated | Connected | Ready | Beat | Died | Crews | Legs | Stuck | Tick | Stop

# ---------------------------------------------------------------- what is to be done


class Create(msgspec.Struct, frozen=True, kw_only=True):
    """Make a process of this class for it."""

    name: Name
    cls: str
    incarnation: int


class Publish(msgspec.Struct, frozen=True, kw_only=True):
    """Let everybody know who is where."""


class Start(msgspec.Struct, frozen=True, kw_only=True):
    """Tell it who it is. Always after it has been published."""

    name: Name
    address: bytes
    incarnation: int


class Adopt(msgspec.Struct, frozen=True, kw_only=True):
    """Tell it whose it is now."""

    name: Name
    pid: int
    born: int
    address: bytes


class End(msgspec.Struct, frozen=True, kw_only=True):
    """Tell it to end in order."""

    name: Name
    address: bytes


class Kill(msgspec.Struct, frozen=True, kw_only=True):
    """End its process at once."""

    name: Name
    pid: int
    born: int


class Restarted(msgspec.Struct, frozen=True, kw_only=True):
    """Write down that it was started again."""

    name: Name
    incarnation: int
    pid: int
    cause: str


class Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """Raise an alarm about it, or, where `text` is empty, clear it."""

    name: Name
    text: str


class Escalate(msgspec.Struct, frozen=True, kw_only=True):
    """Have the node start everything again."""

    reason: str


class Finished(msgspec.Struct, frozen=True, kw_only=True):
    """All have ended."""


Effect = Create | Publish | Start | Adopt | End | Kill | Restarted | Alarm | Escalate | Finished


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of a stimulus."""

    roster: Roster
    effects: tuple[Effect, ...] = ()
