"""Map tiles from a file or a server, for the center's own pages.

A page contacts only the center: see features/maps/README.md#reasons.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, Protocol

import msgspec

from features.maps.settings import MapSettings

TILE_MAX: Final = 2 * 1024 * 1024
"""Largest tile in bytes. Larger content is no tile."""
ZOOM_MAX: Final = 18
"""Highest zoom of a server if the settings name none."""
_SIGNATURES: Final = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftypavif", "image/avif"),
)


class Tile(msgspec.Struct, frozen=True):
    """A map tile."""

    content: bytes
    media_type: str


class TilesFailed(Exception):
    """No tile is available now, for a reason other than its place."""


class Tiles(Protocol):
    """A source of map tiles."""

    @property
    def attribution(self) -> str:
        """Attribution of the map."""
        ...

    @property
    def min_zoom(self) -> int: ...

    @property
    def max_zoom(self) -> int: ...

    async def tile(self, z: int, x: int, y: int) -> Tile | None:
        """Return the tile; None if the map has none. Raises TilesFailed."""
        ...

    async def close(self) -> None:
        """Close files and connections."""
        ...


def tiles_of(settings: MapSettings, state: Path, version: str) -> Tiles | None:
    """Return the source set in the settings; None if none. `state`: state directory. Raises TilesFailed."""
    # Imported here: each brings its own libraries, which most centers do not need.
    if settings.pmtiles:
        from features.maps.tile_file import TilesFile

        return TilesFile(Path(settings.pmtiles), attribution=settings.attribution, max_zoom=settings.max_zoom)
    if settings.tiles:
        from features.maps.tile_server import TileServer

        return TileServer(
            settings.tiles,
            state / "tiles",
            attribution=settings.attribution,
            max_zoom=ZOOM_MAX if settings.max_zoom is None else settings.max_zoom,
            version=version,
        )
    return None


def as_tile(content: bytes) -> Tile | None:
    """Return the content as a tile, its type detected by its first bytes and not by the server's header; None
    for another kind of content.
    """
    for offset, signature, media_type in _SIGNATURES:
        if content.startswith(signature, offset):
            return Tile(content, media_type)
    return None


def exists(z: int, x: int, y: int) -> bool:
    """Return True if the grid has this tile."""
    return 0 <= z <= 30 and 0 <= x < 1 << z and 0 <= y < 1 << z
