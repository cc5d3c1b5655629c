"""A heartbeat, and what a watcher answers, both sealed on their way (`features.watcher.envelope`).

Nothing personal is in either but the roster, for a watcher that phones by itself. What a watcher has found at
the center's intake comes with its answers, so that it needs no other way in: a row is told again until a
heartbeat has said that it was taken.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

from messages.ids import Instant, NodeId
from model.alarms.kind import Priority
from model.alarms.standing import NO_WAY
from model.availability import Probed


class Wrong(StrEnum):
    """Why a node does not call itself well."""

    WEB = "web"
    """It does not answer."""
    NOT_READY = "not_ready"
    """It answers that an alert would not be served."""
    JOURNAL = "journal"
    """It cannot be read, or nothing can be written to it."""
    ACTORS = "actors"
    """One of those without whom no alert is served is not there, or nobody looks after them."""


class Stands(msgspec.Struct, frozen=True, kw_only=True):
    """Alarms of one kind that stand, quiet ones left out."""

    alarm: str
    priority: Priority
    count: int


class Beat(msgspec.Struct, frozen=True, kw_only=True):
    """How a node is. Said only by one that has just looked."""

    node: NodeId
    at: Instant
    """By its own clock."""
    every_s: float
    """When the next one is to come."""
    version: str
    simulated: bool = False
    """Of a run with the simulated carrier, in whose name nobody is to be woken."""
    wrong: tuple[Wrong, ...] = ()
    """Empty: it is well."""
    taken: bool = False
    """Somebody on duty has taken what wakes now."""
    alarms: tuple[Stands, ...] = ()
    lines: int = 0
    """Which can be used."""
    open_alerts: int = 0
    planned_until: Instant | None = None
    """Until then it may be away: planned work, or an ordered restart."""
    challenge: bytes = b""
    """What the last answer has asked to be said: one that was kept back is not taken for a new one."""
    roster: bytes = b""
    """Who is on duty, where the watcher's is another one; JSON."""
    roster_version: int = 0
    probes_taken: int = 0
    """The last minute of which the watcher's probes are kept here."""

    @property
    def well(self) -> bool:
        """Whether it would serve an alert, and can phone people where it has to."""
        return not self.wrong and all(one.alarm != NO_WAY for one in self.alarms)


class Unable(StrEnum):
    """Why a watcher could not phone."""

    MODEM = "modem"
    """It does not answer, or its SIM is not to be used."""
    NETWORK = "network"
    """It is in no network."""
    ROSTER = "roster"
    """Nobody is on it."""


NO_PHONE: Final = -1
"""In place of a roster's version: it has no use for one."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a watcher says of itself."""

    watcher: str
    taken: bool
    """Whether the heartbeat counts; else it is to be said again with this challenge."""
    challenge: bytes
    unable: tuple[Unable, ...] = ()
    roster_version: int = 0
    """Which it has; 0: none."""
    probes: tuple[Probed, ...] = ()
