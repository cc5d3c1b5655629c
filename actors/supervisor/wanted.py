"""Who is to run, from the plan and from what the intake and the crews say. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import Final

from actors.supervisor.roster import GONE, Member, Phase, Roster
from messages.ids import SECOND, Instant, Role
from runtime.system.spec import ActorSpec, CrewSpec

RANK: Final[Mapping[Role, int]] = {
    Role.GSM_MODEM: 1,
    Role.CALL_LEG: 2,
    Role.CONFERENCE_BRIDGE: 2,
    Role.ALERT_CASE: 3,
}
"""The order of starting: pools and whatever is not named here, modems, legs and bridges, cases."""

OTHERS: Final = 2
"""So many modems that have no call are started at a time while alerts need something else."""
FIRST_US: Final = SECOND
"""So long the rest waits for those of rank 0."""


def rank(spec: ActorSpec) -> int:
    """Its place in the order of starting."""
    return RANK.get(spec.role, 0)


def crew_name(number: int) -> str:
    """`c00`, `c01`, …"""
    return f"c{number:02d}"


@lru_cache(maxsize=1024)
def crew_specs(crews: CrewSpec, crew: str, operators: int) -> tuple[ActorSpec, ...]:
    """A crew's actors in the order of starting. None of them takes others down."""

    def spec(role: Role, key: str, cls: str) -> ActorSpec:
        return ActorSpec(role=role, key=key, cls=cls, group=crew, critical=False)

    places = list(crews.places)
    places += [f"op{number}" for number in range(2, min(operators, crews.operators) + 1)]
    legs = (spec(Role.CALL_LEG, f"{crew}/{place}", crews.leg) for place in dict.fromkeys(places))
    return (
        *legs,
        spec(Role.CONFERENCE_BRIDGE, crew, crews.bridge),
        spec(Role.ALERT_CASE, crew, crews.case),
    )


def spec_of(roster: Roster, role: Role, key: str) -> ActorSpec | None:
    """What an actor found running is by the plan; None: nothing that is wanted."""
    for spec in roster.plan.actors:
        if (spec.role, spec.key) == (role, key):
            return spec
    if roster.plan.crews is not None:
        crew = key.partition("/")[0]
        if crew[:1] == "c" and crew[1:].isdecimal() and int(crew[1:]) < roster.plan.crews.live:
            for spec in crew_specs(roster.plan.crews, crew, roster.plan.crews.operators):
                if (spec.role, spec.key) == (role, key):
                    return spec
    return None


def crews(roster: Roster) -> dict[str, list[Member]]:
    """Everyone in a crew, by crew, except those that are on their way out."""
    found: dict[str, list[Member]] = {}
    for member in roster.members.values():
        if member.crew and member.phase is not Phase.STOPPING:
            found.setdefault(member.crew, []).append(member)
    return found


def is_busy(members: list[Member]) -> bool:
    """Whether anyone of the crew has an alert."""
    return any(member.alert is not None for member in members)


def usable(members: list[Member]) -> bool:
    """Whether the crew can be given an alert, now or soon."""
    return not any(member.phase in (Phase.RESTING, Phase.LEAVING) for member in members)


def crews_wanted(roster: Roster, there: Mapping[str, list[Member]]) -> int:
    """How many usable crews there should be: the busy ones, one for each that waits, some ready beyond."""
    if roster.plan.crews is None:
        return 0
    busy = sum(1 for members in there.values() if is_busy(members))
    return min(roster.plan.crews.live, max(busy, roster.busy) + roster.waiting + roster.plan.crews.idle)


def missing(roster: Roster, room: int) -> Iterator[ActorSpec]:
    """Who is to be created now: all of rank 0 that is not there; and once that has started, or has had its
    time to, of the others not more than there is `room` for.

    In a crew that stands ready the AlertCase comes last: whoever finds it has the others too. While alerts
    wait it is the other way round, over all crews: the cases first, so that every alert is taken up, then
    what they need in the order in which they need it. After a restart of everything the modems that have
    calls of theirs come before the legs. As soon as every alert is taken up, another modem is always
    among those that are being started: what alerts need may be much, and is good for nothing without a line.
    """
    absent = [spec for spec in roster.plan.actors if (spec.role, spec.key) not in roster.members]
    first = [spec for spec in absent if rank(spec) == 0]
    yield from first
    if room <= 0 or first or _begun_just_now(roster):
        return
    hasty, calm = _absent_in_crews(roster)
    modems = sorted((spec for spec in absent if rank(spec) > 0), key=rank)
    # A leg whose modem is not there would after a while give up a dial that the modem is making.
    with_calls = [spec for spec in modems if spec.key in roster.lines]
    others = [spec for spec in modems if spec.key not in roster.lines]
    legs = [spec for spec in hasty if spec.role is Role.CALL_LEG]
    rest = [spec for spec in hasty if spec.role is not Role.CALL_LEG]
    order = [*rest, *with_calls, *legs] if roster.lines else hasty
    first = rest if roster.lines else [spec for spec in rest if spec.role is Role.ALERT_CASE]
    if others and not first and not with_calls and _modems_begin(roster) < OTHERS:
        order = [others.pop(0), *order]
    yield from islice((*order, *others, *calm), room)


def _modems_begin(roster: Roster) -> int:
    """How many modems' actors are just being started."""
    return sum(
        member.spec.role is Role.GSM_MODEM and member.phase in (Phase.CREATING, Phase.STARTING)
        for member in roster.members.values()
    )


def _begun_just_now(roster: Roster) -> bool:
    """Whether somebody of rank 0 is about to start: what waits for a crew, the intake says as it does."""
    now_us = roster.looked_us or Instant(0)
    return any(
        rank(member.spec) == 0
        and member.phase in (Phase.CREATING, Phase.STARTING)
        and now_us - member.since_us < FIRST_US
        for member in roster.members.values()
    )


def _absent_in_crews(roster: Roster) -> tuple[list[ActorSpec], list[ActorSpec]]:
    """Those who are missing in crews that have an alert or are about to get one, and in the others."""
    plan = roster.plan.crews
    if plan is None:
        return [], []
    there = crews(roster)
    known = sum(1 for members in there.values() if is_busy(members))
    # The intake knows sooner than the heartbeats tell who has got an alert.
    waited_for = roster.waiting > 0 or known < roster.busy
    hasty: list[ActorSpec] = []
    calm: list[ActorSpec] = []
    for name in _names(roster, plan, there):
        members = there.get(name, [])
        if any(member.phase is Phase.LEAVING for member in members):
            continue
        absent = [
            spec
            for spec in crew_specs(plan, name, roster.operators.get(name, 1))
            if (spec.role, spec.key) not in roster.members
        ]
        if waited_for or is_busy(members):
            hasty += absent
        else:
            complete = len(absent) == 1 and all(member.phase is Phase.READY for member in members)
            calm += absent if complete else [spec for spec in absent if spec.role is not Role.ALERT_CASE]
    return sorted(hasty, key=lambda spec: _haste(spec, voiceless=roster.voiceless)), calm


def _names(roster: Roster, plan: CrewSpec, there: Mapping[str, list[Member]]) -> list[str]:
    """The crews that there are to be, the present ones first."""
    short = crews_wanted(roster, there) - sum(1 for members in there.values() if usable(members))
    # Also those that are still on their way out.
    taken = {member.crew for member in roster.members.values()}
    free = (name for name in map(crew_name, range(plan.live)) if name not in taken)
    return sorted(there) + list(islice(free, max(0, short)))


def _haste(spec: ActorSpec, *, voiceless: bool) -> int:
    """In which order a crew's actors are needed by an alert that waits: the legs as they are dialled, but the
    bridge before them where people are in conversation already, and hear nothing without it.
    """
    if spec.role is Role.ALERT_CASE:
        return 0
    place = spec.key.partition("/")[2]
    return {"": 1 if voiceless else 4, "op1": 2, "user": 3}.get(place, 5)


def surplus(roster: Roster) -> str | None:
    """A crew that is idle and not wanted, the last one first; None where there is none."""
    there = crews(roster)
    good = {name: members for name, members in there.items() if usable(members)}
    if len(good) <= crews_wanted(roster, there):
        return None
    idle = [name for name, members in good.items() if not is_busy(members)]
    return max(idle, default=None)


def idle_extra_legs(roster: Roster) -> Iterator[Member]:
    """Further operators' legs that their crew wants no longer."""
    if roster.plan.crews is None:
        return
    for crew, members in crews(roster).items():
        wanted = {spec.key for spec in crew_specs(roster.plan.crews, crew, roster.operators.get(crew, 1))}
        for member in members:
            extra = member.spec.role is Role.CALL_LEG and member.spec.key not in wanted
            if extra and member.alert is None and member.phase is Phase.READY:
                yield member


def processes(roster: Roster) -> int:
    """How many are being started just now."""
    return sum(1 for m in roster.members.values() if m.phase in (Phase.CREATING, Phase.STARTING))


def group_is_down(roster: Roster, group: str) -> bool:
    """Whether nobody of the group has a process any more."""
    return all(m.phase in GONE for m in roster.members.values() if m.spec.group == group)
