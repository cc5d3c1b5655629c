"""A heartbeat, and a watcher's answer, both encrypted in transit (`features.watcher.envelope`).

The only personal data is the roster, for a watcher that phones by itself. Answers carry the watcher's probes
of the center's intake, so that the watcher needs no other access: a row is repeated until a heartbeat
confirms it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

from messages.ids import Instant, NodeId
from model.alarms.active import NO_WAY
from model.alarms.kind import Priority
from model.availability import ProbeResult


class UnwellReason(StrEnum):
    """Reason that a node is not well."""

    WEB = "web"
    """The web does not answer."""
    NOT_READY = "not_ready"
    """The web answers that an alert would not be served."""
    JOURNAL = "journal"
    """The journal cannot be read or written."""
    ACTORS = "actors"
    """An actor necessary for alerts is missing, or unsupervised."""


class ActiveAlarms(msgspec.Struct, frozen=True, kw_only=True):
    """Standing alarms of one kind, without shelved ones."""

    alarm: str
    priority: Priority
    count: int


class Heartbeat(msgspec.Struct, frozen=True, kw_only=True):
    """State of a node, just measured."""

    node: NodeId
    at: Instant
    """Time by the node's own clock."""
    every_s: float
    """Seconds until the next heartbeat."""
    version: str
    simulated: bool = False
    """True for a run with the simulated carrier, for which no person may be woken."""
    wrong: tuple[UnwellReason, ...] = ()
    """Empty: the node is well."""
    taken: bool = False
    """True if a person on duty has taken the alarms that wake now."""
    alarms: tuple[ActiveAlarms, ...] = ()
    lines: int = 0
    """Number of usable lines."""
    open_alerts: int = 0
    planned_until: Instant | None = None
    """End of a planned absence: planned work, or an ordered restart."""
    challenge: bytes = b""
    """Challenge of the last answer; without it a delayed heartbeat does not count as new."""
    roster: bytes = b""
    """Roster, if the watcher has another version; JSON."""
    roster_version: int = 0
    probes_taken: int = 0
    """Last minute whose probes by the watcher are stored here."""

    @property
    def well(self) -> bool:
        """True if the node would serve an alert, and can phone people if necessary."""
        return not self.wrong and all(one.alarm != NO_WAY for one in self.alarms)


class Unable(StrEnum):
    """Reason that a watcher could not phone."""

    MODEM = "modem"
    """The modem does not answer, or its SIM is unusable."""
    NETWORK = "network"
    """The modem has no network."""
    ROSTER = "roster"
    """The roster is empty."""


NO_PHONE: Final = -1
"""Value in place of a roster's version for a watcher that needs no roster."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A watcher's answer, with its own state."""

    watcher: str
    taken: bool
    """True if the heartbeat counts; else it is to be repeated with this challenge."""
    challenge: bytes
    unable: tuple[Unable, ...] = ()
    roster_version: int = 0
    """Version of the watcher's roster; 0: none."""
    probes: tuple[ProbeResult, ...] = ()
