"""The address of a Unix socket, whatever the length of its path.

An address has 107 bytes at most (unix(7)), the path of a state directory may have more: so the folder is
opened and named by its descriptor.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
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


def take(made: socket.socket, path: Path, *, backlog: int | None = None) -> None:
    """Give the socket this address, for this user alone, in place of whoever has had it.

    With a backlog it listens. At one stroke: who connects finds the old one or the new one, never none.
    Raises OSError; the socket is closed then.
    """
    try:
        with folder(path) as short:
            new = f"{short}/.{path.name}.{secrets.token_hex(4)}"
            made.bind(new)
            try:
                os.chmod(new, 0o600)
                if backlog is not None:
                    made.listen(backlog)
                os.rename(new, f"{short}/{path.name}")
            except OSError:
                with contextlib.suppress(OSError):
                    os.unlink(new)
                raise
    except OSError:
        made.close()
        raise
