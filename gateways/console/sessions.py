"""Sessions of operators in browsers: a cookie with a secret, a CSRF token, and the admission of WebSockets.

The cookie is readable by no script (HttpOnly) and sent to no other site (SameSite=Strict). Every request that
changes something must repeat the session's CSRF token in a header, which only the page knows. A WebSocket is
admitted for a page of this center and a signed-on operator. `store.registry.access.sessions` defines sessions
and their end.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
from collections.abc import Callable, Coroutine
from typing import Any, Final, Protocol, TypeVar

from litestar import WebSocket
from litestar.datastructures import Cookie
from litestar.exceptions import WebSocketDisconnect

from gateways.console.people import OperatorRecord, People
from messages.ids import SECOND, Instant, NodeId, OperatorId
from store.registry.access.sessions import LIFE_S, Session

CSRF_HEADER: Final = "x-csrf-token"
SECRET_MAX: Final = 512


class Cookies:
    """The cookies of one center."""

    def __init__(self, node: NodeId, state: str) -> None:
        """`state` is the path of the state directory."""
        name = hashlib.sha256(f"{node}\0{state}".encode()).hexdigest()[:12]
        self._name = f"securwoman-{name}"
        """Name of the cookie, different for each center: a browser sends cookies to all ports of
        a machine.
        """

    def name(self, *, secure: bool) -> str:
        """Return the name of the cookie. With https the prefix keeps other hosts and plain pages from setting
        the cookie (RFC 6265bis, 4.1.3.2).
        """
        return f"__Host-{self._name}" if secure else self._name

    def made(self, session: Session, secret: str, now_us: Instant, *, secure: bool) -> Cookie:
        """Return the session's cookie."""
        return self._cookie(secret, min(LIFE_S, (session.until - now_us) // SECOND), secure)

    def none(self, *, secure: bool) -> Cookie:
        """Return a cookie that removes the session's cookie."""
        return self._cookie("", 0, secure)

    def _cookie(self, value: str, max_age_s: int, secure: bool) -> Cookie:
        return Cookie(
            key=self.name(secure=secure),
            value=value,
            max_age=max_age_s,
            path="/",
            httponly=True,
            samesite="strict",
            secure=secure,
        )


def csrf_fits(session: Session, token: str | None) -> bool:
    """Return True if this is the session's token."""
    return token is not None and hmac.compare_digest(token.encode(), session.csrf.encode())


SIGN_ON: Final = 4401
"""Close code: no session of this center, or an expired session; signing on again helps."""
ENDED: Final = 4410
"""Close code: the session was ended, by sign-off or by another person with the right to end it."""
WRONG_ORIGIN: Final = 4403
"""Close code: the page does not belong to this center."""

CLOSED_WITHIN_S: Final = 1.0

T = TypeVar("T")
AnySocket = WebSocket[Any, Any, Any]
OwnPage = Callable[[str | None, str | None], bool]
"""Returns True if a request with this `Origin` and `Host` comes from a page of this center."""


class Doorkeeper(Protocol):
    """Checks of sessions. Raises StoreError if the store fails."""

    def operator_or_none(self, connection: AnySocket) -> OperatorId | None:
        """Return the operator of the connection's session; None without a session."""
        ...

    async def until_ended(self, connection: AnySocket, operator: OperatorId) -> bool:
        """Wait until the connection's session of this operator ends. Return True if it has expired, False if
        it was ended.
        """
        ...


class Door:
    """Admission of WebSockets, and their end with the session."""

    def __init__(self, keeper: Doorkeeper, people: People, is_own: OwnPage) -> None:
        self._keeper = keeper
        self._people = people
        self._is_own = is_own

    async def admit(self, socket: AnySocket) -> OperatorRecord | None:
        """Return the operator of the WebSocket. Without a session, or for another center's page, close the
        WebSocket with the reason and return None.
        """
        await socket.accept()
        if not self._is_own(socket.headers.get("origin"), socket.headers.get("host")):
            await socket.close(code=WRONG_ORIGIN, reason="the request comes from a page of another origin")
            return None
        operator = self._keeper.operator_or_none(socket)
        me = None if operator is None else self._people.operators().get(operator)
        if me is None:
            await socket.close(code=SIGN_ON, reason="sign on first")
        return me

    async def serve_while_admitted(
        self, socket: AnySocket, operator: OperatorId, talk: Coroutine[None, None, T]
    ) -> T | None:
        """Return the result of `talk`; None if the session ended first, and the WebSocket was closed.

        This check is outside `talk`: a browser that reads nothing would hold `talk` up, and its voice would
        still be heard.
        """
        ended = asyncio.create_task(self._keeper.until_ended(socket, operator))
        talking = asyncio.create_task(talk)
        try:
            await asyncio.wait((ended, talking), return_when=asyncio.FIRST_COMPLETED)
            if talking.done():
                return talking.result()
            code = SIGN_ON if ended.result() else ENDED
        finally:
            for task in (ended, talking):
                task.cancel()
            await asyncio.gather(ended, talking, return_exceptions=True)
        with contextlib.suppress(WebSocketDisconnect, TimeoutError):
            await asyncio.wait_for(socket.close(code=code, reason="the session has ended"), CLOSED_WITHIN_S)
        return None
