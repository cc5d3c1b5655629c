"""/v1/console/session: a password, token or ticket for the console's cookie, which no script can read.

Passwords are asked of the registry one at a time and off the event loop; who is wrong too often waits.
A token is let in whoever waits: nobody guesses one, and no stranger can lock an operator out of her shift.
"""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
from litestar import Response, delete, get, post
from litestar.datastructures import Cookie
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody

from gateways.console import tickets
from gateways.console.sessions import LIFE_S, Session
from gateways.http.answers import AnyRequest, Moment, Problem, answer, header, rfc3339, said
from gateways.http.context import Web
from gateways.http.decoding import Strict
from gateways.http.errors import NotAllowed, NotDurable, NotSignedOn, TooManyTries
from messages.ids import SECOND, OperatorId
from runtime import logs
from store.people import StaffRole

PATH: Final = "/v1/console/session"
log = logs.get("http.sign_on")


Secret = Annotated[str, msgspec.Meta(min_length=1, max_length=512)]


class SignOn(msgspec.Struct, frozen=True, kw_only=True):
    """An operator's token; the ticket of her session at another node; or who she is (her id, name or number)
    and her password.
    """

    token: Secret | None = None
    ticket: Secret | None = None
    operator: Annotated[str, msgspec.Meta(min_length=1, max_length=200)] | None = None
    password: Secret | None = None

    def __post_init__(self) -> None:
        by_password = self.operator is not None and self.password is not None
        ways = (self.token is not None, self.ticket is not None, by_password)
        if sum(ways) != 1 or (self.operator is None) != (self.password is None):
            raise ValueError("either `token`, or `operator` and `password`, is needed")


class SignedOn(msgspec.Struct, frozen=True, kw_only=True):
    """Who is signed on. `csrf` goes into the header `X-CSRF-Token` of everything that changes something."""

    operator: str
    name: str
    role: StaffRole
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
            role=StaffRole.OPERATOR if record is None else record.role,
            csrf=web.sessions.csrf(session),
            until=rfc3339(session.until),
        )

    def nobodys(what: str, address: str) -> NotSignedOn | TooManyTries:
        """Count it; what to answer."""
        now_us = web.clock.now_us()
        wait_s = web.throttle.wait_s("", address, now_us)
        if wait_s:
            return TooManyTries(wait_s)
        web.throttle.count("", address, now_us)
        log.warning("it is nobody's", what=what, address=address)
        return NotSignedOn(f"no operator has this {what}")

    async def session_of(data: SignOn, address: str) -> Session:
        """Hers from now on. Raises NotSignedOn, TooManyTries."""
        if data.ticket is None:
            return web.sessions.begin(await operator_of(data, address), web.clock.now_us())[0]
        ticket = None if web.tickets is None else web.tickets.read(data.ticket, web.clock.now_us())
        if ticket is None:
            raise nobodys("ticket", address)
        if not await web.writing.run(lambda transaction: tickets.use(transaction, ticket)):
            log.warning("a ticket of the past", operator=ticket.operator, address=address)
            raise NotSignedOn("the ticket was used before, or its session has ended")
        if ticket.operator not in web.people.operators():
            raise NotSignedOn("there is no such operator any more")
        log.info("goes on here", operator=ticket.operator)
        return Session(ticket.operator, ticket.session, ticket.session_until)

    async def operator_of(data: SignOn, address: str) -> OperatorId:
        """Whose they are. Raises NotSignedOn, TooManyTries."""
        now_us = web.clock.now_us()
        if data.token is not None:
            operator = web.auth.of_token(data.token)
            if operator is not None:
                return operator
            raise nobodys("token", address)
        who, password = data.operator or "", data.password or ""
        operator = web.passwords.operator_called(who)
        key = operator or " ".join(who.split()).casefold()
        wait_s = web.throttle.wait_s(key, address, now_us)
        if wait_s:
            raise TooManyTries(wait_s)
        web.throttle.count(key, address, now_us)
        right = await web.passwords.password_is(operator, password)
        if operator is None or not right:
            # Not what was typed for a name: some type their password there.
            log.warning("a wrong password", operator=operator, address=address)
            raise NotSignedOn("the name or the password is wrong")
        web.throttle.right(key, address)
        return operator

    @post(
        PATH,
        dto=Strict[SignOn],
        return_dto=None,
        status_code=200,
        summary="Sign on to the console",
        operation_id="sign_on",
        tags=["console"],
        responses={
            **known,
            400: said(Problem, "Not understood."),
            403: said(Problem, "A page of another origin."),
            429: said(Problem, "Wrong too often; `Retry-After` says for how many seconds."),
        },
    )
    async def sign_on(request: AnyRequest, data: JSONBody[SignOn]) -> Response[bytes]:
        if not web.proxies.is_own_page(header(request, b"origin"), header(request, b"host")):
            raise NotAllowed("the page is not this center's")
        address = web.client_address(request)
        session = await session_of(data, address)
        response = answer(request, told(session))
        response.set_cookie(
            Cookie(
                key=web.sessions.cookie,
                value=web.sessions.cookie_of(session),
                max_age=min(LIFE_S, (session.until - web.clock.now_us()) // SECOND),
                path="/",
                httponly=True,
                samesite="strict",
                secure=web.proxies.secure(request.scope),
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
    async def sign_off(request: AnyRequest) -> Response[None]:
        session = web.auth.session(request) if web.tickets is not None else None
        if session is not None:
            try:
                await web.writing.run(lambda transaction: tickets.end(transaction, session))
            except NotDurable as error:
                log.error("a session is ended in this browser alone", reason=str(error))
            web.auth.ended(session)
        response: Response[None] = Response(None, status_code=204)
        response.delete_cookie(web.sessions.cookie, path="/")
        return response

    return [sign_on, signed_on, sign_off]
