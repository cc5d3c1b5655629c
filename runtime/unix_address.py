"""Address of a Unix socket with a path of any length.

An address has 107 bytes at most (unix(7)), and the path of a state directory may be longer: the folder is
therefore opened and addressed by its descriptor.
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
    """Yield a short name of the folder that holds `path`, valid within the context. Raises OSError."""
    descriptor = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{descriptor}"
    finally:
        os.close(descriptor)


def take(made: socket.socket, path: Path, *, backlog: int | None = None) -> None:
    """Bind the socket to this address, for this account alone, in place of a previous socket.

    With a backlog the socket listens. The change is atomic: a client finds the old or the new socket, never
    none. Raises OSError; the socket is closed then.
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
