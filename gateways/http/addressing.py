"""Addresses of positions, asked for beside the web's own work, for the alerts whose cases this node has."""

from __future__ import annotations

import contextlib

from gateways.addresses.asking import Asking
from gateways.addresses.source import AddressesFailed, source_of
from gateways.console.following import Batch
from gateways.http.parts.context import Web
from gateways.http.routes.app.alerts import into_inbox
from gateways.http.wire.errors import NoSuchAlert, NotDurable
from messages.base import Address
from messages.events import AddressFound
from messages.ids import AlertId
from model.alert.case import Case
from runtime import logs

log = logs.get("http.addresses")


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
        source = source_of(web.settings.center.map, web.settings.version)
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
