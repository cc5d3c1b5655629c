"""Whom to strike and how: role → processes, by what `securwoman ps` knows, and the faults of a line."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from application.state.processes import ProcessId, identity, is_alive
from application.state.state_dir import StateDir, running
from center.commands.ps import rows_of
from messages.ids import AlertId, Role
from runtime.published.directory import FileDirectory


class Kind(StrEnum):
    """What is done to them."""

    KILL = "kill"
    STOP = "stop"
    UNPLUG = "unplug"
    GARBLE = "garble"
    MUTE = "mute"

    @property
    def of_a_line(self) -> bool:
        """Whether it is done to a modem, not to a process."""
        return self in (Kind.UNPLUG, Kind.GARBLE, Kind.MUTE)


PROCESS_KINDS = (Kind.KILL, Kind.STOP)
LINE_KINDS = (Kind.UNPLUG, Kind.GARBLE, Kind.MUTE)
OF_THE_ALERT = frozenset({Role.GSM_MODEM, Role.ALERT_CASE, Role.CALL_LEG, Role.CONFERENCE_BRIDGE})
"""Of these only those are struck that are busy with the alert, and all of them where none is."""
OF_THE_CENTER = frozenset({Role.NODE, Role.ADMIN, Role.LOGGER, Role.WEB, Role.WEB_STANDBY})
"""Processes that stand in no directory of actors, or as whose successor more than a process has to come."""
ROLES = tuple(
    role
    for role in Role
    if role not in (Role.CARRIER, Role.MEMBERSHIP, Role.VOICE_GATE, Role.DATA_SENDER, Role.FEATURE)
)
"""The network is not ours to strike, and a node by itself that sends nothing has none of the others."""


@dataclass(frozen=True)
class Place:
    """One process of the center, and what it is there."""

    role: Role
    key: str
    process: ProcessId
    alert: str | None = None
    ready: bool = True

    @property
    def name(self) -> tuple[Role, str]:
        """What its successor will be called, too."""
        return self.role, self.key


def places(state: StateDir) -> list[Place]:
    """Everybody who is there, as `securwoman ps` tells it; whether an actor is ready, its directory does."""
    node = running(state)
    if node is None:
        return []
    entries = FileDirectory(state.run).read()
    unready = {(e.role, e.key, e.pid) for e in entries if not e.ready and e.role not in OF_THE_CENTER}
    found = []
    for row in rows_of(state, node):
        process = identity(row.pid)
        if process is not None and row.role != Role.CARRIER:
            role = Role(row.role)
            ready = (role, row.key, row.pid) not in unready
            found.append(Place(role, row.key, process, row.alert, ready))
    return found


def targets(there: Iterable[Place], role: Role, alert: AlertId | None, lines: frozenset[str]) -> list[Place]:
    """Whom a strike at this role hits while the alert is at work on those lines."""
    of_role = [place for place in there if place.role is role]
    if role is Role.GSM_MODEM:
        mine = [place for place in of_role if place.key in lines]
    elif role in OF_THE_ALERT:
        mine = [place for place in of_role if alert is not None and place.alert == alert]
    else:
        mine = []
    return mine or of_role


def hit(struck: Iterable[Place], kind: Kind) -> None:
    """SIGKILL or SIGSTOP for all of them, as fast as they can be sent."""
    signum = signal.SIGKILL if kind is Kind.KILL else signal.SIGSTOP
    for place in struck:
        with suppress(ProcessLookupError):
            os.kill(place.process.pid, signum)


def still_there(struck: Iterable[Place]) -> Iterator[Place]:
    """Who of them has not ended."""
    return (place for place in struck if is_alive(place.process))
