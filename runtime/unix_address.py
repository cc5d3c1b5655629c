"""The address of a Unix socket, whatever the length of its path.

An address has 107 bytes at most (unix(7)), the path of a state directory may have more: so the folder is
opened and named by its descriptor.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def folder(path: Path) -> Iterator[str]:
    """A short name of the folder that holds `path`, as long as the context lasts. Raises OSError."""
    descriptor = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{descriptor}"
    finally:
        os.close(descriptor)
