"""Who sends what an app sends, and how that is proved: by the key of an enrolled phone, or an app's alone.

A signature that does not hold refuses nothing: the request counts as one that is not signed, and says why.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import Final

import msgspec
from litestar import Request as HttpRequest
from litestar.handlers.base import BaseRouteHandler

from gateways.http.door.auth import Auth, bearer
from gateways.http.door.budgets import Budgets, Kind, Scope
from gateways.http.door.limits import is_loopback
from gateways.http.door.proxies import Proxies
from gateways.http.door.signatures import SIGNED_HEADERS, Nonces, Request, in_time, key_id, verify
from gateways.http.parts.registry import RegistryQueries
from gateways.http.wire.answers import AnyConnection
from gateways.http.wire.errors import NotAllowed, NotSignedOn, TooMany
from messages.ids import SECOND, Doubt, Instant, Proof
from runtime import logs
from runtime.clock import Clock
from store.errors import StoreError
from store.registry.access.credentials import fingerprint
from store.registry.devices import DeviceKey, Seeming

SENDER: Final = "sender"
"""Where in a connection's state the guard leaves who it is."""
PHONE: Final = "phone"
"""Where it leaves the enrolled phone that has signed."""
UNSIGNED: Final = "unsigned"
KNOWN_US: Final = Instant(2 * SECOND // 5)
"""For so long a key is believed that was just asked for: a storm asks the registry nothing."""
REMEMBERED: Final = 4096

log = logs.get("http.senders")


class Sender(msgspec.Struct, frozen=True, kw_only=True):
    """Who sends a request of an app's."""

    device: DeviceKey | None = None
    """The enrolled phone that has signed it."""
    seeming: DeviceKey | None = None
    """The phone that has signed it, where the phone only seems enrolled: it proves nothing, and is to be told
    nothing of that."""
    nonce: str = ""
    """Of its signature."""
    doubt: Doubt | None = None
    """Why the signature proves nothing; `nonce`: it holds, and was used before, or may have been."""
    app_key: str = ""
    """A name for the app key it came with, without being it."""
    address: str = ""

    @property
    def proof(self) -> Proof:
        """The level."""
        return Proof.APP if self.device is None or self.doubt is not None else Proof.DEVICE

    def shown(self, level: Proof, at: Instant) -> Proof:
        """Return the level that the app is shown of an alert of this level: of a phone that only seems
        enrolled, or only seems revoked, that of a phone that is.
        """
        if self.device is not None and self.device.seeming is Seeming.REVOKED:
            return Proof.APP
        return Proof.DEVICE if self.seeming is not None and not self.seeming.is_young(at) else level

    @property
    def is_unidentified(self) -> bool:
        """Return True where the request has neither an app key nor an enrolled phone's signature."""
        return not self.app_key and self.device is None and self.seeming is None

    def counted(self, named: str) -> dict[Scope, str]:
        """For whom it is counted; `named`: whom it names, where nothing proves who it is."""
        if self.device is not None:
            return {Scope.DEVICE: self.device.device}
        address = "" if is_loopback(self.address) else self.address
        # Without a name it is nobody's alone: strangers would use it up for each other.
        one = f"named {named}" if named else ""
        return {Scope.DEVICE: one, Scope.APP_KEY: self.app_key, Scope.ADDRESS: address}


class Senders:
    """Litestar's guard for what apps send, and the budgets of those who do."""

    def __init__(
        self, auth: Auth, queries: RegistryQueries, proxies: Proxies, clock: Clock, *, far: bool
    ) -> None:
        """`far`: the registry is asked over a network, which may take as long as it likes."""
        self._auth = auth
        self._far = far
        self._queries = queries
        self._proxies = proxies
        self._clock = clock
        self._nonces = Nonces(clock.now_us())
        self._budgets = Budgets()
        self._known: OrderedDict[str, tuple[Instant, DeviceKey | None]] = OrderedDict()

    async def guard(self, connection: AnyConnection, _: BaseRouteHandler) -> None:
        """Guard: an app with its key, or an enrolled phone by its signature. Raises NotSignedOn."""
        await self.look(connection, _)
        self.known(connection)

    async def enrolled(self, connection: AnyConnection, _: BaseRouteHandler) -> None:
        """Guard: a phone by its signature, enrolled as far as it is shown: it may only seem to be. Raises
        NotSignedOn, NotAllowed, TooMany.
        """
        await self.guard(connection, _)
        sender = self.known(connection)
        own = sender.seeming if sender.doubt is None else None
        if sender.device is not None and sender.proof is Proof.DEVICE:
            own = sender.device
        doubt = sender.doubt
        if own is not None and own.seeming is Seeming.REVOKED:
            own, doubt = None, Doubt.UNKNOWN_KEY
        if own is None:
            why = f" ({doubt})" if doubt is not None else ""
            raise NotAllowed(f"this has to be signed by an enrolled phone{why}", doubt or UNSIGNED)
        self.spend(Kind.READ, sender, own.device)
        connection.state[PHONE] = own

    def known(self, connection: AnyConnection) -> Sender:
        """Who it is. Raises NotSignedOn where it is nobody."""
        sender: Sender = connection.state[SENDER]
        if sender.is_unidentified:
            raise NotSignedOn("an app key is needed: `Authorization: Bearer …`")
        return sender

    async def look(self, connection: AnyConnection, _: BaseRouteHandler) -> None:
        """Guard where an invitation may take the key's place: it finds out who it is, and refuses nobody."""
        key = bearer(connection)
        known = key is not None and self._auth.knows_app(key)
        device, nonce, doubt = await self._signer(connection)
        seems = device is not None and device.seeming is Seeming.ENROLLED
        connection.state[SENDER] = Sender(
            device=None if seems else device,
            seeming=device if seems else None,
            nonce=nonce,
            doubt=doubt,
            app_key=fingerprint(key).hex()[:12] if key is not None and known else "",
            address=self._proxies.client_address(connection.scope),
        )

    def wait_s(self, kind: Kind, sender: Sender, named: str) -> int:
        """For how many seconds this sender has no more of its budget for this; 0: it has, and has used it."""
        return self._budgets.wait_s(kind, sender.counted(named), self._clock.now_us())

    def spend(self, kind: Kind, sender: Sender, named: str) -> None:
        """Raises TooMany where the budget is used up."""
        wait_s = self.wait_s(kind, sender, named)
        if wait_s:
            raise TooMany(f"too many requests: try again in {wait_s} s", wait_s)

    def forget(self, device: str) -> None:
        """It was enrolled or revoked here: nothing that was read before is believed."""
        self._known.pop(device, None)

    async def _signer(self, connection: AnyConnection) -> tuple[DeviceKey | None, str, Doubt | None]:
        """The phone that has signed the request, the nonce, and why it proves nothing."""
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
        """The key of this device as of a moment ago. While nothing can be read, what was read before."""
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
            log.error("a device's key cannot be read: the last reading holds", reason=str(error))
        self._known[device] = (now_us, known)
        self._known.move_to_end(device)
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return known


def _joined(connection: AnyConnection, name: str) -> str | None:
    """A header that may have come several times (RFC 9110, 5.3)."""
    wanted = name.encode()
    values = [value.decode("latin-1").strip() for key, value in connection.scope["headers"] if key == wanted]
    return ", ".join(values) if values else None
