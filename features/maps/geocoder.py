"""Client of a geocoder run by the center's owner: an answer within a second, or none.

The geocoder receives a position and no other data: neither the user nor the existence of an alert.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple
from urllib.parse import urlsplit

import httpx
import msgspec

from features.maps import nominatim, photon
from features.maps.addresses import WITHIN_S, AddressesFailed
from model.address import NearbyAddresses
from runtime import logs

ANSWER_MAX: Final = 512 * 1024
"""Largest answer in bytes. Fifty addresses are a tenth of it."""
CONNECTIONS: Final = 4
RESTS_S: Final = 15.0
"""Pause after a failure of the geocoder, in seconds."""

log = logs.get("addresses")


class Speaks(NamedTuple):
    """Request and response format of a kind of geocoder."""

    question: Callable[[float, float], dict[str, str]]
    answer: Callable[[bytes, float, float], NearbyAddresses]
    """Raises msgspec.DecodeError if the response is invalid."""


_APIS: Final[Mapping[str, Speaks]] = {
    "photon": Speaks(photon.question, photon.answer),
    "nominatim": Speaks(nominatim.question, nominatim.answer),
}


class Geocoder:
    """Client of one server. Runs on the event loop."""

    def __init__(
        self, address: str, api: str, *, version: str, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        """`transport` replaces that of the network, for tests."""
        self._address = f"{address.rstrip('/')}/reverse"
        self._host = urlsplit(address).hostname or ""
        self._speaks = _APIS[api]
        self._agent = f"securWoman/{version or '0'}"
        self._transport = transport
        self._client: httpx.AsyncClient | None = None
        self._rests_until_s = 0.0

    async def around(self, lat: float, lon: float) -> NearbyAddresses:
        """Return the addresses that the geocoder knows around a point. Raises AddressesFailed."""
        if time.monotonic() < self._rests_until_s:
            raise AddressesFailed(f"{self._host} failed a moment ago, and is not asked again yet")
        if self._client is None:
            # In a thread, since this reads certificates from the disk.
            made = await asyncio.to_thread(self._made)
            self._client = self._client or made
        try:
            async with asyncio.timeout(WITHIN_S):
                content = await self._asked(self._client, lat, lon)
            return self._speaks.answer(content, lat, lon)
        except (httpx.HTTPError, TimeoutError) as error:
            # httpx's own message is dropped: the URL may hold a key, and holds the position.
            raise self._failed(type(error).__name__) from error
        except (msgspec.DecodeError, RecursionError) as error:
            raise self._failed("the answer is not an address") from error

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.aclose()

    async def _asked(self, client: httpx.AsyncClient, lat: float, lon: float) -> bytes:
        async with client.stream("GET", self._address, params=self._speaks.question(lat, lon)) as answer:
            if answer.status_code != 200:
                raise self._failed(f"the server answers {answer.status_code}")
            content = b""
            async for part in answer.aiter_bytes():
                content += part
                if len(content) > ANSWER_MAX:
                    raise self._failed("the answer is larger than an address")
            return content

    def _made(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=self._transport,
            headers={"user-agent": self._agent, "accept": "application/json"},
            timeout=WITHIN_S,
            limits=httpx.Limits(max_connections=CONNECTIONS),
            # Positions go only to the server in the settings, never to the target of a redirect.
            follow_redirects=False,
        )

    def _failed(self, reason: str) -> AddressesFailed:
        if time.monotonic() >= self._rests_until_s:
            log.warning("the geocoder fails", host=self._host, reason=reason)
        self._rests_until_s = time.monotonic() + RESTS_S
        return AddressesFailed(f"{self._host}: {reason}")
