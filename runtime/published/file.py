"""File that one process publishes and others read: readers see the old or the new content, whole.

Nothing here is made durable: the content of `run/` is useless after a power cut.
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Final, Generic, TypeVar

from messages.base import MALFORMED

T = TypeVar("T")

OFTEN_S: Final = 1.0
MOST_BYTES: Final = 16 << 20
"""Upper bound of a file, in bytes. A longer file is damaged and must not fill the memory."""


def publish(path: Path, data: bytes) -> None:
    """Replace the file's content, readable by its owner alone. Raises OSError."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        part.replace(path)
    except OSError:
        with suppress(OSError):
            part.unlink()
        raise


def content_of(path: Path) -> bytes:
    """Return the file's bytes. Raises OSError, for a file longer than `MOST_BYTES` too."""
    with path.open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
    return data


def published(path: Path, decode: Callable[[bytes], T]) -> T | None:
    """Return the decoded file; None if the file is absent, damaged, too long or of another version.

    A file that cannot be decoded is logged, once for each fault and process. The writer replaces the file
    with its next change; until then readers work without the file.
    """
    try:
        return decode(content_of(path))
    except FileNotFoundError:
        return None
    except (OSError, *MALFORMED) as error:
        say_unreadable(path, f"{type(error).__name__}: {error}")
        return None


@lru_cache(maxsize=256)
def say_unreadable(path: Path, fault: str) -> None:
    """Log an unreadable file, once per fault."""
    from runtime import logs  # a command that reads only intact files loads no logger

    logs.get("published").error("a published file cannot be read", file=str(path), error=fault)


class CachedFile(Generic[T]):
    """Cached content of a published file: the file is read again only after a change."""

    def __init__(self, path: Path, decode: Callable[[bytes], T]) -> None:
        self._path, self._decode = path, decode
        self._seen: tuple[int, int] | None = None
        self._value: T | None = None

    def read(self) -> T | None:
        """Return the content; None if unreadable."""
        try:
            found = os.stat(self._path)
        except OSError:
            return None
        seen = (found.st_ino, found.st_mtime_ns)
        if seen != self._seen:
            # Read after the stat: the content is at least as new as the stamp.
            self._value, self._seen = published(self._path, self._decode), seen
        return self._value


class CachedForASecond(Generic[T]):
    """Cached result of reading many files: the files are read at most once a second."""

    def __init__(self, look: Callable[[], T]) -> None:
        self._look = look
        self._at_s = float("-inf")
        self._found: T

    def read(self) -> T:
        """Return the result, at most a second old."""
        now_s = time.monotonic()
        if now_s - self._at_s >= OFTEN_S:
            self._at_s, self._found = now_s, self._look()
        return self._found
