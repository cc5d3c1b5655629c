"""Detection of silent actors and of the cause: an actor may hang, but the machine may also stand still, or
the Supervisor itself may have been late. Pure.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from actors.supervisor.roster import Member, Phase, Roster, Tick
from messages.ids import SECOND, Instant

TICK_US: Final = SECOND // 2
"""Interval of the Supervisor's checks, in microseconds."""
SLACK_US: Final = SECOND // 5
"""Time by which a heartbeat may be late, in microseconds."""
SPARED: Final = 3
"""Factor of the tolerated silence while more than half of the actors are silent: the disk or the machine
stands still.
"""
LATE_US: Final = SECOND
"""Delay of the Supervisor itself (suspended machine, no CPU) that excuses all silence, in microseconds."""
_HEARD: Final = frozenset({Phase.CREATING, Phase.STARTING, Phase.READY, Phase.LEAVING})
"""Phases in which an actor must act by itself."""


def suspects(roster: Roster, now_us: Instant) -> list[int]:
    """Return the processes of silent actors: their state in the kernel is read before the next tick."""
    return [one.pid for one in roster.members.values() if one.pid and is_suspect(one, now_us)]


def is_suspect(member: Member, now_us: Instant) -> bool:
    """Return True if a heartbeat of the actor is missing: its process is killed if the kernel reports the
    process as stopped.
    """
    return member.phase in _HEARD and now_us - member.seen_us > member.pace_us + SLACK_US


def is_silent(member: Member, now_us: Instant, patience: int = 1) -> bool:
    """Return True after two missed heartbeats: the actor hangs. Time without a processor does not count.
    `patience`: factor of the tolerated silence.
    """
    return now_us - member.seen_us > patience * (2 * member.pace_us + SLACK_US)


def patience(roster: Roster, now_us: Instant) -> int:
    """Return the factor of the tolerated silence: 1, or SPARED. Stopped processes are handled apart: the
    kernel reports them.
    """
    if roster.plan.far_journal:
        return SPARED
    ready = [member for member in roster.members.values() if member.phase is Phase.READY]
    silent = sum(1 for member in ready if is_silent(member, now_us))
    return SPARED if silent > max(2, len(ready) // 2) else 1


def excused(roster: Roster, tick: Tick, now_us: Instant) -> Roster:
    """Return the roster without silence that is not the actors' fault."""
    late_us = 0 if roster.looked_us is None else now_us - roster.looked_us - TICK_US
    unseen_us = max(
        late_us if late_us > LATE_US else 0, tick.we_waited_us if tick.we_waited_us > TICK_US // 10 else 0
    )
    members = {
        name: _excused(member, unseen_us, tick.waited_us.get(member.pid, 0) if member.pid else 0, now_us)
        for name, member in roster.members.items()
    }
    return replace(roster, members=members)


def _excused(member: Member, unseen_us: int, waited_us: int, now_us: Instant) -> Member:
    """Extend the actor's deadlines by time without a check and time without a processor: a kill would cost
    even more processor time.
    """
    if unseen_us:
        since_us = member.since_us if member.phase is Phase.READY else Instant(member.since_us + unseen_us)
        member = replace(member, seen_us=Instant(member.seen_us + unseen_us), since_us=since_us)
    if waited_us > 0:
        member = replace(member, seen_us=Instant(min(now_us, member.seen_us + waited_us)))
    return member
