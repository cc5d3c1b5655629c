"""Whose a WebSocket is: a page of this center's, of an operator who has signed on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from litestar import WebSocket

from gateways.console.people import OperatorRecord, People
from messages.ids import OperatorId

SIGN_ON: Final = 4401
"""Close code: no session of this center."""
WRONG_ORIGIN: Final = 4403
"""Close code: the page is not this center's."""

AnySocket = WebSocket[Any, Any, Any]
Who = Callable[[AnySocket], OperatorId | None]
"""Says which operator is asking."""
OwnPage = Callable[[str | None, str | None], bool]
"""Whether a request with this `Origin` and `Host` is of a page of this center's."""


class Door:
    """By which WebSockets come in."""

    def __init__(self, who: Who, people: People, is_own: OwnPage) -> None:
        self._who = who
        self._people = people
        self._is_own = is_own

    async def let_in(self, socket: AnySocket) -> OperatorRecord | None:
        """Whose WebSocket it is; None where it is nobody's or another page's, and closed with the reason."""
        await socket.accept()
        if not self._is_own(socket.headers.get("origin"), socket.headers.get("host")):
            await socket.close(code=WRONG_ORIGIN, reason="the page is not this center's")
            return None
        operator = self._who(socket)
        me = None if operator is None else self._people.operators().get(operator)
        if me is None:
            await socket.close(code=SIGN_ON, reason="sign on first")
        return me
