"""/v1/console/session: sign-on of an operator, for the console's cookie, which no script can read; and
/v1/first-admin: the first administrator, by the link printed at the installation, once.

Passwords are checked one at a time and off the event loop; a few wait, and further ones are refused. Too many
wrong attempts cause a wait. Tokens and passkeys are accepted meanwhile, as are passwords from networks of the
operator's earlier sign-ons: no stranger can lock an operator out.
"""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
from litestar import Response

from gateways.http.parts.context import Web
from gateways.http.routes.admin.error_conversion import refusing
from gateways.http.routes.console.access import Code, Secret
from gateways.http.routing.permissions import SIGN_ON, SIGNED_IN, Caller
from gateways.http.routing.route import DELETE, GET, POST, Answer, route
from gateways.http.security import passkeys
from gateways.http.security.challenges import TO_SIGN_ON
from gateways.http.security.sign_on_credentials import CredentialVerifier, Fault, requires_second_factor
from gateways.http.wire.answers import Moment, SignOnLink, answer, no_store, rfc3339, sign_on_link
from gateways.http.wire.errors import NotSignedOn, OtherOrigin, Refused, TooManyTries
from messages.ids import Instant
from model.orders.refusals import Refusal
from runtime import logs
from store.alerts.of_operator import has_call_for_alert
from store.audit.entry import Action
from store.errors import NotRegistered
from store.journal.journal import Transaction
from store.registry import numbers
from store.registry.access.first_admin import create_first_admin
from store.registry.access.sessions import (
    Session,
    SignOnMethod,
    StartedSession,
    continue_session,
    end_session,
)
from store.registry.people import Operator, StaffRole
from store.registry.staff import Language, Name, Phone

PATH: Final = "/v1/console/session"
log = logs.get("http.sign_on")


class SignOn(msgspec.Struct, frozen=True, kw_only=True):
    """Credential for a sign-on.

    A token or recovery code; the ticket of a session at another node; the signature of a passkey; or the
    operator (id, name or number), the password, and the code of an authenticator app if required.
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
            raise ValueError("the request needs either `token`, or `operator` and `password`")


class SignedOn(msgspec.Struct, frozen=True, kw_only=True):
    """The signed-on operator. `csrf` goes into the header `X-CSRF-Token` of every change.

    `enrol`: the role requires a passkey or an authenticator app, the operator has neither, and has not used a
    token.
    """

    operator: str
    name: str
    role: StaffRole
    csrf: str
    until: Moment
    way: SignOnMethod
    enrol: bool


def signed_off(transaction: Transaction, session: Session, *, last: bool) -> bool:
    """End the session; return False for the last session of an operator who is on an alert."""
    if last and has_call_for_alert(transaction, session.operator):
        return False
    end_session(transaction, session, last=last)
    return True


class FirstAdmin(msgspec.Struct, frozen=True, kw_only=True):
    """Data of the first administrator, and the code of the printed link."""

    code: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    name: Name
    phone: Phone
    language: Language = "it"


@route(
    POST,
    PATH,
    by=SIGN_ON,
    audit=Action.SIGN_ON,
    says="Signed on.",
    answers=SignedOn,
    refuses=((401, "Not signed on."), OtherOrigin, TooManyTries),
)
async def sign_on(web: Web, who: Caller, data: SignOn) -> Response[bytes]:
    """Sign on to the console."""
    _own_page(web, who)
    made = await _begun(web, who, data)
    operator = made.session.operator
    await who.note((operator,), detail=made.session.way, actor=operator)
    web.people.refresh()
    response = no_store(answer(who.request, _told(web, made.session)))
    secure = web.proxies.secure(who.request.scope)
    response.set_cookie(web.cookies.made(made.session, made.secret, web.clock.now_us(), secure=secure))
    return response


@route(
    GET,
    f"{PATH}/challenge",
    by=SIGN_ON,
    audit="chance, of nobody",
    says="The browser's options.",
    refuses=((401, "`no_passkeys_here`: no passkey can be of this address."),),
)
def sign_on_challenge(web: Web, who: Caller) -> passkeys.RequestOptions:
    """Return the challenge for a sign-on by passkey.

    For `navigator.credentials.get`; valid once, within five minutes.
    """
    party = passkeys.relying_party(web.proxies.origin, who.header(b"host"))
    if party is None:
        raise NotSignedOn(
            "passkeys do not work at this address: use the host name in http.public_url",
            Fault.NO_PASSKEYS_HERE,
        )
    made = web.challenges.make(TO_SIGN_ON)
    return passkeys.RequestOptions(challenge=passkeys.base64(made.encode()), rp_id=party.id)


@route(GET, PATH, by=SIGNED_IN, audit="the operator's own", says="Signed on.")
async def signed_on(web: Web, who: Caller) -> SignedOn:
    """Show the signed-on operator."""
    session = web.auth.session(who.request)
    if session is None:
        raise NotSignedOn("no session: sign on first")
    return _told(web, session)


@route(DELETE, PATH, by=SIGN_ON, audit=Action.SIGN_OFF, status=204, refuses=(Refusal.ON_AN_ALERT,))
async def sign_off(web: Web, who: Caller) -> Response[None]:
    """Sign off; the operator's last session ends the shift as well."""
    session = web.auth.session(who.request)
    if session is not None:
        last = not web.auth.signed_on_elsewhere(session)
        if not await web.writing.run(lambda transaction: signed_off(transaction, session, last=last)):
            raise Refused(Refusal.ON_AN_ALERT)
        web.auth.changed(session)
    operator = "" if session is None else session.operator
    await who.note((operator,), actor=operator)
    response: Response[None] = Response(None, status_code=204)
    response.set_cookie(web.cookies.none(secure=web.proxies.secure(who.request.scope)))
    return response


@route(
    POST,
    "/v1/first-admin",
    by=SIGN_ON,
    audit=Action.CHANGE_STAFF,
    status=201,
    says="Told once.",
    refuses=((401, "The code is worth nothing, or there is an admin."), OtherOrigin, TooManyTries),
)
async def first_admin(web: Web, who: Caller, data: FirstAdmin) -> Answer[SignOnLink]:
    """Become the first administrator.

    By the code printed at the installation, once, within a day, while no administrator exists. The response
    contains a link for the sign-on, to set a password or passkey.
    """
    _own_page(web, who)
    proofs, address = CredentialVerifier(web), who.address
    proofs.require_attempt_left(address)

    def work(tx: Transaction) -> tuple[Operator, str, Instant]:
        number = numbers.of_a_person(data.phone, web.settings.center.region)
        return create_first_admin(tx, data.code, " ".join(data.name.split()), number, data.language)

    with refusing():
        try:
            made, code, until = await web.writing.run(work)
        except NotRegistered as error:
            raise proofs.count_unknown("first code", address) from error
    web.people.refresh()
    link = sign_on_link(made.id, code, until)
    return Answer(link, (made.id,), "the first admin, by the printed link", made.id)


def _own_page(web: Web, who: Caller) -> None:
    """Raise OtherOrigin if the page is of another origin."""
    if not web.proxies.is_own_page(who.header(b"origin"), who.header(b"host")):
        raise OtherOrigin("the request comes from a page of another origin")


def _told(web: Web, session: Session) -> SignedOn:
    # The list of operators works while the registry cannot be read: a page loaded then stays signed on.
    record = web.people.operators().get(session.operator)
    lacks = record is not None and requires_second_factor(web, record.role) and not record.has_second_factor
    return SignedOn(
        operator=session.operator,
        name="" if record is None else record.name,
        role=StaffRole.OPERATOR if record is None else record.role,
        csrf=session.csrf,
        until=rfc3339(session.until),
        way=session.way,
        # A token may belong to a program, or to a simulated run.
        enrol=lacks and session.way is not SignOnMethod.TOKEN,
    )


async def _begun(web: Web, who: Caller, data: SignOn) -> StartedSession:
    """Return the session, begun or continued. Raises NotSignedOn, TooManyTries, NotDurable."""
    address, proofs = who.address, CredentialVerifier(web)
    known, secret = web.auth.session(who.request), web.auth.secret(who.request) or ""
    if data.ticket is not None:
        return await _gone_on(web, data.ticket, address)
    if data.passkey is not None:
        proof = await proofs.by_passkey(data.passkey, who.header(b"host"), address)
    elif data.token is not None:
        proof = proofs.by_token(data.token, address)
    else:
        proof = await proofs.by_password(data.operator or "", data.password or "", data.code, address)
    # Computed before the session begins, because the session makes the address familiar.
    counted, _ = proofs.throttle_key(proof.operator, address)
    same = known is not None and known.operator == proof.operator
    if known is not None and same and not proof.counts_once:
        # The page was reloaded, or another page of the operator is open: the CSRF tokens stay valid.
        made = StartedSession(known, secret)
    else:

        def work(transaction: Transaction) -> StartedSession:
            if known is not None:
                # The browser's cookie is about to be replaced: its former session ends.
                end_session(transaction, known, last=not same and not web.auth.signed_on_elsewhere(known))
            return proof.begin(transaction, address)

        try:
            made = await web.writing.run(work)
        except NotRegistered as error:
            raise NotSignedOn("the operator's credentials changed meanwhile: sign on again") from error
        if known is not None:
            web.auth.changed(known)
    if proof.way is not SignOnMethod.TOKEN:
        web.throttle.right(counted, address)
    return made


async def _gone_on(web: Web, ticket: str, address: str) -> StartedSession:
    """Continue the session of another node here. Raises NotSignedOn, TooManyTries, NotDurable."""
    proofs = CredentialVerifier(web)
    proofs.require_attempt_left(address)
    made = await web.writing.run(lambda transaction: continue_session(transaction, ticket, address))
    if made is None:
        raise proofs.count_unknown("ticket", address)
    log.info("goes on here", operator=made.session.operator)
    return made
