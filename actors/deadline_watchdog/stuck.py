"""Open alerts without progress, and the processes to restart. Pure.

A case with a living process may still receive nothing or send nothing. Its expected actions follow from its
state in the journal (`signs.py`), and each sign has a limit. An alert without a sign waits for a person and
is never stuck.

A sign counts from its first detection here, not from the journal's time. No process is blamed for a time in
which the watchdog was down, the machine slept, or the journal was unreadable.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import msgspec
from msgspec.structs import replace

from actors.deadline_watchdog.decider import Means
from actors.deadline_watchdog.signs import StallSign, signs
from messages.ids import SECOND, AlertId, Instant, Role
from model.alert.case import Case
from model.alert.leg import place_of
from model.rules.calls.own_line import carrier_of
from model.settings import Settings
from model.workers import mixer_of

PAUSES_US: Final = (Instant(0), Instant(10 * SECOND), Instant(30 * SECOND))
"""Pauses before the first, second and third restart for one alert, in microseconds; then a person must
act.
"""
WELL_US: Final = Instant(60 * SECOND)
"""Time without a sign after which an alert is well again, in microseconds."""
SHARED_US: Final = Instant(30 * SECOND)
"""Shortest time between two restarts of a process that serves all alerts, in microseconds."""
SEVERAL: Final = 3
"""Number of alerts with the same overdue sign that shows an overloaded machine rather than stuck workers."""
LATE_US: Final = Instant(3 * SECOND)
"""Delay of a run, in microseconds, after which all signs count from the beginning (suspended machine, no
processor).
"""

Name = tuple[Role, str]


class RestartHistory(msgspec.Struct, frozen=True, kw_only=True):
    """Restarts made because of one alert."""

    restarts: int
    at: Instant
    """Time at which the alert was last found stuck."""


class State(msgspec.Struct, frozen=True, kw_only=True):
    """State kept between two runs. If the state is lost, a stuck alert is detected later, by the time of one
    limit.
    """

    looked_at: Instant | None = None
    seen: dict[tuple[AlertId, str, object], Instant] = {}
    """Time since which each sign exists, by alert, rule and facts."""
    troubles: dict[AlertId, RestartHistory] = {}
    shared: dict[Name, Instant] = {}
    """Time of the last restart of each process that serves all alerts."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Stuck alert with the processes to restart; none once all restarts have failed."""

    alert: AlertId
    sign: StallSign
    restarts: int
    """Number of this restart, from 1."""
    whom: tuple[Name, ...]

    @property
    def reason(self) -> str:
        """Description of the fault, for the log and for a person."""
        return self.sign.reason


class StuckSearch(msgspec.Struct, frozen=True, kw_only=True):
    """Result of one run of `look_for_stuck`."""

    state: State
    stuck: tuple[Finding, ...] = ()
    well: tuple[AlertId, ...] = ()
    """Alerts that are no longer stuck."""


def look_for_stuck(
    state: State, cases: Mapping[AlertId, Case], means: Means, settings: Settings, now_us: Instant
) -> StuckSearch:
    """Return the stuck alerts; called every second."""
    late = state.looked_at is not None and now_us - state.looked_at > LATE_US
    before = {} if late else state.seen
    seen: dict[tuple[AlertId, str, object], Instant] = {}
    found_us: list[tuple[AlertId, StallSign, int]] = []
    for alert, sign in signs(cases, means, settings, now_us):
        since = before.get((alert, sign.rule.name, sign.of), now_us)
        seen[alert, sign.rule.name, sign.of] = since
        if now_us - since >= sign.rule.limit_us:
            found_us.append((alert, sign, now_us - since))
    overdue = _overdue(found_us)
    state = replace(state, looked_at=now_us, seen=seen)
    found: list[Finding] = []
    for alert, sign in overdue.items():
        state, finding = _act(state, cases[alert], sign, now_us)
        if finding is not None:
            found.append(finding)
    well = tuple(
        alert
        for alert, trouble in state.troubles.items()
        if alert not in cases or now_us - trouble.at > WELL_US
    )
    troubles = {alert: trouble for alert, trouble in state.troubles.items() if alert not in well}
    return StuckSearch(state=replace(state, troubles=troubles), stuck=tuple(found), well=well)


def _overdue(found_us: list[tuple[AlertId, StallSign, int]]) -> dict[AlertId, StallSign]:
    """Return the first overdue sign of each alert. `found_us`: signs beyond the limit of their rule, each
    with its age in microseconds.
    """
    alerts = Counter(rule for rule, _ in {(sign.rule.name, alert) for alert, sign, _ in found_us})
    overdue: dict[AlertId, StallSign] = {}
    for alert, sign, there_us in found_us:
        spared = sign.rule.spared if alerts[sign.rule.name] >= SEVERAL else 1
        if there_us >= sign.rule.limit_us * spared:
            overdue.setdefault(alert, sign)
    return overdue


def still_stuck(
    found: Iterable[Finding], cases: Mapping[AlertId, Case], means: Means, settings: Settings, now_us: Instant
) -> list[Finding]:
    """Return the findings that remain after one more run: the processes may have waited for the disk too."""
    there = {(alert, sign.rule.name, sign.of) for alert, sign in signs(cases, means, settings, now_us)}
    return [one for one in found if (one.alert, one.sign.rule.name, one.sign.of) in there]


def forget(state: State) -> State:
    """Return the state without signs: their times do not count, since the journal was unreadable."""
    return replace(state, seen={})


def _act(state: State, case: Case, sign: StallSign, now_us: Instant) -> tuple[State, Finding | None]:
    """Return the next restart for this alert, if due."""
    trouble = state.troubles.get(case.alert)
    done = 0 if trouble is None else trouble.restarts
    if trouble is not None and done < len(PAUSES_US) and now_us - trouble.at < PAUSES_US[done]:
        return state, None
    given_up = done >= len(PAUSES_US)
    if trouble is not None and done > len(PAUSES_US):
        # Already reported; the alert stays in trouble for as long as it is stuck.
        return replace(state, troubles={**state.troubles, case.alert: replace(trouble, at=now_us)}), None
    whom = () if given_up else tuple(_allowed(state, _whom(sign, done), now_us))
    shared = {**state.shared, **{name: now_us for name in whom if name[0] in _SHARED}}
    troubles = {**state.troubles, case.alert: RestartHistory(restarts=done + 1, at=now_us)}
    finding = Finding(alert=case.alert, sign=sign, restarts=done + 1, whom=whom)
    return replace(state, troubles=troubles, shared=shared), finding


_SHARED: Final = frozenset(
    {
        Role.ALERT_INTAKE,
        Role.OPERATOR_POOL,
        Role.TRUNK_POOL,
        Role.GSM_MODEM,
        Role.OPERATOR_LINES,
        Role.MIXER,
    }
)


def _allowed(state: State, whom: Iterable[Name], now_us: Instant) -> Iterator[Name]:
    for name in whom:
        last = state.shared.get(name)
        if last is None or now_us - last >= SHARED_US:
            yield name


def _whom(sign: StallSign, done: int) -> Iterator[Name]:
    """Return the suspected processes: first those of the case, then also those that serve other cases.

    A restarted process drops no call, so a wrong guess costs a hundred milliseconds: of a Mixer, the voices
    of ten alerts. `done`: restarts for this alert so far.
    """
    worker = sign.worker
    rule = sign.rule
    for role in (*rule.first, *(rule.then if done > 0 else ()), *(rule.last if done > 1 else ())):
        match role:
            case Role.CALL_LEG if worker is not None:
                yield from ((role, f"{worker}/{place_of(leg.leg)}") for leg in sign.legs)
            case Role.GSM_MODEM:
                yield from (carrier_of(leg.line) for leg in sign.legs)
            case Role.ALERT_CASE | Role.CONFERENCE_BRIDGE if worker is not None:
                yield role, worker
            case Role.MIXER if worker is not None:
                yield role, mixer_of(worker)
            case Role.ALERT_INTAKE | Role.OPERATOR_POOL | Role.TRUNK_POOL:
                yield role, ""
            case _:
                pass
