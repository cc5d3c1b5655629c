"""GET /v1/map/tiles/Z/X/Y: pictures of a map for the pages of this center, from it and from nowhere else."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from gateways.console.map.tiles import Tiles, TilesFailed, tiles_of
from gateways.http.door.auth import Auth
from gateways.http.settings import WebSettings
from gateways.http.wire.answers import AnyRequest, Problem, answer
from gateways.http.wire.errors import NotSignedOn
from runtime import logs

_HEADERS: Final = {
    # Which pictures were looked at says where she is: nothing of it stays on the operator's machine.
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; sandbox",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
}

log = logs.get("http.tiles")


class _Unusable:
    """What the settings name and cannot be had: the page is told, and draws what it has itself."""

    attribution = ""
    min_zoom = 0
    max_zoom = 18

    def __init__(self, reason: str) -> None:
        self._reason = reason

    async def tile(self, z: int, x: int, y: int) -> None:
        raise TilesFailed(self._reason)

    async def close(self) -> None:
        """Nothing is open."""


def configured(settings: WebSettings) -> Tiles | None:
    """As the settings say; None without any. A map that cannot be had keeps nobody from starting."""
    try:
        return tiles_of(settings.map, Path(settings.state), settings.version)
    except TilesFailed as error:
        log.error("the map's tiles cannot be had", reason=str(error))
        return _Unusable(str(error))


def tile_routes(tiles: Tiles | None, auth: Auth) -> list[HTTPRouteHandler]:
    """The route; none where there are no tiles."""
    if tiles is None:
        return []

    @get("/v1/map/tiles/{z:int}/{x:int}/{y:int}", include_in_schema=False, audit="a map, of nobody")
    async def tile(
        request: AnyRequest, z: FromPath[int], x: FromPath[int], y: FromPath[int]
    ) -> Response[bytes]:
        if auth.operator_or_none(request) is None:
            raise NotSignedOn("an operator's token or the console's session is needed")
        try:
            found = await tiles.tile(z, x, y)
        except TilesFailed:
            response = answer(request, Problem(reason="the map's tiles cannot be had now"), 503)
            response.headers["cache-control"] = "no-store"
            return response
        if found is None:
            return Response(b"", status_code=204, headers=_HEADERS)
        return Response(found.content, media_type=found.media_type, headers=_HEADERS)

    return [tile]
