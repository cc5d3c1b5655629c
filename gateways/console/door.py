"""Whose a WebSocket is: a page of this center's, of an operator who has signed on."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any, Final, Protocol, TypeVar

from litestar import WebSocket
from litestar.exceptions import WebSocketDisconnect

from gateways.console.people import OperatorRecord, People
from messages.ids import OperatorId

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
