"""What must hold at the end of every run, whatever was struck. Pure: facts in, violations out.

A call's end is explained by who ended it, which the carrier knows: a phone (it has hung up); the network
(busy, no answer); a line's power (it was unplugged); or one of our lines, and then the journal must hold our
decision to release this very attempt, with a reason that something outside gave: an order, a phone that hung
up, an attempt that nobody had answered. Any other end is a call that we have dropped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from messages import events as ev
from messages.base import HangupCause
from messages.ids import SECOND, Advice, OperatorCommand, Party, Role
from model.alert.case import Case
from model.alert.evolve import fold
from model.alert.leg import LINE_FAILURES
from model.alert.reasons import ReleaseReason
from tests.chaos.harness.facts import Facts
from tests.chaos.harness.view import Call

FROZEN_WITHIN_S = 3.5
KILLED_WITHIN_S = 10.0
"""After this a place is not slow but empty; how fast it is, the matrix tells."""
POWER_LOST = 27
"""The carrier's cause when a modem loses its power or is reset."""
ORDERS = {
    "left": OperatorCommand.LEAVE,
    "false alarm": OperatorCommand.DECLARE_FALSE_ALARM,
    "closed": OperatorCommand.CLOSE,
    "handed over": OperatorCommand.HAND_OVER,
    "machine": OperatorCommand.MARK_MACHINE,
    ReleaseReason.WITHDRAWN: OperatorCommand.WITHDRAW_PSAP,
    ReleaseReason.CALLED_ELSEWHERE: OperatorCommand.CALLED_ELSEWHERE,
}
UNANSWERED = frozenset(
    {
        "no answer",
        "silent",
        "not needed",
        "replaced",
        "preempted",
        "duress",
        "another answered",
        ReleaseReason.HUSHED,
    }
)
OTHERS = {"112 has hung up": Party.PSAP, "user has hung up": Party.USER}
SLACK_S = 0.5
"""Between an answer and a decision that crossed it on its way."""


@dataclass(frozen=True)
class Violation:
    """One thing that must not be, in the words of its rule."""

    rule: str
    text: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.text}"


Rule = Callable[[Facts, Case | None], Iterator[str]]


def judge(facts: Facts) -> list[Violation]:
    """Everything that is wrong."""
    # Her own call that has not even rung has not reached us: her phone said so, and she calls again.
    reached = (call for call in facts.calls if call.caller != facts.people.user or call.ringing_s is not None)
    facts = replace(facts, calls=tuple(reached))
    case = fold(list(facts.events))
    return [Violation(name, text) for name, rule in RULES.items() for text in rule(facts, case)]


# ---------------------------------------------------------------- the alert


def _accepted(facts: Facts, case: Case | None) -> Iterator[str]:
    if facts.accepted and case is None:
        yield "it was accepted, and the journal does not know it"


def _ended(facts: Facts, case: Case | None) -> Iterator[str]:
    if facts.stood_still and not facts.silent:
        yield f"it stood still before `{facts.stood_still}`"
    if case is None:
        return
    if case.closed_at is None:
        if not facts.stood_still:
            yield "it is not closed"
    elif case.outcome is not facts.outcome:
        yield f"it was closed as {case.outcome}, not as {facts.outcome}"


def _deadline(facts: Facts, case: Case | None) -> Iterator[str]:
    """By the carrier's clock: the user's phone rang or called before the deadline; else the advice."""
    if case is None:
        return
    deadline_s = case.deadline_at / SECOND
    rang = [
        call.ringing_s
        for call in facts.calls
        if facts.people.user in (call.to, call.caller) and call.ringing_s is not None
    ]
    advised = [
        one.at_us / SECOND
        for one in facts.events
        if isinstance(one.event, ev.AdviceChanged) and one.event.advice is Advice.CALL_112_NOW
    ]
    if min(rang, default=deadline_s + 1) > deadline_s and min(advised, default=deadline_s + 1) > deadline_s:
        yield "the deadline passed without a ring at her phone and without advice"


# ---------------------------------------------------------------- calls


def _attempt(facts: Facts, call: Call) -> ev.LegOriginating | None:
    """The attempt that this call is: the last one begun before it on its line with its party."""
    best = None
    for one in facts.events:
        event = one.event
        if not isinstance(event, ev.LegOriginating) or event.line != call.line:
            continue
        if event.call is not None:
            if call.caller == facts.people.user:
                best = event
        elif event.number == call.to and one.at_us / SECOND <= call.started_s + SLACK_S:
            best = event
    return best


def _released_for(facts: Facts, attempt: ev.LegOriginating) -> str | None:
    """The reason of our own last decision to hang up: one that came with the answer was dropped. None where
    there was none.
    """
    for one in reversed(facts.events):
        event = one.event
        if (
            isinstance(event, ev.LegReleasing)
            and event.leg == attempt.leg
            and event.attempt == attempt.attempt
        ):
            return event.reason
    return None


def _declined(facts: Facts, call: Call) -> bool:
    """Whether the user called a line on which somebody talked, and is called back on another instead."""
    attempt = _attempt(facts, call)
    return (
        attempt is not None
        and attempt.call is not None
        and call.answered_s is None
        and any(
            isinstance(one.event, ev.LegReleased)
            and (one.event.leg, one.event.attempt) == (attempt.leg, attempt.attempt)
            and one.event.cause == HangupCause.LINE_TAKEN
            for one in facts.events
        )
    )


def _dropped(facts: Facts, case: Case | None) -> Iterator[str]:
    for call in facts.calls:
        if call.live:
            continue
        why = _unexplained(facts, call)
        if why:
            yield f"call {call.id} from {call.caller} to {call.to} on {call.line}: {why}"


def _unexplained(facts: Facts, call: Call) -> str:
    if call.cause == POWER_LOST and call.ended_by not in facts.people.all:
        struck = [one for one in facts.lines_struck if one.line == call.line]
        ended_s = call.ended_s or 0.0
        if any(one.kind == "unplug" and one.from_s <= ended_s + SLACK_S for one in struck):
            return ""
        return "its line has lost its power, and nobody has unplugged it"
    if call.ended_by not in facts.numbers_of_lines:
        return ""  # a phone, or the network
    if _declined(facts, call):
        return ""
    attempt = _attempt(facts, call)
    if attempt is None:
        return "we have hung up a call that the journal does not know"
    reason = _released_for(facts, attempt)
    if reason is None:
        return "we have hung up, and nobody has decided it"
    if reason in ORDERS:
        ordered = any(
            isinstance(one.event, ev.CommandGiven) and one.event.command is ORDERS[reason]
            for one in facts.events
        )
        return "" if ordered else f"we have hung up ({reason}), and nobody has ordered it"
    if reason in UNANSWERED:
        answered_s = call.answered_s
        if answered_s is None or (call.ended_s or 0.0) - answered_s < SLACK_S:
            return ""
        return f"we have hung up ({reason}) on somebody who had answered"
    if reason in OTHERS:
        number = facts.people.number(OTHERS[reason])
        hung_up = any(number in (one.to, one.caller) and one.ended_by == number for one in facts.calls)
        return "" if hung_up else f"we have hung up ({reason}), and no phone had"
    return f"we have hung up for a reason that is none: {reason!r}"


def _failed(facts: Facts, party: Party) -> int:
    """How many of the party's calls a struck line has spoilt."""
    lines = {one.line for one in facts.lines_struck}
    failures = {
        (one.event.leg, one.event.attempt)
        for one in facts.events
        if isinstance(one.event, ev.LegReleased) and one.event.cause in LINE_FAILURES
    }

    def spoilt(call: Call) -> bool:
        if _declined(facts, call):
            return True
        if call.line not in lines or call.ended_by in facts.people.all:
            return False
        attempt = _attempt(facts, call)
        failed = attempt is not None and (attempt.leg, attempt.attempt) in failures
        return failed or (call.cause == POWER_LOST and call.ended_by is None)

    return sum(spoilt(call) for call in _calls(facts, party))


def _calls(facts: Facts, party: Party) -> list[Call]:
    number = facts.people.number(party)
    return [call for call in facts.calls if number in (call.to, call.caller)]


def _called_back(facts: Facts) -> int:
    """1 where the user hung up while 112, for all that we had heard, was still there: called once more."""
    left = next(
        (n for n, one in enumerate(facts.events) if isinstance(one.event, ev.LeaveRequested)),
        len(facts.events),
    )
    hung_up = any(call.ended_by == facts.people.user for call in _calls(facts, Party.USER))
    parties = {
        one.event.leg: one.event.party for one in facts.events if isinstance(one.event, ev.LegOriginating)
    }
    ended = [
        parties.get(one.event.leg) for one in facts.events[left:] if isinstance(one.event, ev.LegReleased)
    ]
    if not hung_up or Party.USER not in ended:
        return 0
    first = ended.index(Party.USER)
    return int(Party.PSAP in parties.values() and Party.PSAP not in ended[:first])


def _once_each(facts: Facts, case: Case | None) -> Iterator[str]:
    for party, asked in facts.asked.items():
        if party is Party.PSAP:
            continue
        there, failed = len(_calls(facts, party)), _failed(facts, party)
        more = _called_back(facts) if party is Party.USER else 0
        # A conference that breaks after the operator has left calls the operator, and who dropped, again.
        more += sum(isinstance(one.event, ev.ConferenceBroken) for one in facts.events)
        if there > asked + failed + more:
            yield f"{there} calls with the {party}, {asked} asked for, {failed} spoilt by a line"
        if there < asked and case is not None and case.closed_at is not None:
            yield f"{there} calls with the {party}, {asked} asked for"
    attempts = Counter(
        (attempt.leg, attempt.attempt)
        for call in facts.calls
        if (attempt := _attempt(facts, call)) is not None
    )
    for (leg, number), times in attempts.items():
        if times > 1:
            yield f"attempt {number} of {leg} was dialled {times} times"


def _psap_once(facts: Facts, case: Case | None) -> Iterator[str]:
    requests = sum(isinstance(one.event, ev.PsapRequested) for one in facts.events)
    there, failed = len(_calls(facts, Party.PSAP)), _failed(facts, Party.PSAP)
    if there > requests + failed:
        yield f"112 was dialled {there} times for {requests} requests; {failed} calls were spoilt by a line"
    if there < requests and case is not None and case.closed_at is not None:
        yield f"112 was dialled {there} times for {requests} requests"


def _heard(facts: Facts, case: Case | None) -> Iterator[str]:
    if facts.silent:
        yield f"they did not hear each other: `{facts.stood_still}`"


# ---------------------------------------------------------------- what is left


def _reserved(facts: Facts, case: Case | None) -> Iterator[str]:
    if case is None or case.closed_at is None:
        return
    released = {
        (one.event.leg, one.event.attempt) for one in facts.events if isinstance(one.event, ev.LegReleased)
    }
    for seized in facts.seized:
        if (seized.leg, seized.attempt) not in released:
            yield f"{seized.line} was seized for attempt {seized.attempt} of {seized.leg}, never released"
    for one in facts.events:
        event = one.event
        if isinstance(event, ev.LegOriginating) and (event.leg, event.attempt) not in released:
            yield f"attempt {event.attempt} of {event.leg} was never released"
    reserved: dict[str, bool] = {}
    for one in facts.events:
        match one.event:
            case ev.OperatorReserved(operator=operator):
                reserved[operator] = True
            case ev.OperatorLeft(operator=operator) | ev.OperatorNotAnswering(operator=operator):
                reserved[operator] = False
    yield from (f"the operator {name} is still reserved" for name, still in reserved.items() if still)


def _on_hook(facts: Facts, case: Case | None) -> Iterator[str]:
    for call in facts.calls:
        if call.live and case is not None and case.closed_at is not None:
            yield f"call {call.id} from {call.caller} to {call.to} is still {call.state}"


def _well(facts: Facts, case: Case | None) -> Iterator[str]:
    yield from facts.unwell


def _orders(facts: Facts, case: Case | None) -> Iterator[str]:
    for given in facts.given:
        if given.status == 409 and given.allowed:
            yield f"{given.command} was refused ({given.reason}), and the case allows it"
        elif given.status not in (0, 202, 409, 503):
            yield f"{given.command} was answered {given.status}"


def _replaced(facts: Facts, case: Case | None) -> Iterator[str]:
    for struck in facts.struck:
        for name in struck.missing:
            yield f"nobody has taken the place of {name} ({struck.kind})"


def _in_time(facts: Facts, case: Case | None) -> Iterator[str]:
    # A frozen node is the service manager's to see; who was struck along with all of them comes with them.
    whole = any(
        struck.role == Role.NODE or (struck.role == Role.ADMIN and struck.kind == "kill")
        for struck in facts.struck
    )
    for struck in facts.struck:
        frozen = struck.kind == "stop" and not whole
        within_s = FROZEN_WITHIN_S if frozen else KILLED_WITHIN_S
        for name, took_s in struck.recovered_s.items():
            if took_s > within_s:
                yield f"{name} ({struck.kind}): a successor after {took_s:.2f} s, more than {within_s} s"


RULES: dict[str, Rule] = {
    "accepted": _accepted,
    "ended": _ended,
    "deadline": _deadline,
    "dropped": _dropped,
    "once each": _once_each,
    "112 once": _psap_once,
    "heard": _heard,
    "reserved": _reserved,
    "on hook": _on_hook,
    "well again": _well,
    "orders": _orders,
    "replaced": _replaced,
    "in time": _in_time,
}
RULES_TOLD = {
    "accepted": "Every alert with a receipt or an answered call is in the journal.",
    "ended": "The flow ends, and the alert is closed with the outcome of the flow.",
    "deadline": "The user's phone or own call rings by the deadline, or the app was advised before.",
    "dropped": "Only a phone, the network, an order or an unplugged line ends a call.",
    "once each": "Each party is called as often as the flow requires, and each attempt is dialled once.",
    "112 once": "112 is dialled once for each request, again only if a struck line has ended the call.",
    "heard": "Each party of a conference hears exactly the others, before and after the strike.",
    "reserved": "No leg, line or operator stays reserved.",
    "on hook": "All calls have ended.",
    "well again": "Afterwards the center is ready, each actor idle and alone, all phones and lines free.",
    "orders": "The operator's order is accepted, or refused only if the case does not allow it.",
    "replaced": "Each killed or frozen process has a successor.",
    "in time": f"Successor: {FROZEN_WITHIN_S} s after a freeze; {KILLED_WITHIN_S} s for a kill or a node.",
}
"""For the reader of the report."""
assert RULES.keys() == RULES_TOLD.keys()
