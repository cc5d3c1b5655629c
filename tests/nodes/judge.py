"""What must hold of several nodes among each other at the end of a run, and of calls taken back. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from msgspec.structs import replace as replace_event

from messages import events as ev
from messages.base import HangupCause
from messages.ids import SECOND, AlertId, LegId, LineId, OperatorCommand
from messages.journal import Recorded
from model.alert.evolve import fold
from model.alert.reasons import ReleaseReason
from store import streams
from tests.chaos.harness.facts import Facts
from tests.chaos.harness.judge import Violation
from tests.chaos.harness.view import Call

CROSSED_S = 0.3
"""Between a modem's look at the lease and the carrier's sight of the dial."""
BUSY = 17
ONE_WITHIN_S = 20.0
"""After the return of a node: so soon one of two calls to 112 is left, on a machine that does much else."""
TOLD_WITHIN_S = 12.0
"""A call-taker who was on the line for so long has heard the sentence to its end."""
LegEvent = (
    ev.LegOriginating
    | ev.LegRinging
    | ev.LegAnswered
    | ev.LegVoiceReady
    | ev.LegReleasing
    | ev.LegReleased
    | ev.LegAdopted
)


@dataclass(frozen=True, kw_only=True)
class Lost:
    """The time during which a node was away."""

    node: str
    from_s: float
    until_s: float


def without_busy(facts: Facts) -> Facts:
    """But for the calls that found the user or an operator in another one of ours, on a line that could not
    be asked. 112 has several call-takers, and is never busy.
    """

    def in_another(call: Call) -> bool:
        return (
            call.cause == BUSY
            and call.to != facts.people.psap
            and any(
                one is not call
                and one.to == call.to
                and one.answered_s is not None
                and one.answered_s <= call.started_s <= (one.ended_s or call.started_s) + CROSSED_S
                for one in facts.calls
            )
        )

    return replace(facts, calls=tuple(call for call in facts.calls if not in_another(call)))


def without_let_go(facts: Facts) -> Facts:
    """But for the one of two calls to 112 that was let go, by the center or by 112: the second, which gave
    way to the first; or the first, given up with its node, where another one was answered meanwhile.
    """
    events = [one.event for one in facts.events]
    gave_way = {
        (one.leg, one.attempt)
        for one in events
        if isinstance(one, ev.LegReleasing) and one.reason == ReleaseReason.TAKEN_BACK
    }
    answered = {(one.leg, one.attempt) for one in events if isinstance(one, ev.LegAnswered)}
    adopted = {(one.leg, one.attempt) for one in events if isinstance(one, ev.LegAdopted)}
    taken_back = {
        (one.leg, one.line)
        for one in events
        if isinstance(one, ev.LegOriginating) and (one.leg, one.attempt) in adopted
    }
    given_up = _lost_attempts(facts)

    def let_go(call: Call) -> bool:
        begun = _begun(facts, call)
        if call.to != facts.people.psap or call.ended_by is None or not begun:
            return False
        leg, attempt, line = begun[-1].leg, begun[-1].attempt, begun[-1].line
        if (leg, attempt) in gave_way:
            return True
        others = [one for one in answered - adopted if one[0] == leg and one[1] > attempt]
        return (leg, attempt) in given_up and (leg, line) not in taken_back and bool(others)

    return replace(facts, calls=tuple(call for call in facts.calls if not let_go(call)))


def taken_back_as_one(facts: Facts) -> Facts:
    """With each call of a lost node that was taken back as the one attempt that it is: nothing was dialled.

    The journal has given it up in between, and begun another attempt on the same line, which found the call.
    """
    back = {
        (one.event.leg, one.event.attempt) for one in facts.events if isinstance(one.event, ev.LegAdopted)
    }
    first: dict[tuple[LegId, LineId], int] = {}
    same: dict[tuple[LegId, int], int] = {}
    for one in facts.events:
        event = one.event
        if isinstance(event, ev.LegOriginating):
            before = first.get((event.leg, event.line))
            if before is not None and (event.leg, event.attempt) in back:
                same[event.leg, event.attempt] = before
            else:
                first[event.leg, event.line] = event.attempt
    continued = {(leg, attempt) for (leg, _), attempt in same.items()}
    told: list[Recorded] = []
    for one in facts.events:
        event = one.event
        if isinstance(event, LegEvent):
            key = event.leg, event.attempt
            lost = isinstance(event, ev.LegReleased) and event.cause == HangupCause.NODE_LOST
            if (lost and key in continued) or (isinstance(event, ev.LegOriginating) and key in same):
                continue
            event = replace_event(event, attempt=same.get(key, event.attempt))
        told.append(replace_event(one, event=event))
    return replace(facts, events=tuple(told))


RULES_TOLD = {
    "one owner": "Each write uses an epoch that no other node had, and never an older one.",
    "own right": "The owner of the alert at that time decided each dial; an expired lease dials nothing.",
    "away": "After another node has written, the node that was away writes nothing from its old state.",
    "112 twice": "112 gets a second call only while a lost node may hold the first, and is informed.",
}
"""For the reader of the report."""


def judge_nodes(facts: Facts, lost: Lost) -> list[Violation]:
    """What must hold of the nodes among each other."""
    story = [one for one in facts.events if one.stream.startswith(streams.case(AlertId("")))]
    rules = {
        "one owner": _one_owner(story),
        "own right": _by_its_own_right(facts.calls, facts.numbers_of_lines, story),
        "away": _silent_while_away(story, lost),
        "112 twice": _psap_twice(facts, lost),
    }
    return [Violation(name, text) for name in RULES_TOLD for text in rules[name]]


def judge_storm(
    stories: Mapping[AlertId, list[Recorded]], calls: Iterable[Call], ours: frozenset[str]
) -> list[Violation]:
    """What must hold of several alerts at the end of a storm. `calls`: the carrier's, of all of them; `ours`:
    our lines' numbers.
    """
    found: list[Violation] = []
    written: list[Recorded] = []
    for alert, events in stories.items():
        case = fold(events)
        if case is None or case.closed_at is None:
            found.append(Violation("ends", f"{alert} is {'lost' if case is None else 'open'}"))
        story = [one for one in events if one.stream == streams.case(alert)]
        found += [Violation("one owner", f"{alert}: {text}") for text in _one_owner(story)]
        found += [Violation("once", f"{alert}: {text}") for text in _each_order_once(events)]
        written += story
    written.sort(key=lambda one: one.at_us)  # of two alerts that called one number on one line the later one
    found += [Violation("own right", text) for text in _by_its_own_right(calls, ours, written)]
    return found


def _each_order_once(events: list[Recorded]) -> Iterator[str]:
    """An order that was given again is the same order, and 112 is called by an order, or by a rule."""
    given = [one.event for one in events if isinstance(one.event, ev.CommandGiven)]
    for id, times in Counter(one.id for one in given).items():
        if id and times > 1:
            yield f"the order {id} was taken {times} times"
    ordered = sum(one.command is OperatorCommand.CALL_PSAP for one in given)
    ordered += sum(isinstance(one.event, ev.AlertReopened) and one.event.psap for one in events)
    by_order = sum(isinstance(one.event, ev.PsapRequested) and one.event.by is not None for one in events)
    if by_order > ordered:
        yield f"112 was asked for {by_order} times by {ordered} orders"
    for n, one in enumerate(events):
        if isinstance(one.event, ev.PsapRequested) and one.event.by is None and not _by_rule(events, n):
            yield "112 was asked for without an order, and without a rule"


def _by_rule(events: list[Recorded], n: int) -> bool:
    """Under duress, after a conference that broke behind its operator, and with a call that is taken back."""
    for one in events[:n]:
        if isinstance(one.event, ev.ConferenceBroken):
            return True
        if isinstance(one.event, ev.AlertCancelled) and one.event.duress:
            return True
    taken = next((one for one in events[n + 1 :] if isinstance(one.event, ev.LegOriginating)), None)
    return taken is not None and taken.at_us == events[n].at_us and taken.event.attempt > 1


def _one_owner(story: list[Recorded]) -> Iterator[str]:
    """Each write uses an epoch that no other node had, and never an older one."""
    owners: dict[int, str] = {}
    last = 0
    for one in story:
        if owners.setdefault(one.epoch, one.node) != one.node:
            yield f"{one.node} and {owners[one.epoch]} have both written by epoch {one.epoch}"
        if one.epoch < last:
            yield f"{one.node} has written by epoch {one.epoch} after epoch {last}"
        last = max(last, one.epoch)


def _by_its_own_right(calls: Iterable[Call], ours: frozenset[str], story: list[Recorded]) -> Iterator[str]:
    """Nothing is dialled but what the alert's owner of that moment has decided."""
    for call in calls:
        if call.caller not in ours:
            continue
        began = [one for one in story if _begins(one, call)]
        if not began:
            yield f"call {call.id} to {call.to} on {call.line}: nobody has decided it"
            continue
        mine = (one for one in story if one.stream == began[-1].stream)
        later = [one.at_us / SECOND for one in mine if one.epoch > began[-1].epoch]
        if later and call.started_s > min(later) + CROSSED_S:
            yield f"call {call.id} to {call.to} on {call.line}: dialled by a lease that had ended"


def _silent_while_away(story: list[Recorded], lost: Lost) -> Iterator[str]:
    """Once another has written, whoever was away writes nothing by what it had."""
    others = [one for one in story if one.node != lost.node and one.at_us / SECOND > lost.from_s]
    if not others:
        return
    taken = others[0]
    for one in story:
        if one.node == lost.node and one.version > taken.version and one.epoch <= taken.epoch:
            yield f"{one.node} has written {type(one.event).__name__} after {taken.node} had the alert"


def _psap_twice(facts: Facts, lost: Lost) -> Iterator[str]:
    """Of two calls to 112 that were up at once the second was made because the first was given up with its
    node, its call-taker was told, and one was ended soon after the node's return.
    """
    calls = [call for call in facts.calls if call.to == facts.people.psap and call.answered_s is not None]
    told = {
        one.event.clip.partition(":")[2]
        for one in facts.events
        if isinstance(one.event, ev.AnnouncementPlayed) and one.event.clip.startswith("psap_again:")
    }
    for n, second in enumerate(calls):
        for first in calls[:n]:
            began, ended = second.answered_s or 0.0, first.ended_s or math.inf
            both_until = min(ended, second.ended_s or math.inf)
            if both_until <= began:
                continue
            ours, theirs = _begun(facts, first), _begun(facts, second)
            if not any((one.leg, one.attempt) in _lost_attempts(facts) for one in ours):
                yield f"call {second.id} was made while call {first.id} was not given up"
            if both_until > max(lost.until_s, began) + ONE_WITHIN_S:
                after_s = both_until - lost.until_s
                yield f"calls {first.id} and {second.id} were both up {after_s:.1f} s after the return"
            spoke = both_until - began > TOLD_WITHIN_S
            if spoke and not any(str(one.attempt) in told for one in theirs):
                yield f"the call-taker of call {second.id} was not told that it is the same alert"


def _lost_attempts(facts: Facts) -> set[tuple[LegId, int]]:
    return {
        (one.event.leg, one.event.attempt)
        for one in facts.events
        if isinstance(one.event, ev.LegReleased) and one.event.cause == HangupCause.NODE_LOST
    }


def _begins(one: Recorded, call: Call) -> bool:
    return (
        isinstance(one.event, ev.LegOriginating)
        and one.event.line == call.line
        and one.event.number == call.to
        and one.at_us / SECOND <= call.started_s + CROSSED_S
    )


def _begun(facts: Facts, call: Call) -> list[ev.LegOriginating]:
    """The attempts that this call may be, the last one is."""
    return [
        one.event for one in facts.events if _begins(one, call) and isinstance(one.event, ev.LegOriginating)
    ]
