"""Actors to run, from the plan and from the reports of the AlertIntake and the workers. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import Final

from actors.supervisor.roster import GONE, Member, Phase, Roster
from messages.ids import SECOND, Instant, Role
from model.workers import mixer_of, worker_name, workers_of
from runtime.system.spec import ActorSpec, WorkerSpec

RANK: Final[Mapping[Role, int]] = {
    Role.GSM_MODEM: 1,
    Role.MIXER: 1,
    Role.CALL_LEG: 2,
    Role.CONFERENCE_BRIDGE: 2,
    Role.ALERT_CASE: 3,
}
"""Order of starting: pools and unlisted roles, modems and mixers, legs and bridges, cases."""

OTHERS: Final = 2
"""Number of modems without a call that start at a time while alerts need other actors."""
FIRST_US: Final = SECOND
"""Time that all others wait for the actors of rank 0, in microseconds."""


def rank(spec: ActorSpec) -> int:
    """Return the place of the actor in the order of starting, 0 first."""
    return RANK.get(spec.role, 0)


@lru_cache(maxsize=1024)
def worker_specs(workers: WorkerSpec, worker: str, operators: int) -> tuple[ActorSpec, ...]:
    """Return the actors of a worker in the order of starting. None is critical: none ends another."""

    def spec(role: Role, key: str, cls: str) -> ActorSpec:
        return ActorSpec(role=role, key=key, cls=cls, group=worker, critical=False)

    places = list(workers.places)
    places += [f"op{number}" for number in range(2, min(operators, workers.operators) + 1)]
    legs = (spec(Role.CALL_LEG, f"{worker}/{place}", workers.leg) for place in dict.fromkeys(places))
    return (
        *legs,
        spec(Role.CONFERENCE_BRIDGE, worker, workers.bridge),
        spec(Role.ALERT_CASE, worker, workers.case),
    )


def mixer_spec(workers: WorkerSpec, mixer: str) -> ActorSpec:
    """Return the mixer of ten workers. It is not critical, and none ends with it: its bridges send its
    successor all that it needs.
    """
    return ActorSpec(role=Role.MIXER, key=mixer, cls=workers.mixer, group=mixer, critical=False)


def spec_of(roster: Roster, role: Role, key: str) -> ActorSpec | None:
    """Return the plan's entry for a running actor; None if the plan has none."""
    for spec in roster.plan.actors:
        if (spec.role, spec.key) == (role, key):
            return spec
    if roster.plan.workers is not None:
        worker = workers_of(key)[0] if role is Role.MIXER else key.partition("/")[0]
        if worker[:1] == "c" and worker[1:].isdecimal() and int(worker[1:]) < roster.plan.workers.live:
            if role is Role.MIXER:
                return mixer_spec(roster.plan.workers, key)
            for spec in worker_specs(roster.plan.workers, worker, roster.plan.workers.operators):
                if (spec.role, spec.key) == (role, key):
                    return spec
    return None


def workers(roster: Roster) -> dict[str, list[Member]]:
    """Return the actors of each worker, except those that are stopping."""
    found: dict[str, list[Member]] = {}
    for member in roster.members.values():
        if member.worker and member.phase is not Phase.STOPPING:
            found.setdefault(member.worker, []).append(member)
    return found


def is_busy(members: list[Member]) -> bool:
    """Return True if an actor of the worker has an alert."""
    return any(member.alert is not None for member in members)


def usable(members: list[Member]) -> bool:
    """Return True if the worker can be assigned an alert, now or soon."""
    return not any(member.phase in (Phase.RESTING, Phase.LEAVING) for member in members)


def workers_wanted(roster: Roster, there: Mapping[str, list[Member]]) -> int:
    """Return the required number of usable workers: busy ones, one for each waiting alert, and some idle
    ones.
    """
    if roster.plan.workers is None:
        return 0
    busy = sum(1 for members in there.values() if is_busy(members))
    return min(roster.plan.workers.live, max(busy, roster.busy) + roster.waiting + roster.plan.workers.idle)


def missing(roster: Roster, room: int) -> Iterator[ActorSpec]:
    """Return the actors to create now: all missing actors of rank 0; once these have started, or had time to
    start, up to `room` other actors.

    The mixers of the required workers come first: few, and needed by many. In an idle worker the AlertCase
    comes last: an actor that finds the AlertCase finds the others too. While alerts wait, the order is
    reversed across all workers: the cases first, so that every alert is taken up, then the other actors of
    the most urgent alerts. After a restart of all actors, modems with calls of these alerts come before the
    legs. Once every alert is taken up, one modem is always among the actors being started: alerts may need
    many actors, all of them useless without a line.
    """
    absent = [spec for spec in roster.plan.actors if (spec.role, spec.key) not in roster.members]
    first = [spec for spec in absent if rank(spec) == 0]
    yield from first
    if room <= 0 or first or _begun_just_now(roster):
        return
    hasty, calm = _absent_in_workers(roster)
    modems = sorted((spec for spec in absent if rank(spec) > 0), key=rank)
    # A leg without its modem would after a while abandon a dial that the modem is making.
    with_calls = [spec for spec in modems if spec.key in roster.lines]
    others = [spec for spec in modems if spec.key not in roster.lines]
    legs = [spec for spec in hasty if spec.role is Role.CALL_LEG]
    rest = [spec for spec in hasty if spec.role is not Role.CALL_LEG]
    order = [*rest, *with_calls, *legs] if roster.lines else hasty
    first = rest if roster.lines else [spec for spec in rest if spec.role is Role.ALERT_CASE]
    if others and not first and not with_calls and _modems_begin(roster) < OTHERS:
        order = [others.pop(0), *order]
    yield from islice((*_absent_mixers(roster), *order, *others, *calm), room)


def _absent_mixers(roster: Roster) -> list[ActorSpec]:
    """Return the missing mixers of the required workers."""
    plan = roster.plan.workers
    if plan is None:
        return []
    wanted = dict.fromkeys(mixer_of(name) for name in _names(roster, plan, workers(roster)))
    return [mixer_spec(plan, key) for key in wanted if (Role.MIXER, key) not in roster.members]


def _modems_begin(roster: Roster) -> int:
    """Return the number of modems' actors that are starting."""
    return sum(
        member.spec.role is Role.GSM_MODEM and member.phase in (Phase.CREATING, Phase.STARTING)
        for member in roster.members.values()
    )


def _begun_just_now(roster: Roster) -> bool:
    """Return True if an actor of rank 0 is about to start: the AlertIntake reports waiting alerts at its
    start.
    """
    now_us = roster.looked_us or Instant(0)
    return any(
        rank(member.spec) == 0
        and member.phase in (Phase.CREATING, Phase.STARTING)
        and now_us - member.since_us < FIRST_US
        for member in roster.members.values()
    )


def _absent_in_workers(roster: Roster) -> tuple[list[ActorSpec], list[ActorSpec]]:
    """Return the missing actors of workers with a present or expected alert, and those of other workers."""
    plan = roster.plan.workers
    if plan is None:
        return [], []
    there = workers(roster)
    known = sum(1 for members in there.values() if is_busy(members))
    # The AlertIntake reports an assignment sooner than the heartbeats do.
    waited_for = roster.waiting > 0 or known < roster.busy
    hasty: list[ActorSpec] = []
    calm: list[ActorSpec] = []
    for name in _names(roster, plan, there):
        members = there.get(name, [])
        if any(member.phase is Phase.LEAVING for member in members):
            continue
        absent = [
            spec
            for spec in worker_specs(plan, name, roster.operators.get(name, 1))
            if (spec.role, spec.key) not in roster.members
        ]
        if waited_for or is_busy(members):
            hasty += absent
        else:
            complete = len(absent) == 1 and all(member.phase is Phase.READY for member in members)
            calm += absent if complete else [spec for spec in absent if spec.role is not Role.ALERT_CASE]
    return sorted(hasty, key=lambda spec: _haste(spec, voiceless=roster.voiceless)), calm


def _names(roster: Roster, plan: WorkerSpec, there: Mapping[str, list[Member]]) -> list[str]:
    """Return the names of the required workers, the present ones first."""
    short = workers_wanted(roster, there) - sum(1 for members in there.values() if usable(members))
    # Names of workers that are still leaving are taken too.
    taken = {member.worker for member in roster.members.values()}
    free = (name for name in map(worker_name, range(plan.live)) if name not in taken)
    return sorted(there) + list(islice(free, max(0, short)))


def _haste(spec: ActorSpec, *, voiceless: bool) -> int:
    """Return the order in which a waiting alert needs the actors of a worker: the legs in order of dialling.
    The bridge comes first if parties are in conversation already, which needs the bridge.
    """
    if spec.role is Role.ALERT_CASE:
        return 0
    place = spec.key.partition("/")[2]
    return {"": 1 if voiceless else 4, "op1": 2, "user": 3}.get(place, 5)


def surplus(roster: Roster) -> str | None:
    """Return an idle surplus worker, the last by name; None if there is none."""
    there = workers(roster)
    good = {name: members for name, members in there.items() if usable(members)}
    if len(good) <= workers_wanted(roster, there):
        return None
    idle = [name for name, members in good.items() if not is_busy(members)]
    return max(idle, default=None)


def idle_extra_legs(roster: Roster) -> Iterator[Member]:
    """Return additional operators' legs that their worker no longer needs."""
    if roster.plan.workers is None:
        return
    for worker, members in workers(roster).items():
        wanted = {
            spec.key for spec in worker_specs(roster.plan.workers, worker, roster.operators.get(worker, 1))
        }
        for member in members:
            extra = member.spec.role is Role.CALL_LEG and member.spec.key not in wanted
            if extra and member.alert is None and member.phase is Phase.READY:
                yield member


def processes(roster: Roster) -> int:
    """Return the number of actors whose processes are being created or started."""
    return sum(1 for m in roster.members.values() if m.phase in (Phase.CREATING, Phase.STARTING))


def group_is_down(roster: Roster, group: str) -> bool:
    """Return True if no actor of the group has a process."""
    return all(m.phase in GONE for m in roster.members.values() if m.spec.group == group)
