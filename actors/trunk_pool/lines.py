"""One line as the TrunkPool sees it: what the journal and its modem say of it, whether it serves; what a call
to 112 lacks that no line of its trunk can carry, and the last resort (S8). Pure.

A line whose modem's process has just started, or has not been heard yet, is waited for in silence.
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

FRESH_US: Final = Instant(3 * SECOND)
"""A line not reported on for this long is not granted: its modem's actor says so every second."""
FAR_FRESH_US: Final = Instant(2 * SECOND)
"""The same of another node's line, of which its TrunkPool says so. Shorter than `call_leg.UNHEARD_US`: a call
that was given up because nothing is heard of that node is not asked back from its last word."""
TOGETHER: Final = 50
"""So many lines are told to another node at a time: a datagram carries two hundred."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line as the journal and its modem have it now."""

    line: LineId
    trunk: TrunkId
    emergency: bool
    inbound: bool = True
    """Whether users may call its number."""
    version: int
    """Of its stream: what an append that seizes it must expect."""
    report: LineReport | None = None
    heard_at: Instant = Instant(0)
    seized_by: LegId | None = None
    alert: AlertId | None = None
    """The alert of that leg."""
    test: bool = False
    """Whether that alert is a test."""
    nailed_up: bool = False
    """Whether it is no alert's, but carries the call of an operator's shift."""
    stood_on: bool = False
    """Whether an alert has that operator on it."""
    setting_up: bool = False
    """Whether one of its calls on this line is not up yet, or not gone yet: no other can be added now."""
    tried: bool = False
    """A call of the center's own is on it, which gives way: one that tries the line, or to people on duty."""
    party: Party | None = None
    quarantined: bool = False
    taken_out: bool = False
    """A person has taken it out of service."""
    in_doubt: bool = False
    """An alarm stands by which it is not to be relied on, though its modem says nothing against it."""
    last_used_at: Instant = Instant(0)
    node: NodeId = NodeId("")
    """Whose line it is, where it is another node's."""
    drained: bool = False
    """That node ends with its last call, and this line carries none: it is had where no other is."""

    @property
    def joins(self) -> Joins:
        """How it joins its calls."""
        return Joins.HOST if self.report is None else self.report.joins


def usable(one: Line, now_us: Instant) -> bool:
    """Whether the line's modem can carry a call, taken or not."""
    report = one.report
    return (
        not one.quarantined
        and report is not None
        and report.state is LineState.READY
        and now_us - one.heard_at < (FAR_FRESH_US if one.node else FRESH_US)
    )


def serves(one: Line, now_us: Instant) -> bool:
    """Whether a call could begin on it, were it free: its modem can carry one, and nobody has taken it out of
    service. What stands on a line that was taken out goes on.
    """
    return usable(one, now_us) and not one.taken_out


def batched(reports: Sequence[LineReport]) -> Iterator[NodeLines]:
    """The messages in which these are told."""
    for first in range(0, len(reports), TOGETHER):
        yield NodeLines(reports=tuple(reports[first : first + TOGETHER]))


COMES_US: Final = Instant(3 * SECOND)
"""Within this time a modem whose process was started again says how it is, and is most often ready."""


def with_lack(
    refused: LineRefused, request: RequestLine, group: Sequence[Line], now_us: Instant
) -> LineRefused:
    """The refusal of a line to 112, with what is lacking; `group`: all lines that could carry the call."""
    return replace(refused, lack=_lack(group, now_us)) if request.party is Party.PSAP else refused


def _lack(group: Sequence[Line], now_us: Instant) -> Lack | None:
    if not group:
        return Lack.NONE
    if any(serves(one, now_us) for one in group):
        return Lack.TAKEN
    return None if any(_comes(one, now_us) for one in group) else Lack.OUT_OF_USE


def _comes(one: Line, now_us: Instant) -> bool:
    """Whether the line may be of use in a moment, or is so and nothing was heard of it yet."""
    if one.quarantined or one.taken_out:
        return False
    if one.report is None:
        return now_us - one.heard_at <= COMES_US
    return one.report.state is LineState.STARTING and now_us - one.report.since <= COMES_US


def last_resort(request: RequestLine, lines: Iterable[Line], settings: Settings) -> list[Line]:
    """The public lines on which 112 may be dialled where its own trunk has none left. None for a test."""
    if settings.psap.last_resort is not LastResort.PUBLIC or request.test or request.party is not Party.PSAP:
        return []
    return [one for one in lines if not one.emergency and one.joins is Joins.HOST]
