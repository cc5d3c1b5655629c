"""Assignment of alerts to workers, and choice of the waiting alerts whose apps are advised to call 112. Pure.

The decider reads the open alerts from the journal, and the state of each worker from the worker's reports.
Its own state has only the assignments, until the worker confirms them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final

import msgspec
from msgspec.structs import replace

from messages.ids import SECOND, AlertId, Instant, LegId, NodeId, Party, WorkerId
from model.alert.case import Case
from model.rules.deadline import Urgency, urgency
from model.rules.messages.advice import is_waiting_for_callback
from model.rules.vouching import is_vouched, may_release_worker, rank
from model.rules.workers import held_back
from model.settings import Settings

USUAL: Final = Settings()
CONFIRM_US: Final = Instant(SECOND // 2)
"""Time in microseconds for a worker to confirm an assignment; then the order is repeated."""
CONFIRM_MAX_US: Final = Instant(8 * SECOND)
"""Upper bound of that time, in microseconds. The time doubles with each repetition: under load, frequent
repetitions would slow down all workers further.
"""
SETTLE_US: Final = Instant(SECOND // 2)
"""Time to wait after a start for the state of all workers, before the first assignment, in microseconds."""
RETURN_US: Final = Instant(2 * SECOND)
"""Time in microseconds that an alert waits for the restart of its AlertCase while that worker still has its
calls.
"""
PATIENCE_US: Final = Instant(3 * SECOND // 5)
"""Time in microseconds after which an alert without a worker is unlikely to get a worker soon. The app is
then advised to call 112. The advice must arrive within a second of the receipt, including the app's polling.
"""


class Worker(msgspec.Struct, frozen=True, kw_only=True):
    """State that one worker has reported."""

    worker: WorkerId
    incarnation: int
    alert: AlertId | None = None
    """Alert that the worker handles; None if idle."""


class Assigned(msgspec.Struct, frozen=True, kw_only=True):
    """Assignment of an alert to a worker."""

    worker: WorkerId
    at: Instant
    times: int = 1
    """Number of times that the order was sent."""
    away_since: Instant | None = None
    """Time since which the worker has had no AlertCase; None while it has one."""


class State(msgspec.Struct, frozen=True, kw_only=True):
    """State of the AlertIntake."""

    started_at: Instant
    workers: dict[WorkerId, Worker] = {}
    assigned: dict[AlertId, Assigned] = {}
    """Assignments, confirmed or not."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Actions to take now, and the new state."""

    state: State
    open: tuple[tuple[AlertId, WorkerId], ...] = ()
    """Orders to send: the alert to open, and the worker that opens it."""
    waiting: tuple[AlertId, ...] = ()
    """Open alerts without an available worker, the most urgent first."""
    held_back: frozenset[AlertId] = frozenset()
    """Waiting alerts that get no worker yet, even if a worker is idle."""
    advise: tuple[AlertId, ...] = ()
    """Waiting alerts whose apps are advised to call 112."""
    give_back: tuple[tuple[AlertId, WorkerId], ...] = ()
    """Orders to send: the alert to return, and the worker that returns it."""
    settled: bool = True


def on_worker_status(state: State, worker: Worker) -> State:
    """Return the state after the report of one worker; a report of an earlier incarnation changes nothing."""
    known = state.workers.get(worker.worker)
    if known is not None and known.incarnation > worker.incarnation:
        return state
    assigned = state.assigned
    if worker.alert is not None:
        assigned = {**assigned, worker.alert: Assigned(worker=worker.worker, at=Instant(0))}
    elif known is not None and known.incarnation < worker.incarnation:
        # The previous incarnation has ended and lost its orders: they are repeated at once.
        anew = {
            alert: Assigned(worker=worker.worker, at=Instant(0))
            for alert, given in assigned.items()
            if given.worker == worker.worker
        }
        assigned = {**assigned, **anew}
    return replace(state, workers={**state.workers, worker.worker: worker}, assigned=assigned)


def plan(
    state: State,
    alerts: Mapping[AlertId, Case],
    there: Mapping[WorkerId, int],
    now_us: Instant,
    *,
    starting: Collection[WorkerId] = (),
    holding: Collection[WorkerId] = (),
    settings: Settings = USUAL,
    node: NodeId | None = None,
    on_shift: int = 0,
) -> Plan:
    """Return the actions for the open alerts.

    `there`: incarnation of each worker in the directory. `starting`: those of them that have not started yet.
    `holding`: all workers with a live leg or bridge, with or without an AlertCase. `node`: node of these
    workers; assignments to workers of another node do not count. `on_shift`: number of operators on shift,
    free or busy.
    """
    workers = {name: worker for name, worker in state.workers.items() if _is_there(worker, there)}
    at_work = {worker.alert: name for name, worker in workers.items() if worker.alert is not None}
    assigned: dict[AlertId, Assigned] = {}
    for alert, case in alerts.items():
        given = state.assigned.get(alert)
        if given is not None and case.returned_at is not None and given.at <= case.returned_at:
            given = None
        if given is None and case.owner is not None and node in (None, case.owner.node):
            # After a restart of the AlertIntake itself: the former worker still has its legs and its bridge.
            given = Assigned(worker=case.owner.worker, at=Instant(0))
        if given is not None and (kept := _kept(given, there, holding, now_us)) is not None:
            assigned[alert] = kept
    # Reports of workers that are not in the directory yet are kept: a report may arrive before the entry.
    state = replace(state, assigned=assigned)
    settled = set(there) - set(starting) <= set(workers) or now_us >= state.started_at + SETTLE_US
    if not settled:
        return Plan(state=state, settled=False)
    return _assign(state, workers, alerts, at_work, now_us, settings, on_shift)


def _kept(
    given: Assigned, there: Mapping[WorkerId, int], holding: Collection[WorkerId], now_us: Instant
) -> Assigned | None:
    """Return the assignment if still valid, else None: the worker is in the directory, or only its AlertCase
    is restarting. Another worker could take over the calls too, but this worker's Mixer already has the
    voice.
    """
    if given.worker in there:
        return given if given.away_since is None else replace(given, away_since=None)
    since = now_us if given.away_since is None else given.away_since
    return (
        replace(given, away_since=since) if given.worker in holding and now_us - since < RETURN_US else None
    )


def _is_there(worker: Worker, there: Mapping[WorkerId, int]) -> bool:
    """Return True if the worker's last report is valid: the worker exists and has not been restarted
    since.
    """
    return worker.worker in there and there[worker.worker] <= worker.incarnation


def _assign(
    state: State,
    workers: Mapping[WorkerId, Worker],
    alerts: Mapping[AlertId, Case],
    at_work: Mapping[AlertId, WorkerId],
    now_us: Instant,
    settings: Settings,
    on_shift: int,
) -> Plan:
    told: list[tuple[AlertId, WorkerId]] = []
    assigned = dict(state.assigned)
    pending = {given.worker: alert for alert, given in assigned.items() if alert not in at_work}
    free = [name for name, worker in sorted(workers.items()) if worker.alert is None and name not in pending]
    waiting: list[AlertId] = []
    in_order = by_urgency(alerts.values(), now_us, settings)
    served = at_work.keys() | assigned.keys()
    unserved = (alerts[alert] for alert in in_order if alert not in served)
    with_worker = (case for alert, case in alerts.items() if alert in served)
    held = held_back(unserved, with_worker, on_shift, now_us, settings)
    for alert in in_order:
        if alert in at_work:
            continue
        given = assigned.get(alert)
        if given is not None:
            known = workers.get(given.worker)
            if known is None or now_us - given.at < confirm_us(given.times):
                # The AlertCase is restarting; its legs and its bridge wait for it with their calls.
                continue
            if known.alert is not None:
                waiting.append(alert)
                del assigned[alert]
                continue
            worker, times = given.worker, given.times + 1
        elif free and alert not in held:
            worker, times = free.pop(0), 1
        else:
            waiting.append(alert)
            continue
        told.append((alert, worker))
        assigned[alert] = Assigned(worker=worker, at=now_us, times=times)
    advise = tuple(alert for alert in waiting if _waits_without_worker(alerts[alert], state, now_us))
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
) -> tuple[tuple[AlertId, WorkerId], ...]:
    """Return the orders to return an alert, one for each vouched alert that waits. Only alerts on which no
    work has begun are returned: tests first, then the least urgent and latest.

    An alert is returned even if more workers could be started: in a flood of alerts a start takes seconds.
    """
    wanted = sum(1 for alert in waiting if is_vouched(alerts[alert]) and not alerts[alert].test)
    if not wanted:
        return ()
    cases = [alerts[alert] for alert in assigned if may_release_worker(alerts[alert])]
    cases.sort(key=lambda case: (case.test, case.rank, case.received_at, case.alert), reverse=True)
    return tuple((case.alert, assigned[case.alert].worker) for case in cases[:wanted])


def confirm_us(times: int) -> Instant:
    """Return the time, in microseconds, that a worker has to confirm an order sent `times` times (from 1)."""
    return Instant(min(CONFIRM_US << (times - 1), CONFIRM_MAX_US))


def _waits_without_worker(case: Case, state: State, now_us: Instant) -> bool:
    """Return True if the app still waits for a callback and the alert has had no worker for PATIENCE_US,
    counted from the start of the AlertIntake at the earliest: then the first workers are still starting.
    """
    since = max(case.reopened_at or case.received_at, state.started_at)
    return is_waiting_for_callback(case) and now_us >= since + PATIENCE_US


def preemptable_tests(alerts: Iterable[Case]) -> list[tuple[AlertId, LegId]]:
    """Return the alert and leg of each test call to a user who has since raised a real alert: the test call
    keeps the user's phone busy.
    """
    cases = list(alerts)
    tests = [case for case in cases if case.test and case.phone is not None]
    if not tests:
        return []
    real = {case.phone for case in cases if not case.test}
    legs = ((case, case.active(Party.USER)) for case in tests if case.phone in real)
    return [(case.alert, leg.leg) for case, leg in legs if leg is not None and leg.call is None]


def by_urgency(cases: Iterable[Case], now_us: Instant, settings: Settings) -> list[AlertId]:
    """Return the ids of the alerts, the most urgent first (`model.rules.deadline`)."""

    def key(case: Case) -> tuple[Urgency, AlertId]:
        return urgency(case.test, rank(case), case.deadline_at, now_us, settings), case.alert

    return [case.alert for case in sorted(cases, key=key)]
