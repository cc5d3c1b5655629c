"""GET /v1/map/tiles/Z/X/Y: map tiles for the pages of this center; no page contacts another server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from litestar import Response

from features.maps.settings import MapSettings
from features.maps.tiles import Tiles, TilesFailed, tiles_of
from gateways.console.feed_messages import MapView
from gateways.http.parts.context import Web, once
from gateways.http.routing.permissions import SIGNED_ON
from gateways.http.routing.route import GET, Answer, route
from gateways.http.wire.answers import Problem
from gateways.http.wire.errors import NotThere
from runtime import logs

_HEADERS: Final = {
    # The tiles viewed reveal a user's position: none may stay on the operator's machine.
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; sandbox",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
}

log = logs.get("http.tiles")


class _Unusable:
    """Unusable source of tiles: the page receives an error, and draws its built-in map."""

    attribution = ""
    min_zoom = 0
    max_zoom = 18

    def __init__(self, reason: str) -> None:
        self._reason = reason

    async def tile(self, z: int, x: int, y: int) -> None:
        raise TilesFailed(self._reason)

    async def close(self) -> None:
        """Do nothing: no file is open."""


@once
def configured(web: Web) -> Tiles | None:
    """Return the tiles set in the settings; None if none are set. An unusable map never prevents a start."""
    settings = web.settings
    try:
        return tiles_of(MapSettings.of(settings.center), Path(settings.state), settings.version)
    except TilesFailed as error:
        log.error("the source of map tiles cannot be used", reason=str(error))
        return _Unusable(str(error))


def map_fields(web: Web) -> MapView | None:
    """Return the properties of the tiles for the page."""
    tiles = configured(web)
    if tiles is None:
        return None
    return MapView(attribution=tiles.attribution, min_zoom=tiles.min_zoom, max_zoom=tiles.max_zoom)


@asynccontextmanager
async def tile_parts(web: Web) -> AsyncIterator[None]:
    """Close the source of tiles when the web ends."""
    try:
        yield
    finally:
        if (tiles := configured(web)) is not None:
            await tiles.close()


@route(GET, "/v1/map/tiles/{z}/{x}/{y}", by=SIGNED_ON, audit="a map, of nobody", described=False)
async def tile(web: Web, z: int, x: int, y: int) -> Answer[Problem] | Response[bytes]:
    """Return a tile of the map."""
    tiles = configured(web)
    if tiles is None:
        raise NotThere("no map is configured: see [map] in the settings")
    try:
        found = await tiles.tile(z, x, y)
    except TilesFailed:
        return Answer(Problem(reason="the map tiles cannot be fetched now"), status=503)
    if found is None:
        return Response(b"", status_code=204, headers=_HEADERS)
    return Response(found.content, media_type=found.media_type, headers=_HEADERS)
