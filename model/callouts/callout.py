"""Callouts of people on duty: alarms, attempts and outcome. Fold of the stream `duty-center`. Pure."""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec.structs import replace

from messages import events as ev
from messages.events import CalloutAlarm
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
    TextId,
)
from messages.journal import Recorded

KEPT: Final = 20
"""Number of ended callouts kept."""
OFTEN_US: Final = Instant(4 * 3600 * SECOND)
"""Time for which a notification about an alarm is remembered: an intermittent alarm returns within it."""


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """Notification of a person by one channel."""

    number: int
    round: int
    person: str
    way: DutyWay
    contact: int
    at: Instant
    node: NodeId
    """Node that carries the attempt out."""
    line: LineId | None = None
    text: TextId | None = None
    answered_at: Instant | None = None
    over_at: Instant | None = None
    failure: CalloutFailure | None = None
    """Failure; None once over if the message was sent, or a key of the call took the callout."""
    cause: int | None = None

    @property
    def open(self) -> bool:
        """True while the outcome is unknown."""
        return self.over_at is None


class Callout(msgspec.Struct, frozen=True, kw_only=True):
    """A callout of people on duty, with its attempts."""

    id: str
    kind: CalloutKind
    opened_at: Instant
    node: NodeId
    """Node that carries the callout out: the last to write an event that only that node writes."""
    changed_at: Instant
    alarms: tuple[CalloutAlarm, ...] = ()
    joined_at: Instant | None = None
    """Time at which alarms joined that the earlier attempts did not report."""
    person: str = ""
    way: DutyWay | None = None
    by: OperatorId | None = None
    attempts: tuple[Attempt, ...] = ()
    taken_at: Instant | None = None
    taken_by: str = ""
    """Person of the roster who has taken the callout."""
    operator: OperatorId | None = None
    """Operator who has taken the callout at a console."""
    taken_way: DutyWay | None = None
    ended_at: Instant | None = None
    end: CalloutEnd | None = None

    @property
    def rounds(self) -> int:
        """Number of cycles through all people, the current cycle included; 0 before the first."""
        return max((one.round for one in self.attempts), default=0)

    @property
    def now(self) -> tuple[Attempt, ...]:
        """Attempts with an unknown outcome."""
        return tuple(one for one in self.attempts if one.open)

    @property
    def taken(self) -> bool:
        """True if a person has taken the callout."""
        return self.taken_at is not None

    @property
    def last_at(self) -> Instant:
        """End of the last attempt, or its start while open; before any attempt the opening of the callout."""
        return max((one.over_at or one.at for one in self.attempts), default=self.opened_at)

    def attempt(self, number: int) -> Attempt | None:
        """Return the attempt of this number; None for an unknown number."""
        return next((one for one in self.attempts if one.number == number), None)


class Callouts:
    """All open callouts, and the newest of the ended ones."""

    def __init__(self, kept: int = KEPT) -> None:
        """Create an empty collection. `kept`: number of ended callouts to keep."""
        self._kept = kept
        self.version = 0
        """Version of the stream, which an append that decides something must expect."""
        self.handled: dict[tuple[NodeId, str, str], Instant] = {}
        """Alarms with a notification, and their time of raising; an alarm raised again is a new alarm."""
        self.lately: dict[tuple[NodeId, str, str], tuple[Instant, ...]] = {}
        """Times of recent notifications about each alarm, one for each raising."""
        self.taken: dict[tuple[NodeId, str, str], Instant] = {}
        """Time at which a person took the last notification of each alarm; absent after a new notification.
        """
        self._all: dict[str, Callout] = {}

    def apply(self, recorded: Recorded) -> None:
        """Apply the stream's next event."""
        if recorded.version <= self.version:
            return
        self.version = recorded.version
        event = recorded.event
        if isinstance(event, ev.CalloutOpened | ev.CalloutJoined):
            for one in event.alarms:
                self.handled[one.key] = max(one.raised_at, self.handled.get(one.key, one.raised_at))
                self.taken.pop(one.key, None)
                self.lately[one.key] = (*self.lately.get(one.key, ()), recorded.at_us)
            since = recorded.at_us - OFTEN_US
            left = {key: tuple(at for at in told if at > since) for key, told in self.lately.items()}
            self.lately = {key: told for key, told in left.items() if told}
        if isinstance(event, ev.CalloutOpened):
            self._put(
                Callout(
                    id=event.callout,
                    kind=event.kind,
                    opened_at=recorded.at_us,
                    node=recorded.node,
                    changed_at=recorded.at_us,
                    alarms=event.alarms,
                    person=event.person,
                    way=event.way,
                    by=event.by,
                )
            )
        elif (before := self._all.get(getattr(event, "callout", ""))) is not None:
            now = replace(_evolved(before, recorded), changed_at=recorded.at_us)
            self._put(now)
            # An alarm that joins a callout already taken belongs to the taker, too.
            if now.taken and isinstance(event, ev.CalloutTaken | ev.CalloutJoined):
                alarms = event.alarms if isinstance(event, ev.CalloutJoined) else before.alarms
                self.taken |= {one.key: recorded.at_us for one in alarms}

    def get(self, callout: str) -> Callout | None:
        """Return the callout with this id; None if unknown, or ended long ago."""
        return self._all.get(callout)

    @property
    def open(self) -> list[Callout]:
        """Open callouts, oldest first."""
        return [one for one in self._all.values() if one.ended_at is None]

    @property
    def ended(self) -> list[Callout]:
        """Newest ended callouts, oldest first."""
        return [one for one in self._all.values() if one.ended_at is not None]

    def _put(self, callout: Callout) -> None:
        self._all[callout.id] = callout
        for old in self.ended[: -self._kept]:
            del self._all[old.id]


def _evolved(before: Callout, recorded: Recorded) -> Callout:
    at = recorded.at_us
    match recorded.event:
        case ev.CalloutJoined(alarms=alarms):
            return replace(before, alarms=(*before.alarms, *alarms), joined_at=at)
        case ev.CalloutTried() as tried:
            attempt = Attempt(
                number=tried.attempt,
                round=tried.round,
                person=tried.person,
                way=tried.way,
                contact=tried.contact,
                at=at,
                node=recorded.node,
                line=tried.line,
                text=tried.text,
            )
            return replace(before, node=recorded.node, attempts=(*before.attempts, attempt))
        case ev.CalloutAnswered(attempt=number):
            return _attempted(before, number, answered_at=at)
        case ev.CalloutTold(attempt=number):
            return _attempted(before, number, over_at=at)
        case ev.CalloutFailed(attempt=number, why=why, cause=cause):
            return _attempted(before, number, over_at=at, failure=why, cause=cause)
        case ev.CalloutTaken(person=person, operator=operator, way=way) if before.taken_at is None:
            return replace(before, taken_at=at, taken_by=person, operator=operator, taken_way=way)
        case ev.CalloutEnded(why=why) if before.ended_at is None:
            return replace(before, ended_at=at, end=why)
        case _:
            return before


def _attempted(before: Callout, number: int, **fields: object) -> Callout:
    attempts = tuple(
        replace(one, **fields) if one.number == number and one.open else one for one in before.attempts
    )
    return replace(before, attempts=attempts)
