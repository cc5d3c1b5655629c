"""Senders of the app's requests, proved by the key of an enrolled phone or by an app key alone.

An invalid signature refuses nothing: the request counts as unsigned, and `doubt` states the reason.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import Final

import msgspec
from litestar import Request as HttpRequest
from litestar.handlers.base import BaseRouteHandler

from gateways.http.parts.registry import RegistryQueries
from gateways.http.security.auth import Auth, bearer
from gateways.http.security.budgets import Budgets, Kind, Scope
from gateways.http.security.limits import is_loopback
from gateways.http.security.proxies import Proxies
from gateways.http.security.signatures import SIGNED_HEADERS, Nonces, Request, in_time, key_id, verify
from gateways.http.wire.answers import AnyConnection
from gateways.http.wire.errors import NotAllowed, NotSignedOn, TooMany
from messages.ids import SECOND, Assurance, Doubt, Instant
from runtime import logs
from runtime.clock import Clock
from store.errors import StoreError
from store.registry.access.credentials import fingerprint
from store.registry.devices import DeviceAppearance, DeviceKey

SENDER: Final = "sender"
"""Key in a connection's state under which the guard stores the sender."""
PHONE: Final = "phone"
"""Key in a connection's state under which the guard stores the enrolled phone that has signed."""
UNSIGNED: Final = "unsigned"
KNOWN_US: Final = Instant(2 * SECOND // 5)
"""Microseconds for which a key read from the registry stays valid, so that a storm causes no queries."""
REMEMBERED: Final = 4096

log = logs.get("http.senders")


class Sender(msgspec.Struct, frozen=True, kw_only=True):
    """Sender of an app's request."""

    device: DeviceKey | None = None
    """Enrolled phone that signed the request."""
    seeming: DeviceKey | None = None
    """Phone that signed the request and only seems enrolled: it proves nothing, and must not learn so."""
    nonce: str = ""
    """Nonce of the signature."""
    doubt: Doubt | None = None
    """Reason why the signature proves nothing. `nonce`: a valid signature, perhaps used before."""
    app_key: str = ""
    """Short fingerprint that stands for the app key; empty without a valid key."""
    address: str = ""

    @property
    def proof(self) -> Assurance:
        """Assurance level of the request."""
        return Assurance.APP if self.device is None or self.doubt is not None else Assurance.DEVICE

    def shown(self, level: Assurance, at: Instant) -> Assurance:
        """Return the assurance level that the app is shown for an alert of this level. A phone that only
        seems enrolled, or only seems revoked, is shown the level of an enrolled or revoked phone.
        """
        if self.device is not None and self.device.seeming is DeviceAppearance.REVOKED:
            return Assurance.APP
        return Assurance.DEVICE if self.seeming is not None and not self.seeming.is_young(at) else level

    @property
    def is_unidentified(self) -> bool:
        """True if the request has neither an app key nor an enrolled phone's signature."""
        return not self.app_key and self.device is None and self.seeming is None

    def counted(self, named: str) -> dict[Scope, str]:
        """Return the names under which the request counts, by scope. `named`: the alert, number or device
        that the request names; used if nothing proves the sender.
        """
        if self.device is not None:
            return {Scope.DEVICE: self.device.device}
        address = "" if is_loopback(self.address) else self.address
        # Without a name the bucket would be shared: strangers would use up each other's budget.
        one = f"named {named}" if named else ""
        return {Scope.DEVICE: one, Scope.APP_KEY: self.app_key, Scope.ADDRESS: address}


class Senders:
    """Litestar's guards for the app's requests, and the budgets of the senders."""

    def __init__(
        self, auth: Auth, queries: RegistryQueries, proxies: Proxies, clock: Clock, *, far: bool
    ) -> None:
        """Keep the parameters. `far`: the registry is queried over a network, which may take any time."""
        self._auth = auth
        self._far = far
        self._queries = queries
        self._proxies = proxies
        self._clock = clock
        self._nonces = Nonces(clock.now_us())
        self._budgets = Budgets()
        self._known: OrderedDict[str, tuple[Instant, DeviceKey | None]] = OrderedDict()

    async def guard(self, connection: AnyConnection, _: BaseRouteHandler) -> None:
        """Guard: admit an app by its key, or an enrolled phone by its signature. Raises NotSignedOn."""
        await self.refresh(connection, _)
        self.known(connection)

    async def enrolled(self, connection: AnyConnection, _: BaseRouteHandler) -> None:
        """Guard: admit a phone by its signature if the phone is shown as enrolled; the phone may only seem
        enrolled. Raises NotSignedOn, NotAllowed, TooMany.
        """
        await self.guard(connection, _)
        sender = self.known(connection)
        own = sender.seeming if sender.doubt is None else None
        if sender.device is not None and sender.proof is Assurance.DEVICE:
            own = sender.device
        doubt = sender.doubt
        if own is not None and own.seeming is DeviceAppearance.REVOKED:
            own, doubt = None, Doubt.UNKNOWN_KEY
        if own is None:
            why = f" ({doubt})" if doubt is not None else ""
            raise NotAllowed(f"the request must be signed by an enrolled phone{why}", doubt or UNSIGNED)
        self.spend(Kind.READ, sender, own.device)
        connection.state[PHONE] = own

    def known(self, connection: AnyConnection) -> Sender:
        """Return the sender. Raises NotSignedOn if the sender is unidentified."""
        sender: Sender = connection.state[SENDER]
        if sender.is_unidentified:
            raise NotSignedOn("the request needs an app key: `Authorization: Bearer …`")
        return sender

    async def refresh(self, connection: AnyConnection, _: BaseRouteHandler) -> None:
        """Guard for routes that accept an invitation as well: identify the sender and refuse none."""
        key = bearer(connection)
        known = key is not None and self._auth.knows_app(key)
        device, nonce, doubt = await self._signer(connection)
        seems = device is not None and device.seeming is DeviceAppearance.ENROLLED
        connection.state[SENDER] = Sender(
            device=None if seems else device,
            seeming=device if seems else None,
            nonce=nonce,
            doubt=doubt,
            app_key=fingerprint(key).hex()[:12] if key is not None and known else "",
            address=self._proxies.client_address(connection.scope),
        )

    def wait_s(self, kind: Kind, sender: Sender, named: str) -> int:
        """Take one from the sender's budget and return 0; if used up, return the seconds to wait."""
        return self._budgets.wait_s(kind, sender.counted(named), self._clock.now_us())

    def spend(self, kind: Kind, sender: Sender, named: str) -> None:
        """Take one from the sender's budget. Raises TooMany if the budget is used up."""
        wait_s = self.wait_s(kind, sender, named)
        if wait_s:
            raise TooMany(f"too many requests of this sender: try again in {wait_s} s", wait_s)

    def forget(self, device: str) -> None:
        """Drop the cached key of a device that was enrolled or revoked at this node."""
        self._known.pop(device, None)

    async def _signer(self, connection: AnyConnection) -> tuple[DeviceKey | None, str, Doubt | None]:
        """Return the phone that signed the request, the nonce, and the doubt about the signature."""
        headers = {name: told for name in SIGNED_HEADERS if (told := _joined(connection, name)) is not None}
        if "signature-input" not in headers or not isinstance(connection, HttpRequest):
            return None, "", None
        path = connection.scope.get("raw_path") or connection.scope["path"].encode()
        request = Request(
            method=connection.method,
            path=path.partition(b"?")[0].decode("latin-1"),
            headers=headers,
            body=await connection.body(),
        )
        device = await self._device(key_id(request) or "")
        if device is None:
            return None, "", Doubt.UNKNOWN_KEY
        found = verify(request, device.key)
        if isinstance(found, Doubt):
            return None, "", found
        now_us = self._clock.now_us()
        if not in_time(found, now_us):
            return None, "", Doubt.CLOCK
        is_new = self._nonces.is_new(device.device, found, now_us)
        return device, found.nonce, None if is_new else Doubt.NONCE

    async def _device(self, device: str) -> DeviceKey | None:
        """Return a device's key, at most KNOWN_US old; the last key while the registry cannot be read."""
        now_us = self._clock.now_us()
        read_at, known = self._known.get(device, (Instant(0), None))
        if now_us < read_at + KNOWN_US:
            return known
        try:
            if self._far:
                known = await asyncio.to_thread(self._queries.device_key, device)
            else:
                known = self._queries.device_key(device)
        except StoreError as error:
            log.error("the device's key cannot be read: the last one stays valid", reason=str(error))
        self._known[device] = (now_us, known)
        self._known.move_to_end(device)
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return known


def _joined(connection: AnyConnection, name: str) -> str | None:
    """Return a header that may occur several times, joined (RFC 9110, 5.3); None if missing."""
    wanted = name.encode()
    values = [value.decode("latin-1").strip() for key, value in connection.scope["headers"] if key == wanted]
    return ", ".join(values) if values else None
