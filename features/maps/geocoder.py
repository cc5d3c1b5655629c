"""Asks a geocoder of the center's own what is around a point, within a second or not at all.

It is told where a user is, and nothing else: whose position it is, or that there is an alert, it cannot know.
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
from model.address import Around
from runtime import logs

ANSWER_MAX: Final = 512 * 1024
"""Bytes. Fifty addresses are a tenth of it."""
CONNECTIONS: Final = 4
RESTS_S: Final = 15.0
"""How long a geocoder that has failed is left alone."""

log = logs.get("addresses")


class Speaks(NamedTuple):
    """How a kind of geocoder is asked and understood."""

    question: Callable[[float, float], dict[str, str]]
    answer: Callable[[bytes, float, float], Around]
    """Raises msgspec.DecodeError where it is no answer."""


_APIS: Final[Mapping[str, Speaks]] = {
    "photon": Speaks(photon.question, photon.answer),
    "nominatim": Speaks(nominatim.question, nominatim.answer),
}


class Geocoder:
    """One server, asked. On the event loop."""

    def __init__(
        self, address: str, api: str, *, version: str, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        """`transport` is in place of the network's own."""
        self._address = f"{address.rstrip('/')}/reverse"
        self._host = urlsplit(address).hostname or ""
        self._speaks = _APIS[api]
        self._agent = f"securWoman/{version or '0'}"
        self._transport = transport
        self._client: httpx.AsyncClient | None = None
        self._rests_until_s = 0.0

    async def around(self, lat: float, lon: float) -> Around:
        """What it knows around a point. Raises AddressesFailed."""
        if time.monotonic() < self._rests_until_s:
            raise AddressesFailed(f"{self._host} has just failed")
        if self._client is None:
            # Certificates are read from the disk meanwhile.
            made = await asyncio.to_thread(self._made)
            self._client = self._client or made
        try:
            async with asyncio.timeout(WITHIN_S):
                content = await self._asked(self._client, lat, lon)
            return self._speaks.answer(content, lat, lon)
        except (httpx.HTTPError, TimeoutError) as error:
            # Not what httpx says: the address may hold a key, and holds the position.
            raise self._failed(type(error).__name__) from error
        except (msgspec.DecodeError, RecursionError) as error:
            raise self._failed("answers what is no address") from error

    async def close(self) -> None:
        """Hang up."""
        if self._client is not None:
            await self._client.aclose()

    async def _asked(self, client: httpx.AsyncClient, lat: float, lon: float) -> bytes:
        async with client.stream("GET", self._address, params=self._speaks.question(lat, lon)) as answer:
            if answer.status_code != 200:
                raise self._failed(f"answers {answer.status_code}")
            content = b""
            async for part in answer.aiter_bytes():
                content += part
                if len(content) > ANSWER_MAX:
                    raise self._failed("answers more than addresses")
            return content

    def _made(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=self._transport,
            headers={"user-agent": self._agent, "accept": "application/json"},
            timeout=WITHIN_S,
            limits=httpx.Limits(max_connections=CONNECTIONS),
            # Only where the settings say, and nowhere that it says itself.
            follow_redirects=False,
        )

    def _failed(self, reason: str) -> AddressesFailed:
        if time.monotonic() >= self._rests_until_s:
            log.warning("the geocoder fails", host=self._host, reason=reason)
        self._rests_until_s = time.monotonic() + RESTS_S
        return AddressesFailed(f"{self._host}: {reason}")
