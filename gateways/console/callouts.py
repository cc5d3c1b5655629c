"""Who is called because of alarms, as the screen is told it: structs (see docs/api.md), and which callouts
they are made of: those that are open, and those of the last day. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from messages.ids import (
    SECOND,
    CalloutEnd,
    CalloutFailure,
    CalloutKind,
    DutyWay,
    Instant,
    LineId,
    NodeId,
    OperatorId,
    PersonId,
)
from model.callouts.callout import Attempt, Callout, Callouts


class CalledForView(msgspec.Struct, frozen=True, kw_only=True):
    """An alarm because of which somebody is called."""

    alarm: str
    subject: str
    node: NodeId
    since_us: Instant


class TryView(msgspec.Struct, frozen=True, kw_only=True):
    """One person told by one way."""

    person: PersonId
    name: str
    """The person's; the id of one who is on the roster no more."""
    way: DutyWay
    round: int
    line: LineId | None
    """On which a call is made, once that is decided."""
    at_us: Instant
    answered_us: Instant | None
    over_us: Instant | None
    """None: it goes on."""
    failure: CalloutFailure | None
    """What was written has left, or the call was taken, where it is over without one."""


class CalloutView(msgspec.Struct, frozen=True, kw_only=True):
    """One callout."""

    callout: str
    kind: CalloutKind
    opened_us: Instant
    alarms: list[CalledForView]
    """The gravest first."""
    tries: list[TryView]
    """The newest, the oldest of them first."""
    round: int
    """How often all have been called, this time included; 0: nobody has yet."""
    name: str
    """Of a test: whose ways are tried."""
    taken_us: Instant | None
    taken_by: str
    """Who of the roster sees to it; empty where an operator does, at a console."""
    operator: OperatorId | None
    taken_way: DutyWay | None
    ended_us: Instant | None
    end: CalloutEnd | None


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
