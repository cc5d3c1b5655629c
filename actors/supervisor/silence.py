"""Who is silent, and whether by their own fault: an actor may hang, but the machine may also stand still, and
the Supervisor itself may not have looked. Pure.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from actors.supervisor.roster import Member, Phase, Roster, Tick
from messages.ids import SECOND, Instant

TICK_US: Final = SECOND // 2
"""How often the Supervisor looks."""
SUSPECT_US: Final = 1_200_000
"""A heartbeat has not come: if the kernel says that it was stopped, it is not waited for any longer."""
SILENT_US: Final = 2_200_000
"""Two heartbeats have not come: it hangs. Time in which it had no processor to run on does not count."""
SPARED_US: Final = 3 * SILENT_US
"""When more than half are silent at once, the disk or the machine stands still; they are spared so long."""
LATE_US: Final = SECOND
"""When the Supervisor itself comes so late (a suspended machine, no CPU), nobody is blamed for silence."""
_HEARD: Final = frozenset({Phase.CREATING, Phase.STARTING, Phase.READY, Phase.LEAVING})
"""Phases in which it should do something by itself."""


def suspects(roster: Roster, now_us: Instant) -> list[int]:
    """The processes of those who are silent: the kernel is to be asked about them before the next tick."""
    return [one.pid for one in roster.members.values() if one.pid and is_suspect(one, now_us)]


def is_suspect(member: Member, now_us: Instant) -> bool:
    """Whether a heartbeat of it has not come."""
    return member.phase in _HEARD and now_us - member.seen_us > SUSPECT_US


def patience_us(roster: Roster, now_us: Instant) -> int:
    """How long somebody may be silent. Who was stopped is another matter: that the kernel tells."""
    if roster.plan.far_journal:
        return SPARED_US
    seen = [member.seen_us for member in roster.members.values() if member.phase is Phase.READY]
    silent = sum(1 for seen_us in seen if now_us - seen_us > SILENT_US)
    return SPARED_US if silent > max(2, len(seen) // 2) else SILENT_US


def excused(roster: Roster, tick: Tick, now_us: Instant) -> Roster:
    """The roster, with all silence taken off that is not their own fault."""
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
    """Time in which we have not looked counts against nobody; nor does that in which it had no processor: to
    kill it would cost more of that.
    """
    if unseen_us:
        since_us = member.since_us if member.phase is Phase.READY else Instant(member.since_us + unseen_us)
        member = replace(member, seen_us=Instant(member.seen_us + unseen_us), since_us=since_us)
    if waited_us > 0:
        member = replace(member, seen_us=Instant(min(now_us, member.seen_us + waited_us)))
    return member
