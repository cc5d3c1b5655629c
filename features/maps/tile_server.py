"""Client of a tile server, shared by all consoles, with a cache.

The server sees requests of the center, never of an operator. If the server fails, cached tiles are shown. The
cache lies on the disk of the journal: it stays small, and is emptied when space is short.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import threading
import time
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import httpx

from features.maps.tiles import TILE_MAX, Tile, TilesFailed, as_tile, exists
from runtime import logs

FRESH_S: Final = 30 * 86_400.0
"""Age in seconds up to which a cached tile is current."""
FETCH_S: Final = 6.0
"""Time limit for one tile, from the request to the last byte."""
AT_ONCE: Final = 6
RESTS_S: Final = 15.0
"""Pause after a failure of the server, in seconds."""
_NONE: Final = (204, 404, 410)
KEPT_BYTES: Final = 256 * 1024 * 1024
LEFT_FREE: Final = 2 * 1024 * 1024 * 1024
"""Bytes of the disk reserved for the journal."""
PRUNED_TO: Final = 0.9

log = logs.get("console.tiles")


class TileCache:
    """Cache of the tiles of one map in a folder; thread-safe."""

    def __init__(self, folder: Path, *, most: int = KEPT_BYTES, left_free: int = LEFT_FREE) -> None:
        self._folder = folder
        self._most = most
        self._left_free = left_free
        self._lock = threading.Lock()
        self._bytes: int | None = None
        """Size of the cache; None before it was counted."""

    def get(self, name: str) -> tuple[bytes, float] | None:
        """Return content and age in seconds; None if not cached."""
        path = self._folder / name
        try:
            content = path.read_bytes()
            return content, max(0.0, time.time() - path.stat().st_mtime)
        except OSError:
            return None

    def put(self, name: str, content: bytes) -> None:
        """Store a tile if space permits. A failure is logged: the tile is then fetched again."""
        with self._lock:
            try:
                self._put(name, content)
            except OSError as error:
                log.warning("the map tile cannot be cached", reason=str(error))

    def _put(self, name: str, content: bytes) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if shutil.disk_usage(self._folder).free < self._left_free + len(content):
            self._prune(0)
            return
        if self._bytes is None:
            self._bytes = sum(size for _, size, _ in self._files())
        part = self._folder / f".{name}"
        part.write_bytes(content)
        part.replace(self._folder / name)
        self._bytes += len(content)
        if self._bytes > self._most:
            self._prune(int(self._most * PRUNED_TO))

    def _prune(self, to: int) -> None:
        files = sorted(self._files())
        left = sum(size for _, size, _ in files)
        for _, size, path in files:
            if left <= to:
                break
            Path(path).unlink(missing_ok=True)
            left -= size
        self._bytes = left

    def _files(self) -> list[tuple[float, int, str]]:
        """Return time of writing, size and path of each file."""
        found = []
        with os.scandir(self._folder) as entries:
            for entry in entries:
                try:
                    stat = entry.stat()
                except FileNotFoundError:
                    continue
                found.append((stat.st_mtime, stat.st_size, entry.path))
        return found


def keep_only(folder: Path, kept: str) -> None:
    """Remove the caches of other maps."""
    for other in folder.iterdir() if folder.is_dir() else ():
        if other.name != kept:
            shutil.rmtree(other, ignore_errors=True)


class TileServer:
    """Client of one server. Runs on the event loop."""

    def __init__(
        self,
        address: str,
        folder: Path,
        *,
        attribution: str,
        max_zoom: int,
        version: str,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """`folder`: parent of the cache; `transport` replaces that of the network, for tests."""
        self.attribution = attribution
        self.min_zoom = 0
        self.max_zoom = max_zoom
        self._address = address
        self._host = urlsplit(address).hostname or ""
        map_name = hashlib.sha256(address.encode()).hexdigest()[:16]
        self._folder, self._map_name = folder, map_name
        self._cache = TileCache(folder / map_name)
        self._agent = f"securWoman/{version or '0'}"
        self._transport = transport
        self._client: httpx.AsyncClient | None = None
        self._places = asyncio.Semaphore(AT_ONCE)
        self._rests_until_s = 0.0

    async def tile(self, z: int, x: int, y: int) -> Tile | None:
        """Return the tile, cached or fetched; None if the server has none. Raises TilesFailed."""
        if not (z <= self.max_zoom and exists(z, x, y)):
            return None
        name = f"{z}-{x}-{y}"
        kept = await asyncio.to_thread(self._cache.get, name)
        old = None if kept is None else as_tile(kept[0])
        if kept is not None and old is not None and kept[1] < FRESH_S:
            return old
        try:
            content = await self._fetched(z, x, y)
        except TilesFailed:
            if old is None:
                raise
            return old
        if content is None:
            return None
        await asyncio.to_thread(self._cache.put, name, content)
        return as_tile(content)

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.aclose()

    async def _fetched(self, z: int, x: int, y: int) -> bytes | None:
        async with self._places:
            if time.monotonic() < self._rests_until_s:
                raise TilesFailed(f"{self._host} failed a moment ago, and is not asked again yet")
            try:
                async with asyncio.timeout(FETCH_S):
                    return await self._asked(z, x, y)
            except (httpx.HTTPError, TimeoutError) as error:
                raise self._failed(str(error) or type(error).__name__) from error

    async def _asked(self, z: int, x: int, y: int) -> bytes | None:
        if self._client is None:
            # In a thread, since this reads certificates from the disk.
            made = await asyncio.to_thread(self._made)
            self._client = self._client or made
        where = self._address.replace("{z}", str(z)).replace("{x}", str(x)).replace("{y}", str(y))
        async with self._client.stream("GET", where) as answer:
            if answer.status_code in _NONE:
                return None
            if answer.status_code != 200:
                raise self._failed(f"the server answers {answer.status_code}")
            content = b""
            async for part in answer.aiter_bytes():
                content += part
                if len(content) > TILE_MAX:
                    raise self._failed("the answer is larger than a picture")
        if as_tile(content) is None:
            raise self._failed("the answer is not a PNG, JPEG, WebP or AVIF picture")
        return content

    def _made(self) -> httpx.AsyncClient:
        keep_only(self._folder, self._map_name)
        return httpx.AsyncClient(
            transport=self._transport,
            headers={"user-agent": self._agent, "accept": "image/webp,image/png,image/jpeg"},
            timeout=FETCH_S,
            limits=httpx.Limits(max_connections=AT_ONCE),
            # Requests go only to the server in the settings, never to the target of a redirect.
            follow_redirects=False,
        )

    def _failed(self, reason: str) -> TilesFailed:
        # The URL is not logged: it may hold a key.
        if time.monotonic() >= self._rests_until_s:
            log.warning("the tile server fails", host=self._host, reason=reason)
        self._rests_until_s = time.monotonic() + RESTS_S
        return TilesFailed(f"{self._host}: {reason}")
