"""Nailed-up line of one operator: a call to the operator's phone that is kept for the whole shift. Pure.

The journal holds the line (`line.seized` with the operator): after a restart, the successor requests the call
from that line's modem and takes it over. All other state is determined again after a restart.
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
from model.rules.calls.own_line import nailed_up_leg

Order = DialCall | AttachCall | HangUpCall

PAUSE_US: Final = Instant(2 * SECOND)
"""Pause between the end of a call and the next, in microseconds; doubled after each failed call."""
LONGEST_PAUSE_US: Final = Instant(30 * SECOND)
LASTED_US: Final = Instant(60 * SECOND)
"""Duration after which a call counts as successful, in microseconds."""
NO_ANSWER_US: Final = Instant(45 * SECOND)
"""Ringing time after which a phone counts as unanswered, in microseconds."""
NO_VOICE_US: Final = Instant(10 * SECOND)
"""Time for a call to get a voice, in microseconds: later, the modem has no voice for the host and the call is
useless for a conference.
"""
SILENT_US: Final = Instant(10 * SECOND)
"""Time without a report after which a line is abandoned while the call is being made or ended;
microseconds.
"""
SILENT_UP_US: Final = Instant(30 * SECOND)
"""Time without a report after which a line is abandoned while the call is up: its voice works without
reports.
"""


class DesiredCall(msgspec.Struct, frozen=True, kw_only=True):
    """Desired state of the line, and its state in the journal."""

    call: bool
    """True if the operator is on shift and no alert calls the operator's phone."""
    keep: bool
    """True if `call` is True or an alert's leg is on the line."""
    number: E164 | None = None
    line: LineId | None = None
    """Line that is seized for the operator."""
    attempt: int = 0
    lost: bool = False
    """True if the line belonged to a lost node, so its call is lost too."""


class Nailed(msgspec.Struct, frozen=True, kw_only=True):
    """State of one operator's nailed-up call that is not in the journal."""

    operator: OperatorId
    since: Instant
    """Time of the last change of the call."""
    heard_at: Instant
    """Time of the modem's last report on the call, or of its start."""
    attempt: int = 0
    """Attempt that this state is about."""
    report: CallReport | None = None
    asking: int = 0
    """Attempt number of the pending request for a line; 0 if none."""
    failures: int = 0
    next_at: Instant = Instant(0)
    avoid: LineId | None = None
    """Line of the last failed call."""
    text: str = ""
    """Reason for the missing call, in words."""


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """Actions to take now; each may be repeated."""

    nailed: Nailed
    request: RequestLine | None = None
    order: Order | None = None
    """Order for the GsmModem of the seized line."""
    free: bool = False
    """True if the line must be freed in the journal."""


def begin(operator: OperatorId, now_us: Instant) -> Nailed:
    """Return the initial state of an operator's call."""
    return Nailed(operator=operator, since=now_us, heard_at=now_us)


def on_report(nailed: Nailed, said: CallReport, now_us: Instant) -> Nailed:
    """Return the state after a report of the modem."""
    if said.attempt != nailed.attempt:
        return nailed
    before = nailed.report
    same = before is not None and (before.state, before.voice) == (said.state, said.voice)
    return replace(nailed, report=said, heard_at=now_us, since=nailed.since if same else now_us)


def refused(nailed: Nailed, reason: str) -> Nailed:
    """Return the state after the TrunkPool has refused a line. `reason`: reason in words."""
    return replace(nailed, text=reason)


def voice(nailed: Nailed, wanted: DesiredCall) -> Voice:
    """Return the voice on the operator's line, as an alert's leg finds it."""
    if wanted.line is None:
        return ABSENT
    report = nailed.report if nailed.attempt == wanted.attempt else None
    if report is None or report.state is CallState.UNKNOWN:
        return UNKNOWN
    if report.state is CallState.RELEASED:
        cause = HangupCause.LINE_LOST if report.cause is None else report.cause
        return Voice(state=CallState.RELEASED, cause=cause)
    mute = report.state is CallState.ANSWERED and report.voice is None
    # If the call need not be kept, its end is ordered and follows shortly: no leg may join.
    return Voice(
        state=CallState.RINGING if mute else report.state, port=report.voice, wavering=not wanted.keep
    )


def stands_on(nailed: Nailed, now_us: Instant) -> LineId | None:
    """Return the line on which the modem has just reported the call as up, regardless of the journal; None if
    no line has been reported.
    """
    report = nailed.report
    up = report is not None and report.state is CallState.ANSWERED and now_us - nailed.heard_at < SILENT_US
    return report.line if report is not None and up else None


def step(nailed: Nailed, wanted: DesiredCall, now_us: Instant) -> Act:
    """Return the actions that are due; called at every change and every second."""
    if wanted.line is None:
        return _without_line(replace(nailed, report=None), wanted, now_us)
    if nailed.attempt != wanted.attempt:
        nailed = replace(nailed, attempt=wanted.attempt, report=None, since=now_us, heard_at=now_us, asking=0)
    return _on_line(nailed, wanted, now_us)


def _without_line(nailed: Nailed, wanted: DesiredCall, now_us: Instant) -> Act:
    if not wanted.call or wanted.number is None:
        if wanted.keep:
            return Act(nailed=replace(nailed, asking=0))
        return Act(nailed=begin(nailed.operator, now_us))
    if now_us < nailed.next_at:
        return Act(nailed=nailed)
    # Seconds since 1970: an attempt's number is never reused, even after a loss of state.
    attempt = nailed.asking or max(now_us // SECOND, nailed.attempt + 1)
    request = RequestLine(
        leg=nailed_up_leg(nailed.operator),
        attempt=attempt,
        party=Party.OPERATOR,
        operator=nailed.operator,
        avoid=() if nailed.avoid is None else (nailed.avoid,),
    )
    return Act(nailed=replace(nailed, asking=attempt), request=request)


def _on_line(nailed: Nailed, wanted: DesiredCall, now_us: Instant) -> Act:
    report = nailed.report
    leg, attempt, number = nailed_up_leg(nailed.operator), wanted.attempt, wanted.number
    state = CallState.DIALLING if report is None else report.state
    up = state is CallState.ANSWERED
    if state is CallState.RELEASED or (report is not None and state is CallState.UNKNOWN):
        return _over(nailed, wanted, now_us)
    if wanted.lost:
        return _over(replace(nailed, text="the node of the line is lost"), wanted, now_us)
    if now_us - nailed.heard_at >= (SILENT_UP_US if up and wanted.keep else SILENT_US):
        return _over(replace(nailed, text="the modem does not report"), wanted, now_us)
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
    calling = "the operator's phone is being called"
    return Act(
        nailed=replace(nailed, text=nailed.text or calling),
        order=DialCall(leg=leg, attempt=attempt, number=number),
    )


def _in_vain(nailed: Nailed, wanted: DesiredCall, state: CallState, now_us: Instant) -> str:
    """Return the reason to end the present call; empty if there is none."""
    lasts_us = now_us - nailed.since
    if state is CallState.ANSWERED:
        voiceless = nailed.report is not None and nailed.report.voice is None
        no_audio = f"line {wanted.line} delivers no audio to the center"
        return no_audio if voiceless and lasts_us >= NO_VOICE_US else ""
    return "the operator does not answer" if lasts_us >= NO_ANSWER_US else ""


def _over(nailed: Nailed, wanted: DesiredCall, now_us: Instant) -> Act:
    """Return the state after the end of the call: the line is freed, and another is requested after a
    pause.
    """
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
    HangupCause.BUSY: "the operator's phone is busy",
    HangupCause.NO_ANSWER: "the operator does not answer",
    HangupCause.NO_USER_RESPONDING: "the operator does not answer",
    HangupCause.SUBSCRIBER_ABSENT: "the operator's phone cannot be reached",
    HangupCause.REJECTED: "the operator has declined the call",
    HangupCause.LINE_LOST: "the line has failed",
    HangupCause.LINE_TAKEN: "the line has another call",
    HangupCause.INVALID_NUMBER: "the operator's number cannot be dialled",
    HangupCause.GUARDED: "the operator's number is an emergency number",
}
