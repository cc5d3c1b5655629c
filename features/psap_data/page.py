"""/112: the page with the text that an operator would read to 112, for a call-taker with the code.

No account, no script. After ten wrong codes an address has to wait. The audit records each time that the page
is shown; the first view from an address is in the alert's story, and on the operator's screen.
"""

from __future__ import annotations

import asyncio
from typing import Annotated, Final, Literal

from litestar import Response
from litestar.enums import RequestEncodingType
from litestar.params import Body, QueryParameter
from litestar.response import Redirect

from features.psap_data import as_html
from gateways.http.parts.context import Web, once
from gateways.http.routes.app.alerts import into_inbox
from gateways.http.routes.staff.pictures_and_recordings import picture_of
from gateways.http.routing.permissions import ANYBODY, Caller
from gateways.http.routing.route import GET, POST, route
from gateways.http.security.throttle import Throttle, network
from gateways.http.wire.errors import NoSuchPerson
from messages.events import PageViewed
from messages.ids import Instant
from model.alert.case import Case
from model.record import EMPTY, PersonRecord, shared_with_psap
from model.telling.psap_snapshot import PsapSnapshot, changes
from model.telling.sheet import Sheet, fold
from store import streams
from store.alerts import pages
from store.alerts.sheets import current_sheet
from store.audit.entry import Action
from store.registry import keyring
from store.registry.people import User
from store.registry.users import records

TRIES_MAX: Final = 10
"""Wrong codes from one address within five minutes, before the address has to wait."""
FORM_MAX: Final = 1024
"""Largest form with a code in bytes: a longer one has thousands of fields, and blocks the loop for 5 ms."""
ADDRESSES_MAX: Final = 20
"""Number of viewing addresses recorded in an alert's story."""
Since = Annotated[
    int,
    QueryParameter(ge=0, description="Microseconds UTC: what has changed since is marked; 0: nothing is."),
]
Lang = Annotated[Literal["it", "en"], QueryParameter(description="Of the page.")]
Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]


@once
def _throttle(_: Web) -> Throttle:
    return Throttle(TRIES_MAX)


@route(GET, "/112", by=ANYBODY, audit="a form, the same for everybody", described=False)
async def ask(lang: Lang = "it") -> Response[bytes]:
    """Return the form for a code."""
    return _html(as_html.form(lang))


@route(
    POST,
    "/112",
    by=ANYBODY,
    audit="it leads to the page, which is entered",
    status=303,
    largest=FORM_MAX,
    described=False,
)
async def typed(web: Web, who: Caller, data: Form, lang: Lang = "it") -> Response[bytes] | Redirect:
    """Check a typed code and redirect to the page."""
    found = await _shown(web, who, data.get("code", ""), lang)
    if isinstance(found, Response):
        return found
    return Redirect(as_html.address(found[1], lang, web.clock.now_us()), status_code=303)


@route(GET, "/112/{code}", by=ANYBODY, audit=Action.READ_ALERT, described=False)
async def page(web: Web, who: Caller, code: str, lang: Lang = "it", since: Since = 0) -> Response[bytes]:
    """Return the page of an alert for 112."""
    found = await _shown(web, who, code, lang)
    if isinstance(found, Response):
        return found
    sheet, known = found
    case, origin = sheet.case, who.address
    await who.note((case.alert,), actor="112", detail="112's page")
    if not _has_seen(sheet, origin):
        viewed = PageViewed(origin=network(origin))
        await into_inbox(web, case.alert, viewed, when=lambda tx: _is_news(current_sheet(tx, sheet), origin))
    user: User | None = None
    if case.user is not None:
        user = await asyncio.to_thread(web.registry.user, case.user)
    record = await asyncio.to_thread(_record_of, web, case)
    now_us = web.clock.now_us()
    since_us = Instant(min(since, now_us) or now_us)
    changed = changes(await asyncio.to_thread(_told_at, web, case, since_us), sheet.told)
    return _html(as_html.page(sheet, user, record, known, lang, now_us, since_us, changed))


@route(GET, "/112/{code}/pictures/{picture}", by=ANYBODY, audit=Action.READ_PERSON, described=False)
async def seen(web: Web, who: Caller, code: str, picture: str) -> Response[bytes]:
    """Return a picture of the page."""
    found = await _shown(web, who, code, "it")
    if isinstance(found, Response):
        return found
    case = found[0].case
    record = await asyncio.to_thread(_record_of, web, case)
    await who.note((case.alert, case.user), actor="112", detail="picture")
    if case.user is None or picture not in record.pictures:
        raise NoSuchPerson("the user has no picture")
    return await asyncio.to_thread(picture_of, web, case.user, picture)


async def _shown(web: Web, who: Caller, typed: str, lang: Lang) -> Response[bytes] | tuple[Sheet, str]:
    """Return the alert of this code, or the answer for an invalid code."""
    throttle, address, now_us = _throttle(web), who.address, web.clock.now_us()
    code = pages.normalise_code(typed)
    sheet = await asyncio.to_thread(_sheet_of, web, code) if code else None
    there = sheet is not None and pages.is_there(sheet, code, now_us)
    if sheet is not None and there and _has_seen(sheet, address):
        return sheet, code  # an address that has seen the page is never blocked by wrong codes typed there
    if wait_s := throttle.wait_s("", address, now_us):
        return _html(as_html.form(lang, "wait", wait_s, code), 429, wait_s)
    # Counted before the check: parallel attempts do not evade the limit.
    throttle.count("", address, now_us)
    if sheet is None or not there:
        return _html(as_html.form(lang, "wrong"), 404)
    throttle.take_back("", address)
    return sheet, code


def _html(text: str, status: int = 200, wait_s: int = 0) -> Response[bytes]:
    headers = {"content-security-policy": as_html.POLICY, "cache-control": "no-store"}
    if wait_s:
        headers["retry-after"] = str(wait_s)
    return Response(text.encode(), status_code=status, media_type="text/html; charset=utf-8", headers=headers)


def _record_of(web: Web, case: Case) -> PersonRecord:
    """Return the part of the user's record that 112 may read."""
    if case.user is None:
        return EMPTY
    user = case.user
    kept = web.journal.at_one_moment(lambda connection: records.read_record(connection, user))
    return shared_with_psap(kept.record, web.settings.center.psap.shares)


def _sheet_of(web: Web, code: str) -> Sheet | None:
    alert = pages.alert_of_page(web.journal, code, keyring.shared_secret(web.journal, keyring.PAGE))
    return None if alert is None else web.following.read_sheet_now(alert)


def _told_at(web: Web, case: Case, at: Instant) -> PsapSnapshot:
    """Return the page's content at that moment."""
    recorded = web.journal.read_streams(streams.inbox(case.alert), streams.case(case.alert))
    then = fold(one for one in recorded if one.at_us <= at)
    return PsapSnapshot() if then is None else then.told


def _has_seen(sheet: Sheet, address: str) -> bool:
    return sheet.page is not None and network(address) in sheet.page.viewed_from


def _is_news(sheet: Sheet, address: str) -> bool:
    """Return True if the address is new and fewer than the recorded maximum have viewed the page."""
    seen = () if sheet.page is None else sheet.page.viewed_from
    return network(address) not in seen and len(seen) < ADDRESSES_MAX
