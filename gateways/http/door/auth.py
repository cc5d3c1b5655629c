"""Who is asking: an app by its key, an operator by a token or by the console's session.

Keys, tokens and sessions are kept and compared as hashes only. Who is let in is read as a whole, off the
loop, `LOOK_S` after each reading: so a storm asks the registry nothing, and what was ended by anybody, at any
node, is ended here within a second, on open WebSockets too. Only what that reading does not know is asked
for, so that what has just been issued opens at once. While nothing can be read the last reading holds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from litestar.handlers.base import BaseRouteHandler

from gateways.console.sessions import CSRF_HEADER, SECRET_MAX, Cookies, csrf_fits
from gateways.http.door.proxies import Proxies
from gateways.http.parts.registry import RegistryQueries
from gateways.http.wire.answers import AnyConnection, header
from gateways.http.wire.errors import NotAllowed, NotSignedOn
from messages.ids import OperatorId
from runtime import logs
from runtime.clock import Clock
from store.errors import StoreError
from store.registry.access.credentials import fingerprint
from store.registry.access.sessions import Session
from store.registry.people import StaffRole
from store.registry.registry import Access

Guard = Callable[[AnyConnection, BaseRouteHandler], Awaitable[None]]

LOOK_S: Final = 0.4
TOKEN_MAX: Final = 512
OPERATOR: Final = "operator"
"""Where in a connection's state the guard leaves who it is."""

SESSION: Final = "session"
"""Where it leaves the session, of a page that sees to the operator's own things."""

log = logs.get("http.auth")


@dataclass(frozen=True)
class _Open:
    """A WebSocket, and by which session it was let in; none by a token."""

    connection: AnyConnection
    operator: OperatorId
    session: Session | None


class Auth:
    """Litestar's guards, and what they ask.

    The guards are coroutines: Litestar hands a plain function to a pool of threads, at every request.
    """

    def __init__(self, queries: RegistryQueries, cookies: Cookies, proxies: Proxies, clock: Clock) -> None:
        self._clock = clock
        self._queries = queries
        self._cookies = cookies
        self._proxies = proxies
        self._access = Access()
        self._changed_here = 0
        self._open: dict[asyncio.Future[bool], _Open] = {}
        self._used: set[bytes] = set()

    # ---------------------------------------------------------------------------- what is known

    async def keep_looking(self) -> None:
        """Read who is let in, again and again, until cancelled."""
        works = True
        while True:
            try:
                await self.look()
            except StoreError as error:
                if works:
                    log.error("who is let in cannot be read: the last reading holds", reason=str(error))
                works = False
            else:
                works = True
            await asyncio.sleep(LOOK_S)

    async def look(self) -> None:
        """Read who is let in, and tell those who are no more. Raises StoreError."""
        while True:
            before = self._changed_here
            found = await asyncio.to_thread(self._queries.access)
            if before == self._changed_here:
                break
        self._access = found
        for future, one in list(self._open.items()):
            if not future.done() and not self._stands(one):
                future.set_result(one.session is not None and one.session.until <= self._clock.now_us())

    async def until_ended(self, connection: AnyConnection, operator: OperatorId) -> bool:
        """Return when this connection is not this operator's any more; whether by its time alone."""
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        session = None if bearer(connection) is not None else self.session(connection)
        self._open[future] = _Open(connection, operator, session)
        try:
            return await future
        finally:
            del self._open[future]

    def _stands(self, one: _Open) -> bool:
        try:
            return self.operator_or_none(one.connection) == one.operator
        except StoreError:
            return True

    # ----------------------------------------------------------------------------------- guards

    async def anybody(self, connection: AnyConnection, _: BaseRouteHandler) -> None:
        """Guard: an app, or an operator by token or session, who only reads. Raises NotSignedOn."""
        key = bearer(connection)
        known = (
            self.session(connection) is not None if key is None else self.knows_app(key) or self._token(key)
        )
        if not known:
            raise NotSignedOn("an app key, an operator's token or the console's session is needed")

    async def operator(self, connection: AnyConnection, _: BaseRouteHandler) -> None:
        """Guard: an operator by token or session. Raises NotSignedOn, NotAllowed.

        What changes something needs the session's CSRF token. A GET needs none, so that a link can be
        followed: the cookie is sent to no other site, and nothing is changed by reading.
        """
        connection.state[OPERATOR] = self._operator(connection)

    async def browser(self, connection: AnyConnection, _: BaseRouteHandler) -> None:
        """Guard: an operator by session alone, and its CSRF token for what changes something. Raises
        NotSignedOn, NotAllowed.
        """
        found = None if header(connection, b"authorization") is not None else self.session(connection)
        if found is None:
            raise NotSignedOn("the console's session is needed")
        if not _reads(connection):
            self.check_csrf(connection, found)
        connection.state[SESSION], connection.state[OPERATOR] = found, found.operator

    def require(self, operator: OperatorId, wanted: StaffRole) -> None:
        """Raises NotAllowed where the operator may less than `wanted` may."""
        if not self.may(operator, wanted):
            raise NotAllowed(f"this needs the role {wanted}")

    def may(self, operator: OperatorId, wanted: StaffRole) -> bool:
        """Return whether the operator may what `wanted` may. The role is read at every use."""
        role = self._queries.role_of(operator)
        return role is not None and role.may(wanted)

    def require_role(self, wanted: StaffRole) -> Guard:
        """A guard: an operator who may at least what `wanted` may; else as `operator`, or NotAllowed."""

        async def guard(connection: AnyConnection, _: BaseRouteHandler) -> None:
            connection.state[OPERATOR] = operator = self._operator(connection)
            self.require(operator, wanted)

        return guard

    # ------------------------------------------------------------------------------- who it is

    def operator_or_none(self, connection: AnyConnection) -> OperatorId | None:
        """Who is asking, by token or session; for a WebSocket, which carries no header of the page's own."""
        token = bearer(connection)
        if token is not None:
            return self._token(token)
        session = self.session(connection)
        return None if session is None else session.operator

    def session(self, connection: AnyConnection) -> Session | None:
        """The console's session, if there is one that stands."""
        secret = self.secret(connection)
        if secret is None:
            return None
        key = fingerprint(secret)
        found = self._access.sessions.get(key)
        if found is None:
            found = self._queries.session_of(secret)
            if found is not None:
                self._access.sessions[key] = found
        return found if found is not None and self._clock.now_us() < found.until else None

    def secret(self, connection: AnyConnection) -> str | None:
        """What the console's cookie holds."""
        secret = _cookie(connection, self._cookies.name(secure=self._proxies.secure(connection.scope)))
        return secret if secret and len(secret) <= SECRET_MAX else None

    def check_csrf(self, connection: AnyConnection, session: Session) -> None:
        """Of what changes something; which is a use of the session. Raises NotAllowed."""
        if not csrf_fits(session, header(connection, CSRF_HEADER.encode())):
            raise NotAllowed(f"the session's token is missing: `{CSRF_HEADER}`")
        self._used.add(session.key)

    def note_use(self, connection: AnyConnection) -> None:
        """The operator has done something at this page."""
        session = self.session(connection)
        if session is not None:
            self._used.add(session.key)

    def in_use(self) -> tuple[set[bytes], set[bytes]]:
        """The sessions that were used since this was asked last, and those that have a page open."""
        used, self._used = self._used, set()
        return used, {one.session.key for one in self._open.values() if one.session is not None}

    def changed(self, session: Session) -> None:
        """It was changed or ended here: what was read of it before is not believed any longer."""
        self._changed_here += 1
        for key in [key for key, one in self._access.sessions.items() if one.id == session.id]:
            del self._access.sessions[key]

    def signed_on_elsewhere(self, session: Session) -> bool:
        """Whether its operator is signed on elsewhere: at another node, or here with a console that is open.

        A browser that was closed without signing off is nobody who could answer.
        """
        used = {one.session.id for one in self._open.values() if one.session is not None}
        now_us = self._clock.now_us()
        return any(
            other.operator == session.operator
            and other.id != session.id
            and other.until > now_us
            and (other.id in used or other.node != session.node)
            for other in self._access.sessions.values()
        )

    def knows_app(self, key: str) -> bool:
        """Whether an app may use this key."""
        digest = fingerprint(key)
        if digest not in self._access.keys:
            if not self._queries.app_key_is_known(key):
                return False
            self._access.keys.add(digest)
        return True

    def _token(self, token: str) -> OperatorId | None:
        digest = fingerprint(token)
        operator = self._access.tokens.get(digest)
        if operator is None:
            operator = self._queries.operator_of_token(token)
            if operator is not None:
                self._access.tokens[digest] = operator
        return operator

    def _operator(self, connection: AnyConnection) -> OperatorId:
        token = bearer(connection)
        if token is not None:
            operator = self._token(token)
            if operator is None:
                raise NotSignedOn("no operator has this token")
            return operator
        session = self.session(connection)
        if session is None:
            raise NotSignedOn("an operator's token or the console's session is needed")
        if not _reads(connection):
            self.check_csrf(connection, session)
        return session.operator


def bearer(connection: AnyConnection) -> str | None:
    """The token of `Authorization: Bearer …` (RFC 6750, 2.1); None where there is none."""
    value = header(connection, b"authorization")
    if value is None:
        return None
    scheme, _, token = value.partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not 0 < len(token) <= TOKEN_MAX:
        return None
    return token


def _reads(connection: AnyConnection) -> bool:
    return connection.scope.get("method") in ("GET", "HEAD")


def _cookie(connection: AnyConnection, name: str) -> str:
    """What one cookie holds; empty where it is not there.

    Not by the standard library, which takes the escapes out of every cookie that is sent, in quadratic time
    before Python 3.11.10: half a second for 14 KB. What the center sets has none.
    """
    pairs = (header(connection, b"cookie") or "").split(";")
    values = [value for key, _, value in (one.strip().partition("=") for one in pairs) if key == name]
    return values[-1] if values else ""
