"""A file that one process publishes and others read: they see the old content or the new one, whole.

Nothing here is made durable: what processes tell each other in `run/` is of no use after a power cut.
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
"""No file that one of us writes is as long: a longer one is damaged, and is not to fill the memory."""


def publish(path: Path, data: bytes) -> None:
    """Put this in the place of what was there, readable by its owner alone. Raises OSError."""
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
    """Return what the file says; None where it is absent, damaged, too long or another version's.

    A file that is there and cannot be decoded is named in the log, once for each fault and process: its
    writer replaces it at the next occasion, and until then its readers go on without.
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
    """Name a file that cannot be read in the log; nothing happens the second time."""
    from runtime import logs  # a command that only reads what is well loads no logger

    logs.get("published").error("a file cannot be read", file=str(path), error=fault)


class Newest(Generic[T]):
    """What a file says, for who asks at every turn: read again after a change, and at no other time."""

    def __init__(self, path: Path, decode: Callable[[bytes], T]) -> None:
        self._path, self._decode = path, decode
        self._seen: tuple[int, int] | None = None
        self._value: T | None = None

    def read(self) -> T | None:
        """None where there is nothing to read."""
        try:
            found = os.stat(self._path)
        except OSError:
            return None
        seen = (found.st_ino, found.st_mtime_ns)
        if seen != self._seen:
            # Read after the stat: what is read is at least as new as what `seen` says.
            self._value, self._seen = published(self._path, self._decode), seen
        return self._value


class Lately(Generic[T]):
    """What is found by reading many files, for who asks often: looked for once a second at the most."""

    def __init__(self, look: Callable[[], T]) -> None:
        self._look = look
        self._at_s = float("-inf")
        self._found: T

    def read(self) -> T:
        """As it was a second ago at the most."""
        now_s = time.monotonic()
        if now_s - self._at_s >= OFTEN_S:
            self._at_s, self._found = now_s, self._look()
        return self._found
