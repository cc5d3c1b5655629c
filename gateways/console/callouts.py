"""Callouts of people on duty, as structs for the screen (see docs/api.md), and the selection of callouts to
show: open callouts, and those of the last day. Pure.
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
    """An alarm of a callout."""

    alarm: str
    subject: str
    node: NodeId
    since_us: Instant


class AttemptView(msgspec.Struct, frozen=True, kw_only=True):
    """An attempt to notify a person through a channel."""

    person: PersonId
    name: str
    """Name of the person; the id of a person who has left the roster."""
    way: DutyWay
    round: int
    line: LineId | None
    """Line of a call, once chosen."""
    at_us: Instant
    answered_us: Instant | None
    over_us: Instant | None
    """End of the attempt; null while it continues."""
    failure: CalloutFailure | None
    """Reason of a failure; null for a notice that was delivered, a call that was taken, and an attempt that
    continues.
    """


class CalloutView(msgspec.Struct, frozen=True, kw_only=True):
    """A callout."""

    callout: str
    kind: CalloutKind
    opened_us: Instant
    alarms: list[CalledForView]
    """Alarms, the most severe first."""
    tries: list[AttemptView]
    """The newest attempts, in the order of time."""
    round: int
    """Number of cycles through all people, the present one included; 0 before the first attempt."""
    name: str
    """Person of a test, which tries the channels of this person; empty for other callouts."""
    taken_us: Instant | None
    taken_by: str
    """Person of the roster who has taken the callout; empty if an operator has, at a console."""
    operator: OperatorId | None
    taken_way: DutyWay | None
    ended_us: Instant | None
    end: CalloutEnd | None


DAY: Final = 24 * 3600 * SECOND
ENDED_MAX: Final = 8
ALARMS_MAX: Final = 50
TRIES_MAX: Final = 30


def recent_callouts(callouts: Callouts, now_us: Instant) -> list[Callout]:
    """Return the callouts that consoles show, newest first."""
    ended = [one for one in callouts.ended if one.ended_at is not None and one.ended_at > now_us - DAY]
    return _newest_first([*ended[-ENDED_MAX:], *callouts.open])


def since(callouts: Callouts, since_us: Instant) -> list[Callout]:
    """Return the callouts that are open or were opened since then, newest first."""
    ended = [one for one in callouts.ended if one.opened_at >= since_us]
    return _newest_first([*ended, *callouts.open])


def views(callouts: Iterable[Callout], names: Mapping[PersonId, str]) -> list[CalloutView]:
    """Return the views of the callouts. `names` has the names of the people on the roster."""
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
        tries=[_attempt_view(attempt, names) for attempt in one.attempts[-TRIES_MAX:]],
        round=one.rounds,
        name=_name(one.person, names),
        taken_us=one.taken_at,
        taken_by=_name(one.taken_by, names),
        operator=one.operator,
        taken_way=one.taken_way,
        ended_us=one.ended_at,
        end=one.end,
    )


def _attempt_view(attempt: Attempt, names: Mapping[PersonId, str]) -> AttemptView:
    return AttemptView(
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
