"""A wire between a journal and its server that can be cut where a commit is on its way, or fall silent."""

import contextlib
import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum, auto


class Cut(Enum):
    NOWHERE = auto()
    BEFORE_COMMIT = auto()
    """The server does not hear of the commit."""
    AFTER_COMMIT = auto()
    """The server has committed, and its answer is lost."""


class Wire:
    """Listens on `port` for connections to the server. Once cut, it is whole again."""

    def __init__(self, server: tuple[str, int]) -> None:
        self._server = server
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.cut = Cut.NOWHERE
        self.cuts = 0
        self.carries = threading.Event()
        """Cleared: nothing comes through, and nobody is told."""
        self.carries.set()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        with client, socket.create_connection(self._server) as server, contextlib.suppress(OSError):
            while True:
                for source in select.select([client, server], [], [])[0]:
                    self.carries.wait()
                    data = source.recv(65536)
                    if not data:
                        return
                    if source is client and b"COMMIT\0" in data and self.cut is not Cut.NOWHERE:
                        self._cut(server, data)
                        return
                    (server if source is client else client).sendall(data)

    def _cut(self, server: socket.socket, data: bytes) -> None:
        self.cuts += 1
        if self.cut is Cut.AFTER_COMMIT:
            server.sendall(data)
            assert select.select([server], [], [], 30)[0]
        self.cut = Cut.NOWHERE


@contextmanager
def wire(server: tuple[str, int]) -> Iterator[Wire]:
    made = Wire(server)
    try:
        yield made
    finally:
        made.close()
