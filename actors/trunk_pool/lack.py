"""What is told of a call to 112 that no line of its trunk can carry; and the last resort (S8). Pure.

A line whose modem's process has just started, or has not been heard yet, is waited for in silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from msgspec.structs import replace

from actors.trunk_pool.lines import Line, serves
from messages.base import Joins
from messages.ids import SECOND, Instant, Party
from messages.lines import Lack, LineRefused, LineState, RequestLine
from model.settings import Settings
from model.settings.psap import LastResort

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
