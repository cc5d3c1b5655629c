"""Whom a callout tells next, by which way; when a person is given up for the next one. Pure.

All follows from what the journal says was tried, and from who is on duty now: who goes on after a death, or
at another node, goes on where it was.

```
  a person: what is written goes at once, and beside it the call
            no answer, busy, no key ──▶ once more (a phone that is silent at night lets a second call through)
            no answer again, or 9   ──▶ the next person
            1                       ──▶ taken
  the last person: nobody has taken it; a pause, and all are called again
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

TRIES: Final = 2
"""Calls to a person in a round; one with more numbers is called once on each."""
AT_MOST: Final = 6
"""Calls to a person in a round, whatever becomes of them: also those that were nobody's fault."""
AGAIN_US: Final = Instant(5 * SECOND)
"""Between two calls to a person."""
HOLDS_US: Final = Instant(90 * SECOND)
"""So long a person who cannot be called has to take what was written."""
PAUSES_US: Final = tuple(Instant(minutes * 60 * SECOND) for minutes in (2, 5, 10))
"""Before all are called again; the last of them from then on."""
LATE_US: Final = Instant(20 * SECOND)
"""What is due for so long and is not done by its node is another's to do."""
LINE_US: Final = Instant(20 * SECOND)
"""So long it is waited for a line that no alert needs."""
LONGEST_US: Final = Instant(110 * SECOND)
"""No call lasts longer than this: setting up, ringing, saying the words."""
NO_TRY: Final = frozenset((CalloutFailure.GAVE_WAY, CalloutFailure.LOST, CalloutFailure.AWAY))
"""What came of a call and was not the person's doing: it is called as if that had not been."""
NO_CALL: Final = frozenset((CalloutFailure.NO_LINE, CalloutFailure.NO_VOICE))
"""What no other call just now would come to."""


class Try(msgspec.Struct, frozen=True, kw_only=True):
    """One person is to be told by one way."""

    person: Person
    contact: int
    way: DutyWay
    round: int
    to: str

    def tried(
        self, callout: str, attempt: int, *, line: LineId | None = None, text: TextId | None = None
    ) -> CalloutTried:
        """That it is done, as the journal has it before it is. `attempt`: its number in the callout."""
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


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done now."""

    written: tuple[Try, ...] = ()
    call: Try | None = None
    since: Instant
    """Since when it is due, or when something will be."""
    end: CalloutEnd | None = None
    nobody: bool = False
    """All were called, and nobody has taken it."""
    no_way: bool = False
    """Nobody on duty can be reached at all."""


def due(callout: Callout, people: Sequence[Person], now_us: Instant) -> Due:
    """What is due of a callout that goes on. `people`: who is on duty, in order; of a test the person."""
    if callout.kind is CalloutKind.MORNING:
        return _morning(callout, people)
    if callout.kind is CalloutKind.TEST:
        return _test(callout, people)
    if not any(one.contacts for one in people):
        return Due(since=callout.opened_at, no_way=True)
    this_round = max(callout.rounds, 1)
    found = _of_round(callout, people, this_round, now_us)
    if found is not None:
        return replace(found, nobody=this_round > 1)
    next_at = Instant(callout.last_at + PAUSES_US[min(this_round, len(PAUSES_US)) - 1])
    if now_us < next_at:
        return Due(since=next_at, nobody=True)
    again = _of_round(callout, people, this_round + 1, now_us)
    return Due(since=next_at, nobody=True) if again is None else replace(again, since=next_at, nobody=True)


def _of_round(callout: Callout, people: Sequence[Person], number: int, now_us: Instant) -> Due | None:
    """What is due in this round; None: it is over."""
    began_at = callout.opened_at
    for person in people:
        written = tuple(_written(callout, person, number))
        own = [one for one in callout.attempts if one.person == person.id]
        calls = [one for one in own if one.way is DutyWay.CALL and one.round == number]
        if any(one.open for one in calls):
            return Due(written=written, since=calls[-1].at)
        failures = {one.failure for one in calls}
        tried = [one for one in calls if one.failure not in NO_TRY]
        numbers = _numbers(person)
        last_at = max((one.over_at or one.at for one in calls), default=began_at)
        may_call = bool(numbers) and len(calls) < AT_MOST and not failures & NO_CALL
        if may_call and CalloutFailure.NEXT not in failures and len(tried) < max(TRIES, len(numbers)):
            at = Instant(last_at + AGAIN_US) if calls else began_at
            contact = next(islice(cycle(numbers), len(tried), None))
            call = _try(person, contact, number) if now_us >= at else None
            return Due(written=written, call=call, since=at)
        if written:
            return Due(written=written, since=began_at)
        began_at = last_at
        if not may_call and CalloutFailure.NEXT not in failures and number == 1:
            told_at = max((one.at for one in own), default=None)
            if told_at is not None and now_us < told_at + HOLDS_US:
                return Due(since=Instant(told_at + HOLDS_US))
            began_at = Instant(began_at if told_at is None else told_at + HOLDS_US)
    return None


def _morning(callout: Callout, people: Sequence[Person]) -> Due:
    """Whoever comes first and can be written to is; the next one where nothing of it has left."""
    since = callout.last_at
    for person in people:
        written = tuple(_written(callout, person, 1))
        if written:
            return Due(written=written, since=since)
        own = [one for one in callout.attempts if one.person == person.id]
        if any(one.open for one in own):
            return Due(since=since)
        if any(one.failure is None for one in own):
            return Due(since=since, end=CalloutEnd.TOLD)
    return Due(since=since, end=CalloutEnd.NOBODY)


def _test(callout: Callout, people: Sequence[Person]) -> Due:
    """Each way once: what is written, and then each number."""
    since = callout.last_at
    called = [one for one in callout.attempts if one.way is DutyWay.CALL]
    tried = {one.contact for one in callout.attempts if one not in called or one.failure not in NO_TRY}
    left = [
        _try(person, number, 1)
        for person in people
        for number, one in enumerate(person.contacts)
        if callout.way in (None, one.way) and number not in tried
    ]
    written = tuple(one for one in left if one.way is not DutyWay.CALL)
    may_call = len(called) < AT_MOST and not any(one.open for one in called)
    call = next((one for one in left if one.way is DutyWay.CALL), None) if may_call else None
    if written or call or callout.now:
        return Due(written=written, call=call, since=since)
    told = any(one.failure is None for one in callout.attempts)
    return Due(since=since, end=CalloutEnd.TOLD if told else CalloutEnd.NOBODY)


def _written(callout: Callout, person: Person, number: int) -> Iterator[Try]:
    """Once in a callout, and once more where alarms have come since and the person's turn is again."""
    for contact, one in enumerate(person.contacts):
        done = [each for each in callout.attempts if (each.person, each.contact) == (person.id, contact)]
        new = callout.joined_at is not None and all(each.at < callout.joined_at for each in done)
        again = new and any(each.round < number for each in done)
        if one.way is not DutyWay.CALL and (not done or again):
            yield _try(person, contact, number)


def _numbers(person: Person) -> list[int]:
    return [number for number, one in enumerate(person.contacts) if one.way is DutyWay.CALL]


def _try(person: Person, contact: int, number: int) -> Try:
    one = person.contacts[contact]
    return Try(person=person, contact=contact, way=one.way, round=number, to=one.to)


def is_mine(
    callout: Callout, due: Due, me: NodeId, alive: Sequence[NodeId], now_us: Instant, *, sure: bool = True
) -> bool:
    """Whether this node carries it out now: its own; that of a node that is lost; what another leaves undone.

    `alive`: the nodes that take part, this one included. `sure`: whether who is missing is lost.
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


def left_behind(
    callout: Callout, me: NodeId, alive: Sequence[NodeId], now_us: Instant, going: int | None
) -> list[Attempt]:
    """The calls of which nobody will say any more what came of them. `going`: which one this node has."""
    return [
        one
        for one in callout.now
        if one.way is DutyWay.CALL
        and one.number != going
        and (one.node not in alive or one.line is None or now_us - one.at > LONGEST_US + LATE_US)
    ]
