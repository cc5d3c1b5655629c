"""One operator's nailed-up line: a call to the operator's phone that is kept up for the whole shift. Pure.

Which line carries it stands in the journal (`line.seized` with the operator), so that whoever comes after a
restart asks that line's modem for the call and takes it over. Everything else is found out anew.
"""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec.structs import replace

from actors.operator_lines.decider import ABSENT, UNKNOWN, Voice
from messages.base import HangupCause
from messages.calls import AttachCall, CallReport, CallState, DialCall, HangUpCall
from messages.ids import E164, SECOND, Instant, LineId, OperatorId, Party
from messages.lines import RequestLine
from model.rules.calls.own_line import standing_leg

Order = DialCall | AttachCall | HangUpCall

PAUSE_US: Final = Instant(2 * SECOND)
"""From the end of a call to the next one; twice as long after each that came to nothing."""
LONGEST_PAUSE_US: Final = Instant(30 * SECOND)
LASTED_US: Final = Instant(60 * SECOND)
"""A call that stood for so long has come to something."""
NO_ANSWER_US: Final = Instant(45 * SECOND)
"""A phone that rings for so long is not answered."""
NO_VOICE_US: Final = Instant(10 * SECOND)
"""A call without a voice by then is on a modem that gives none to the host: good for no conference."""
SILENT_US: Final = Instant(10 * SECOND)
"""A line whose modem has said nothing of the call for so long is given up while the call is made or ended,"""
SILENT_UP_US: Final = Instant(30 * SECOND)
"""and while it is up: its voice does not need us."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is wanted of the line now, and what the journal has of it."""

    call: bool
    """The operator is on shift, and no call of an alert's is made to the operator's phone."""
    keep: bool
    """That, or an alert's leg stands on it."""
    number: E164 | None = None
    line: LineId | None = None
    """The line that is seized for it."""
    attempt: int = 0
    lost: bool = False
    """It was a line of a node that is no more, and the call on it is no more either."""


class Nailed(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one operator's call, beyond the journal."""

    operator: OperatorId
    since: Instant
    """Of the state of the call."""
    heard_at: Instant
    """When its modem last said something of it, or it was begun."""
    attempt: int = 0
    """Which attempt this is about."""
    report: CallReport | None = None
    asking: int = 0
    """With which attempt's number a line is asked for; 0: none is."""
    failures: int = 0
    next_at: Instant = Instant(0)
    avoid: LineId | None = None
    """On which the last call came to nothing."""
    text: str = ""
    """Why it is not up, in words."""


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done now. All of it may be done twice."""

    nailed: Nailed
    request: RequestLine | None = None
    order: Order | None = None
    """To the GsmModem of the line that is seized."""
    free: bool = False
    """The line is to be nobody's again, in the journal."""


def begin(operator: OperatorId, now_us: Instant) -> Nailed:
    """Nothing is known of it yet."""
    return Nailed(operator=operator, since=now_us, heard_at=now_us)


def heard(nailed: Nailed, said: CallReport, now_us: Instant) -> Nailed:
    """The modem has said how the call stands."""
    if said.attempt != nailed.attempt:
        return nailed
    before = nailed.report
    same = before is not None and (before.state, before.voice) == (said.state, said.voice)
    return replace(nailed, report=said, heard_at=now_us, since=nailed.since if same else now_us)


def refused(nailed: Nailed, reason: str) -> Nailed:
    """There is no line for it."""
    return replace(nailed, text=reason)


def voice(nailed: Nailed, wanted: Wanted) -> Voice:
    """What an alert's leg finds on the operator's line."""
    if wanted.line is None:
        return ABSENT
    report = nailed.report if nailed.attempt == wanted.attempt else None
    if report is None or report.state is CallState.UNKNOWN:
        return UNKNOWN
    if report.state is CallState.RELEASED:
        cause = HangupCause.LINE_LOST if report.cause is None else report.cause
        return Voice(state=CallState.RELEASED, cause=cause)
    mute = report.state is CallState.ANSWERED and report.voice is None
    # Where it is not to be kept its end was ordered, and comes a moment later: nobody begins to stand on it.
    return Voice(
        state=CallState.RINGING if mute else report.state, port=report.voice, wavering=not wanted.keep
    )


def stands_on(nailed: Nailed, now_us: Instant) -> LineId | None:
    """The line on which its modem has the call up, as it has said just now, whatever the journal says."""
    report = nailed.report
    up = report is not None and report.state is CallState.ANSWERED and now_us - nailed.heard_at < SILENT_US
    return report.line if report is not None and up else None


def step(nailed: Nailed, wanted: Wanted, now_us: Instant) -> Act:
    """What is due. Asked at every change, and every second."""
    if wanted.line is None:
        return _without_line(replace(nailed, report=None), wanted, now_us)
    if nailed.attempt != wanted.attempt:
        nailed = replace(nailed, attempt=wanted.attempt, report=None, since=now_us, heard_at=now_us, asking=0)
    return _on_line(nailed, wanted, now_us)


def _without_line(nailed: Nailed, wanted: Wanted, now_us: Instant) -> Act:
    if not wanted.call or wanted.number is None:
        if wanted.keep:
            return Act(nailed=replace(nailed, asking=0))
        return Act(nailed=begin(nailed.operator, now_us))
    if now_us < nailed.next_at:
        return Act(nailed=nailed)
    # Seconds since 1970: an attempt's number is never used again, whatever is forgotten meanwhile.
    attempt = nailed.asking or max(now_us // SECOND, nailed.attempt + 1)
    request = RequestLine(
        leg=standing_leg(nailed.operator),
        attempt=attempt,
        party=Party.OPERATOR,
        operator=nailed.operator,
        avoid=() if nailed.avoid is None else (nailed.avoid,),
    )
    return Act(nailed=replace(nailed, asking=attempt), request=request)


def _on_line(nailed: Nailed, wanted: Wanted, now_us: Instant) -> Act:
    report = nailed.report
    leg, attempt, number = standing_leg(nailed.operator), wanted.attempt, wanted.number
    state = CallState.DIALLING if report is None else report.state
    up = state is CallState.ANSWERED
    if state is CallState.RELEASED or (report is not None and state is CallState.UNKNOWN):
        return _over(nailed, wanted, now_us)
    if wanted.lost:
        return _over(replace(nailed, text="the node of its line is lost"), wanted, now_us)
    if now_us - nailed.heard_at >= (SILENT_UP_US if up and wanted.keep else SILENT_US):
        return _over(replace(nailed, text="its modem says nothing"), wanted, now_us)
    in_vain = _in_vain(nailed, wanted, state, now_us)
    if not wanted.keep or in_vain:
        return Act(
            nailed=replace(nailed, text=in_vain or nailed.text),
            order=HangUpCall(leg=leg, attempt=attempt, number=number),
        )
    if up:
        lasted = now_us - nailed.since >= LASTED_US
        nailed = replace(nailed, text="", avoid=None, failures=0 if lasted else nailed.failures)
        return Act(nailed=nailed, order=AttachCall(leg=leg, attempt=attempt, number=number))
    if number is None:
        return Act(nailed=nailed, order=HangUpCall(leg=leg, attempt=attempt))
    calling = "her phone is being called"
    return Act(
        nailed=replace(nailed, text=nailed.text or calling),
        order=DialCall(leg=leg, attempt=attempt, number=number),
    )


def _in_vain(nailed: Nailed, wanted: Wanted, state: CallState, now_us: Instant) -> str:
    """Why the call that is under way is given up; empty while it is not."""
    lasts_us = now_us - nailed.since
    if state is CallState.ANSWERED:
        voiceless = nailed.report is not None and nailed.report.voice is None
        return f"{wanted.line} gives no voice to the center" if voiceless and lasts_us >= NO_VOICE_US else ""
    return "she does not answer her phone" if lasts_us >= NO_ANSWER_US else ""


def _over(nailed: Nailed, wanted: Wanted, now_us: Instant) -> Act:
    """The call has ended: the line is nobody's, and after a pause another is asked for."""
    report = nailed.report
    lasted = report is not None and report.voice is not None and now_us - nailed.since >= LASTED_US
    failures = 1 if lasted else nailed.failures + 1
    pause_us = min(PAUSE_US << min(failures - 1, 8), LONGEST_PAUSE_US)
    cause = None if report is None else report.cause
    after = replace(
        nailed,
        report=None,
        asking=0,
        failures=failures,
        next_at=Instant(now_us + pause_us),
        avoid=wanted.line,
        text=_WHY.get(cause or 0, nailed.text or "the call has ended"),
    )
    return Act(nailed=after, free=True)


_WHY: Final[dict[int, str]] = {
    HangupCause.BUSY: "her phone is busy",
    HangupCause.NO_ANSWER: "she does not answer her phone",
    HangupCause.NO_USER_RESPONDING: "she does not answer her phone",
    HangupCause.SUBSCRIBER_ABSENT: "her phone cannot be reached",
    HangupCause.REJECTED: "she has declined the call",
    HangupCause.LINE_LOST: "the line has failed",
    HangupCause.LINE_TAKEN: "the line has another call",
    HangupCause.INVALID_NUMBER: "her number cannot be dialled",
    HangupCause.GUARDED: "her number is an emergency number",
}
