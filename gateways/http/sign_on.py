"""/v1/console/session: an operator's token for the console's cookie, which no script can read."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
from litestar import Response, delete, get, post
from litestar.datastructures import Cookie
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody

from gateways.console.sessions import LIFE_S, Session
from gateways.http.answers import AnyRequest, Moment, Problem, answer, header, rfc3339, said
from gateways.http.context import Web
from gateways.http.decoding import Strict
from gateways.http.errors import NotAllowed, NotSignedOn

PATH: Final = "/v1/console/session"


class SignOn(msgspec.Struct, frozen=True, kw_only=True):
    """An operator's token."""

    token: Annotated[str, msgspec.Meta(min_length=1, max_length=512)]


class SignedOn(msgspec.Struct, frozen=True, kw_only=True):
    """Who is signed on. `csrf` goes into the header `X-CSRF-Token` of everything that changes something."""

    operator: str
    name: str
    csrf: str
    until: Moment


def sign_on_routes(web: Web) -> list[HTTPRouteHandler]:
    """The routes."""
    known = {
        200: said(SignedOn, "Signed on."),
        401: said(Problem, "Not signed on."),
    }

    def told(session: Session) -> SignedOn:
        record = web.people.operators().get(session.operator)
        return SignedOn(
            operator=session.operator,
            name="" if record is None else record.name,
            csrf=web.sessions.csrf(session),
            until=rfc3339(session.until),
        )

    @post(
        PATH,
        dto=Strict[SignOn],
        return_dto=None,
        status_code=200,
        summary="Sign on to the console",
        operation_id="sign_on",
        tags=["console"],
        responses={**known, 400: said(Problem, "Not understood.")},
    )
    async def sign_on(request: AnyRequest, data: JSONBody[SignOn]) -> Response[bytes]:
        origin = header(request, b"origin")
        if origin is not None and origin.partition("://")[2] != header(request, b"host"):
            raise NotAllowed("the page is not this center's")
        operator = web.auth.of_token(data.token)
        if operator is None:
            raise NotSignedOn("no operator has this token")
        session, cookie = web.sessions.begin(operator, web.clock.now_us())
        response = answer(request, told(session))
        response.set_cookie(
            Cookie(
                key=web.sessions.cookie,
                value=cookie,
                max_age=LIFE_S,
                path="/",
                httponly=True,
                samesite="strict",
                secure=request.url.scheme == "https",
            )
        )
        response.headers["cache-control"] = "no-store"
        return response

    @get(
        PATH,
        summary="Who is signed on",
        operation_id="signed_on",
        tags=["console"],
        responses=known,
        security=[{"consoleSession": []}],
    )
    async def signed_on(request: AnyRequest) -> Response[bytes]:
        session = web.auth.session(request)
        if session is None:
            raise NotSignedOn("not signed on")
        response = answer(request, told(session))
        response.headers["cache-control"] = "no-store"
        return response

    @delete(PATH, summary="Sign off", operation_id="sign_off", tags=["console"], status_code=204)
    async def sign_off() -> Response[None]:
        response: Response[None] = Response(None, status_code=204)
        response.delete_cookie(web.sessions.cookie, path="/")
        return response

    return [sign_on, signed_on, sign_off]
