"""A test call: which of its lines call whom, how long it may go on, and what is shown of it. Pure.

From one line to a number; or to another line of the center's, which answers. Or a line answers alone what an
alert's leg has dialled, as the phone of a check. How it goes on is every own call's (`own_call`).
"""

from __future__ import annotations

import math
from typing import Final

import msgspec

from features.selftest.trial import LineTrial, TrialOrder, leg_of
from messages.calls import CallState
from messages.ids import Instant
from model.rules.calls.own_call import End, Limits, OwnCall

LONGEST_S: Final = 60.0
"""From the order; then it is hung up, whatever it has come to."""


class Trial(msgspec.Struct):
    """One test call."""

    order: TrialOrder
    call: OwnCall


def begin(order: TrialOrder, now_us: Instant) -> OwnCall:
    """Nothing is dialled yet."""
    # Which of the center's lines was free to call one that answers alone is known only when it rings.
    number = None if order.answers else order.number
    ends = [
        End(
            line=order.line,
            leg=leg_of(order.trial, 1),
            number=number,
            calls=not order.answers,
            heard_at=now_us,
        )
    ]
    if order.other is not None and order.caller is not None:
        leg = leg_of(order.trial, 2)
        ends.append(End(line=order.other, leg=leg, number=order.caller, calls=False, heard_at=now_us))
    limits = Limits(up_s=order.up_s or math.inf, whole_s=LONGEST_S)
    return OwnCall(ends=tuple(ends), began_at=order.begun_at, limits=limits)


def told(order: TrialOrder, call: OwnCall) -> LineTrial:
    """What is shown of it."""
    return LineTrial(
        trial=order.trial,
        line=order.line,
        other=order.other,
        by=order.by,
        begun_at=order.begun_at,
        state=call.ends[0].state or CallState.DIALLING,
        ringing_at=call.ringing_at,
        answered_at=call.answered_at,
        ends=call.why,
        cause=None if call.report is None else call.report.cause,
    )
