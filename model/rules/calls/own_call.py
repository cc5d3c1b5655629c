"""A call of the center's own, which is no alert's: what its modems are told next, and when it is over. Pure.

One engine for a test of a line, the nightly proof, a call to somebody on duty, the watcher's, and the command
line's. From one line to a number, or to another line of the center's, which answers. Orders to a modem are
idempotent, and given again at every turn.
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
"""A modem that says nothing of a call for so long is waited for no more."""
UNNAMED: Final = 0
"""In place of the modem's own number for a call that comes in: the one from that number."""
RINGS_US: Final = Instant(2 * SECOND)
"""So long a line that is called lets it ring: that it rings is part of what is tried."""


class End(msgspec.Struct, frozen=True, kw_only=True):
    """One line's end of the call."""

    line: LineId
    leg: LegId
    number: E164 | None
    """Whom it calls, or who calls it; None: of a line that is called, whoever shows a number."""
    calls: bool = True
    """Whether it is the one that calls."""
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


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How long a call may go on, in seconds, before it is hung up."""

    rings_s: float = math.inf
    """From the order, while nobody has answered."""
    up_s: float = math.inf
    """From the answer."""
    whole_s: float = math.inf
    """From the order, whatever has come of it."""


class OwnCall(msgspec.Struct, frozen=True, kw_only=True):
    """One call, from the order to its end."""

    ends: tuple[End, ...]
    """The calling line's, and that of the line that is called, if it is the center's; or the only one, of a
    line that stands by to be called."""
    began_at: Instant
    limits: Limits
    ringing_at: Instant | None = None
    """By the first line's word, as `answered_at`."""
    answered_at: Instant | None = None
    why: OwnCallEnd | None = None
    """Why it has ended, or is to be hung up."""

    @property
    def report(self) -> CallReport | None:
        """What the first line's modem has said last."""
        return self.ends[0].report

    @property
    def gone(self) -> bool:
        """Whether that modem says that there is no call any more."""
        return self.ends[0].gone


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done now."""

    call: OwnCall
    orders: tuple[tuple[LineId, Order], ...]
    over: bool
    """Nothing is left to be hung up: the lines are to be nobody's again."""

    @property
    def order(self) -> Order | None:
        """What the line is told that makes a call alone."""
        return next((order for _, order in self.orders), None)


def begun(
    line: LineId, leg: LegId, number: E164, limits: Limits, now_us: Instant, began_at: Instant | None = None
) -> OwnCall:
    """Return a call of one line to a number. `began_at`: of the order, where a process before has had it."""
    end = End(line=line, leg=leg, number=number, heard_at=now_us)
    return OwnCall(ends=(end,), began_at=now_us if began_at is None else began_at, limits=limits)


def heard(call: OwnCall, report: CallReport, now_us: Instant) -> OwnCall:
    """A modem has said how a call stands; what is of another leg changes nothing."""
    first, *others = [
        replace(one, report=report, heard_at=now_us) if report.leg == one.leg else one for one in call.ends
    ]
    ringing_at, answered_at = call.ringing_at, call.answered_at
    if report.leg == first.leg and report.state is CallState.RINGING:
        ringing_at = ringing_at or now_us
    if report.leg == first.leg and report.state is CallState.ANSWERED and answered_at is None:
        answered_at, others = now_us, list(map(_answered_before, others))
    return replace(call, ends=(first, *others), ringing_at=ringing_at, answered_at=answered_at)


def rung(call: OwnCall, incoming: IncomingCall, now_us: Instant) -> OwnCall:
    """A line that is called says that it rings."""
    return replace(call, ends=tuple(_rung(one, incoming, now_us) for one in call.ends))


def end(call: OwnCall, why: OwnCallEnd) -> OwnCall:
    """It is to be hung up; the first reason stays."""
    return call if call.why is not None else replace(call, why=why)


def look(call: OwnCall, now_us: Instant) -> OwnCall:
    """Return the call, ended where it is gone, its modem is silent, or its time is over."""
    limits, since_s = call.limits, (now_us - call.began_at) / SECOND
    if any(one.gone for one in call.ends):
        return end(call, OwnCallEnd.RELEASED)
    if any(_is_silent(one, now_us) for one in call.ends):
        return end(call, OwnCallEnd.LOST)
    if since_s >= limits.whole_s or (call.answered_at is None and since_s >= limits.rings_s):
        return end(call, OwnCallEnd.TIME)
    if call.answered_at is not None and (now_us - call.answered_at) / SECOND >= limits.up_s:
        return end(call, OwnCallEnd.DONE)
    return call


def turn(call: OwnCall, now_us: Instant) -> Turn:
    """What is due. Asked several times a second."""
    call = look(call, now_us)
    ends: list[End] = []
    orders: list[tuple[LineId, Order]] = []
    for one in call.ends:
        order = _wanted(one, now_us, ending=call.why is not None)
        if order is not None:
            orders.append((one.line, order))
        first = order is not None and not one.asked
        ends.append(replace(one, asked=True, heard_at=now_us) if first else one)
    over = call.why is not None and all(_is_over(one, now_us) for one in ends)
    return Turn(call=replace(call, ends=tuple(ends)), orders=tuple(orders), over=over)


def _rung(end: End, call: IncomingCall, now_us: Instant) -> End:
    if end.calls or end.line != call.line or end.call is not None or call.number is None:
        return end
    if end.number not in (None, call.number):
        return end
    return replace(end, number=call.number, call=call.call, rings_at=now_us, heard_at=now_us)


def _answered_before(end: End) -> End:
    """The call is up, and this line has not rung here: a process before this one has had it answered."""
    return replace(end, call=UNNAMED) if end.call is None else end


def _is_silent(end: End, now_us: Instant) -> bool:
    return end.asked and now_us - end.heard_at >= SILENT_US


def _is_over(end: End, now_us: Instant) -> bool:
    return end.gone or not end.asked or _is_silent(end, now_us)


def _wanted(end: End, now_us: Instant, *, ending: bool) -> Order | None:
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
