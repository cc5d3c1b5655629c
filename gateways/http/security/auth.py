"""Authentication: an app by its key, an operator by a token or by the console's session.

Keys, tokens and sessions are stored and compared as hashes only. All valid credentials are read at once, off
the event loop, `LOOK_S` after the end of the last reading. A storm therefore causes no queries of the
registry. A credential ended at any node stops working here within a second, on open WebSockets too. Only a
credential missing in the last reading is queried by itself, so that a new credential works at once. While the
registry cannot be read the last reading stays valid.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from litestar.handlers.base import BaseRouteHandler

from gateways.console.sessions import CSRF_HEADER, SECRET_MAX, Cookies, csrf_fits
from gateways.http.parts.registry import RegistryQueries
from gateways.http.security.proxies import Proxies
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
"""Key in a connection's state for the operator whom a guard has admitted."""

SESSION: Final = "session"
"""Key in a connection's state for the session, in routes of the operator's own access."""

log = logs.get("http.auth")


@dataclass(frozen=True)
class _Open:
    """An open WebSocket. `session` is the session that admitted the WebSocket; None for a token."""

    connection: AnyConnection
    operator: OperatorId
    session: Session | None


class Auth:
    """Litestar's guards, and the queries of the guards.

    The guards are coroutines, because Litestar runs a plain function in a thread pool at every request.
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

    async def keep_refreshing(self) -> None:
        """Read the valid credentials repeatedly until cancelled."""
        works = True
        while True:
            try:
                await self.refresh()
            except StoreError as error:
                if works:
                    log.error("the credentials cannot be read: the last ones stay valid", reason=str(error))
                works = False
            else:
                works = True
            await asyncio.sleep(LOOK_S)

    async def refresh(self) -> None:
        """Read the valid credentials, and end the WebSockets that have lost theirs. Raises StoreError."""
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
        """Wait until the connection is no longer the operator's. Return True if the session has expired."""
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
        """Guard: admit an app, or an operator by token or session, for reading only. Raises NotSignedOn."""
        key = bearer(connection)
        known = (
            self.session(connection) is not None if key is None else self.knows_app(key) or self._token(key)
        )
        if not known:
            raise NotSignedOn("the request needs an app key, an operator's token or a console session")

    async def operator(self, connection: AnyConnection, _: BaseRouteHandler) -> None:
        """Guard: admit an operator by token or session. Raises NotSignedOn, NotAllowed.

        By session, a request that changes something needs the CSRF token. A GET needs none, so that links
        work: the cookie is sent to no other site, and reading changes nothing.
        """
        connection.state[OPERATOR] = self._operator(connection)

    async def browser(self, connection: AnyConnection, _: BaseRouteHandler) -> None:
        """Guard: admit an operator by session alone; see `operator`. Raises NotSignedOn, NotAllowed."""
        found = None if header(connection, b"authorization") is not None else self.session(connection)
        if found is None:
            raise NotSignedOn("the request needs a console session: sign on first")
        if not _reads(connection):
            self.check_csrf(connection, found)
        connection.state[SESSION], connection.state[OPERATOR] = found, found.operator

    def require(self, operator: OperatorId, wanted: StaffRole) -> None:
        """Raise NotAllowed if the operator lacks the rights of the role `wanted`."""
        if not self.may(operator, wanted):
            raise NotAllowed(f"the request needs the role {wanted}")

    def may(self, operator: OperatorId, wanted: StaffRole) -> bool:
        """Return True if the operator has the rights of the role `wanted`. Every call reads the role."""
        role = self._queries.role_of(operator)
        return role is not None and role.may(wanted)

    def require_role(self, wanted: StaffRole) -> Guard:
        """Return a guard that admits an operator with the rights of the role `wanted`. The guard raises the
        errors of `operator`, and NotAllowed.
        """

        async def guard(connection: AnyConnection, _: BaseRouteHandler) -> None:
            connection.state[OPERATOR] = operator = self._operator(connection)
            self.require(operator, wanted)

        return guard

    # ------------------------------------------------------------------------------- who it is

    def operator_or_none(self, connection: AnyConnection) -> OperatorId | None:
        """Return the operator by token or session, or None; for WebSockets, which lack the page's headers."""
        token = bearer(connection)
        if token is not None:
            return self._token(token)
        session = self.session(connection)
        return None if session is None else session.operator

    def session(self, connection: AnyConnection) -> Session | None:
        """Return the console's session of a connection; None if missing or expired."""
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
        """Return the secret in the console's cookie; None if missing or too long."""
        secret = _cookie(connection, self._cookies.name(secure=self._proxies.secure(connection.scope)))
        return secret if secret and len(secret) <= SECRET_MAX else None

    def check_csrf(self, connection: AnyConnection, session: Session) -> None:
        """Check the CSRF token of a change, and mark the session as used. Raises NotAllowed."""
        if not csrf_fits(session, header(connection, CSRF_HEADER.encode())):
            raise NotAllowed(f"the request lacks the session's token, header `{CSRF_HEADER}`")
        self._used.add(session.key)

    def note_use(self, connection: AnyConnection) -> None:
        """Mark the session of a connection as used: the operator has acted on the page."""
        session = self.session(connection)
        if session is not None:
            self._used.add(session.key)

    def in_use(self) -> tuple[set[bytes], set[bytes]]:
        """Return the keys of the sessions used since the last call, and of the sessions with an open page."""
        used, self._used = self._used, set()
        return used, {one.session.key for one in self._open.values() if one.session is not None}

    def changed(self, session: Session) -> None:
        """Drop the last reading of a session changed or ended here. A reading in progress is repeated."""
        self._changed_here += 1
        for key in [key for key, one in self._access.sessions.items() if one.id == session.id]:
            del self._access.sessions[key]

    def signed_on_elsewhere(self, session: Session) -> bool:
        """Return True if the session's operator has another session, at another node or in an open console.

        Another session here without an open page does not count: its browser was closed without signing off.
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
        """Return True if the app key is valid."""
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
            raise NotSignedOn("the request needs an operator's token or a console session")
        if not _reads(connection):
            self.check_csrf(connection, session)
        return session.operator


def bearer(connection: AnyConnection) -> str | None:
    """Return the token of `Authorization: Bearer …` (RFC 6750, 2.1); None if missing or malformed."""
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
    """Return the value of one cookie; empty if missing.

    The standard library is avoided: before Python 3.11.10 it unescapes every cookie in quadratic time, half a
    second for 14 KB. The center's own cookies contain no escapes.
    """
    pairs = (header(connection, b"cookie") or "").split(";")
    values = [value for key, _, value in (one.strip().partition("=") for one in pairs) if key == name]
    return values[-1] if values else ""
