"""Who is called because of alarms, as the screen is told it, as structs. See docs/api.md."""

from __future__ import annotations

import msgspec

from messages.ids import (
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
