"""/v1/console/session: what proves an operator for the console's cookie, which no script can read.

Passwords are asked of the registry one at a time and off the event loop, a few wait and more are told so; who
is wrong too often waits. Tokens and passkeys are let in meanwhile, and passwords from where the operator has
signed on before: no stranger can lock an operator out.
"""

from __future__ import annotations

import asyncio
from typing import Annotated, Final

import msgspec
from litestar import Response, delete, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody

from gateways.http.door import passkeys
from gateways.http.door.proofs import SIGN_ON, Fault, Proofs
from gateways.http.parts.context import Web
from gateways.http.routes.own.answers import Code, Secret
from gateways.http.wire.answers import AnyRequest, Moment, Problem, answer, header, rfc3339, said
from gateways.http.wire.decoding import Strict
from gateways.http.wire.errors import NotAllowed, NotSignedOn, Refused
from messages.ids import OperatorId
from model.orders.refusals import Refusal
from runtime import logs
from store.alerts.of_operator import open_case
from store.audit.entry import Action
from store.errors import NobodyThere
from store.journal.journal import Transaction
from store.registry.access.sessions import Begun, Session, Way, end, go_on
from store.registry.people import StaffRole

PATH: Final = "/v1/console/session"
log = logs.get("http.sign_on")


class SignOn(msgspec.Struct, frozen=True, kw_only=True):
    """An operator's token or recovery code; the ticket of the session at another node; what a passkey has
    signed; or who it is (id, name or number), the password, and the code of an authenticator app where one is
    asked for.
    """

    token: Secret | None = None
    passkey: passkeys.Credential | None = None
    ticket: Secret | None = None
    operator: Annotated[str, msgspec.Meta(min_length=1, max_length=200)] | None = None
    password: Secret | None = None
    code: Code | None = None

    def __post_init__(self) -> None:
        by_password = self.operator is not None and self.password is not None
        by_passkey = self.passkey is not None
        ways = (self.token is not None, self.ticket is not None, by_passkey, by_password)
        if sum(ways) != 1 or (self.operator is None) != (self.password is None):
            raise ValueError("either `token`, or `operator` and `password`, is needed")


class SignedOn(msgspec.Struct, frozen=True, kw_only=True):
    """Who is signed on. `csrf` goes into the header `X-CSRF-Token` of everything that changes something.
    `enrol`: the role asks for a passkey or an authenticator app, none is there, and no token has signed on.
    """

    operator: str
    name: str
    role: StaffRole
    csrf: str
    until: Moment
    way: Way
    enrol: bool


def signed_off(transaction: Transaction, session: Session, *, last: bool) -> bool:
    """End the session; False where it is the last one of an operator who is on an alert."""
    if last and is_on_an_alert(transaction, session.operator):
        return False
    end(transaction, session, last=last)
    return True


def is_on_an_alert(transaction: Transaction, operator: OperatorId) -> bool:
    """Whether a call to the operator is up for an open alert, or is being made. Within the write lock."""
    case = open_case(transaction, operator)
    return case is not None and (case.has_live_leg(operator) or operator in case.reserved)


def sign_on_routes(web: Web) -> list[HTTPRouteHandler]:
    """The routes."""
    known = {
        200: said(SignedOn, "Signed on."),
        401: said(Problem, "Not signed on."),
    }

    proofs = Proofs(web)

    def told(session: Session) -> SignedOn:
        # Also while the registry cannot be asked: a page that is loaded then stays signed on.
        record = web.people.operators().get(session.operator)
        lacks = (
            record is not None
            and web.settings.second_factor.asks(record.role)
            and not record.has_second_factor
        )
        return SignedOn(
            operator=session.operator,
            name="" if record is None else record.name,
            role=StaffRole.OPERATOR if record is None else record.role,
            csrf=session.csrf,
            until=rfc3339(session.until),
            way=session.way,
            # A token's holder may be a program's, or a simulated run's.
            enrol=lacks and session.way is not Way.TOKEN,
        )

    async def begun(request: AnyRequest, data: SignOn) -> Begun:
        """The session from now on. Raises NotSignedOn, TooManyTries, NotDurable."""
        address = web.client_address(request)
        known, secret = web.auth.session(request), web.auth.secret(request) or ""
        if data.ticket is not None:
            return await gone_on(data.ticket, address)
        if data.passkey is not None:
            proof = await proofs.by_passkey(data.passkey, header(request, b"host"), address)
        elif data.token is not None:
            proof = proofs.by_token(data.token, address)
        else:
            who, password = data.operator or "", data.password or ""
            proof = await proofs.by_password(who, password, data.code, address)
        # Before the session is begun, by which the address becomes a familiar one.
        counted, _ = proofs.counted_as(proof.operator, address)
        same = known is not None and known.operator == proof.operator
        if known is not None and same and not proof.counts_once:
            # The page was loaded again, or another of the operator's is open: their CSRF tokens stay as they
            # are.
            made = Begun(known, secret)
        else:

            def work(transaction: Transaction) -> Begun:
                if known is not None:
                    # Somebody else sits at this browser now, and the cookie is about to be replaced.
                    end(transaction, known, last=not same and not web.auth.signed_on_elsewhere(known))
                return proof.begin(transaction, address)

            try:
                made = await web.writing.run(work)
            except NobodyThere as error:
                raise NotSignedOn("changed meanwhile: sign on once more") from error
            if known is not None:
                web.auth.changed(known)
        if proof.way is not Way.TOKEN:
            web.throttle.right(counted, address)
        return made

    async def gone_on(ticket: str, address: str) -> Begun:
        """The session of another node, here. Raises NotSignedOn, TooManyTries, NotDurable."""
        proofs.let_try(address)
        made = await web.writing.run(lambda transaction: go_on(transaction, ticket, address))
        if made is None:
            raise proofs.unknown("ticket", address)
        log.info("goes on here", operator=made.session.operator)
        return made

    @post(
        PATH,
        dto=Strict[SignOn],
        return_dto=None,
        status_code=200,
        summary="Sign on to the console",
        operation_id="sign_on",
        audit=Action.SIGN_ON,
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
        operator = made.session.operator
        await web.audit.note(request, (operator,), detail=made.session.way, actor=operator)
        web.people.look_again()
        response = answer(request, told(made.session))
        secure = web.proxies.secure(request.scope)
        now_us = web.clock.now_us()
        response.set_cookie(web.cookies.made(made.session, made.secret, now_us, secure=secure))
        response.headers["cache-control"] = "no-store"
        return response

    @get(
        f"{PATH}/challenge",
        summary="What a passkey signs on with",
        description="For `navigator.credentials.get`; good once, within five minutes.",
        operation_id="sign_on_challenge",
        audit="chance, of nobody",
        tags=["console"],
        responses={
            200: said(passkeys.RequestOptions, "The browser's options."),
            401: said(Problem, "`no_passkeys_here`: no passkey can be of this address."),
        },
    )
    async def challenge(request: AnyRequest) -> Response[bytes]:
        party = passkeys.relying_party(web.proxies.origin, header(request, b"host"))
        if party is None:
            raise NotSignedOn("no passkey can be of this address", Fault.NO_PASSKEYS_HERE)
        made = await asyncio.to_thread(web.challenges.make, SIGN_ON)
        options = passkeys.RequestOptions(challenge=passkeys.base64(made.encode()), rp_id=party.id)
        response = answer(request, options)
        response.headers["cache-control"] = "no-store"
        return response

    @get(
        PATH,
        summary="Who is signed on",
        operation_id="signed_on",
        audit="the operator's own",
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
        audit=Action.SIGN_OFF,
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
            web.auth.changed(session)
        operator = "" if session is None else session.operator
        await web.audit.note(request, (operator,), actor=operator)
        response: Response[None] = Response(None, status_code=204)
        response.set_cookie(web.cookies.none(secure=web.proxies.secure(request.scope)))
        return response

    return [sign_on, challenge, signed_on, sign_off]
