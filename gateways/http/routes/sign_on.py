"""/v1/console/session: a password, token or ticket for the console's cookie, which no script can read.

Passwords are asked of the registry one at a time and off the event loop; who is wrong too often waits.
A token is let in whoever waits: nobody guesses one, and no stranger can lock an operator out of her shift.
"""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
from litestar import Response, delete, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody

from gateways.http.answers import AnyRequest, Moment, Problem, answer, header, rfc3339, said
from gateways.http.context import Web
from gateways.http.decoding import Strict
from gateways.http.errors import NotAllowed, NotSignedOn, Refused, TooManyTries
from messages.events import OperatorReserved
from messages.ids import OperatorId
from model.alert.evolve import fold
from model.rules.refusals import Refusal
from runtime import logs
from store import streams
from store.errors import NobodyThere
from store.journal.journal import Transaction
from store.registry.people import StaffRole
from store.registry.sessions import Begun, Session, begin, end, go_on

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


def signed_off(transaction: Transaction, session: Session, *, last: bool) -> bool:
    """End the session; False where it is the last one of an operator who is on an alert."""
    if last and is_on_an_alert(transaction, session.operator):
        return False
    end(transaction, session, last=last)
    return True


def is_on_an_alert(transaction: Transaction, operator: OperatorId) -> bool:
    """Whether a call to the operator is up for an open alert, or is being made. Within the write lock."""
    last = transaction.last_of_type(streams.operator(operator), "operator.reserved")
    if last is None or not isinstance(last.event, OperatorReserved):
        return False
    alert = last.event.alert
    told = (*transaction.read(streams.inbox(alert)), *transaction.read(streams.case(alert)))
    case = fold(sorted(told, key=lambda one: one.seq))
    if case is None or case.closed_at is not None:
        return False
    return case.has_live_leg(operator) or operator in case.reserved


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
            csrf=session.csrf,
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

    async def begun(request: AnyRequest, data: SignOn) -> Begun:
        """The session from now on. Raises NotSignedOn, TooManyTries, NotDurable."""
        address = web.client_address(request)
        known, secret = web.auth.session(request), web.auth.secret(request) or ""
        if data.ticket is not None:
            return await gone_on(data.ticket, address)
        operator, as_of = await operator_of(data, address)
        if known is not None and known.operator == operator:
            # The page was loaded again, or another of hers is open: their CSRF tokens stay what they are.
            return Begun(known, secret)

        def work(transaction: Transaction) -> Begun:
            if known is not None:
                # Somebody else sits at this browser now, and the cookie is about to be replaced.
                end(transaction, known, last=not web.auth.signed_on_elsewhere(known))
            return begin(transaction, operator, address, as_of)

        try:
            made = await web.writing.run(work)
        except NobodyThere as error:
            raise NotSignedOn("changed meanwhile: sign on once more") from error
        if known is not None:
            web.auth.ended(known)
        return made

    async def gone_on(ticket: str, address: str) -> Begun:
        """The session of another node, here. Raises NotSignedOn, TooManyTries, NotDurable."""
        wait_s = web.throttle.wait_s("", address, web.clock.now_us())
        if wait_s:
            raise TooManyTries(wait_s)
        made = await web.writing.run(lambda transaction: go_on(transaction, ticket, address))
        if made is None:
            raise nobodys("ticket", address)
        log.info("goes on here", operator=made.session.operator)
        return made

    def token_of(token: str) -> tuple[OperatorId, int] | None:
        """Whose token it is at this moment, and as of which change. Not as was read a moment ago."""
        operator = web.passwords.operator_of_token(token)
        if operator is None:
            return None
        as_of = web.passwords.changes_of(operator)
        return (operator, as_of) if web.passwords.operator_of_token(token) == operator else None

    async def operator_of(data: SignOn, address: str) -> tuple[OperatorId, int | None]:
        """Whose they are, and as of which change of what proves it. Raises NotSignedOn, TooManyTries."""
        now_us = web.clock.now_us()
        if data.token is not None:
            found = token_of(data.token)
            if found is not None:
                return found
            raise nobodys("token", address)
        who, password = data.operator or "", data.password or ""
        operator = web.passwords.operator_called(who)
        key = operator or " ".join(who.split()).casefold()
        wait_s = web.throttle.wait_s(key, address, now_us)
        if wait_s:
            raise TooManyTries(wait_s)
        web.throttle.count(key, address, now_us)
        as_of = None if operator is None else web.passwords.changes_of(operator)
        right = await web.passwords.password_is(operator, password)
        if operator is None or not right:
            # Not what was typed for a name: some type their password there.
            log.warning("a wrong password", operator=operator, address=address)
            raise NotSignedOn("the name or the password is wrong")
        web.throttle.right(key, address)
        return operator, as_of

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
        made = await begun(request, data)
        web.people.look_again()
        response = answer(request, told(made.session))
        secure = web.proxies.secure(request.scope)
        now_us = web.clock.now_us()
        response.set_cookie(web.cookies.made(made.session, made.secret, now_us, secure=secure))
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

    @delete(
        PATH,
        summary="Sign off; the last session of an operator takes her shift with it",
        operation_id="sign_off",
        tags=["console"],
        status_code=204,
        responses={409: said(Problem, "On an alert: leave it, or hand it over, first.")},
    )
    async def sign_off(request: AnyRequest) -> Response[None]:
        session = web.auth.session(request)
        if session is not None:
            last = not web.auth.signed_on_elsewhere(session)
            if not await web.writing.run(lambda transaction: signed_off(transaction, session, last=last)):
                raise Refused(Refusal.ON_AN_ALERT)
            web.auth.ended(session)
        response: Response[None] = Response(None, status_code=204)
        response.set_cookie(web.cookies.none(secure=web.proxies.secure(request.scope)))
        return response

    return [sign_on, signed_on, sign_off]
