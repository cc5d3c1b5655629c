"""One line's end of a call of the center's own, which is no alert's: what its modem is told next. Pure.

Told again at every turn: orders to a modem are idempotent.
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
    number: E164
    """Whom it calls, or who calls it."""
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


def reported(end: End, report: CallReport, now_us: Instant) -> End:
    """Its modem has said how it stands; what is of another leg changes nothing."""
    return replace(end, report=report, heard_at=now_us) if report.leg == end.leg else end


def rung(end: End, call: IncomingCall, now_us: Instant) -> End:
    """The line that is called says that it rings."""
    if end.calls or end.line != call.line or end.call is not None or call.number != end.number:
        return end
    return replace(end, call=call.call, rings_at=now_us, heard_at=now_us)


def answered_before(end: End) -> End:
    """The call is up, and this line has not rung here: a process before this one has had it answered."""
    return replace(end, call=UNNAMED) if end.call is None else end


def is_silent(end: End, now_us: Instant) -> bool:
    """Whether its modem was told something and says nothing."""
    return end.asked and now_us - end.heard_at >= SILENT_US


def is_over(end: End, now_us: Instant) -> bool:
    """Whether nothing is left to be hung up."""
    return end.gone or not end.asked or is_silent(end, now_us)


def next_order(end: End, now_us: Instant, *, ending: bool) -> tuple[End, Order | None]:
    """What its modem is to be told now, and the end once it is. `ending`: the call is to be hung up."""
    order = _wanted(end, now_us, ending=ending)
    if order is None:
        return end, None
    return replace(end, asked=True, heard_at=end.heard_at if end.asked else now_us), order


def _wanted(end: End, now_us: Instant, *, ending: bool) -> Order | None:
    if end.gone or (not end.calls and end.call is None):
        return None
    if ending:
        if not end.asked:
            return None
        return HangUpCall(leg=end.leg, attempt=1, number=end.number, call=end.call)
    if end.state is CallState.ANSWERED or (end.call is not None and end.rings_at is None):
        return AttachCall(leg=end.leg, attempt=1, number=end.number, call=end.call)
    if end.calls:
        return DialCall(leg=end.leg, attempt=1, number=end.number)
    if end.call is None or end.rings_at is None or now_us - end.rings_at < RINGS_US:
        return None
    return AnswerCall(leg=end.leg, attempt=1, call=end.call, number=end.number)
