"""What a list, figures or a CSV is asked for: the query parameters that make a `model.filtering.Filter`."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final

from litestar.di import NamedDependency, Provide
from litestar.params import QueryParameter

from gateways.console.ended.tally import Period
from gateways.http.wire.errors import BadBody
from messages.ids import Channel, LineId, OperatorId, Outcome
from model.filtering import Filter

DAYS_MAX: Final = 366
_FIRST: Final = date(2000, 1, 1)
_LAST: Final = date(2099, 12, 31)
_ID_MAX: Final = 100


def _wanted(
    outcome: Annotated[Outcome | None, QueryParameter(description="As corrected.")] = None,
    operator: Annotated[
        str, QueryParameter(max_length=_ID_MAX, description="The id of one who had the case.")
    ] = "",
    line: Annotated[str, QueryParameter(max_length=_ID_MAX, description="On which it was called.")] = "",
    channel: Annotated[Channel | None, QueryParameter(description="By which it came first.")] = None,
    test: Annotated[bool | None, QueryParameter(description="Tests and drills alone, or none.")] = None,
) -> Filter:
    return Filter(
        outcome=outcome,
        operator=OperatorId(operator) if operator else None,
        line=LineId(line) if line else None,
        channel=channel,
        test=test,
    )


def _period(
    first: Annotated[
        date | None, QueryParameter(name="from", description="The first day, by the center's calendar.")
    ] = None,
    last: Annotated[
        date | None, QueryParameter(name="to", description="The last; without it that one day.")
    ] = None,
) -> Period | None:
    if first is None:
        if last is not None:
            raise BadBody("`to` needs a `from`", "?from")
        return None
    days = 1 if last is None else (last - first).days + 1
    if not 1 <= days <= DAYS_MAX or not _FIRST <= first <= _LAST:
        raise BadBody(f"1 to {DAYS_MAX} days of this century", "?to")
    return Period(first=first, days=days)


Wanted = NamedDependency[Filter]
Days = NamedDependency[Period | None]
"""None: no days were asked for."""
FILTERED: Final[dict[str, Any]] = {
    "wanted": Provide(_wanted, sync_to_thread=False),
    "period": Provide(_period, sync_to_thread=False),
}
"""The dependencies of a route that takes them, `wanted` and `period`."""
