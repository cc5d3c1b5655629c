"""Whose a sound card is: whoever has one has locked a file of its name, so that a successor can ask for it.

The card itself cannot be claimed as a terminal is (`media.ports.claim`): to one process the kernel gives it,
and to no other a descriptor. The kernel forgets a process's lock with any descriptor of the file that it
closes; so a process has one, for as long as one of its ports has the card: after a replug the old port is
closed while the new one is open already.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from media.ports.ports import VoicePortMissing

_guard: Final = threading.Lock()
_held: Final[dict[Path, tuple[int, int]]] = {}
"""By file: this process's descriptor, and how many of its ports have the card, or are about to."""


@contextmanager
def claimed(locks: Path, path: str, claim: Callable[[int], None]) -> Iterator[None]:
    """The card that a port of this path is, from when `claim` has come back. Raises VoicePortMissing."""
    file = locks / ("sound-" + re.sub(r"[^A-Za-z0-9.=_-]", "_", path))
    fd = _take(file)
    try:
        claim(fd)
        yield
    finally:
        _give_back(file)


def _take(file: Path) -> int:
    with _guard:
        fd, ports = _held.get(file, (-1, 0))
        if not ports:
            try:
                fd = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            except OSError as error:
                raise VoicePortMissing(f"{file}: {error.strerror}") from error
        _held[file] = fd, ports + 1
        return fd


def _give_back(file: Path) -> None:
    with _guard:
        fd, ports = _held.pop(file)
        if ports > 1:
            _held[file] = fd, ports - 1
        else:
            os.close(fd)
