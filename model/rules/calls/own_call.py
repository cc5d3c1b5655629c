"""Call of the center's own, without an alert: the next orders to its modems, and its end. Pure.

One engine serves a line test, the nightly self-test, a call to people on duty, the watcher's call, and the
command line's. The call goes from one line to a number, or to another line of the center, which answers.
Orders to a modem are idempotent, and repeated at every turn.
"""

from __future__ import annotations

import math
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
    OwnCallEnd,
)
from messages.ids import E164, SECOND, Instant, LegId, LineId

Order = DialCall | AnswerCall | AttachCall | HangUpCall

SILENT_US: Final = Instant(10 * SECOND)
"""Time without a report after which a modem is given up."""
UNNAMED: Final = 0
"""Replaces the modem's own number for an incoming call: the call from that phone number."""
RINGS_US: Final = Instant(2 * SECOND)
"""Time for which a called line lets the call ring: the ringing is part of the test."""


class CallEnd(msgspec.Struct, frozen=True, kw_only=True):
    """End of the call at one line."""

    line: LineId
    leg: LegId
    number: E164 | None
    """Number called or calling; None: a called line that accepts any caller with a number."""
    calls: bool = True
    """True for the calling line."""
    call: int | None = None
    """The modem's own number for the call; on the called line only."""
    rings_at: Instant | None = None
    """Start of the ringing; on the called line only."""
    asked: bool = False
    """True once an order was sent to the modem."""
    report: CallReport | None = None
    heard_at: Instant

    @property
    def state(self) -> CallState | None:
        """State in the modem's last report; None before the first."""
        return None if self.report is None else self.report.state

    @property
    def gone(self) -> bool:
        """True if the call does not exist any more."""
        return self.state in (CallState.RELEASED, CallState.UNKNOWN)


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Limits of a call's duration in seconds, after which the call is hung up."""

    rings_s: float = math.inf
    """Limit from the order, while unanswered."""
    up_s: float = math.inf
    """Limit from the answer."""
    whole_s: float = math.inf
    """Limit from the order, in every case."""


class OwnCall(msgspec.Struct, frozen=True, kw_only=True):
    """A call, from the order to its end."""

    ends: tuple[CallEnd, ...]
    """End of the calling line, and end of the called line if it belongs to the center; or the only end, of a
    line that waits for a call.
    """
    began_at: Instant
    limits: Limits
    ringing_at: Instant | None = None
    """Start of the ringing as reported by the first line, like `answered_at`."""
    answered_at: Instant | None = None
    why: OwnCallEnd | None = None
    """Reason for which the call has ended, or is to be hung up."""

    @property
    def report(self) -> CallReport | None:
        """Last report of the first line's modem; None before the first report."""
        return self.ends[0].report

    @property
    def gone(self) -> bool:
        """True if that modem reports that the call does not exist any more."""
        return self.ends[0].gone


class CallStep(msgspec.Struct, frozen=True, kw_only=True):
    """Actions due now."""

    call: OwnCall
    orders: tuple[tuple[LineId, Order], ...]
    over: bool
    """True if no call is left to hang up: the lines are to be released."""

    @property
    def order(self) -> Order | None:
        """Order to the line of a call with a single end; None if no order is due."""
        return next((order for _, order in self.orders), None)


def start_call(
    line: LineId, leg: LegId, number: E164, limits: Limits, now_us: Instant, began_at: Instant | None = None
) -> OwnCall:
    """Return a call of one line to a number. `began_at`: time of an earlier process's order."""
    end = CallEnd(line=line, leg=leg, number=number, heard_at=now_us)
    return OwnCall(ends=(end,), began_at=now_us if began_at is None else began_at, limits=limits)


def on_report(call: OwnCall, report: CallReport, now_us: Instant) -> OwnCall:
    """Return the call after a modem's report; a report about another leg changes nothing."""
    first, *others = [
        replace(one, report=report, heard_at=now_us) if report.leg == one.leg else one for one in call.ends
    ]
    ringing_at, answered_at = call.ringing_at, call.answered_at
    if report.leg == first.leg and report.state is CallState.RINGING:
        ringing_at = ringing_at or now_us
    if report.leg == first.leg and report.state is CallState.ANSWERED and answered_at is None:
        answered_at, others = now_us, list(map(_answered_before, others))
    return replace(call, ends=(first, *others), ringing_at=ringing_at, answered_at=answered_at)


def on_ringing(call: OwnCall, incoming: IncomingCall, now_us: Instant) -> OwnCall:
    """Return the call after a report of ringing at the called line."""
    return replace(call, ends=tuple(_rung(one, incoming, now_us) for one in call.ends))


def end_call(call: OwnCall, why: OwnCallEnd) -> OwnCall:
    """Return the call marked for hang-up; the first reason is kept."""
    return call if call.why is not None else replace(call, why=why)


def apply_limits(call: OwnCall, now_us: Instant) -> OwnCall:
    """Return the call, marked as ended if the modem no longer has the call, if the modem is silent, or if the
    time is over.
    """
    limits, since_s = call.limits, (now_us - call.began_at) / SECOND
    if any(one.gone for one in call.ends):
        return end_call(call, OwnCallEnd.RELEASED)
    if any(_is_silent(one, now_us) for one in call.ends):
        return end_call(call, OwnCallEnd.LOST)
    if since_s >= limits.whole_s or (call.answered_at is None and since_s >= limits.rings_s):
        return end_call(call, OwnCallEnd.TIME)
    if call.answered_at is not None and (now_us - call.answered_at) / SECOND >= limits.up_s:
        return end_call(call, OwnCallEnd.DONE)
    return call


def next_step(call: OwnCall, now_us: Instant) -> CallStep:
    """Return the actions due now. Called several times a second."""
    call = apply_limits(call, now_us)
    ends: list[CallEnd] = []
    orders: list[tuple[LineId, Order]] = []
    for one in call.ends:
        order = _wanted(one, now_us, ending=call.why is not None)
        if order is not None:
            orders.append((one.line, order))
        first = order is not None and not one.asked
        ends.append(replace(one, asked=True, heard_at=now_us) if first else one)
    over = call.why is not None and all(_is_over(one, now_us) for one in ends)
    return CallStep(call=replace(call, ends=tuple(ends)), orders=tuple(orders), over=over)


def _rung(end: CallEnd, call: IncomingCall, now_us: Instant) -> CallEnd:
    if end.calls or end.line != call.line or end.call is not None or call.number is None:
        return end
    if end.number not in (None, call.number):
        return end
    return replace(end, number=call.number, call=call.call, rings_at=now_us, heard_at=now_us)


def _answered_before(end: CallEnd) -> CallEnd:
    """Return the end as answered without a ringing here: an earlier process had it answered."""
    return replace(end, call=UNNAMED) if end.call is None else end


def _is_silent(end: CallEnd, now_us: Instant) -> bool:
    return end.asked and now_us - end.heard_at >= SILENT_US


def _is_over(end: CallEnd, now_us: Instant) -> bool:
    return end.gone or not end.asked or _is_silent(end, now_us)


def _wanted(end: CallEnd, now_us: Instant, *, ending: bool) -> Order | None:
    if end.gone or (not end.calls and end.call is None):
        return None
    if ending:
        if not end.asked:
            return None
        return HangUpCall(leg=end.leg, attempt=1, number=end.number, call=end.call)
    if end.state is CallState.ANSWERED or (end.call is not None and end.rings_at is None):
        return AttachCall(leg=end.leg, attempt=1, number=end.number, call=end.call)
    if end.calls and end.number is not None:
        return DialCall(leg=end.leg, attempt=1, number=end.number)
    if end.call is None or end.rings_at is None or now_us - end.rings_at < RINGS_US:
        return None
    return AnswerCall(leg=end.leg, attempt=1, call=end.call, number=end.number)
