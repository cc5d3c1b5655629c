"""Pictures that were fetched, kept on the disk: some, the oldest of which go first.

It lies on the disk on which alerts become durable, so that it stays small, and away where room is short.
"""

from __future__ import annotations

import os
import shutil
import threading
import time
from pathlib import Path
from typing import Final

from runtime import logs

KEPT_BYTES: Final = 256 * 1024 * 1024
LEFT_FREE: Final = 2 * 1024 * 1024 * 1024
"""Bytes of the disk that are for the journal."""
PRUNED_TO: Final = 0.9

log = logs.get("console.tiles")


class TileCache:
    """One folder of files, all of one map. For any thread."""

    def __init__(self, folder: Path, *, most: int = KEPT_BYTES, left_free: int = LEFT_FREE) -> None:
        self._folder = folder
        self._most = most
        self._left_free = left_free
        self._lock = threading.Lock()
        self._bytes: int | None = None
        """How much is there; None until it was counted."""

    def get(self, name: str) -> tuple[bytes, float] | None:
        """The content, and its age in seconds; None where it is not there."""
        path = self._folder / name
        try:
            content = path.read_bytes()
            return content, max(0.0, time.time() - path.stat().st_mtime)
        except OSError:
            return None

    def put(self, name: str, content: bytes) -> None:
        """Keep it, if there is room. A disk that fails costs the next one a fetch, and nothing else."""
        with self._lock:
            try:
                self._put(name, content)
            except OSError as error:
                log.warning("a map tile cannot be kept", reason=str(error))

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
        """When it was written, how large it is, and its path."""
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
    """Remove what was kept of other maps than this one."""
    for other in folder.iterdir() if folder.is_dir() else ():
        if other.name != kept:
            shutil.rmtree(other, ignore_errors=True)
