"""What is due in a test call: who is dialled, who answers, when all is hung up, and when it is over. Pure.

From one line to a number; or to another line of the center's, which answers. Told again at every turn: orders
to a modem are idempotent.
"""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec.structs import replace

from messages.calls import (
    AnswerCall,
    AttachCall,
    CallReport,
    CallState,
    DialCall,
    HangUpCall,
    IncomingCall,
)
from messages.ids import E164, SECOND, Instant, LegId, LineId
from messages.trials import LineTrial, TrialEnd, TrialOrder, leg_of

Order = DialCall | AnswerCall | AttachCall | HangUpCall

LONGEST_US: Final = Instant(60 * SECOND)
"""From the order; then it is hung up, whatever it has come to."""
SILENT_US: Final = Instant(10 * SECOND)
"""A modem that says nothing of a call for so long is waited for no more."""
RINGS_US: Final = Instant(2 * SECOND)
"""So long the line that is called lets it ring: that it rings is part of what is tried."""


class End(msgspec.Struct, frozen=True, kw_only=True):
    """One line's end of the call."""

    line: LineId
    leg: LegId
    number: E164
    """Whom it calls, or who calls it."""
    call: int | None = None
    """Of the line that is called: the modem's own number for it."""
    rings_at: Instant | None = None
    """Of that line: since when."""
    asked: bool = False
    """Whether its modem was told anything of it."""
    report: CallReport | None = None
    heard_at: Instant

    @property
    def state(self) -> CallState | None:
        """As its modem has it; None before it has said anything."""
        return None if self.report is None else self.report.state

    @property
    def gone(self) -> bool:
        """Whether there is no call any more."""
        return self.state in (CallState.RELEASED, CallState.UNKNOWN)


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """One test call."""

    order: TrialOrder
    first: End
    other: End | None = None
    ringing_at: Instant | None = None
    answered_at: Instant | None = None
    ends: TrialEnd | None = None

    @property
    def ends_of_it(self) -> tuple[End, ...]:
        """The calling line's, and that of the one that is called."""
        return (self.first,) if self.other is None else (self.first, self.other)


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done now."""

    trial: Trial
    orders: tuple[tuple[LineId, Order], ...] = ()
    over: bool = False
    """No call is left: the lines are to be nobody's again."""


def begin(order: TrialOrder, now_us: Instant) -> Trial:
    """Nothing is dialled yet."""
    first = End(line=order.line, leg=leg_of(order.trial, 1), number=order.number, heard_at=now_us)
    if order.other is None or order.caller is None:
        return Trial(order=order, first=first)
    other = End(line=order.other, leg=leg_of(order.trial, 2), number=order.caller, heard_at=now_us)
    return Trial(order=order, first=first, other=other)


def heard(trial: Trial, report: CallReport, now_us: Instant) -> Trial:
    """A modem has said how the call of this test stands."""
    if report.leg == trial.first.leg:
        trial = replace(trial, first=replace(trial.first, report=report, heard_at=now_us))
        if report.state is CallState.RINGING and trial.ringing_at is None:
            return replace(trial, ringing_at=now_us)
        if report.state is CallState.ANSWERED and trial.answered_at is None:
            return replace(trial, answered_at=now_us)
    elif trial.other is not None and report.leg == trial.other.leg:
        return replace(trial, other=replace(trial.other, report=report, heard_at=now_us))
    return trial


def rings(trial: Trial, call: IncomingCall, now_us: Instant) -> Trial:
    """The line that is called says that it rings."""
    other = trial.other
    if other is None or other.line != call.line or other.call is not None or call.number != other.number:
        return trial
    return replace(trial, other=replace(other, call=call.call, rings_at=now_us, heard_at=now_us))


def end(trial: Trial, why: TrialEnd) -> Trial:
    """It is to be hung up; the first reason stays."""
    return trial if trial.ends is not None else replace(trial, ends=why)


def turn(trial: Trial, now_us: Instant) -> Turn:
    """What is due. Asked several times a second."""
    if now_us - trial.order.begun_at >= LONGEST_US:
        trial = end(trial, TrialEnd.TIME)
    if any(one.gone for one in trial.ends_of_it):
        trial = end(trial, TrialEnd.RELEASED)
    elif any(one.asked and now_us - one.heard_at >= SILENT_US for one in trial.ends_of_it):
        trial = end(trial, TrialEnd.LOST)
    orders: list[tuple[LineId, Order]] = []
    left: list[End] = []
    for one in trial.ends_of_it:
        wanted = _wanted(one, one is trial.first, now_us, ending=trial.ends is not None)
        if wanted is not None:
            orders.append((one.line, wanted))
            one = replace(one, asked=True, heard_at=one.heard_at if one.asked else now_us)
        left.append(one)
    trial = replace(trial, first=left[0], other=left[1] if len(left) > 1 else None)
    over = trial.ends is not None and all(_is_over(one, now_us) for one in left)
    return Turn(trial=trial, orders=tuple(orders), over=over)


def _wanted(one: End, calls: bool, now_us: Instant, *, ending: bool) -> Order | None:
    if one.gone or (not calls and one.call is None):
        return None
    if ending:
        if not one.asked:
            return None
        return HangUpCall(leg=one.leg, attempt=1, number=one.number, call=one.call)
    if one.state is CallState.ANSWERED:
        return AttachCall(leg=one.leg, attempt=1, number=one.number, call=one.call)
    if calls:
        return DialCall(leg=one.leg, attempt=1, number=one.number)
    if one.call is None or one.rings_at is None or now_us - one.rings_at < RINGS_US:
        return None
    return AnswerCall(leg=one.leg, attempt=1, call=one.call, number=one.number)


def _is_over(one: End, now_us: Instant) -> bool:
    return one.gone or not one.asked or now_us - one.heard_at >= SILENT_US


def told(trial: Trial) -> LineTrial:
    """What is shown of it."""
    report = trial.first.report
    return LineTrial(
        trial=trial.order.trial,
        line=trial.order.line,
        other=trial.order.other,
        by=trial.order.by,
        begun_at=trial.order.begun_at,
        state=CallState.DIALLING if report is None else report.state,
        ringing_at=trial.ringing_at,
        answered_at=trial.answered_at,
        ends=trial.ends,
        cause=None if report is None else report.cause,
    )
