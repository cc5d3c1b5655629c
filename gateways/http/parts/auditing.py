"""Audit of the web process.

The `audit` of a route names the audited action, or states why the route shows no personal data. The route
enters the action before its response; without an entry the response is withheld (`require_audit_entry`).

An entry takes no longer than any append. A refusal is entered in the background, up to a number per minute;
further refusals are counted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Final

from litestar.types import Message, Scope

from gateways.http.parts.journal_writer import JournalWriter
from gateways.http.security.auth import OPERATOR, bearer
from gateways.http.security.proxies import Proxies
from gateways.http.wire.answers import AnyConnection
from gateways.http.wire.errors import HttpGatewayError, NotSignedOn, RequestError
from messages.ids import SECOND, Instant
from runtime import logs
from runtime.clock import Clock
from store.audit.entry import Action, Entry, EntryContent
from store.audit.trail import Trail

AUDIT: Final = "audit"
"""Key of a route's option: its Action, or the reason why the route shows no personal data."""
_NOTED: Final = "audited"
REFUSALS_A_MINUTE: Final = 30
SAVE_S: Final = 0.2
"""Seconds by which the head on the disk may lag behind the database."""

log = logs.get("http.audit")


class Unaudited(HttpGatewayError):
    """Defect of the center: a route would have shown data without an entry."""


class RequestAudit:
    """Writer of audit entries, for the event loop alone."""

    def __init__(self, writing: JournalWriter, trail: Trail, proxies: Proxies, clock: Clock) -> None:
        self._writing = writing
        self.trail: Final = trail
        self._proxies = proxies
        self._clock = clock
        self._saving: asyncio.TimerHandle | None = None
        self._minute: Instant = Instant(0)
        self._refused = 0
        self._counted = 0

    async def note(
        self,
        connection: AnyConnection,
        subjects: Iterable[str | None] = (),
        *,
        detail: str = "",
        actor: str | None = None,
        action: Action | None = None,
    ) -> None:
        """Enter the data that the connection's route is about to show, or has changed. Raises NotDurable.

        `actor`: None takes the operator admitted by the route's guard.
        """
        said = EntryContent(
            actor=connection.state[OPERATOR] if actor is None else actor,
            origin=self._proxies.client_address(connection.scope),
            action=action or connection.route_handler.opt[AUDIT],
            subjects=tuple(dict.fromkeys(one for one in subjects if one)),
            detail=detail,
        )
        self._committed(await self._writing.run(lambda tx: self.trail.append(tx, said)))
        connection.scope["state"][_NOTED] = True

    def has_entered(self, connection: AnyConnection) -> bool:
        """Return True if the connection's route has made an entry, or declared that none is needed."""
        return bool(connection.scope["state"].get(_NOTED))

    def enters_nothing(self, connection: AnyConnection) -> None:
        """Declare that this response needs no entry: no personal data, and requested every second."""
        connection.scope["state"][_NOTED] = True

    def refused(self, connection: AnyConnection, error: RequestError) -> None:
        """Enter a refusal: any 403, and a 401 after an attempt (a bearer token, or a POST)."""
        tried = bearer(connection) is not None or connection.scope.get("method") == "POST"
        if error.status != 403 and not (error.status == 401 and tried):
            return
        now = self._clock.now_us()
        if now - self._minute >= 60 * SECOND:
            self._minute, self._refused = now, 0
        if self._refused >= REFUSALS_A_MINUTE:
            self._counted += 1
            return
        self._refused += 1
        others, self._counted = self._counted, 0
        known = error.operator if isinstance(error, NotSignedOn) else ""
        route = getattr(connection.scope.get("route_handler"), "operation_id", None) or "page"
        said = EntryContent(
            actor=known or connection.scope.get("state", {}).get(OPERATOR, ""),
            origin=self._proxies.client_address(connection.scope),
            action=Action.REFUSED,
            detail=f"{route}: {error.reason}" + (f"; {others} before it were not entered" if others else ""),
        )
        self._writing.run(lambda tx: self.trail.append(tx, said)).add_done_callback(self._heard)

    def close(self) -> None:
        """Write the heads to the disk. Call after the writer has ended."""
        if self._saving is not None:
            self._saving.cancel()
        self._save()

    def _heard(self, future: asyncio.Future[Entry]) -> None:
        if future.cancelled():
            return
        if (error := future.exception()) is not None:
            log.error("the refused request cannot be entered in the audit", reason=str(error))
        else:
            self._committed(future.result())

    def _committed(self, entry: Entry) -> None:
        self.trail.committed(entry)
        if self._saving is None:
            self._saving = asyncio.get_running_loop().call_later(SAVE_S, self._save_beside)

    def _save_beside(self) -> None:
        self._saving = None
        asyncio.get_running_loop().run_in_executor(None, self._save)

    def _save(self) -> None:
        try:
            self.trail.save()
        except OSError as error:
            # The heads stay in memory while the disk fails, and are written afterwards.
            log.error("the head of the audit cannot be written", reason=str(error))


async def require_audit_entry(message: Message, scope: Scope) -> None:
    """Check before a response is sent that the audit has an entry. Raises Unaudited.

    A response with status 304 shows nothing: the page has the data already.
    """
    if message["type"] != "http.response.start" or message["status"] >= 400 or message["status"] == 304:
        return
    handler = scope.get("route_handler")
    wanted = handler is not None and isinstance(handler.opt.get(AUDIT), Action)
    if wanted and not scope.get("state", {}).get(_NOTED):
        raise Unaudited(f"{scope['path']} answers without an entry in the audit")
