"""Choice of the next notification of a callout: person, channel, and the moment to pass on to the next
person. Pure.

The choice depends only on the attempts in the journal and on the people on duty now. After a crash, or at
another node, the callout continues from the last attempt.

```
  a person: written notifications go at once, and the call beside them
            no answer, busy, no key ──▶ once more (a phone that is silent at night lets a second call through)
            no answer again, or 9   ──▶ the next person
            1                       ──▶ taken
  after the last person: a pause, and all are called again
```
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from typing import Final

import msgspec
from msgspec.structs import replace

from messages.events import CalloutTried
from messages.ids import (
    SECOND,
    CalloutEnd,
    CalloutFailure,
    CalloutKind,
    DutyWay,
    Instant,
    LineId,
    NodeId,
    TextId,
)
from model.callouts.callout import Attempt, Callout
from model.callouts.roster import Person

CALLS_PER_CYCLE: Final = 2
"""Calls to a person in a cycle; a person with more numbers is called once on each."""
MOST_CALLS_PER_CYCLE: Final = 6
"""Most calls to a person in a cycle, including calls that failed for technical reasons."""
AGAIN_US: Final = Instant(5 * SECOND)
"""Pause between two calls to a person."""
HOLDS_US: Final = Instant(90 * SECOND)
"""Time for a person without a usable phone number to react to a written notification."""
PAUSES_US: Final = tuple(Instant(minutes * 60 * SECOND) for minutes in (2, 5, 10))
"""Pauses before all people are called again; the last value repeats."""
LATE_US: Final = Instant(20 * SECOND)
"""Delay after which another node takes over a pending action."""
LINE_US: Final = Instant(20 * SECOND)
"""Longest wait for a line that no alert needs."""
LONGEST_US: Final = Instant(110 * SECOND)
"""Longest duration of a call: setup, ringing and announcement."""
NOT_COUNTED: Final = frozenset((CalloutFailure.GAVE_WAY, CalloutFailure.LOST, CalloutFailure.AWAY))
"""Failures that are not the person's; such a call does not count as an attempt."""
NO_CALL: Final = frozenset((CalloutFailure.NO_LINE, CalloutFailure.NO_VOICE))
"""Failures that a further call at this moment would meet again."""


class PlannedAttempt(msgspec.Struct, frozen=True, kw_only=True):
    """A planned attempt to notify one person through one channel."""

    person: Person
    contact: int
    way: DutyWay
    round: int
    to: str

    def tried_event(
        self, callout: str, attempt: int, *, line: LineId | None = None, text: TextId | None = None
    ) -> CalloutTried:
        """Return the event of this attempt, which is recorded before the attempt is made. `attempt` is its
        number in the callout.
        """
        return CalloutTried(
            callout=callout,
            attempt=attempt,
            round=self.round,
            person=self.person.id,
            way=self.way,
            contact=self.contact,
            line=line,
            text=text,
        )


class PendingActions(msgspec.Struct, frozen=True, kw_only=True):
    """Pending actions of a callout."""

    written: tuple[PlannedAttempt, ...] = ()
    call: PlannedAttempt | None = None
    since: Instant
    """Time since when the actions are pending; in the future if nothing is pending yet."""
    end: CalloutEnd | None = None
    exhausted: bool = False
    """True if all people were called and no person has taken the alarm."""
    no_way: bool = False
    """True if no person on duty has any contact."""


def pending_actions(callout: Callout, people: Sequence[Person], now_us: Instant) -> PendingActions:
    """Return the pending actions of an open callout. `people` are the people on duty, in order; for a test,
    the person to test.
    """
    if callout.kind is CalloutKind.MORNING:
        return _morning(callout, people)
    if callout.kind is CalloutKind.TEST:
        return _test(callout, people)
    if not any(one.contacts for one in people):
        return PendingActions(since=callout.opened_at, no_way=True)
    this_round = max(callout.rounds, 1)
    found = _actions_of_cycle(callout, people, this_round, now_us)
    if found is not None:
        return replace(found, exhausted=this_round > 1)
    next_at = Instant(callout.last_at + PAUSES_US[min(this_round, len(PAUSES_US)) - 1])
    if now_us < next_at:
        return PendingActions(since=next_at, exhausted=True)
    again = _actions_of_cycle(callout, people, this_round + 1, now_us)
    return (
        PendingActions(since=next_at, exhausted=True)
        if again is None
        else replace(again, since=next_at, exhausted=True)
    )


def _actions_of_cycle(
    callout: Callout, people: Sequence[Person], number: int, now_us: Instant
) -> PendingActions | None:
    """Return the pending actions of this cycle; None if the cycle is over."""
    began_at = callout.opened_at
    for person in people:
        written = tuple(_written_attempts(callout, person, number))
        own = [one for one in callout.attempts if one.person == person.id]
        calls = [one for one in own if one.way is DutyWay.CALL and one.round == number]
        if any(one.open for one in calls):
            return PendingActions(written=written, since=calls[-1].at)
        failures = {one.failure for one in calls}
        tried = [one for one in calls if one.failure not in NOT_COUNTED]
        numbers = _call_contacts(person)
        last_at = max((one.over_at or one.at for one in calls), default=began_at)
        may_call = bool(numbers) and len(calls) < MOST_CALLS_PER_CYCLE and not failures & NO_CALL
        if (
            may_call
            and CalloutFailure.NEXT not in failures
            and len(tried) < max(CALLS_PER_CYCLE, len(numbers))
        ):
            at = Instant(last_at + AGAIN_US) if calls else began_at
            contact = next(islice(cycle(numbers), len(tried), None))
            call = _attempt(person, contact, number) if now_us >= at else None
            return PendingActions(written=written, call=call, since=at)
        if written:
            return PendingActions(written=written, since=began_at)
        began_at = last_at
        if not may_call and CalloutFailure.NEXT not in failures and number == 1:
            told_at = max((one.at for one in own), default=None)
            if told_at is not None and now_us < told_at + HOLDS_US:
                return PendingActions(since=Instant(told_at + HOLDS_US))
            began_at = Instant(began_at if told_at is None else told_at + HOLDS_US)
    return None


def _morning(callout: Callout, people: Sequence[Person]) -> PendingActions:
    """Choose the first person who can be notified in writing; the next person if all attempts failed."""
    since = callout.last_at
    for person in people:
        written = tuple(_written_attempts(callout, person, 1))
        if written:
            return PendingActions(written=written, since=since)
        own = [one for one in callout.attempts if one.person == person.id]
        if any(one.open for one in own):
            return PendingActions(since=since)
        if any(one.failure is None for one in own):
            return PendingActions(since=since, end=CalloutEnd.TOLD)
    return PendingActions(since=since, end=CalloutEnd.NOBODY)


def _test(callout: Callout, people: Sequence[Person]) -> PendingActions:
    """Choose each contact once: written notifications first, then each number."""
    since = callout.last_at
    called = [one for one in callout.attempts if one.way is DutyWay.CALL]
    tried = {one.contact for one in callout.attempts if one not in called or one.failure not in NOT_COUNTED}
    left = [
        _attempt(person, number, 1)
        for person in people
        for number, one in enumerate(person.contacts)
        if callout.way in (None, one.way) and number not in tried
    ]
    written = tuple(one for one in left if one.way is not DutyWay.CALL)
    may_call = len(called) < MOST_CALLS_PER_CYCLE and not any(one.open for one in called)
    call = next((one for one in left if one.way is DutyWay.CALL), None) if may_call else None
    if written or call or callout.now:
        return PendingActions(written=written, call=call, since=since)
    told = any(one.failure is None for one in callout.attempts)
    return PendingActions(since=since, end=CalloutEnd.TOLD if told else CalloutEnd.NOBODY)


def _written_attempts(callout: Callout, person: Person, number: int) -> Iterator[PlannedAttempt]:
    """Yield the written notifications to the person: once in a callout, and again if alarms have joined since
    the last notification and a new cycle has reached the person.
    """
    for contact, one in enumerate(person.contacts):
        done = [each for each in callout.attempts if (each.person, each.contact) == (person.id, contact)]
        new = callout.joined_at is not None and all(each.at < callout.joined_at for each in done)
        again = new and any(each.round < number for each in done)
        if one.way is not DutyWay.CALL and (not done or again):
            yield _attempt(person, contact, number)


def _call_contacts(person: Person) -> list[int]:
    return [number for number, one in enumerate(person.contacts) if one.way is DutyWay.CALL]


def _attempt(person: Person, contact: int, number: int) -> PlannedAttempt:
    one = person.contacts[contact]
    return PlannedAttempt(person=person, contact=contact, way=one.way, round=number, to=one.to)


def is_mine(
    callout: Callout,
    due: PendingActions,
    me: NodeId,
    alive: Sequence[NodeId],
    now_us: Instant,
    *,
    sure: bool = True,
) -> bool:
    """Return True if this node carries out the pending actions now.

    This node carries out its own callouts, callouts of lost nodes, and actions left undone by other nodes.
    `alive` has the nodes that take part, this node included. `sure` is True if a missing node is certainly
    lost.
    """
    if callout.node == me:
        return True
    others = sorted(alive)
    if callout.node not in others:
        return sure and others[0] == me
    if any(one.way is DutyWay.CALL for one in callout.now):
        return now_us - callout.changed_at > LONGEST_US + LATE_US
    idle = not due.written and due.call is None and due.end is None
    return not idle and now_us - max(due.since, callout.changed_at) > LATE_US


def orphan_calls(
    callout: Callout, me: NodeId, alive: Sequence[NodeId], now_us: Instant, going: int | None
) -> list[Attempt]:
    """Return the open calls that will never get a reported outcome. `going` is the number of the call at this
    node.
    """
    return [
        one
        for one in callout.now
        if one.way is DutyWay.CALL
        and one.number != going
        and (one.node not in alive or one.line is None or now_us - one.at > LONGEST_US + LATE_US)
    ]
