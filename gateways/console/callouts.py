"""Callouts as the screen is told them: those that are open, and those of the last day. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from gateways.console.views.callouts import CalledForView, CalloutView, TryView
from messages.ids import SECOND, Instant, PersonId
from model.callouts.callout import Attempt, Callout, Callouts

DAY: Final = 24 * 3600 * SECOND
ENDED_MAX: Final = 8
ALARMS_MAX: Final = 50
TRIES_MAX: Final = 30


def lately(callouts: Callouts, now_us: Instant) -> list[Callout]:
    """What a console is told: the newest first."""
    ended = [one for one in callouts.ended if one.ended_at is not None and one.ended_at > now_us - DAY]
    return _newest_first([*ended[-ENDED_MAX:], *callouts.open])


def since(callouts: Callouts, since_us: Instant) -> list[Callout]:
    """Those that were opened since then, or are open: the newest first."""
    ended = [one for one in callouts.ended if one.opened_at >= since_us]
    return _newest_first([*ended, *callouts.open])


def views(callouts: Iterable[Callout], names: Mapping[PersonId, str]) -> list[CalloutView]:
    """`names`: of those on the roster."""
    return [_view(one, names) for one in callouts]


def _newest_first(callouts: list[Callout]) -> list[Callout]:
    return sorted(callouts, key=lambda one: one.opened_at)[::-1]


def _view(one: Callout, names: Mapping[PersonId, str]) -> CalloutView:
    return CalloutView(
        callout=one.id,
        kind=one.kind,
        opened_us=one.opened_at,
        alarms=[
            CalledForView(alarm=alarm.alarm, subject=alarm.subject, node=alarm.node, since_us=alarm.raised_at)
            for alarm in one.alarms[:ALARMS_MAX]
        ],
        tries=[_try(attempt, names) for attempt in one.attempts[-TRIES_MAX:]],
        round=one.rounds,
        name=_name(one.person, names),
        taken_us=one.taken_at,
        taken_by=_name(one.taken_by, names),
        operator=one.operator,
        taken_way=one.taken_way,
        ended_us=one.ended_at,
        end=one.end,
    )


def _try(attempt: Attempt, names: Mapping[PersonId, str]) -> TryView:
    return TryView(
        person=PersonId(attempt.person),
        name=_name(attempt.person, names),
        way=attempt.way,
        round=attempt.round,
        line=attempt.line,
        at_us=attempt.at,
        answered_us=attempt.answered_at,
        over_us=attempt.over_at,
        failure=attempt.failure,
    )


def _name(person: str, names: Mapping[PersonId, str]) -> str:
    return names.get(PersonId(person), person)
