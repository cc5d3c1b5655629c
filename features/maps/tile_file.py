"""Reader of PMTiles files, version 3: a whole map in one file on the center's own disk.

https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md
"""

from __future__ import annotations

import asyncio
import gzip
import html
import json
import os
import re
import threading
import zlib
from collections import OrderedDict
from pathlib import Path
from typing import Final

from pmtiles.tile import (
    Compression,
    Entry,
    HeaderDict,
    MagicNumberNotFound,
    SpecVersionUnsupported,
    TileType,
    deserialize_directory,
    deserialize_header,
    find_tile,
    zxy_to_tileid,
)

from features.maps.tiles import TILE_MAX, Tile, TilesFailed, as_tile, exists

HEADER: Final = 127
DIRECTORY_MAX: Final = 8 * 1024 * 1024
"""Largest compressed size in bytes. Writers keep directories to some kilobytes."""
DEPTH_MAX: Final = 4
"""Deepest chain of directories from the root to a tile; the format recommends at most two."""
DIRECTORIES_KEPT: Final = 32
"""Cached directories: some 4,000 entries each, about 20 MB in all."""
_PICTURES: Final = (TileType.PNG, TileType.JPEG, TileType.WEBP, TileType.AVIF)
_VECTORS: Final = (TileType.MVT, TileType.MLT)


class TilesFile:
    """An open PMTiles file; thread-safe."""

    def __init__(self, path: Path, *, attribution: str = "", max_zoom: int | None = None) -> None:
        """Open the file. Raises TilesFailed with the path and the reason."""
        self._path = path
        self._lock = threading.Lock()
        self._directories: OrderedDict[tuple[int, int], list[Entry]] = OrderedDict()
        try:
            # Not memory-mapped: a file truncated while mapped would kill the process.
            self._file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise TilesFailed(f"{path}: {error.strerror}") from error
        try:
            self._header = self._checked()
            self.attribution = attribution or self._said_attribution()
            self._entries(self._header["root_offset"], self._header["root_length"])
        except BaseException:
            os.close(self._file)
            raise
        self.min_zoom: int = self._header["min_zoom"]
        self.max_zoom: int = min(self._header["max_zoom"], 30 if max_zoom is None else max_zoom)

    async def tile(self, z: int, x: int, y: int) -> Tile | None:
        """Return the tile; None if the file has none. Raises TilesFailed."""
        return await asyncio.to_thread(self.read, z, x, y)

    async def close(self) -> None:
        """Close the file."""
        os.close(self._file)

    def read(self, z: int, x: int, y: int) -> Tile | None:
        """Return the tile, blocking; None if the file has none. Raises TilesFailed."""
        header = self._header
        if not (self.min_zoom <= z <= self.max_zoom and exists(z, x, y)):
            return None
        wanted = zxy_to_tileid(z, x, y)
        offset, length = header["root_offset"], header["root_length"]
        for _ in range(DEPTH_MAX):
            entry = find_tile(self._entries(offset, length), wanted)
            if entry is None:
                return None
            if entry.run_length:
                return as_tile(self._bytes(header["tile_data_offset"] + entry.offset, entry.length, TILE_MAX))
            offset, length = header["leaf_directory_offset"] + entry.offset, entry.length
        raise TilesFailed(f"{self._path}: its directories are damaged")

    def _checked(self) -> HeaderDict:
        try:
            header = deserialize_header(self._bytes(0, HEADER, HEADER))
        except SpecVersionUnsupported as error:
            raise TilesFailed(f"{self._path}: PMTiles of another version than 3") from error
        except (MagicNumberNotFound, UnicodeDecodeError) as error:
            raise TilesFailed(f"{self._path}: not a PMTiles file") from error
        except ValueError as error:
            raise TilesFailed(f"{self._path}: {error}") from error
        kind = header["tile_type"]
        if kind in _VECTORS:
            raise TilesFailed(
                f"{self._path}: holds vector tiles ({kind.name}); "
                "the console draws pictures (PNG, JPEG, WebP or AVIF)"
            )
        if kind not in _PICTURES:
            raise TilesFailed(f"{self._path}: does not state the format of its tiles")
        if header["internal_compression"] is not Compression.GZIP:
            raise TilesFailed(
                f"{self._path}: its directories are compressed with {header['internal_compression'].name}; "
                "only GZIP is read"
            )
        if header["tile_compression"] not in (Compression.NONE, Compression.UNKNOWN):
            raise TilesFailed(
                f"{self._path}: its pictures have an additional compression, which is not supported"
            )
        return header

    def _said_attribution(self) -> str:
        """Return the attribution of the file's metadata, which may be HTML, as text. Empty if missing."""
        content = self._bytes(self._header["metadata_offset"], self._header["metadata_length"], DIRECTORY_MAX)
        try:
            said = json.loads(gzip.decompress(content)) if content else {}
        except (OSError, EOFError, zlib.error, ValueError):
            return ""
        text = said.get("attribution", "") if isinstance(said, dict) else ""
        return (
            " ".join(html.unescape(re.sub(r"<[^>]*>", " ", text)).split())[:200]
            if isinstance(text, str)
            else ""
        )

    def _entries(self, offset: int, length: int) -> list[Entry]:
        with self._lock:
            known = self._directories.get((offset, length))
            if known is not None:
                self._directories.move_to_end((offset, length))
                return known
        try:
            entries = deserialize_directory(self._bytes(offset, length, DIRECTORY_MAX))
        except (OSError, EOFError, zlib.error, IndexError) as error:
            raise TilesFailed(f"{self._path}: a directory cannot be read: {error}") from error
        with self._lock:
            self._directories[offset, length] = entries
            while len(self._directories) > DIRECTORIES_KEPT:
                self._directories.popitem(last=False)
        return entries

    def _bytes(self, offset: int, length: int, most: int) -> bytes:
        if length > most:
            raise TilesFailed(f"{self._path}: {length} bytes at {offset} are more than a tile can have")
        try:
            content = os.pread(self._file, length, offset)
        except (OSError, OverflowError) as error:
            raise TilesFailed(f"{self._path}: {error}") from error
        if len(content) < length:
            raise TilesFailed(
                f"{self._path}: ends too early" if offset else f"{self._path}: not a PMTiles file"
            )
        return content
