"""/v1/console/access: the operator's own authenticators, password and sessions.

A session alone gives access: a program's token creates no passkey.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Final, TypeVar

import msgspec

from gateways.http.parts.context import Web
from gateways.http.routing.permissions import SESSION, Caller
from gateways.http.routing.route import DELETE, GET, POST, PUT, route
from gateways.http.security import authenticator_app, passkeys
from gateways.http.security.challenges import to_add_app, to_add_passkey
from gateways.http.security.sign_on_credentials import CredentialVerifier, Fault, requires_second_factor
from gateways.http.wire.answers import Moment, derived, picture_of
from gateways.http.wire.errors import BadBody, NotAllowed, NotSignedOn, TooManyTries
from store.audit.entry import Action
from store.errors import AlreadyTaken, NotRegistered
from store.journal.journal import Transaction
from store.registry.access.authenticators import Authenticator, AuthenticatorKind, add, remove, rename
from store.registry.access.credentials import is_password
from store.registry.access.sessions import Session, SignOnMethod, end_session_of, require_session

T = TypeVar("T")

PATH: Final = "/v1/console/access"
OWN: Final = "the operator's own"
NOT_OWN: Final = ((400, "None of one's own."),)
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
Secret = Annotated[str, msgspec.Meta(min_length=1, max_length=512)]
Code = Annotated[str, msgspec.Meta(max_length=20)]


class AuthenticatorAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Passkey or authenticator app. `backed_up`: the passkey's maker keeps a copy."""

    id: str
    kind: AuthenticatorKind
    name: str
    backed_up: bool
    created_at: Moment
    used_at: Moment | None


class SessionAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Browser in which the operator is signed on. `here`: this browser."""

    id: str
    here: bool
    way: SignOnMethod
    begun_at: Moment
    used_at: Moment | None
    until: Moment
    node: str
    address: str


class OwnAccess(msgspec.Struct, frozen=True, kw_only=True):
    """Authenticators and sessions of the operator. `asked`: the role requires a second factor. `passkeys_of`:
    host to which a new passkey would belong; empty if passkeys are impossible.
    """

    asked: bool
    has_password: bool
    passkeys_of: str
    authenticators: list[AuthenticatorAnswer]
    sessions: list[SessionAnswer]


class Seed(msgspec.Struct, frozen=True, kw_only=True):
    """Seed for an authenticator app: as text, as a link, and the link as rows of a QR code."""

    challenge: str
    secret: str
    link: str
    picture: tuple[str, ...]


class Beginning(msgspec.Struct, frozen=True, kw_only=True):
    """Data for a new authenticator; valid once, within five minutes."""

    passkey: passkeys.CreationOptions | None
    totp: Seed


class NewAuthenticator(msgspec.Struct, frozen=True, kw_only=True):
    """Credential made by the browser, or the app's first code with the challenge of its seed."""

    name: Name
    passkey: passkeys.Credential | None = None
    challenge: Secret | None = None
    code: Code | None = None

    def __post_init__(self) -> None:
        by_code = self.challenge is not None and self.code is not None
        if (self.passkey is None) is not by_code:
            raise ValueError("the request needs either `passkey`, or `challenge` and `code`")


class Renamed(msgspec.Struct, frozen=True, kw_only=True):
    """New name."""

    name: Name


class NewPassword(msgspec.Struct, frozen=True, kw_only=True):
    """New password. `old` is not needed after a sign-on by recovery code."""

    password: Secret
    old: Secret | None = None


@route(GET, PATH, by=SESSION, audit=OWN, says="One's own.")
def own_access(web: Web, who: Caller) -> OwnAccess:
    """Show the operator's own authenticators and sessions."""
    return _told(web, who)


@route(POST, f"{PATH}/challenge", by=SESSION, audit=OWN, says="For a passkey, and for an app.")
def begin_authenticator(web: Web, who: Caller) -> Beginning:
    """Begin a new authenticator."""
    session = who.session
    as_of = web.queries.changes_of(session.operator)
    party = passkeys.relying_party(web.proxies.origin, who.header(b"host"))
    challenge = web.challenges.make(to_add_app(session.id, as_of))
    seed = web.challenges.seed_of(challenge)
    link = authenticator_app.link_of(seed, session.operator)
    totp = Seed(
        challenge=challenge, secret=authenticator_app.text_of(seed), link=link, picture=picture_of(link)
    )
    passkey = None if party is None else _creation(web, session, party.id, as_of)
    return Beginning(passkey=passkey, totp=totp)


@route(
    POST,
    f"{PATH}/authenticators",
    by=SESSION,
    audit=Action.CHANGE_KEY,
    says="It is kept.",
    refuses=((400, "It is not proved."),),
)
async def add_authenticator(web: Web, who: Caller, data: NewAuthenticator) -> OwnAccess:
    """Add a new authenticator."""
    made = await asyncio.to_thread(_proved, web, who.session, data, who.header(b"host"))
    try:
        await _write(web, who, lambda tx: add(tx, msgspec.structs.replace(made, created_at=tx.at_us)))
    except AlreadyTaken as error:
        raise BadBody("the passkey is registered already") from error
    return await _changed(web, who, f"{made.kind} added")


@route(
    PUT,
    f"{PATH}/authenticators/{{which}}",
    by=SESSION,
    audit=Action.CHANGE_KEY,
    says="It is named.",
    refuses=NOT_OWN,
)
async def rename_authenticator(web: Web, who: Caller, which: str, data: Renamed) -> OwnAccess:
    """Rename an authenticator."""
    key, operator = _key(which), who.operator
    if not await _write(web, who, lambda tx: rename(tx, operator, key, data.name.strip())):
        raise BadBody("no authenticator of yours has this id", "$")
    return await _changed(web, who, "authenticator named")


@route(
    DELETE,
    f"{PATH}/authenticators/{{which}}",
    by=SESSION,
    audit=Action.CHANGE_KEY,
    says="It is gone.",
    refuses=NOT_OWN,
)
async def remove_authenticator(web: Web, who: Caller, which: str) -> OwnAccess:
    """Remove an authenticator."""
    key, operator = _key(which), who.operator
    if not await _write(web, who, lambda tx: remove(tx, operator, key)):
        raise BadBody("no authenticator of yours has this id", "$")
    return await _changed(web, who, "authenticator removed")


@route(
    PUT,
    f"{PATH}/password",
    by=SESSION,
    audit=Action.CHANGE_KEY,
    says="It is set.",
    refuses=((400, "None that may be one; `$.old`: wrong."), TooManyTries),
)
async def set_own_password(web: Web, who: Caller, data: NewPassword) -> OwnAccess:
    """Set the operator's own password.

    The operator's other sessions end.
    """
    session, operator, registry = who.session, who.operator, web.registry
    record = await asyncio.to_thread(registry.operator, operator)
    if record is None:
        raise NotAllowed("the operator has been removed")
    if session.way is not SignOnMethod.RECOVERY:
        address, now_us = who.address, web.clock.now_us()
        counted, _ = CredentialVerifier(web).throttle_key(operator, address)
        if wait_s := web.throttle.wait_s(counted, address, now_us):
            raise TooManyTries(wait_s)
        web.throttle.count(counted, address, now_us)
        if not await web.queries.password_is(operator, data.old or "", familiar=True):
            raise BadBody("the present password is wrong", "$.old")
        web.throttle.right(counted, address)
    if not await asyncio.to_thread(is_password, data.password, (record.name, operator)):
        raise BadBody("the new password is too short, or too easy to guess", "$.password")
    with _while_it_stands():
        await asyncio.to_thread(registry.set_password, operator, data.password, by=operator, own=session)
    return await _changed(web, who, "password")


@route(
    DELETE,
    f"{PATH}/sessions/{{which}}",
    by=SESSION,
    audit=Action.SIGN_OFF,
    says="It has ended.",
    refuses=NOT_OWN,
)
async def end_own_session(web: Web, who: Caller, which: str) -> OwnAccess:
    """End another session of the operator.

    The session ends at all nodes within a second. The shift continues.
    """
    operator = who.operator
    if which == who.session.id or not await _write(web, who, lambda tx: end_session_of(tx, operator, which)):
        raise BadBody("no other session of yours has this id", "$")
    return await _changed(web, who, "another session of one's own")


async def _write(web: Web, who: Caller, work: Callable[[Transaction], T]) -> T:
    """Change own access in a valid session. Raises NotSignedOn, NotDurable, and the errors of `work`."""

    def checked(tx: Transaction) -> T:
        require_session(tx, who.session)
        return work(tx)

    with _while_it_stands():
        return await web.writing.run(checked)


@contextmanager
def _while_it_stands() -> Iterator[None]:
    """Convert NotRegistered to NotSignedOn.

    The guard's reading of the session may be half a second old, and an authenticator stays valid for years.
    """
    try:
        yield
    except NotRegistered as error:
        raise NotSignedOn("the session has ended") from error


async def _changed(web: Web, who: Caller, detail: str) -> OwnAccess:
    """Enter a change in the audit, and return the new state."""
    await who.note((who.operator,), detail=detail)
    web.people.refresh()
    web.auth.changed(who.session)
    return await asyncio.to_thread(_told, web, who)


def _told(web: Web, who: Caller) -> OwnAccess:
    session = who.session
    record = web.registry.operator(session.operator)
    party = passkeys.relying_party(web.proxies.origin, who.header(b"host"))
    return OwnAccess(
        asked=record is not None and requires_second_factor(web, record.role),
        has_password=record is not None and record.has_password,
        passkeys_of="" if party is None else party.id,
        authenticators=[_told_one(one) for one in web.queries.authenticators(session.operator)],
        sessions=[
            _told_session(one, session)
            for one in web.registry.sessions(web.clock.now_us())
            if one.operator == session.operator
        ],
    )


def _told_one(one: Authenticator) -> AuthenticatorAnswer:
    """Return the authenticator without its secret."""
    return derived(AuthenticatorAnswer, one, id=passkeys.base64(one.id))


def _told_session(one: Session, here: Session) -> SessionAnswer:
    """Return the session as shown in the session `here`."""
    return derived(SessionAnswer, one, here=one.key == here.key)


def _creation(web: Web, session: Session, host: str, as_of: int) -> passkeys.CreationOptions:
    operator = session.operator
    record = web.registry.operator(operator)
    return passkeys.CreationOptions(
        challenge=passkeys.base64(web.challenges.make(to_add_passkey(session.id, as_of)).encode()),
        rp=passkeys.RpEntity(id=host),
        user=passkeys.UserEntity(
            id=passkeys.base64(web.challenges.handle_of(operator)),
            name=operator,
            display_name=operator if record is None else record.name,
        ),
        exclude_credentials=[
            passkeys.Descriptor(id=passkeys.base64(one.id))
            for one in web.queries.authenticators(operator)
            if one.kind is AuthenticatorKind.PASSKEY
        ],
    )


def _proved(web: Web, session: Session, data: NewAuthenticator, host: str | None) -> Authenticator:
    """Verify and return the new authenticator; on a thread. Raises BadBody."""
    # Adding the authenticator changes the operator's version, so that no challenge counts twice.
    as_of = web.queries.changes_of(session.operator)
    now = web.clock.now_us()
    if data.passkey is None:
        challenge = data.challenge or ""
        if not web.challenges.is_good(challenge, to_add_app(session.id, as_of)):
            raise BadBody("the challenge has expired: start again", "$.challenge")
        seed = web.challenges.seed_of(challenge)
        step = authenticator_app.step_of(seed, data.code or "", now)
        if step is None:
            raise BadBody(
                "the code is wrong: enter the present code of the authenticator app",
                "$.code",
                Fault.CODE_WRONG,
            )
        which = web.challenges.id_of_app(challenge)
        return Authenticator(
            which, session.operator, AuthenticatorKind.TOTP, data.name, seed, step, False, now
        )
    party = passkeys.relying_party(web.proxies.origin, host)
    challenge = passkeys.challenge_of(data.passkey)
    if party is None or not web.challenges.is_good(challenge, to_add_passkey(session.id, as_of)):
        raise BadBody("the challenge has expired: start again", "$.passkey")
    new = passkeys.verify_registration(data.passkey, challenge, party)
    if new is None:
        raise BadBody("the passkey could not be verified: start again", "$.passkey")
    return Authenticator(
        new.id,
        session.operator,
        AuthenticatorKind.PASSKEY,
        data.name,
        new.public_key,
        new.counter,
        new.backed_up,
        now,
    )


def _key(which: str) -> bytes:
    try:
        return passkeys.unbase64(which)
    except ValueError as error:
        raise BadBody("base64url is expected", "$") from error
