"""Pictures of a map from a file or a server, as the center hands them to its own pages.

The page asks nobody but the center: see docs/decisions/0023-streets-through-the-center.md.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, Protocol

import msgspec

from features.maps.settings import MapSettings

TILE_MAX: Final = 2 * 1024 * 1024
"""Bytes. No tile is as large; what is larger is none."""
ZOOM_MAX: Final = 18
"""Of a server whose settings do not say how far it goes."""
_SIGNATURES: Final = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftypavif", "image/avif"),
)


class Tile(msgspec.Struct, frozen=True):
    """One picture."""

    content: bytes
    media_type: str


class TilesFailed(Exception):
    """No picture can be had now, for a reason that is not its place."""


class Tiles(Protocol):
    """Where pictures come from."""

    @property
    def attribution(self) -> str:
        """Whose map it is."""
        ...

    @property
    def min_zoom(self) -> int: ...

    @property
    def max_zoom(self) -> int: ...

    async def tile(self, z: int, x: int, y: int) -> Tile | None:
        """The picture; None where the map has none. Raises TilesFailed."""
        ...

    async def close(self) -> None:
        """Let go of what is open."""
        ...


def tiles_of(settings: MapSettings, state: Path, version: str) -> Tiles | None:
    """As the settings say; None without any. `state` is the center's directory. Raises TilesFailed."""
    # Each brings its own libraries, which most centers need none of.
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
    """The bytes as a picture, by what they begin with: a server's word for it is not taken."""
    for offset, signature, media_type in _SIGNATURES:
        if content.startswith(signature, offset):
            return Tile(content, media_type)
    return None


def exists(z: int, x: int, y: int) -> bool:
    """Whether there is such a place in the grid."""
    return 0 <= z <= 30 and 0 <= x < 1 << z and 0 <= y < 1 << z
