"""How an operator stays signed on in a browser: a cookie whose secret is of a row, and a CSRF token; and
whose a WebSocket is: a page of this center's, of an operator who has signed on.

The cookie is readable by no script (HttpOnly) and sent to no other site (SameSite=Strict); every request that
changes something has to repeat the session's CSRF token in a header, which only the page knows. What a
session is, and when it has ended, says `store.registry.access.sessions` alone.
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
        """`state`: the state directory."""
        name = hashlib.sha256(f"{node}\0{state}".encode()).hexdigest()[:12]
        self._name = f"securwoman-{name}"
        """Its own for each center: a browser sends cookies to all ports of a machine."""

    def name(self, *, secure: bool) -> str:
        """By https one that no other host and no plain page can put in our place (RFC 6265bis, 4.1.3.2)."""
        return f"__Host-{self._name}" if secure else self._name

    def made(self, session: Session, secret: str, now_us: Instant, *, secure: bool) -> Cookie:
        """The session's cookie."""
        return self._cookie(secret, min(LIFE_S, (session.until - now_us) // SECOND), secure)

    def none(self, *, secure: bool) -> Cookie:
        """What takes the cookie away."""
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
    """Whether it is this session's token."""
    return token is not None and hmac.compare_digest(token.encode(), session.csrf.encode())


SIGN_ON: Final = 4401
"""Close code: no session of this center, or one whose time is over: signing on again makes sense."""
ENDED: Final = 4410
"""Close code: the session was ended, by signing off or by who may end it."""
WRONG_ORIGIN: Final = 4403
"""Close code: the page is not this center's."""

CLOSED_WITHIN_S: Final = 1.0

T = TypeVar("T")
AnySocket = WebSocket[Any, Any, Any]
OwnPage = Callable[[str | None, str | None], bool]
"""Whether a request with this `Origin` and `Host` is of a page of this center's."""


class Doorkeeper(Protocol):
    """Who knows who is let in. Raises StoreError where it cannot be asked."""

    def operator_or_none(self, connection: AnySocket) -> OperatorId | None:
        """Which operator is asking."""
        ...

    async def until_ended(self, connection: AnySocket, operator: OperatorId) -> bool:
        """Return when this connection is not this operator's any more; whether by its time alone."""
        ...


class Door:
    """By which WebSockets come in, and out where the session that has let them in ends."""

    def __init__(self, keeper: Doorkeeper, people: People, is_own: OwnPage) -> None:
        self._keeper = keeper
        self._people = people
        self._is_own = is_own

    async def let_in(self, socket: AnySocket) -> OperatorRecord | None:
        """Whose WebSocket it is; None where it is nobody's or another page's, and closed with the reason."""
        await socket.accept()
        if not self._is_own(socket.headers.get("origin"), socket.headers.get("host")):
            await socket.close(code=WRONG_ORIGIN, reason="the page is not this center's")
            return None
        operator = self._keeper.operator_or_none(socket)
        me = None if operator is None else self._people.operators().get(operator)
        if me is None:
            await socket.close(code=SIGN_ON, reason="sign on first")
        return me

    async def while_let_in(
        self, socket: AnySocket, operator: OperatorId, talk: Coroutine[None, None, T]
    ) -> T | None:
        """What `talk` comes to; None where the session has ended before, and the WebSocket is closed.

        Not left to `talk` to see: a browser that reads nothing would hold it up, and be heard on.
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
