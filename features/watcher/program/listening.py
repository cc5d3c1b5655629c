"""Receiver of heartbeats: an HTTP server with one path, which accepts only data encrypted by known keys."""

from __future__ import annotations

import socket
import sys
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from features.watcher.envelope import LARGEST
from features.watcher.outlets import MEDIA_TYPE

PATH: Final = "/v1/heartbeats"
WITHIN_S: Final = 10.0
AT_ONCE: Final = 32
"""Maximal number of connections. For a further one the oldest connection of the address with most of them is
closed. A heartbeat takes a moment, and idle connections must not silence a center.
"""

Hear = Callable[[bytes], bytes | None]
"""Returns the answer; None for an unknown sender."""


class Listener:
    """Server in threads of its own."""

    def __init__(self, host: str, port: int, hear: Hear) -> None:
        """Bind the port. Raises OSError."""
        self._server = _Server((host, port), _handler(hear))
        self._thread = threading.Thread(target=self._server.serve_forever, name="listener", daemon=True)

    @property
    def port(self) -> int:
        """Number of the bound port."""
        return int(self._server.server_address[1])

    def start(self) -> None:
        """Start serving."""
        self._thread.start()

    def stop(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        self._lock = threading.Lock()
        self._open: dict[socket.socket, str] = {}
        """Open connections with their addresses, the oldest first."""
        super().__init__(address, handler)

    def process_request(self, request, client_address) -> None:  # type: ignore[no-untyped-def]
        with self._lock:
            self._open[request] = client_address[0]
            if len(self._open) > AT_ONCE:
                held = Counter(self._open.values())
                oldest = max(self._open, key=lambda one: held[self._open[one]])
                del self._open[oldest]
                # The thread of that connection reads the end, and closes the connection.
                with suppress(OSError):
                    oldest.shutdown(socket.SHUT_RDWR)
        super().process_request(request, client_address)

    def process_request_thread(self, request, client_address) -> None:  # type: ignore[no-untyped-def]
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._lock:
                self._open.pop(request, None)

    def handle_error(self, request, client_address) -> None:  # type: ignore[no-untyped-def]
        # A broken connection is no fault of the watcher's, and must not fill the log.
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


def _handler(hear: Hear) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = WITHIN_S

        def do_POST(self) -> None:
            length = self.headers.get("content-length", "")
            if self.path != PATH or not length.isdecimal() or int(length) > LARGEST:
                self.close_connection = True
                self._say(404, b"")
                return
            answer = hear(self.rfile.read(int(length)))
            self._say(401 if answer is None else 200, answer or b"")

        def _say(self, status: int, content: bytes) -> None:
            self.send_response(status)
            self.send_header("content-type", MEDIA_TYPE)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Log nothing: an access log would have no reader."""

    return Handler
