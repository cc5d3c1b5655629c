"""Line as the TrunkPool sees it, from the journal and its modem; availability; and, for 112, the reason why
no line is available and the last resort. Pure.

No lack is reported while a line's modem process has just started or has not reported yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import msgspec
from msgspec.structs import replace

from messages.base import Joins
from messages.ids import SECOND, AlertId, Instant, LegId, LineId, NodeId, Party, TrunkId
from messages.lines import Lack, LineRefused, LineReport, LineState, NodeLines, RequestLine
from model.settings import Settings
from model.settings.psap import LastResort

FRESH_US: Final = Instant(5 * SECOND)
"""Age at which a line's report expires, in microseconds; the line is not granted then. A modem reports every
two seconds, and one report may be lost.
"""
FAR_FRESH_US: Final = Instant(2 * SECOND)
"""Age at which the report of another node's line expires, in microseconds; that node's TrunkPool sends it.
Shorter than `call_leg.UNHEARD_US`: an expired report must not bring back a call abandoned for its node's
silence.
"""
TOGETHER: Final = 50
"""Lines in one message to another node; a datagram has room for two hundred."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """Line in its present state, from the journal and its modem."""

    line: LineId
    trunk: TrunkId
    emergency: bool
    inbound: bool = True
    """True if users may call its number."""
    version: int
    """Version of its stream that a seizing append must expect."""
    report: LineReport | None = None
    heard_at: Instant = Instant(0)
    seized_by: LegId | None = None
    alert: AlertId | None = None
    """Alert of that leg."""
    test: bool = False
    """True if that alert is a test."""
    nailed_up: bool = False
    """True if the line carries the call of an operator's shift, not an alert's."""
    stood_on: bool = False
    """True if an alert has that operator on the line."""
    setting_up: bool = False
    """True if one of its calls on this line is being set up or released: no call can be added now."""
    tried: bool = False
    """True if a call of the center's own is on the line and yields to alerts: a line test, or a call to a
    person on duty.
    """
    party: Party | None = None
    quarantined: bool = False
    taken_out: bool = False
    """True if a person has taken the line out of service."""
    in_doubt: bool = False
    """True if an alarm makes the line unreliable although its modem reports no fault."""
    last_used_at: Instant = Instant(0)
    node: NodeId = NodeId("")
    """Node of the line; empty for this node."""
    drained: bool = False
    """True if that node is draining and the line carries no call: granted only if no other line is free."""

    @property
    def joins(self) -> Joins:
        """Way in which the line joins its calls."""
        return Joins.HOST if self.report is None else self.report.joins


def usable(one: Line, now_us: Instant) -> bool:
    """Return True if the line's modem can carry a call, whether in use or not."""
    report = one.report
    return (
        not one.quarantined
        and report is not None
        and report.state is LineState.READY
        and now_us - one.heard_at < (FAR_FRESH_US if one.node else FRESH_US)
    )


def serves(one: Line, now_us: Instant) -> bool:
    """Return True if a free line could start a call: its modem is usable and it is not out of service.

    A call on a line that is taken out of service continues.
    """
    return usable(one, now_us) and not one.taken_out


def batched(reports: Sequence[LineReport]) -> Iterator[NodeLines]:
    """Split the reports into messages."""
    for first in range(0, len(reports), TOGETHER):
        yield NodeLines(reports=tuple(reports[first : first + TOGETHER]))


COMES_US: Final = Instant(3 * SECOND)
"""Time for a restarted modem process to report, in microseconds; the modem is mostly ready by then."""


def with_lack(
    refused: LineRefused, request: RequestLine, group: Sequence[Line], now_us: Instant
) -> LineRefused:
    """Return the refusal of a line to 112 with the lack; `group`: all lines that could carry the call."""
    return replace(refused, lack=_lack(group, now_us)) if request.party is Party.PSAP else refused


def _lack(group: Sequence[Line], now_us: Instant) -> Lack | None:
    if not group:
        return Lack.NONE
    if any(serves(one, now_us) for one in group):
        return Lack.TAKEN
    return None if any(_may_become_usable(one, now_us) for one in group) else Lack.OUT_OF_USE


def _may_become_usable(one: Line, now_us: Instant) -> bool:
    """Return True if the line may become usable in a moment, or has not reported yet."""
    if one.quarantined or one.taken_out:
        return False
    if one.report is None:
        return now_us - one.heard_at <= COMES_US
    return one.report.state is LineState.STARTING and now_us - one.report.since <= COMES_US


def last_resort(request: RequestLine, lines: Iterable[Line], settings: Settings) -> list[Line]:
    """Return the public lines for dialling 112 if its own trunk has none left; empty for a test."""
    if settings.psap.last_resort is not LastResort.PUBLIC or request.test or request.party is not Party.PSAP:
        return []
    return [one for one in lines if not one.emergency and one.joins is Joins.HOST]
