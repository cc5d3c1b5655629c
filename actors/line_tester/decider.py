"""What is due in a test call: who is dialled, who answers, when all is hung up, and when it is over. Pure.

From one line to a number; or to another line of the center's, which answers. Or a line answers alone what an
alert's leg has dialled, as the phone of a check.
"""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec.structs import replace

from messages.calls import CallReport, CallState, IncomingCall
from messages.ids import SECOND, Instant, LineId
from messages.trials import LineTrial, TrialEnd, TrialOrder, leg_of
from model.rules.calls.own_call import (
    End,
    Order,
    answered_before,
    is_over,
    is_silent,
    next_order,
    reported,
    rung,
)

LONGEST_US: Final = Instant(60 * SECOND)
"""From the order; then it is hung up, whatever it has come to."""


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
    first = End(
        line=order.line,
        leg=leg_of(order.trial, 1),
        number=order.number,
        calls=not order.answers,
        heard_at=now_us,
    )
    if order.other is None or order.caller is None:
        return Trial(order=order, first=first)
    other = End(
        line=order.other, leg=leg_of(order.trial, 2), number=order.caller, calls=False, heard_at=now_us
    )
    return Trial(order=order, first=first, other=other)


def heard(trial: Trial, report: CallReport, now_us: Instant) -> Trial:
    """A modem has said how the call of this test stands."""
    if report.leg == trial.first.leg:
        trial = replace(trial, first=reported(trial.first, report, now_us))
        if report.state is CallState.RINGING and trial.ringing_at is None:
            return replace(trial, ringing_at=now_us)
        if report.state is CallState.ANSWERED and trial.answered_at is None:
            other = None if trial.other is None else answered_before(trial.other)
            return replace(trial, answered_at=now_us, other=other)
    elif trial.other is not None:
        return replace(trial, other=reported(trial.other, report, now_us))
    return trial


def rings(trial: Trial, call: IncomingCall, now_us: Instant) -> Trial:
    """The line that is called says that it rings."""
    if trial.order.answers and call.number is not None:
        # Which of the center's lines was free to call is known only now.
        return replace(trial, first=rung(replace(trial.first, number=call.number), call, now_us))
    return trial if trial.other is None else replace(trial, other=rung(trial.other, call, now_us))


def end(trial: Trial, why: TrialEnd) -> Trial:
    """It is to be hung up; the first reason stays."""
    return trial if trial.ends is not None else replace(trial, ends=why)


def turn(trial: Trial, now_us: Instant) -> Turn:
    """What is due. Asked several times a second."""
    if now_us - trial.order.begun_at >= LONGEST_US:
        trial = end(trial, TrialEnd.TIME)
    up_us = round(trial.order.up_s * SECOND)
    if up_us and trial.answered_at is not None and now_us - trial.answered_at >= up_us:
        trial = end(trial, TrialEnd.DONE)
    if any(one.gone for one in trial.ends_of_it):
        trial = end(trial, TrialEnd.RELEASED)
    elif any(is_silent(one, now_us) for one in trial.ends_of_it):
        trial = end(trial, TrialEnd.LOST)
    orders: list[tuple[LineId, Order]] = []
    left: list[End] = []
    for one in trial.ends_of_it:
        after, wanted = next_order(one, now_us, ending=trial.ends is not None)
        if wanted is not None:
            orders.append((one.line, wanted))
        left.append(after)
    trial = replace(trial, first=left[0], other=left[1] if len(left) > 1 else None)
    over = trial.ends is not None and all(is_over(one, now_us) for one in left)
    return Turn(trial=trial, orders=tuple(orders), over=over)


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
