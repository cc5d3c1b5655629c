"""/v1/console/access: by what the operator of a session signs on, and where. Own ones alone, and by a session
alone: a program's token makes no passkey.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

import msgspec
from litestar import Response, delete, get, post, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from gateways.http.door import codes, passkeys
from gateways.http.door.proofs import Fault, Proofs
from gateways.http.parts.context import Web
from gateways.http.routes.own.answers import (
    Beginning,
    NewAuthenticator,
    NewPassword,
    OwnAccess,
    Renamed,
    Seed,
    told_authenticator,
    told_session,
)
from gateways.http.wire.answers import AnyRequest, Problem, answer, header, no_store, said
from gateways.http.wire.decoding import Strict
from gateways.http.wire.errors import BadBody, NotAllowed, NotSignedOn, TooManyTries
from messages.ids import OperatorId
from store.audit.entry import Action
from store.errors import AlreadyTaken
from store.journal.journal import Transaction
from store.registry.access.authenticators import Authenticator, Kind, add, remove, rename
from store.registry.access.sessions import Session, Way, end_own
from store.registry.access.simple_passwords import is_password
from store.registry.registry import Registry

PATH: Final = "/v1/console/access"
OWN: Final = "the operator's own"


def own_access_routes(web: Web) -> list[HTTPRouteHandler]:
    """The routes."""
    registry = Registry(web.journal)
    common: dict[int, Any] = {401: said(Problem, "No session."), 403: said(Problem, "No CSRF token.")}
    described: dict[str, Any] = {"tags": ["console"], "security": [{"consoleSession": []}]}

    def session_of(request: AnyRequest) -> Session:
        """Raises NotSignedOn, NotAllowed."""
        if header(request, b"authorization") is not None or (found := web.auth.session(request)) is None:
            raise NotSignedOn("the console's session is needed")
        if request.method != "GET":
            web.auth.check_csrf(request, found)
        return found

    async def seen(session: Session) -> tuple[str, str]:
        """For what a challenge is: this session, and the operator as it is now. So each counts once."""
        as_of = await asyncio.to_thread(web.passwords.changes_of, session.operator)
        return f"passkey {session.id} {as_of}", f"totp {session.id} {as_of}"

    @get(
        PATH,
        summary="By what one signs on, and where",
        operation_id="own_access",
        audit=OWN,
        responses={200: said(OwnAccess, "One's own."), **common},
        **described,
    )
    async def own(request: AnyRequest) -> Response[bytes]:
        session = session_of(request)
        return no_store(answer(request, await asyncio.to_thread(told, session, header(request, b"host"))))

    def told(session: Session, host: str | None) -> OwnAccess:
        record = registry.operator(session.operator)
        party = passkeys.relying_party(web.proxies.origin, host)
        return OwnAccess(
            asked=record is not None and web.settings.second_factor.asks(record.role),
            has_password=record is not None and record.has_password,
            passkeys_of="" if party is None else party.id,
            authenticators=[
                told_authenticator(one) for one in web.passwords.authenticators(session.operator)
            ],
            sessions=[
                told_session(one, session)
                for one in registry.sessions(web.clock.now_us())
                if one.operator == session.operator
            ],
        )

    @post(
        f"{PATH}/challenge",
        status_code=200,
        summary="Begin a new authenticator",
        operation_id="begin_authenticator",
        audit=OWN,
        responses={200: said(Beginning, "For a passkey, and for an app."), **common},
        **described,
    )
    async def begin(request: AnyRequest) -> Response[bytes]:
        session = session_of(request)
        for_passkey, for_totp = await seen(session)
        party = passkeys.relying_party(web.proxies.origin, header(request, b"host"))
        challenge = await asyncio.to_thread(web.challenges.make, for_totp)
        seed = web.challenges.derived("totp", challenge)
        link = codes.link_of(seed, session.operator)
        totp = Seed(
            challenge=challenge, secret=codes.text_of(seed), link=link, picture=codes.picture_of(link)
        )
        passkey = None if party is None else creation(session.operator, party.id, for_passkey)
        return no_store(answer(request, Beginning(passkey=passkey, totp=totp)))

    def creation(operator: OperatorId, host: str, purpose: str) -> passkeys.CreationOptions:
        record = registry.operator(operator)
        return passkeys.CreationOptions(
            challenge=passkeys.base64(web.challenges.make(purpose).encode()),
            rp=passkeys.RpEntity(id=host),
            user=passkeys.UserEntity(
                id=passkeys.base64(web.challenges.derived("handle", operator)),
                name=operator,
                display_name=operator if record is None else record.name,
            ),
            exclude_credentials=[
                passkeys.Descriptor(id=passkeys.base64(one.id))
                for one in web.passwords.authenticators(operator)
                if one.kind is Kind.PASSKEY
            ],
        )

    @post(
        f"{PATH}/authenticators",
        dto=Strict[NewAuthenticator],
        return_dto=None,
        status_code=200,
        summary="Keep a new authenticator",
        operation_id="add_authenticator",
        audit=Action.CHANGE_KEY,
        responses={200: said(OwnAccess, "It is kept."), 400: said(Problem, "It is not proved."), **common},
        **described,
    )
    async def keep(request: AnyRequest, data: JSONBody[NewAuthenticator]) -> Response[bytes]:
        session = session_of(request)
        made = await proved(session, data, header(request, b"host"))

        def work(tx: Transaction) -> None:
            add(tx, msgspec.structs.replace(made, created_at=tx.at_us))

        try:
            await web.writing.run(work)
        except AlreadyTaken as error:
            raise BadBody("it is kept already") from error
        await noted(request, session, f"{made.kind} added")
        return await own_again(request, session)

    async def proved(session: Session, data: NewAuthenticator, host: str | None) -> Authenticator:
        """The new one. Raises BadBody."""
        for_passkey, for_totp = await seen(session)
        now = web.clock.now_us()
        if data.passkey is None:
            challenge = data.challenge or ""
            seed = web.challenges.derived("totp", challenge)
            step = codes.step_of(seed, data.code or "", now)
            if not web.challenges.is_good(challenge, for_totp):
                raise BadBody("too late: begin once more", "$.challenge")
            if step is None:
                raise BadBody("the code is wrong", "$.code", Fault.CODE_WRONG)
            # Chance, as a passkey's: the seed itself is shown nowhere any more.
            which = web.challenges.derived("totp id", challenge)
            return Authenticator(which, session.operator, Kind.TOTP, data.name, seed, step, False, now)
        party = passkeys.relying_party(web.proxies.origin, host)
        challenge = passkeys.challenge_of(data.passkey)
        if party is None or not web.challenges.is_good(challenge, for_passkey):
            raise BadBody("too late: begin once more", "$.passkey")
        new = await asyncio.to_thread(passkeys.made, data.passkey, challenge, party)
        if new is None:
            raise BadBody("this passkey is not proved", "$.passkey")
        return Authenticator(
            new.id, session.operator, Kind.PASSKEY, data.name, new.public_key, new.counter, new.backed_up, now
        )

    async def noted(request: AnyRequest, session: Session, detail: str) -> None:
        await web.audit.note(request, (session.operator,), detail=detail, actor=session.operator)

    async def own_again(request: AnyRequest, session: Session) -> Response[bytes]:
        web.people.look_again()
        web.auth.changed(session)
        return no_store(answer(request, await asyncio.to_thread(told, session, header(request, b"host"))))

    @put(
        f"{PATH}/authenticators/{{which:str}}",
        dto=Strict[Renamed],
        return_dto=None,
        summary="Name an authenticator",
        operation_id="rename_authenticator",
        audit=Action.CHANGE_KEY,
        responses={200: said(OwnAccess, "It is named."), 400: said(Problem, "None of one's own."), **common},
        **described,
    )
    async def name(request: AnyRequest, which: FromPath[str], data: JSONBody[Renamed]) -> Response[bytes]:
        session = session_of(request)
        key = _key(which)
        if not await web.writing.run(lambda tx: rename(tx, session.operator, key, data.name.strip())):
            raise BadBody("none of one's own", "$")
        await noted(request, session, "authenticator named")
        return await own_again(request, session)

    @delete(
        f"{PATH}/authenticators/{{which:str}}",
        status_code=200,
        summary="Forget an authenticator",
        operation_id="remove_authenticator",
        audit=Action.CHANGE_KEY,
        responses={200: said(OwnAccess, "It is gone."), 400: said(Problem, "None of one's own."), **common},
        **described,
    )
    async def forget(request: AnyRequest, which: FromPath[str]) -> Response[bytes]:
        session = session_of(request)
        key = _key(which)
        if not await web.writing.run(lambda tx: remove(tx, session.operator, key)):
            raise BadBody("none of one's own", "$")
        await noted(request, session, "authenticator removed")
        return await own_again(request, session)

    @put(
        f"{PATH}/password",
        dto=Strict[NewPassword],
        return_dto=None,
        summary="Set one's password",
        description="The operator's other sessions end.",
        operation_id="set_own_password",
        audit=Action.CHANGE_KEY,
        responses={
            200: said(OwnAccess, "It is set."),
            400: said(Problem, "None that may be one; `$.old`: wrong."),
            429: said(Problem, "Wrong too often."),
            **common,
        },
        **described,
    )
    async def password(request: AnyRequest, data: JSONBody[NewPassword]) -> Response[bytes]:
        session = session_of(request)
        operator = session.operator
        record = await asyncio.to_thread(registry.operator, operator)
        if record is None:
            raise NotAllowed("no operator any more")
        if session.way is not Way.RECOVERY:
            address, now_us = web.client_address(request), web.clock.now_us()
            counted, _ = Proofs(web).counted_as(operator, address)
            if wait_s := web.throttle.wait_s(counted, address, now_us):
                raise TooManyTries(wait_s)
            web.throttle.count(counted, address, now_us)
            if not await web.passwords.password_is(operator, data.old or "", familiar=True):
                raise BadBody("the password of now is wrong", "$.old")
            web.throttle.right(counted, address)
        if not await asyncio.to_thread(is_password, data.password, (record.name, operator)):
            raise BadBody("too short, or guessed at once", "$.password")
        await asyncio.to_thread(registry.set_password, operator, data.password, by=operator, but=session.id)
        await noted(request, session, "password")
        return await own_again(request, session)

    @delete(
        f"{PATH}/sessions/{{which:str}}",
        status_code=200,
        summary="End a session of one's own",
        description="At all nodes, within a second. The shift goes on.",
        operation_id="end_own_session",
        audit=Action.SIGN_OFF,
        responses={200: said(OwnAccess, "It has ended."), 400: said(Problem, "None of one's own."), **common},
        **described,
    )
    async def end(request: AnyRequest, which: FromPath[str]) -> Response[bytes]:
        session = session_of(request)
        if which == session.id or not await web.writing.run(lambda tx: end_own(tx, session.operator, which)):
            raise BadBody("none of one's own others", "$")
        await noted(request, session, "another session of one's own")
        return await own_again(request, session)

    return [own, begin, keep, name, forget, password, end]


def _key(which: str) -> bytes:
    try:
        return passkeys.unbase64(which)
    except ValueError as error:
        raise BadBody("expected base64url", "$") from error
