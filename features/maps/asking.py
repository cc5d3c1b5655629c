"""Asks for the address of each open alert's position, beside everything else: nothing ever waits for it.

It begins once a case is opened, which is when its first calls are in the journal. Of one alert one question
is under way at a time, about the position that is shown. What is found is written to the alert's inbox; what
is not found, or not in time, is not written.
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
from model.address import address_of, says_the_same
from model.alert.case import Case
from runtime import logs

AT_ONCE: Final = 4

Write = Callable[[AlertId, Address], Awaitable[None]]
"""Adds an `address.found` to the alert's inbox; what it fails with is its own to tell."""

log = logs.get("addresses")


class Asking:
    """Of the alerts whose cases one node has. On the event loop."""

    def __init__(
        self, source: Source, node: NodeId, case_of: Callable[[AlertId], Case | None], write: Write
    ) -> None:
        """`case_of` gives an alert as it is now, at once; None where it is over or unknown."""
        self._source = source
        self._node = node
        self._case_of = case_of
        self._write = write
        self._asked: dict[AlertId, Position] = {}
        """The last position that was asked about, of each open alert."""
        self._tasks: dict[AlertId, asyncio.Task[None]] = {}
        self._places = asyncio.Semaphore(AT_ONCE)

    def look(self, alerts: Iterable[AlertId]) -> None:
        """Something has happened in these alerts. Does not wait."""
        for alert in alerts:
            position = self._to_ask(alert)
            if position is not None and alert not in self._tasks:
                self._asked[alert] = position
                task = asyncio.create_task(self._ask(alert, position))
                self._tasks[alert] = task
                task.add_done_callback(partial(self._done, alert))

    async def close(self) -> None:
        """Ask no more."""
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
            log.debug("no address could be had", alert=alert, reason=str(error))
            # With whatever happens next in the alert it is asked again.
            self._asked.pop(alert, None)
            return
        found = address_of(position, known)
        case = self._case_of(alert)
        if found is None or case is None or case.closed_at is not None:
            return
        if not says_the_same(case.address, found):
            await self._write(alert, found)

    def _done(self, alert: AlertId, task: asyncio.Task[None]) -> None:
        del self._tasks[alert]
        if task.cancelled():
            return
        if (error := task.exception()) is not None:
            log.error("an address could not be asked for", alert=alert, exc_info=error)
        elif alert in self._asked:
            # The user has moved meanwhile.
            self.look([alert])


class Addressing:
    """Looks at whatever the journal brings, once it is followed."""

    def __init__(self, web: Web, asking: Asking) -> None:
        self._web = web
        self._asking = asking

    def changed(self, batch: Batch) -> None:
        """The picture has changed."""
        self._asking.look(batch.alerts)

    async def begin(self) -> None:
        """Ask for the alerts that were open before."""
        await self._web.following.loaded.wait()
        self._asking.look(list(self._web.following.picture.alerts))

    async def close(self) -> None:
        """Ask no more."""
        await self._asking.close()


def configured(web: Web) -> Addressing | None:
    """As the settings say; None without any. What cannot be had keeps nobody from starting."""
    try:
        source = source_of(MapSettings.of(web.settings.center), web.settings.version)
    except AddressesFailed as error:
        log.error("addresses cannot be had", reason=str(error))
        return None
    if source is None:
        return None

    def case_of(alert: AlertId) -> Case | None:
        known = web.following.picture.alerts.get(alert)
        return None if known is None else known.case

    async def write(alert: AlertId, address: Address) -> None:
        # The journal's failures are told by whoever writes what matters more.
        with contextlib.suppress(NoSuchAlert, NotDurable):
            await into_inbox(web, alert, AddressFound(address=address))

    return Addressing(web, Asking(source, web.settings.node, case_of, write))


@contextlib.asynccontextmanager
async def beside(web: Web) -> AsyncIterator[None]:
    """Ask while the web is there."""
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
