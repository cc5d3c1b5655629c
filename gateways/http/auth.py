"""Who is asking: an app by its key, an operator by her token or by the console's session.

Keys and tokens are kept and compared as hashes only. What the registry says of one is believed for
a few seconds, so that a storm does not ask it thousands of times; a revoked key works that long.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from typing import Final, Generic, Protocol, TypeVar

from litestar.handlers.base import BaseRouteHandler

from gateways.console.sessions import CSRF_HEADER, Session, Sessions
from gateways.http.answers import AnyConnection, header
from gateways.http.errors import NotAllowed, NotSignedOn
from messages.ids import SECOND, Instant, OperatorId
from runtime.clock import Clock
from store.people import StaffRole

T = TypeVar("T")
Guard = Callable[[AnyConnection, BaseRouteHandler], Awaitable[None]]

BELIEVED_S: Final = 5
REMEMBERED_MAX: Final = 1024
TOKEN_MAX: Final = 512
OPERATOR: Final = "operator"
"""Where in a connection's state the guard leaves who it is."""


class Keys(Protocol):
    """The registry, as far as it is asked here. Raises StoreError where it cannot be read."""

    def app_key_is_known(self, key: str) -> bool: ...
    def operator_of_token(self, token: str) -> OperatorId | None: ...
    def operator_is_active(self, operator: OperatorId) -> bool: ...
    def role_of(self, operator: OperatorId) -> StaffRole | None: ...


class _Believed(Generic[T]):
    """Answers of the registry, for a while. By hash: the secrets themselves are not kept."""

    def __init__(self, ask: Callable[[str], T], clock: Clock) -> None:
        self._ask = ask
        self._clock = clock
        self._answers: dict[bytes, tuple[Instant, T]] = {}

    def __call__(self, secret: str) -> T:
        digest = hashlib.sha256(secret.encode()).digest()
        now_us = self._clock.now_us()
        known = self._answers.get(digest)
        if known is not None and now_us < known[0]:
            return known[1]
        found = self._ask(secret)
        # Only what opens the door is remembered: wrong keys must not push out right ones.
        if found:
            if len(self._answers) >= REMEMBERED_MAX:
                self._answers.clear()
            self._answers[digest] = (Instant(now_us + BELIEVED_S * SECOND), found)
        else:
            self._answers.pop(digest, None)
        return found

    def forget(self, secret: str) -> None:
        """Ask again the next time."""
        self._answers.pop(hashlib.sha256(secret.encode()).digest(), None)


class Auth:
    """Litestar's guards, and what they ask.

    The guards are coroutines: Litestar hands a plain function to a pool of threads, at every request.
    """

    def __init__(
        self,
        keys: Keys,
        sessions: Sessions,
        clock: Clock,
        stands: Callable[[str], bool] = lambda session: True,
    ) -> None:
        """`stands`: whether the session of this id was not ended at another node. Raises StoreError."""
        self._clock = clock
        self._sessions = sessions
        self._role = keys.role_of
        self._app = _Believed(keys.app_key_is_known, clock)
        self._token = _Believed(keys.operator_of_token, clock)
        self._stands = _Believed(stands, clock)
        self._active = _Believed(lambda operator: keys.operator_is_active(OperatorId(operator)), clock)

    async def app(self, connection: AnyConnection, _: BaseRouteHandler) -> None:
        """Guard: an app with its key. Raises NotSignedOn."""
        key = bearer(connection)
        if key is None or not self._app(key):
            raise NotSignedOn("an app key is needed: `Authorization: Bearer …`")

    async def anybody(self, connection: AnyConnection, _: BaseRouteHandler) -> None:
        """Guard: an app, or an operator by token or session, who only reads. Raises NotSignedOn."""
        key = bearer(connection)
        known = self.session(connection) is not None if key is None else self._app(key) or self._token(key)
        if not known:
            raise NotSignedOn("an app key, an operator's token or the console's session is needed")

    async def operator(self, connection: AnyConnection, _: BaseRouteHandler) -> None:
        """Guard: an operator by token, or by session and its CSRF token. Raises NotSignedOn, NotAllowed."""
        connection.state[OPERATOR] = self._operator(connection)

    def require(self, operator: OperatorId, wanted: StaffRole) -> None:
        """Raises NotAllowed where she may less than `wanted` may. Her role is looked up at every use."""
        role = self._role(operator)
        if role is None or not role.may(wanted):
            raise NotAllowed(f"this needs the role {wanted}")

    def require_role(self, wanted: StaffRole) -> Guard:
        """A guard: an operator who may at least what `wanted` may; else as `operator`, or NotAllowed.

        Her role is looked up at every use. A GET needs no CSRF token, so that a link can be followed:
        the cookie is sent to no other site, and nothing is changed by reading.
        """

        async def guard(connection: AnyConnection, _: BaseRouteHandler) -> None:
            reads = connection.scope.get("method") in ("GET", "HEAD")
            session = self.session(connection) if reads and bearer(connection) is None else None
            operator = self._operator(connection) if session is None else session.operator
            self.require(operator, wanted)
            connection.state[OPERATOR] = operator

        return guard

    def operator_or_none(self, connection: AnyConnection) -> OperatorId | None:
        """Who is asking, by token or session; for a WebSocket, which carries no header of the page's own."""
        token = bearer(connection)
        if token is not None:
            return self._token(token)
        session = self.session(connection)
        return None if session is None else session.operator

    def of_token(self, token: str) -> OperatorId | None:
        """Whose token it is."""
        return self._token(token) if 0 < len(token) <= TOKEN_MAX else None

    def session(self, connection: AnyConnection) -> Session | None:
        """The console's session, if there is one and its operator is still there."""
        session = self._sessions.read(connection.cookies.get(self._sessions.cookie), self._clock.now_us())
        if session is None or not self._stands(session.id):
            return None
        return session if self._active(session.operator) else None

    def ended(self, session: Session) -> None:
        """It was ended here: it is not believed in any longer."""
        self._stands.forget(session.id)

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
        if not self._sessions.csrf_fits(session, header(connection, CSRF_HEADER.encode())):
            raise NotAllowed(f"the session's token is missing: `{CSRF_HEADER}`")
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
