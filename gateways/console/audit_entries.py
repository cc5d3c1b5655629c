"""Audit entries for the data that a console shows.

Entries precede the data, except for alerts for which the operator is called. Such a call is in the journal
before any phone rings, so that its entry may follow. The choice of what a console may show is made elsewhere.
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
"""Delay until an alert appears in the queues of other operators: first its case and calls must be written."""
AGAIN_S: Final = 5.0
"""Longest pause before a failed entry is written again."""
log = logs.get("console.entering")


class AuditWriter(Protocol):
    """Writer of audit entries for data that a WebSocket is about to show. An error forbids to
    show the data.
    """

    def note(
        self,
        connection: AnySocket,
        subjects: Iterable[str | None] = (),
        *,
        detail: str = "",
        actor: str | None = None,
        action: Action | None = None,
    ) -> Awaitable[None]: ...


class ViewAudit:
    """The audit entries of one connection."""

    def __init__(
        self, audit: AuditWriter, socket: AnySocket, me: OperatorId, entered: Callable[[list[AlertId]], None]
    ) -> None:
        """`entered` is called with the alerts that may be shown in the queue from now on."""
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
        """Return True if an entry states that the queue was shown with the alert."""
        return alert in self._listed

    async def enter_queue(self, alerts: Iterable[AlertId]) -> None:
        """Enter that the whole queue is shown. After a failure the queue is shown without alerts of other
        operators: the operator's own call continues even if the audit's disk fails.
        """
        try:
            await self.enter_listed(alerts, "snapshot")
        except Exception as error:
            log.error(
                "the view of the queue cannot be entered in the audit and is not shown", reason=str(error)
            )

    async def enter_listed(self, alerts: Iterable[AlertId], detail: str) -> None:
        """Enter that the queue is shown with these alerts."""
        new = [alert for alert in alerts if alert not in self._listed]
        await self._note(Action.READ_LIST, new, detail)
        self._listed.update(new)

    async def enter_opened(self, alert: AlertId, user: UserId | None) -> None:
        """Enter once in each connection that the operator has opened this alert of this user."""
        if (alert, user) not in self._shown:
            await self._note(Action.READ_ALERT, (alert, user), "opened")
            self._shown.add((alert, user))

    def enter_listed_soon(self, alerts: Iterable[AlertId]) -> None:
        """Enter these alerts soon, and call `entered` afterwards."""
        new = [alert for alert in alerts if alert not in self._asked]
        if new:
            self._asked.update(new)
            self._later(self._list_soon(new))

    def enter_shown_soon(self, alert: AlertId, user: UserId | None) -> None:
        """Enter soon that the alert was shown in full without being opened, even if the connection has ended
        by then. An alert is entered again once its user is identified.
        """
        if (alert, user) not in self._shown:
            self._shown.add((alert, user))
            self._later(self._show_soon(alert, user))

    def end(self) -> None:
        """Publish no further alerts: the connection has ended."""
        self._ended = True

    async def _list_soon(self, alerts: list[AlertId]) -> None:
        try:
            await self._enter(lambda: self.enter_listed(alerts, "queue"), lasts=lambda: not self._ended)
        finally:
            self._asked.difference_update(alerts)
        if not self._ended:
            self._entered(alerts)

    async def _show_soon(self, alert: AlertId, user: UserId | None) -> None:
        await self._enter(lambda: self._note(Action.READ_ALERT, (alert, user), "shown"), lasts=lambda: True)

    async def _enter(self, write: Callable[[], Awaitable[None]], *, lasts: Callable[[], bool]) -> None:
        """Write an entry soon, and again after each failure, for as long as `lasts` returns True.

        A journal that was busy for two seconds must neither hide an alert from the queue nor lose an entry.
        """
        pause_s = BESIDE_S
        while True:
            await asyncio.sleep(pause_s)
            if not lasts():
                return
            try:
                return await write()
            except Exception as error:
                if pause_s == BESIDE_S:  # once: a disk may fail for hours, with a hundred alerts in view
                    log.error("the view of alerts cannot be entered in the audit yet", reason=str(error))
            pause_s = min(2 * pause_s, AGAIN_S)

    async def _note(self, action: Action, subjects: Iterable[str | None], detail: str) -> None:
        await self._audit.note(self._socket, subjects, detail=detail, actor=self._me, action=action)

    def _later(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)
