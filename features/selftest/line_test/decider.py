"""A test call: its lines, its time limit, and its state for display. Pure.

From one line to a number, or to another line of the center, which answers. Or a line alone answers the call
of an alert's leg, as the phone of a check. The course of the call is that of every call of the center's own
(`own_call`).
"""

from __future__ import annotations

import math
from typing import Final

import msgspec

from features.selftest.trial import LineTrial, TrialOrder, leg_of
from messages.calls import CallState
from messages.ids import Instant
from model.rules.calls.own_call import CallEnd, Limits, OwnCall

LONGEST_S: Final = 60.0
"""Time limit counted from the order; the call is then hung up in any state."""


class Trial(msgspec.Struct):
    """A test call with its order."""

    order: TrialOrder
    call: OwnCall


def begin(order: TrialOrder, now_us: Instant) -> OwnCall:
    """Return the call before dialling."""
    # A line that answers alone learns its caller only when the call rings.
    number = None if order.answers else order.number
    ends = [
        CallEnd(
            line=order.line,
            leg=leg_of(order.trial, 1),
            number=number,
            calls=not order.answers,
            heard_at=now_us,
        )
    ]
    if order.other is not None and order.caller is not None:
        leg = leg_of(order.trial, 2)
        ends.append(CallEnd(line=order.other, leg=leg, number=order.caller, calls=False, heard_at=now_us))
    limits = Limits(up_s=order.up_s or math.inf, whole_s=LONGEST_S)
    return OwnCall(ends=tuple(ends), began_at=order.begun_at, limits=limits)


def told(order: TrialOrder, call: OwnCall) -> LineTrial:
    """Return the state of the call for display."""
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
