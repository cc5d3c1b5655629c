"""Who was called because of which alarms, and what came of it: fold of the stream `duty-center`. Pure."""

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
"""So many that have ended are kept in mind."""
OFTEN_US: Final = Instant(4 * 3600 * SECOND)
"""So long it is kept in mind that somebody was told of an alarm: one that comes and goes comes back in it."""


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One person is told by one way."""

    number: int
    round: int
    person: str
    way: DutyWay
    contact: int
    at: Instant
    node: NodeId
    """Which node does it."""
    line: LineId | None = None
    text: TextId | None = None
    answered_at: Instant | None = None
    over_at: Instant | None = None
    failure: CalloutFailure | None = None
    """None once it is over: what was written has left, or the call has ended with a key that took it."""
    cause: int | None = None

    @property
    def open(self) -> bool:
        """Whether it is not known yet what has come of it."""
        return self.over_at is None


class Callout(msgspec.Struct, frozen=True, kw_only=True):
    """One of them."""

    id: str
    kind: CalloutKind
    opened_at: Instant
    node: NodeId
    """Which node carries it out: the one that has written of it last what only that one writes."""
    changed_at: Instant
    alarms: tuple[CalloutAlarm, ...] = ()
    joined_at: Instant | None = None
    """When alarms came that the tries before have not told."""
    person: str = ""
    way: DutyWay | None = None
    by: OperatorId | None = None
    attempts: tuple[Attempt, ...] = ()
    taken_at: Instant | None = None
    taken_by: str = ""
    """The person of the roster."""
    operator: OperatorId | None = None
    """Who has taken it at a console."""
    taken_way: DutyWay | None = None
    ended_at: Instant | None = None
    end: CalloutEnd | None = None

    @property
    def rounds(self) -> int:
        """How often all have been called, the time that is going on included; 0: nobody has."""
        return max((one.round for one in self.attempts), default=0)

    @property
    def now(self) -> tuple[Attempt, ...]:
        """The tries of which it is not known yet what comes of them."""
        return tuple(one for one in self.attempts if one.open)

    @property
    def taken(self) -> bool:
        """Whether somebody sees to it."""
        return self.taken_at is not None

    @property
    def last_at(self) -> Instant:
        """When the last try was over, or begun while it is not; before any, when it was opened."""
        return max((one.over_at or one.at for one in self.attempts), default=self.opened_at)

    def attempt(self, number: int) -> Attempt | None:
        """The try of this number."""
        return next((one for one in self.attempts if one.number == number), None)


class Callouts:
    """All that are open, and the newest of those that have ended."""

    def __init__(self, kept: int = KEPT) -> None:
        """`kept`: so many that have ended."""
        self._kept = kept
        self.version = 0
        """Of the stream: what an append that decides something has to expect."""
        self.handled: dict[tuple[NodeId, str, str], Instant] = {}
        """Because of what somebody was told, and when that was raised: raised anew it is another."""
        self.lately: dict[tuple[NodeId, str, str], tuple[Instant, ...]] = {}
        """When somebody was told of it lately, each time that it was raised anew."""
        self.taken: dict[tuple[NodeId, str, str], Instant] = {}
        """When somebody has taken what was told last of it; none since it was told anew."""
        self._all: dict[str, Callout] = {}

    def apply(self, recorded: Recorded) -> None:
        """Take the stream's next event."""
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
            # What joins one that was taken is the taker's, too.
            if now.taken and isinstance(event, ev.CalloutTaken | ev.CalloutJoined):
                alarms = event.alarms if isinstance(event, ev.CalloutJoined) else before.alarms
                self.taken |= {one.key: recorded.at_us for one in alarms}

    def get(self, callout: str) -> Callout | None:
        """By its id; None: there is none, or it ended long ago."""
        return self._all.get(callout)

    @property
    def open(self) -> list[Callout]:
        """The oldest first."""
        return [one for one in self._all.values() if one.ended_at is None]

    @property
    def ended(self) -> list[Callout]:
        """The newest that have ended, the oldest of them first."""
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
