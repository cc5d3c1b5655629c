"""Which crew takes which alert, and whose app has to be told that none can. Pure.

The truth is in the journal (which alerts are open) and in the crews themselves (what each says
it is doing); what was assigned and not yet confirmed is remembered here for a moment only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final

import msgspec
from msgspec.structs import replace

from messages.ids import SECOND, AlertId, CrewId, Instant, LegId, NodeId, Party
from model.alert.case import Case
from model.rules.crews import held_back
from model.rules.deadline import Urgency, urgency
from model.rules.said.advice import waits
from model.rules.vouching import gives_crew_up, rank, vouched
from model.settings import Settings

USUAL: Final = Settings()
CONFIRM_US: Final = Instant(SECOND // 2)
"""A crew that was given an alert and has not said so by then is told again, or replaced if it is gone."""
CONFIRM_MAX_US: Final = Instant(8 * SECOND)
"""Each time it waits twice as long: where nobody is quick enough, telling it again makes them slower."""
SETTLE_US: Final = Instant(SECOND // 2)
"""After its start the intake waits this long to hear what all crews are doing, before it gives them work."""
RETURN_US: Final = Instant(2 * SECOND)
"""So long an alert waits for its crew's AlertCase to be started again, while the crew holds its calls."""
PATIENCE_US: Final = Instant(3 * SECOND // 5)
"""An alert that has no crew by then is not about to get one: its app is told to call 112 (case 10), which
with the looks in between has to be within a second of its receipt."""


class Crew(msgspec.Struct, frozen=True, kw_only=True):
    """One crew as it has described itself."""

    crew: CrewId
    incarnation: int
    alert: AlertId | None = None
    """What it says it is doing."""


class Assigned(msgspec.Struct, frozen=True, kw_only=True):
    """An alert that was given to a crew."""

    crew: CrewId
    at: Instant
    times: int = 1
    """How often it was told so."""
    away_since: Instant | None = None
    """Since when the crew has had no AlertCase; None: it has one."""


class State(msgspec.Struct, frozen=True, kw_only=True):
    """What the intake knows."""

    started_at: Instant
    crews: dict[CrewId, Crew] = {}
    assigned: dict[AlertId, Assigned] = {}
    """Given, whether confirmed or not."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done now."""

    state: State
    open: tuple[tuple[AlertId, CrewId], ...] = ()
    """Which crew is told to open which alert."""
    waiting: tuple[AlertId, ...] = ()
    """Open alerts for which there is no crew now, the most urgent first."""
    held_back: frozenset[AlertId] = frozenset()
    """Those of them that get none yet, though one be idle."""
    advise: tuple[AlertId, ...] = ()
    """Those of them whose app has not yet been told to call 112."""
    give_back: tuple[tuple[AlertId, CrewId], ...] = ()
    """The crew that is told to give an alert back, by that alert."""
    settled: bool = True


def heard(state: State, crew: Crew) -> State:
    """A crew has said what it is doing."""
    known = state.crews.get(crew.crew)
    if known is not None and known.incarnation > crew.incarnation:
        return state
    assigned = state.assigned
    if crew.alert is not None:
        assigned = {**assigned, crew.alert: Assigned(crew=crew.crew, at=Instant(0))}
    elif known is not None and known.incarnation < crew.incarnation:
        # What its predecessor was told died with it.
        anew = {
            alert: Assigned(crew=crew.crew, at=Instant(0))
            for alert, given in assigned.items()
            if given.crew == crew.crew
        }
        assigned = {**assigned, **anew}
    return replace(state, crews={**state.crews, crew.crew: crew}, assigned=assigned)


def plan(
    state: State,
    alerts: Mapping[AlertId, Case],
    there: Mapping[CrewId, int],
    now_us: Instant,
    *,
    starting: Collection[CrewId] = (),
    holding: Collection[CrewId] = (),
    settings: Settings = USUAL,
    node: NodeId | None = None,
    on_shift: int = 0,
) -> Plan:
    """What follows, given the open alerts and the crews that have an AlertCase (with its incarnation).

    `starting` are those of them that have yet to start. `holding` are all crews of which a leg or the
    bridge is there, whether they have an AlertCase at this moment or not. `node`: whose crews these are; what
    another node's crew has held is nobody's here. `on_shift`: how many operators are on shift, free or not.
    """
    crews = {name: crew for name, crew in state.crews.items() if _is_there(crew, there)}
    at_work = {crew.alert: name for name, crew in crews.items() if crew.alert is not None}
    assigned: dict[AlertId, Assigned] = {}
    for alert, case in alerts.items():
        given = state.assigned.get(alert)
        if given is not None and case.returned_at is not None and given.at <= case.returned_at:
            given = None
        if given is None and case.owner is not None and node in (None, case.owner.node):
            # After a start of the intake itself: the crew that had it still has its legs and its bridge.
            given = Assigned(crew=case.owner.crew, at=Instant(0))
        if given is not None and (kept := _kept(given, there, holding, now_us)) is not None:
            assigned[alert] = kept
    # What a crew has said is kept though it is not there yet: it says so before the directory does.
    state = replace(state, assigned=assigned)
    settled = set(there) - set(starting) <= set(crews) or now_us >= state.started_at + SETTLE_US
    if not settled:
        return Plan(state=state, settled=False)
    return _assign(state, crews, alerts, at_work, now_us, settings, on_shift)


def _kept(
    given: Assigned, there: Mapping[CrewId, int], holding: Collection[CrewId], now_us: Instant
) -> Assigned | None:
    """What was given, if it still holds: the crew is there, or only its AlertCase is being started again.

    Another crew would take the calls over as well, but this one's bridge has the voice already.
    """
    if given.crew in there:
        return given if given.away_since is None else replace(given, away_since=None)
    since = now_us if given.away_since is None else given.away_since
    return replace(given, away_since=since) if given.crew in holding and now_us - since < RETURN_US else None


def _is_there(crew: Crew, there: Mapping[CrewId, int]) -> bool:
    """Whether what this crew said still counts: it exists, and has not been started again since."""
    return crew.crew in there and there[crew.crew] <= crew.incarnation


def _assign(
    state: State,
    crews: Mapping[CrewId, Crew],
    alerts: Mapping[AlertId, Case],
    at_work: Mapping[AlertId, CrewId],
    now_us: Instant,
    settings: Settings,
    on_shift: int,
) -> Plan:
    told: list[tuple[AlertId, CrewId]] = []
    assigned = dict(state.assigned)
    pending = {given.crew: alert for alert, given in assigned.items() if alert not in at_work}
    free = [name for name, crew in sorted(crews.items()) if crew.alert is None and name not in pending]
    waiting: list[AlertId] = []
    in_order = by_urgency(alerts.values(), now_us, settings)
    served = at_work.keys() | assigned.keys()
    unserved = (alerts[alert] for alert in in_order if alert not in served)
    with_crew = (case for alert, case in alerts.items() if alert in served)
    held = held_back(unserved, with_crew, on_shift, now_us, settings)
    for alert in in_order:
        if alert in at_work:
            continue
        given = assigned.get(alert)
        if given is not None:
            known = crews.get(given.crew)
            if known is None or now_us - given.at < confirm_us(given.times):
                # It is being started again, and its legs and bridge with what they hold wait for it.
                continue
            if known.alert is not None:
                waiting.append(alert)
                del assigned[alert]
                continue
            crew, times = given.crew, given.times + 1
        elif free and alert not in held:
            crew, times = free.pop(0), 1
        else:
            waiting.append(alert)
            continue
        told.append((alert, crew))
        assigned[alert] = Assigned(crew=crew, at=now_us, times=times)
    advise = tuple(alert for alert in waiting if _told_to_wait_in_vain(alerts[alert], state, now_us))
    return Plan(
        state=replace(state, assigned=assigned),
        open=tuple(told),
        waiting=tuple(waiting),
        held_back=held,
        advise=advise,
        give_back=_to_give_back(alerts, waiting, assigned),
    )


def _to_give_back(
    alerts: Mapping[AlertId, Case], waiting: Iterable[AlertId], assigned: Mapping[AlertId, Assigned]
) -> tuple[tuple[AlertId, CrewId], ...]:
    """Return as many alerts in which nothing has begun as others wait that are vouched for, tests and those
    that came last first. Also where another crew may be started: in a flood that takes seconds.
    """
    wanted = sum(1 for alert in waiting if vouched(alerts[alert]) and not alerts[alert].test)
    if not wanted:
        return ()
    cases = [alerts[alert] for alert in assigned if gives_crew_up(alerts[alert])]
    cases.sort(key=lambda case: (case.test, case.rank, case.received_at, case.alert), reverse=True)
    return tuple((case.alert, assigned[case.alert].crew) for case in cases[:wanted])


def confirm_us(times: int) -> Instant:
    """How long a crew that was told so often has to say that it has the alert."""
    return Instant(min(CONFIRM_US << (times - 1), CONFIRM_MAX_US))


def _told_to_wait_in_vain(case: Case, state: State, now_us: Instant) -> bool:
    """Whether its app waits for somebody who will not come soon. After a start, crews are on their way."""
    since = max(case.reopened_at or case.received_at, state.started_at)
    return waits(case) and now_us >= since + PATIENCE_US


def in_the_way(alerts: Iterable[Case]) -> list[tuple[AlertId, LegId]]:
    """The calls of tests to somebody who has raised a real alert since: they keep that phone busy."""
    cases = list(alerts)
    tests = [case for case in cases if case.test and case.phone is not None]
    if not tests:
        return []
    real = {case.phone for case in cases if not case.test}
    legs = ((case, case.active(Party.USER)) for case in tests if case.phone in real)
    return [(case.alert, leg.leg) for case, leg in legs if leg is not None and leg.call is None]


def by_urgency(cases: Iterable[Case], now_us: Instant, settings: Settings) -> list[AlertId]:
    """In the order of `model.rules.deadline`."""

    def key(case: Case) -> tuple[Urgency, AlertId]:
        return urgency(case.test, rank(case), case.deadline_at, now_us, settings), case.alert

    return [case.alert for case in sorted(cases, key=key)]
