"""Lookup of the address of each open alert's position, in the background: no other work waits for it.

A lookup starts once a case is opened, after its first calls are in the journal. Each alert has at most one
lookup at a time, for the position shown. A result is written to the alert's inbox; a lookup without a result,
or a late one, is not recorded.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from functools import partial
from typing import Final

from features.maps.addresses import AddressesFailed, Source, source_of
from features.maps.settings import MapSettings
from gateways.console.following import Batch
from gateways.http.parts.context import Web
from gateways.http.routes.app.alerts import into_inbox
from gateways.http.wire.errors import NoSuchAlert, NotDurable
from messages.base import Address, Position
from messages.events import AddressFound
from messages.ids import AlertId, NodeId
from model.address import address_of, is_displayed_alike
from model.alert.case import Case
from runtime import logs

AT_ONCE: Final = 4

Write = Callable[[AlertId, Address], Awaitable[None]]
"""Appends an `address.found` to the alert's inbox; reports its own errors."""

log = logs.get("addresses")


class AddressRequests:
    """Lookups for the alerts of this node's cases. Runs on the event loop."""

    def __init__(
        self, source: Source, node: NodeId, case_of: Callable[[AlertId], Case | None], write: Write
    ) -> None:
        """`case_of` returns the current case of an alert, at once; None if the alert is over or unknown."""
        self._source = source
        self._node = node
        self._case_of = case_of
        self._write = write
        self._asked: dict[AlertId, Position] = {}
        """Position of the last lookup, by open alert."""
        self._tasks: dict[AlertId, asyncio.Task[None]] = {}
        self._places = asyncio.Semaphore(AT_ONCE)

    def look(self, alerts: Iterable[AlertId]) -> None:
        """Start lookups for these changed alerts. Does not wait."""
        for alert in alerts:
            position = self._to_ask(alert)
            if position is not None and alert not in self._tasks:
                self._asked[alert] = position
                task = asyncio.create_task(self._ask(alert, position))
                self._tasks[alert] = task
                task.add_done_callback(partial(self._done, alert))

    async def close(self) -> None:
        """Cancel all lookups."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._source.close()

    def _to_ask(self, alert: AlertId) -> Position | None:
        case = self._case_of(alert)
        if case is None or case.closed_at is not None:
            self._asked.pop(alert, None)
            return None
        if case.owner is None or case.owner.node != self._node:
            return None
        position = case.position
        return None if position == self._asked.get(alert) else position

    async def _ask(self, alert: AlertId, position: Position) -> None:
        try:
            async with self._places:
                known = await self._source.around(position.lat, position.lon)
        except AddressesFailed as error:
            log.debug("no address was received", alert=alert, reason=str(error))
            # The next event of the alert starts a new lookup.
            self._asked.pop(alert, None)
            return
        found = address_of(position, known)
        case = self._case_of(alert)
        if found is None or case is None or case.closed_at is not None:
            return
        if not is_displayed_alike(case.address, found):
            await self._write(alert, found)

    def _done(self, alert: AlertId, task: asyncio.Task[None]) -> None:
        del self._tasks[alert]
        if task.cancelled():
            return
        if (error := task.exception()) is not None:
            log.error("the address of the alert cannot be looked up", alert=alert, exc_info=error)
        elif alert in self._asked:
            # The user may have moved meanwhile.
            self.look([alert])


class Addressing:
    """Starts lookups for each batch of the journal, once the journal is followed."""

    def __init__(self, web: Web, asking: AddressRequests) -> None:
        self._web = web
        self._asking = asking

    def changed(self, batch: Batch) -> None:
        """Start lookups for the changed alerts."""
        self._asking.look(batch.alerts)

    async def begin(self) -> None:
        """Start lookups for alerts that were open before."""
        await self._web.following.loaded.wait()
        self._asking.look(list(self._web.following.read_model.alerts))

    async def close(self) -> None:
        """Cancel all lookups."""
        await self._asking.close()


def configured(web: Web) -> Addressing | None:
    """Return the lookups set in the settings; None if none. An unusable source never prevents a start."""
    try:
        source = source_of(MapSettings.of(web.settings.center), web.settings.version)
    except AddressesFailed as error:
        log.error("the source of addresses cannot be used", reason=str(error))
        return None
    if source is None:
        return None

    def case_of(alert: AlertId) -> Case | None:
        known = web.following.read_model.alerts.get(alert)
        return None if known is None else known.case

    async def write(alert: AlertId, address: Address) -> None:
        # Failures of the journal are reported by writers of more important events.
        with contextlib.suppress(NoSuchAlert, NotDurable):
            await into_inbox(web, alert, AddressFound(address=address))

    return Addressing(web, AddressRequests(source, web.settings.node, case_of, write))


@contextlib.asynccontextmanager
async def beside(web: Web) -> AsyncIterator[None]:
    """Run the lookups while the web runs."""
    addressing = configured(web)
    if addressing is None:
        yield
        return
    web.following.add(addressing)
    beginning = asyncio.create_task(addressing.begin())
    try:
        yield
    finally:
        beginning.cancel()
        await asyncio.gather(beginning, return_exceptions=True)
        await addressing.close()
