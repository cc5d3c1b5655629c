"""/112: what an operator would read to 112, for the call-taker who has the code. No account, no script.

Whoever types a wrong code ten times from one address waits. Each time that the page is shown is an entry in
the audit; the first from an address is in the alert's story, and on the operator's screen.
"""

from __future__ import annotations

import asyncio
from typing import Annotated, Final, Literal

from litestar import Response, get, post
from litestar.enums import RequestEncodingType
from litestar.handlers import HTTPRouteHandler
from litestar.params import Body, FromPath, QueryParameter
from litestar.response import Redirect

from gateways.http import psap_page
from gateways.http.answers import AnyRequest
from gateways.http.context import Web
from gateways.http.door.throttle import Throttle
from gateways.http.routes.alerts import into_inbox
from messages.events import PageViewed
from model.alert.case import Case
from store.alerts import pages
from store.audit.entry import Action
from store.registry.people import User
from store.registry.registry import Registry

TRIES_MAX: Final = 10
"""Wrong codes from one address within five minutes, before it has to wait."""
Lang = Annotated[Literal["it", "en"], QueryParameter(description="Of the page.")]


def psap_routes(web: Web, registry: Registry) -> list[HTTPRouteHandler]:
    """The routes."""
    throttle = Throttle(TRIES_MAX)

    def html(text: str, status: int = 200, wait_s: int = 0) -> Response[bytes]:
        headers = {"content-security-policy": psap_page.POLICY, "cache-control": "no-store"}
        if wait_s:
            headers["retry-after"] = str(wait_s)
        return Response(
            text.encode(), status_code=status, media_type="text/html; charset=utf-8", headers=headers
        )

    async def shown(request: AnyRequest, typed: str, lang: Lang) -> Response[bytes] | tuple[Case, str]:
        """The case behind what was typed, or what is answered in its place."""
        address, now_us = web.client_address(request), web.clock.now_us()
        if wait_s := throttle.wait_s("", address, now_us):
            return html(psap_page.form(lang, "wait", wait_s), 429, wait_s)
        code = pages.read(typed)
        case = await asyncio.to_thread(_case_of, web, code) if code else None
        if case is None or not pages.is_there(case, now_us):
            throttle.count("", address, now_us)
            return html(psap_page.form(lang, "wrong"), 404)
        return case, code

    @get("/112", include_in_schema=False, audit="a form, the same for everybody")
    async def ask(lang: Lang = "it") -> Response[bytes]:
        return html(psap_page.form(lang))

    @post("/112", include_in_schema=False, audit="it leads to the page, which is entered", status_code=303)
    async def typed(
        request: AnyRequest,
        data: Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)],
        lang: Lang = "it",
    ) -> Response[bytes] | Redirect:
        found = await shown(request, data.get("code", ""), lang)
        if isinstance(found, Response):
            return found
        return Redirect(f"/112/{found[1]}?lang={lang}", status_code=303)

    @get("/112/{code:str}", include_in_schema=False, audit=Action.READ_ALERT)
    async def page(request: AnyRequest, code: FromPath[str], lang: Lang = "it") -> Response[bytes]:
        found = await shown(request, code, lang)
        if isinstance(found, Response):
            return found
        case, known = found
        origin = web.client_address(request)
        await web.audit.note(request, (case.alert,), actor="112", detail="112's page")
        if case.page is not None and origin not in case.page.viewed_from:
            await into_inbox(web, case.alert, PageViewed(origin=origin))
        user: User | None = None
        if case.user is not None:
            user = await asyncio.to_thread(registry.user, case.user)
        return html(psap_page.page(case, user, known, lang, web.clock.now_us()))

    return [ask, typed, page]


def _case_of(web: Web, code: str) -> Case | None:
    alert = web.journal.transact(lambda tx: pages.alert_of_page(tx, code))
    return None if alert is None else web.following.fresh(alert)
