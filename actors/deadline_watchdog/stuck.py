"""Which open alerts make no progress, and who is to be started again for it. Pure.

A case whose process lives and beats may all the same hear nothing, or tell nothing. What it should have done
by now follows from its state in the journal (`signs.py`), and each such sign has a limit. An alert without a
sign waits for a person, and is never stuck.

A sign counts from when it was first seen here, not from the journal's time: so no process is blamed for what
happened while this side was down, while the machine slept, or while the journal could not be read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import msgspec
from msgspec.structs import replace

from actors.deadline_watchdog.decider import Means
from actors.deadline_watchdog.signs import Sign, signs
from messages.ids import SECOND, AlertId, Instant, Role
from model.alert.case import Case
from model.alert.leg import place
from model.rules.calls.own_line import carrier
from model.settings import Settings

PAUSES_US: Final = (Instant(0), Instant(10 * SECOND), Instant(30 * SECOND))
"""Before the first, second and third restart for one alert. After that a person has to look."""
WELL_US: Final = Instant(60 * SECOND)
"""An alert that was stuck is well again when it has not been so for this long."""
SHARED_US: Final = Instant(30 * SECOND)
"""Those who serve all alerts are started again no more often, whoever is stuck."""
SEVERAL: Final = 3
"""Where a sign of one rule is overdue in so many alerts at once, the machine has no time for their crews."""
LATE_US: Final = Instant(3 * SECOND)
"""After a look that comes so late (a suspended machine, no processor) everybody begins anew."""

Name = tuple[Role, str]


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """What was done about one alert."""

    restarts: int
    at: Instant
    """When it was last found stuck."""


class State(msgspec.Struct, frozen=True, kw_only=True):
    """What the watchdog remembers from one look to the next; losing it costs one limit's time."""

    looked_at: Instant | None = None
    seen: dict[tuple[AlertId, str, object], Instant] = {}
    """Since when each sign has been there: of which alert, by which rule, of what."""
    troubles: dict[AlertId, Trouble] = {}
    shared: dict[Name, Instant] = {}
    """When those who serve all alerts were last started again."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """An alert that is stuck, and who is to be started again; nobody once that was tried in vain."""

    alert: AlertId
    sign: Sign
    restarts: int
    """Which time it is: 1 for the first."""
    whom: tuple[Name, ...]

    @property
    def reason(self) -> str:
        """What is wrong, for a log and a person."""
        return self.sign.reason


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """What one look comes to."""

    state: State
    stuck: tuple[Finding, ...] = ()
    well: tuple[AlertId, ...] = ()
    """Alerts that were stuck and are so no longer."""


def look_for_stuck(
    state: State, cases: Mapping[AlertId, Case], means: Means, settings: Settings, now_us: Instant
) -> Look:
    """Asked every second."""
    late = state.looked_at is not None and now_us - state.looked_at > LATE_US
    before = {} if late else state.seen
    seen: dict[tuple[AlertId, str, object], Instant] = {}
    found_us: list[tuple[AlertId, Sign, int]] = []
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
    return Look(state=replace(state, troubles=troubles), stuck=tuple(found), well=well)


def _overdue(found_us: list[tuple[AlertId, Sign, int]]) -> dict[AlertId, Sign]:
    """Return the first sign of each alert whose time is over. `found_us`: those that are beyond their rule's
    limit, each with how long it has been there.
    """
    alerts = Counter(rule for rule, _ in {(sign.rule.name, alert) for alert, sign, _ in found_us})
    overdue: dict[AlertId, Sign] = {}
    for alert, sign, there_us in found_us:
        spared = sign.rule.spared if alerts[sign.rule.name] >= SEVERAL else 1
        if there_us >= sign.rule.limit_us * spared:
            overdue.setdefault(alert, sign)
    return overdue


def still_stuck(
    found: Iterable[Finding], cases: Mapping[AlertId, Case], means: Means, settings: Settings, now_us: Instant
) -> list[Finding]:
    """Those whose sign is there after one more look: what they waited for may have been this disk, too."""
    there = {(alert, sign.rule.name, sign.of) for alert, sign in signs(cases, means, settings, now_us)}
    return [one for one in found if (one.alert, one.sign.rule.name, one.sign.of) in there]


def forget(state: State) -> State:
    """What was seen counts no more: the journal could not be read."""
    return replace(state, seen={})


def _act(state: State, case: Case, sign: Sign, now_us: Instant) -> tuple[State, Finding | None]:
    """The next restart for this alert, if it is time for one."""
    trouble = state.troubles.get(case.alert)
    done = 0 if trouble is None else trouble.restarts
    if trouble is not None and done < len(PAUSES_US) and now_us - trouble.at < PAUSES_US[done]:
        return state, None
    given_up = done >= len(PAUSES_US)
    if trouble is not None and done > len(PAUSES_US):
        # Said already. It stays in trouble for as long as it is stuck.
        return replace(state, troubles={**state.troubles, case.alert: replace(trouble, at=now_us)}), None
    whom = () if given_up else tuple(_allowed(state, _whom(sign, again=done > 0), now_us))
    shared = {**state.shared, **{name: now_us for name in whom if name[0] in _SHARED}}
    troubles = {**state.troubles, case.alert: Trouble(restarts=done + 1, at=now_us)}
    finding = Finding(alert=case.alert, sign=sign, restarts=done + 1, whom=whom)
    return replace(state, troubles=troubles, shared=shared), finding


_SHARED: Final = frozenset(
    {Role.ALERT_INTAKE, Role.OPERATOR_POOL, Role.TRUNK_POOL, Role.GSM_MODEM, Role.OPERATOR_LINES}
)


def _allowed(state: State, whom: Iterable[Name], now_us: Instant) -> Iterator[Name]:
    for name in whom:
        last = state.shared.get(name)
        if last is None or now_us - last >= SHARED_US:
            yield name


def _whom(sign: Sign, *, again: bool) -> Iterator[Name]:
    """Those who may be the culprits: the case's own at once, those who serve others too the second time.

    A process that is started again drops no call, so that a wrong guess costs a hundred milliseconds.
    """
    crew = sign.crew
    for role in (*sign.rule.first, *(sign.rule.then if again else ())):
        match role:
            case Role.CALL_LEG if crew is not None:
                yield from ((role, f"{crew}/{place(leg.leg)}") for leg in sign.legs)
            case Role.GSM_MODEM:
                yield from (carrier(leg.line) for leg in sign.legs)
            case Role.ALERT_CASE | Role.CONFERENCE_BRIDGE if crew is not None:
                yield role, crew
            case Role.ALERT_INTAKE | Role.OPERATOR_POOL | Role.TRUNK_POOL:
                yield role, ""
            case _:
                pass
