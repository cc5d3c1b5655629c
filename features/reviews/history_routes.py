"""History of alerts for the console: a list with a search, and the whole story of one alert.

Also the query parameters of lists, figures and CSV that make a `model.filtering.Filter`.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final

import msgspec
from litestar.di import NamedDependency, Provide
from litestar.params import QueryParameter
from msgspec.structs import replace

from features.reviews.earlier import Earlier
from features.reviews.earlier import earlier as earlier_of
from features.reviews.finding import PastAlert, Story, found, listed
from features.reviews.finding import story as story_of
from gateways.console.tally import Period
from gateways.console.views.case import CaseView
from gateways.http.parts.context import Web
from gateways.http.routing.permissions import OPERATOR, SUPERVISOR, Caller
from gateways.http.routing.route import GET, Answer, route
from gateways.http.wire.errors import BadBody, NoSuchAlert
from messages.ids import AlertId, Channel, LineId, OperatorId, Outcome
from model.filtering import Filter
from model.record import EMPTY
from store.audit.entry import Action

LIMIT: Final = 50
LIMIT_MAX: Final = 200
_END: Final = 2**62
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
            raise BadBody("`to` requires `from`", "?from")
        return None
    days = 1 if last is None else (last - first).days + 1
    if not 1 <= days <= DAYS_MAX or not _FIRST <= first <= _LAST:
        raise BadBody(f"the period must have 1 to {DAYS_MAX} days of this century", "?to")
    return Period(first=first, days=days)


Wanted = NamedDependency[Filter]
Days = NamedDependency[Period | None]
"""The requested days, if any."""
FILTERED: Final[dict[str, Any]] = {
    "wanted": Provide(_wanted, sync_to_thread=False),
    "period": Provide(_period, sync_to_thread=False),
}
"""Dependencies of a route with the parameters `wanted` and `period`."""


class PastAlerts(msgspec.Struct, frozen=True, kw_only=True):
    """Alerts, newest first. `more`: there are older alerts; their `before` is the last `seq`."""

    alerts: list[PastAlert]
    more: bool


@route(
    GET,
    "/v1/alerts",
    by=OPERATOR,
    audit=Action.READ_LIST,
    listed=True,
    says="Newest first.",
    dependencies=FILTERED,
)
def alerts(
    web: Web,
    who: Caller,
    wanted: Wanted,
    period: Days,
    search: Annotated[str, QueryParameter(max_length=100)] = "",
    limit: Annotated[int, QueryParameter(ge=1, le=LIMIT_MAX)] = LIMIT,
    before: Annotated[int, QueryParameter(ge=0, le=_END, description="A `seq` of the page before.")] = _END,
) -> Answer[PastAlerts]:
    """Return alerts, past and open.

    `search` is the end of a telephone number (three digits at least), a part of a name, or the beginning of
    an alert's id; empty finds all. The other parameters filter the result. Others' alerts have neither number
    nor last name, and are not found by fewer than seven digits or by a last name.
    """
    me, words = who.operator, search.strip()
    upto = min(before, web.journal.last_seq() + 1)
    asked = wanted if period is None else period.around(wanted)
    some = found(web.journal, web.registry, web.tally, words, asked, me, before=upto, limit=limit + 1)
    shown = listed(web.journal, web.people, web.room(), some[:limit], me)
    # The audit gets no search text: it may be a name, or a number.
    detail = "search" if words else ""
    return Answer(PastAlerts(alerts=shown, more=len(some) > limit), [one.alert for one in shown], detail)


@route(GET, "/v1/alerts/{alert}/story", by=OPERATOR, audit=Action.READ_ALERT, refuses=(NoSuchAlert,))
def story(web: Web, who: Caller, alert: AlertId) -> Answer[CaseView]:
    """Return the whole story of an alert.

    In the form of a case in the console's WebSocket, with every entry of its timeline. The audit records the
    request.
    """
    told = _whole(web, who, alert)
    return Answer(told.view, (alert, told.case.user), "story")


@route(GET, "/v1/alerts/{alert}/paper", by=SUPERVISOR, audit=Action.EXPORT, refuses=(NoSuchAlert,))
def paper(web: Web, who: Caller, alert: AlertId) -> Answer[CaseView]:
    """Return the story of an alert, for printing.

    As `story`, without the person's record, operators' numbers, the code of 112's page, and entries about
    contacts and viewers of that page. The audit records the request as an export.
    """
    told = _whole(web, who, alert)
    return Answer(for_paper(told.view), (alert, told.case.user), "printed")


@route(GET, "/v1/alerts/{alert}/earlier", by=OPERATOR, audit=Action.READ_LIST, refuses=(NoSuchAlert,))
def earlier(web: Web, alert: AlertId) -> Answer[Earlier]:
    """Return earlier alerts of the same person.

    Their number and the newest three; empty for an erased person. At most fifty are read; `more` is true if
    there are others. The audit records the request.
    """
    # Read from the journal, since the read model may not have the person's identity yet.
    sheet = web.following.read_sheet_now(alert)
    if sheet is None:
        raise NoSuchAlert
    case = sheet.case
    told = earlier_of(web.journal, web.registry, case)
    return Answer(told, (case.alert, case.user, *(one.alert for one in told.alerts)), "earlier")


def _whole(web: Web, who: Caller, alert: AlertId) -> Story:
    """Return the alert with its whole history. Raises NoSuchAlert."""
    told = story_of(web.journal, web.people, web.room(), alert, who.operator)
    if told is None:
        raise NoSuchAlert
    return told


def for_paper(view: CaseView) -> CaseView:
    """Return the case without data unnecessary for a review: the person's record with its safe word, the
    phone's id, operators' numbers, and the code of 112's page. A printed paper may lie on a desk.
    """
    person = view.person
    return replace(
        view,
        device=None,
        person=None if person is None else replace(person, notes="", record=EMPTY, for_112=EMPTY),
        positions=() if view.position is None else (view.position,),
        contacts="",
        operator_leg=replace(view.operator_leg, number=None),
        hand_over=None,
        page_code="",
        data=(),
        timeline=tuple(entry for entry in view.timeline if entry.what not in _APART),
    )


_APART: Final = frozenset({"contacts.texted", "page.viewed"})
"""Entries about trusted contacts, and about addresses that viewed 112's page."""
