"""What one console shows, entered in the audit: before it is shown, but for what the operator is called for.

That call is in the journal before anybody rings, so that its entry is made beside. What a console may show is
not decided here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import Final, Protocol

from gateways.console.sessions import AnySocket
from messages.ids import AlertId, OperatorId, UserId
from runtime import logs
from store.audit.entry import Action

BESIDE_S: Final = 0.1
"""An alert comes into others' queues so much later: at first its case has to be written, and its calls."""
log = logs.get("console.entering")


class Noting(Protocol):
    """Enters what a WebSocket is about to show. Raises an error where it cannot: then it is not shown."""

    def note(
        self,
        connection: AnySocket,
        subjects: Iterable[str | None] = (),
        *,
        detail: str = "",
        actor: str | None = None,
        action: Action | None = None,
    ) -> Awaitable[None]: ...


class Entering:
    """Of one connection."""

    def __init__(
        self, audit: Noting, socket: AnySocket, me: OperatorId, entered: Callable[[list[AlertId]], None]
    ) -> None:
        """`entered`: told of alerts that may be shown in the queue from now on."""
        self._audit = audit
        self._socket = socket
        self._me = me
        self._entered = entered
        self._ended = False
        self._listed: set[AlertId] = set()
        self._asked: set[AlertId] = set()
        self._shown: set[tuple[AlertId, UserId | None]] = set()
        self._beside: set[asyncio.Task[None]] = set()

    def is_listed(self, alert: AlertId) -> bool:
        """Whether it is entered that the queue was shown with it."""
        return alert in self._listed

    async def queue(self, alerts: Iterable[AlertId]) -> None:
        """Enter that the whole queue is shown. Where that fails it is shown without others' alerts: the
        operator's own call goes on, whatever the audit's disk does.
        """
        try:
            await self.listed(alerts, "snapshot")
        except Exception as error:
            log.error("the queue could not be entered, and is not shown", reason=str(error))

    async def listed(self, alerts: Iterable[AlertId], detail: str) -> None:
        """Enter that the queue is shown with these."""
        new = [alert for alert in alerts if alert not in self._listed]
        await self._note(Action.READ_LIST, new, detail)
        self._listed.update(new)

    async def opened(self, alert: AlertId, user: UserId | None) -> None:
        """Enter that the operator has opened this alert, and whose it is, once on this connection."""
        if (alert, user) not in self._shown:
            await self._note(Action.READ_ALERT, (alert, user), "opened")
            self._shown.add((alert, user))

    def to_be_listed(self, alerts: Iterable[AlertId]) -> None:
        """Enter it soon, and tell then."""
        new = [alert for alert in alerts if alert not in self._asked]
        if new:
            self._asked.update(new)
            self._later(self._list_soon(new))

    def shown(self, alert: AlertId, user: UserId | None) -> None:
        """Enter soon that all of it was shown, to whom it may be without being opened: also when the
        connection has ended by then. Who it is may have become known only now.
        """
        if (alert, user) not in self._shown:
            self._shown.add((alert, user))
            self._later(self._show_soon(alert, user))

    def end(self) -> None:
        """Nothing is shown any more."""
        self._ended = True

    async def _list_soon(self, alerts: list[AlertId]) -> None:
        try:
            await asyncio.sleep(BESIDE_S)
            if self._ended:
                return
            await self.listed(alerts, "queue")
        finally:
            self._asked.difference_update(alerts)
        self._entered(alerts)

    async def _show_soon(self, alert: AlertId, user: UserId | None) -> None:
        await asyncio.sleep(BESIDE_S)
        await self._note(Action.READ_ALERT, (alert, user), "shown")

    async def _note(self, action: Action, subjects: Iterable[str | None], detail: str) -> None:
        await self._audit.note(self._socket, subjects, detail=detail, actor=self._me, action=action)

    def _later(self, work: Coroutine[None, None, None]) -> None:
        def done(task: asyncio.Task[None]) -> None:
            self._beside.discard(task)
            if not task.cancelled() and (error := task.exception()) is not None:
                log.error("what is shown could not be entered", reason=str(error))

        task = asyncio.create_task(work)
        self._beside.add(task)
        task.add_done_callback(done)
