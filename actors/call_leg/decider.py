"""What a CallLeg does: from what its case wishes and what the modem reports to what it tells both. Pure.

It keeps nothing of its own. A wish told again is a question how things stand; a leg that has just
started learns from the wish what it is, and from the modem what there is.
"""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec.structs import replace

from messages.base import HangupCause
from messages.calls import AnswerCall, AttachCall, CallReport, CallState, DialCall, HangUpCall
from messages.cases import Originate, ReleaseLeg
from messages.ids import SECOND, Instant, LineId

SILENT_DIAL_US: Final = Instant(4 * SECOND)
"""A line whose modem has not even taken the dial by then is given up: there are others."""
SILENT_ANSWER_US: Final = Instant(12 * SECOND)
"""Longer for the user's own call, on this line alone: called back, that phone would be busy with it."""
SILENT_CALL_US: Final = Instant(30 * SECOND)
"""The same for a call that is up: its voice does not need us, so there is no hurry to declare it lost."""
UNHEARD_US: Final = Instant(3 * SECOND)
"""A call of another node's line whose voice is gone, too, is given up after so long without a word."""
SILENT_RELEASE_US: Final = Instant(6 * SECOND)
RELEASES_WITHIN_US: Final = Instant(8 * SECOND)
"""A modem that speaks and does not end the call is given up as well; the case goes on without its line."""

Wish = Originate | ReleaseLeg
Order = DialCall | AnswerCall | AttachCall | HangUpCall


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """What this leg is, and what the modem last said of it."""

    wish: Wish
    since: Instant
    """When the wish was first told, or the modem last heard."""
    releasing_since: Instant | None = None
    """When the attempt was first to be ended."""
    report: CallReport | None = None
    done: bool = False
    """The attempt has ended; nothing more is asked of the modem."""


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """What is told now."""

    task: Task | None
    line: LineId | None = None
    order: Order | None = None
    """To whoever carries the calls of `line`."""
    report: CallReport | None = None
    """To the case."""


def on_wish(task: Task | None, wish: Wish, now_us: Instant) -> Act:
    """The case has said, or said again, what the leg is to do."""
    if task is not None and task.wish.leg == wish.leg and wish.attempt < task.wish.attempt:
        # An older wish that comes late: that attempt is over, and its party may be called by now.
        return Act(task=task)
    if task is None or (task.wish.leg, task.wish.attempt) != (wish.leg, wish.attempt):
        task = Task(wish=wish, since=now_us)
    elif _is_newer(task.wish, wish):
        since = task.since if type(task.wish) is type(wish) else now_us
        task = replace(task, wish=wish, since=since)
    if not isinstance(task.wish, ReleaseLeg):
        task = replace(task, releasing_since=None)
    elif task.releasing_since is None:
        task = replace(task, releasing_since=now_us)
    if task.done:
        return Act(task=task, report=_ended(task))
    act = _ask(task)
    known = task.report
    if act.report is None and known is not None and _is_news(known, wish):
        return replace(act, report=known)
    return act


def _is_news(known: CallReport, wish: Wish) -> bool:
    """Whether the case, by its wish, does not know yet what the modem has said."""
    if known.state in (CallState.UNKNOWN, CallState.DIALLING) and not known.adopted:
        return False
    if not isinstance(wish, Originate) or known.state is not wish.seen:
        return True
    if known.joined != wish.joined or known.unheard != wish.unheard:
        return True
    return known.voice is not None and known.voice != wish.voice


def _is_newer(before: Wish, after: Wish) -> bool:
    """Whether a wish for the same attempt is not an older one that comes late: attempts only go on."""
    match before, after:
        case ReleaseLeg(unanswered=True), Originate(seen=CallState.ANSWERED):
            return True  # it was answered in the instant in which it was to be given up
        case ReleaseLeg(), Originate():
            return False
        case Originate(), Originate():
            return after.seen is not CallState.UNKNOWN or before.seen is CallState.UNKNOWN
        case _:
            return True


def on_call(task: Task | None, said: CallReport, now_us: Instant) -> Act:
    """The modem has said how the call stands."""
    if task is None or (said.leg, said.attempt) != (task.wish.leg, task.wish.attempt) or task.done:
        return Act(task=task)
    before = task.report
    task = replace(task, since=now_us, report=said)
    match said.state:
        case CallState.UNKNOWN if _was_up(task, before):
            # The modem was reset meanwhile; or somebody has hung up while nobody listened, and is not to be
            # called as if the line had failed: 112 would be dialled twice for one request.
            cause = HangupCause.LINE_LOST if said.reset else HangupCause.NORMAL_UNSPECIFIED
            lost = replace(said, state=CallState.RELEASED, cause=cause)
            task = replace(task, report=lost, done=True)
            return Act(task=task, report=_ended(task))
        case CallState.UNKNOWN:
            # A caller who cannot be answered yet, most likely. The next tick asks: asked at once it would be
            # said again at once, without end.
            return Act(task=replace(task, report=None))
        case CallState.RELEASED:
            task = replace(task, done=True)
            return Act(task=task, report=_ended(task))
        case _ if before == said or (said.state is CallState.DIALLING and not said.adopted):
            # The case loses nothing by not hearing it: its wish says every second what it knows.
            return Act(task=task)
        case _:
            return Act(task=task, report=said)


def on_line_back(task: Task | None, line: LineId) -> Act:
    """The modem's process was started again: it is asked at once, and not at the case's next telling."""
    if task is None or task.done or task.wish.line != line:
        return Act(task=task)
    return _ask(task)


def on_tick(task: Task | None, now_us: Instant) -> Act:
    """A second has passed: a modem that says nothing at all, or ends no call, is given up in the end."""
    if task is None or task.done:
        return Act(task=task)
    since = task.releasing_since
    held = since is not None and now_us - since >= RELEASES_WITHIN_US
    if not held and now_us - task.since < _patience_us(task):
        return _ask(task)
    wish = task.wish
    hang_up = HangUpCall(leg=wish.leg, attempt=wish.attempt, number=wish.number, call=wish.call)
    return replace(_given_up(task, HangupCause.LINE_LOST), line=wish.line, order=hang_up)


def on_lost(task: Task | None) -> Act:
    """The line's node is no more, and the call with it as far as can be told: nobody waits for its modem.

    Nor is it told anything: a node that is back this very moment has the call, which may be taken back.
    """
    return Act(task=task) if task is None or task.done else _given_up(task, HangupCause.NODE_LOST)


def on_unheard(task: Task | None, now_us: Instant) -> Act:
    """Give the call of another node's line up where nothing is heard of it: neither its modem nor its voice.

    Its node may be a member all the same, with only the way between the two broken.
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


def _was_up(task: Task, before: CallReport | None) -> bool:
    """Whether there should be a call: otherwise "unknown" only means that it has yet to be dialled."""
    if isinstance(task.wish, ReleaseLeg):
        return True
    return task.wish.seen is not CallState.UNKNOWN or before is not None


def _ask(task: Task) -> Act:
    """The order for the modem that fits what is known. All of them can be given twice."""
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
            # Also of a call that is known to ring: the modem's process may have died before it answered.
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
    return Act(task=task, line=wish.line, order=order)


def _is_answered(task: Task) -> bool:
    states = (task.wish.seen if isinstance(task.wish, Originate) else None, task.report and task.report.state)
    return CallState.ANSWERED in states


def _ended(task: Task) -> CallReport:
    said, wish = task.report, task.wish
    cause = HangupCause.NORMAL_UNSPECIFIED if said is None or said.cause is None else said.cause
    return CallReport(
        leg=wish.leg, attempt=wish.attempt, line=wish.line, state=CallState.RELEASED, cause=cause
    )
