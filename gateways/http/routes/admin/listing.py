"""A list that a page asks for again and again: told, and entered in the audit, only where it has changed.

So another admin's change is seen within seconds, and an open page fills no audit.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Any, Final

import msgspec
from litestar import Response

from gateways.http.parts.context import Web
from gateways.http.wire.answers import OPERATORS, AnyRequest, Problem, answer, header, no_store, said
from store.audit.entry import Action
from store.registry.people import StaffRole

COMMON: Final[dict[int, Any]] = {
    401: said(Problem, "No operator's token, no session."),
    403: said(Problem, "No admin, or no CSRF token."),
}
UNCHANGED: Final = "`If-None-Match` with the `ETag` of the answer before: 304 where it is the same."


async def listed(
    web: Web, request: AnyRequest, view: msgspec.Struct, subjects: Iterable[str] = (), detail: str = ""
) -> Response[bytes]:
    """The view with its ETag; 304 with nothing where the page has it already (RFC 9110, 15.4.5)."""
    response = no_store(answer(request, view))
    tag = f'"{sha256(response.content).hexdigest()[:32]}"'
    if header(request, b"if-none-match") == tag:
        response = no_store(Response(b"", status_code=304))
    elif isinstance(request.route_handler.opt["audit"], Action):
        await web.audit.note(request, subjects, detail=detail)
    response.headers["etag"] = tag
    return response


def for_admins(web: Web) -> dict[str, Any]:
    """What every route has that admins alone may ask."""
    return {
        "guards": [web.auth.require_role(StaffRole.ADMIN)],
        "tags": ["admin"],
        "security": OPERATORS,
    }
