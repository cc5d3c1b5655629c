"""Decider of a CallLeg: receives the orders of the case and the reports of the modem, and returns the
messages to both. Pure.

The leg keeps no durable state. The case repeats its order every second or two, which also requests the
present state; the leg passes each order on to the modem, and repeats an order itself only if the case is
silent. A leg that has just started receives its task with that order, and the state of the call from the
modem.
"""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec.structs import replace

from messages.base import HangupCause
from messages.calls import AnswerCall, AttachCall, CallReport, CallState, DialCall, HangUpCall
from messages.cases import Originate, ReleaseLeg
from messages.ids import SECOND, Instant, LineId
from model.rules.calls.own_line import is_own_line

SILENT_DIAL_US: Final = Instant(4 * SECOND)
"""Time in microseconds for a modem to accept a dial; then the attempt ends, so that the case tries another
line.
"""
SILENT_ANSWER_US: Final = Instant(12 * SECOND)
"""Time in microseconds for a modem to answer the user's own call. Longer than SILENT_DIAL_US, since no other
line can take this call: if the center called back, the user's phone would be busy with the user's own call.
"""
SILENT_CALL_US: Final = Instant(30 * SECOND)
"""Time in microseconds without a report after which a live call is abandoned. Long, since the voice of a call
works without reports.
"""
UNHEARD_US: Final = Instant(3 * SECOND)
"""Time in microseconds without a report after which a call on another node's line is abandoned, if its voice
does not arrive either.
"""
SILENT_RELEASE_US: Final = Instant(6 * SECOND)
"""Time in microseconds without a report after which a call that is to end counts as ended."""
RELEASES_WITHIN_US: Final = Instant(8 * SECOND)
"""Time in microseconds for a modem that sends reports to end a call; then the case continues without that
line.
"""

REPEAT_US: Final = Instant(SECOND)
"""Time in microseconds without an order to the modem after which the leg repeats the last one: the case,
which repeats its order every second, is dead or busy.
"""
UP_REPEAT_US: Final = Instant(5 * SECOND // 2)
"""Time in microseconds without an order after which the leg repeats the order of an answered call: the case
repeats its order every two seconds once all parties are joined.
"""

Wish = Originate | ReleaseLeg
Order = DialCall | AnswerCall | AttachCall | HangUpCall


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """Task of this leg: the case's last order (`wish`) and the modem's last report."""

    wish: Wish
    since: Instant
    """Time of the first order or of the modem's last report."""
    releasing_since: Instant | None = None
    """Time of the first order to end the attempt."""
    ordered_at: Instant
    """Time of the last order to the modem."""
    report: CallReport | None = None
    done: bool = False
    """True once the attempt has ended; the modem receives no further order."""


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """Result of a step: the new task, and the messages to send now."""

    task: Task | None
    line: LineId | None = None
    order: Order | None = None
    """Order for the process that carries the calls of `line`."""
    report: CallReport | None = None
    """Report for the case."""


def on_wish(task: Task | None, wish: Wish, now_us: Instant) -> Act:
    """Handle an order of the case, new or repeated. An order for an earlier attempt has no effect."""
    if task is not None and task.wish.leg == wish.leg and wish.attempt < task.wish.attempt:
        # A delayed order: that attempt is over, and the next attempt may be dialling.
        return Act(task=task)
    if task is None or (task.wish.leg, task.wish.attempt) != (wish.leg, wish.attempt):
        task = Task(wish=wish, since=now_us, ordered_at=now_us)
    elif _is_newer(task.wish, wish):
        since = task.since if type(task.wish) is type(wish) else now_us
        task = replace(task, wish=wish, since=since)
    if not isinstance(task.wish, ReleaseLeg):
        task = replace(task, releasing_since=None)
    elif task.releasing_since is None:
        task = replace(task, releasing_since=now_us)
    if task.done:
        return Act(task=task, report=_ended(task))
    act = _ask(task, now_us)
    known = task.report
    if act.report is None and known is not None and _is_news(known, wish):
        return replace(act, report=known)
    return act


def _is_news(known: CallReport, wish: Wish) -> bool:
    """Return True if the modem's report differs from the state that the case names in its order."""
    if known.state in (CallState.UNKNOWN, CallState.DIALLING) and not known.adopted:
        return False
    if not isinstance(wish, Originate) or known.state is not wish.seen:
        return True
    if known.joined != wish.joined or known.unheard != wish.unheard:
        return True
    return known.voice is not None and known.voice != wish.voice


def _is_newer(before: Wish, after: Wish) -> bool:
    """Return False if the order `after` was sent before the order `before` and arrived late: an attempt never
    returns to an earlier state.
    """
    match before, after:
        case ReleaseLeg(unanswered=True), Originate(seen=CallState.ANSWERED):
            return True  # the party answered just when the case ended the attempt
        case ReleaseLeg(), Originate():
            return False
        case Originate(), Originate():
            return after.seen is not CallState.UNKNOWN or before.seen is CallState.UNKNOWN
        case _:
            return True


def on_call(task: Task | None, said: CallReport, now_us: Instant) -> Act:
    """Handle a report of the modem. A report about another attempt has no effect."""
    if task is None or (said.leg, said.attempt) != (task.wish.leg, task.wish.attempt) or task.done:
        return Act(task=task)
    before = task.report
    task = replace(task, since=now_us, report=said)
    match said.state:
        case CallState.UNKNOWN if _was_up(task, before):
            # The modem was reset, or a party hung up while the line's process was down. A hang-up must not
            # count as a failure of the line: 112 would be dialled twice for one request.
            cause = HangupCause.LINE_LOST if said.reset else HangupCause.NORMAL_UNSPECIFIED
            lost = replace(said, state=CallState.RELEASED, cause=cause)
            task = replace(task, report=lost, done=True)
            return Act(task=task, report=_ended(task))
        case CallState.UNKNOWN:
            # Most likely an incoming call that cannot be answered yet. The order is repeated with the case's
            # next one: repeated at once, order and report would alternate without end.
            return Act(task=replace(task, report=None))
        case CallState.RELEASED:
            task = replace(task, done=True)
            return Act(task=task, report=_ended(task))
        case _ if before == said or (said.state is CallState.DIALLING and not said.adopted):
            # Nothing new: the case repeats its known state, and a difference is reported then.
            return Act(task=task)
        case _:
            return Act(task=task, report=said)


def on_line_back(task: Task | None, line: LineId, now_us: Instant) -> Act:
    """Repeat the order at once: the process of the modem of `line` has restarted."""
    if task is None or task.done or task.wish.line != line:
        return Act(task=task)
    return _ask(task, now_us)


def on_tick(task: Task | None, now_us: Instant) -> Act:
    """Repeat the order if none was sent lately, or end the attempt if the modem sends no report or does not
    end the call in time. Called every second.
    """
    if task is None or task.done:
        return Act(task=task)
    since = task.releasing_since
    held = since is not None and now_us - since >= RELEASES_WITHIN_US
    if not held and now_us - task.since < _patience_us(task):
        return Act(task=task) if now_us - task.ordered_at < _repeat_us(task) else _ask(task, now_us)
    wish = task.wish
    hang_up = HangUpCall(leg=wish.leg, attempt=wish.attempt, number=wish.number, call=wish.call)
    return replace(_given_up(task, HangupCause.LINE_LOST), line=wish.line, order=hang_up)


def on_lost(task: Task | None) -> Act:
    """End the attempt without waiting for the modem: the node of the line is lost.

    No order to hang up is sent: if the node returns, its call may be taken over again.
    """
    return Act(task=task) if task is None or task.done else _given_up(task, HangupCause.NODE_LOST)


def on_unheard(task: Task | None, now_us: Instant) -> Act:
    """End the attempt on another node's line if neither reports nor voice have arrived for UNHEARD_US.

    That node may still be a member of the cluster: only the connection between the two nodes is broken.
    """
    if task is None or task.done or not isinstance(task.wish, Originate) or task.wish.sounds:
        return Act(task=task)
    return _given_up(task, HangupCause.NODE_LOST) if now_us - task.since >= UNHEARD_US else Act(task=task)


def _given_up(task: Task, cause: HangupCause) -> Act:
    wish = task.wish
    lost = CallReport(
        leg=wish.leg,
        attempt=wish.attempt,
        line=wish.line,
        state=CallState.RELEASED,
        cause=cause,
    )
    task = replace(task, report=lost, done=True)
    return Act(task=task, report=_ended(task))


def _patience_us(task: Task) -> int:
    if isinstance(task.wish, ReleaseLeg):
        return SILENT_RELEASE_US
    up = task.wish.seen in (CallState.RINGING, CallState.ANSWERED) or task.report is not None
    if up:
        return SILENT_CALL_US
    return SILENT_DIAL_US if task.wish.call is None else SILENT_ANSWER_US


def _repeat_us(task: Task) -> int:
    # An operator's own audio may move to another node at any time, which the next order finds.
    up = isinstance(task.wish, Originate) and _is_answered(task) and not is_own_line(task.wish.line)
    return UP_REPEAT_US if up else REPEAT_US


def _was_up(task: Task, before: CallReport | None) -> bool:
    """Return True if the call was up, or may have been: the report "unknown" then means that the call has
    ended; otherwise, that it was not dialled yet.
    """
    if isinstance(task.wish, ReleaseLeg):
        return True
    return task.wish.seen is not CallState.UNKNOWN or before is not None


def _ask(task: Task, now_us: Instant) -> Act:
    """Return the order to the modem for the known state. Every order may be repeated without effect."""
    wish = task.wish
    order: Order
    match wish:
        case ReleaseLeg():
            order = HangUpCall(
                leg=wish.leg,
                attempt=wish.attempt,
                number=wish.number,
                call=wish.call,
                unanswered=wish.unanswered,
            )
        case Originate(call=int(call)) if not _is_answered(task):
            # Also if the call is already known to ring: the process of the modem may have died before the
            # answer.
            order = AnswerCall(leg=wish.leg, attempt=wish.attempt, call=call, number=wish.number)
        case Originate(seen=CallState.UNKNOWN, number=number) if task.report is None and number is not None:
            order = DialCall(leg=wish.leg, attempt=wish.attempt, number=number, emergency=wish.emergency)
        case Originate():
            order = AttachCall(
                leg=wish.leg,
                attempt=wish.attempt,
                number=wish.number,
                call=wish.call,
                answered=_is_answered(task),
                digits=wish.digits,
                silent=wish.silent,
            )
    return Act(task=replace(task, ordered_at=now_us), line=wish.line, order=order)


def _is_answered(task: Task) -> bool:
    states = (task.wish.seen if isinstance(task.wish, Originate) else None, task.report and task.report.state)
    return CallState.ANSWERED in states


def _ended(task: Task) -> CallReport:
    said, wish = task.report, task.wish
    cause = HangupCause.NORMAL_UNSPECIFIED if said is None or said.cause is None else said.cause
    return CallReport(
        leg=wish.leg, attempt=wish.attempt, line=wish.line, state=CallState.RELEASED, cause=cause
    )
