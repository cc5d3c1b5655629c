"""Where heartbeats come: one small HTTP server, which knows one path and believes only what is sealed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from gateways.heartbeat.envelope import LARGEST
from gateways.heartbeat.outlets import MEDIA_TYPE

PATH: Final = "/v1/heartbeats"
WITHIN_S: Final = 10.0
AT_ONCE: Final = 32
"""Connections; who comes beyond them is closed, and comes again."""

Hear = Callable[[bytes], bytes | None]
"""The answer; none to who is not known."""


class Listener:
    """In threads of its own."""

    def __init__(self, host: str, port: int, hear: Hear) -> None:
        """Raises OSError where it cannot listen there."""
        self._server = _Server((host, port), _handler(hear))
        self._thread = threading.Thread(target=self._server.serve_forever, name="listener", daemon=True)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    def start(self) -> None:
        """From now on."""
        self._thread.start()

    def stop(self) -> None:
        """No more."""
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        self._places = threading.BoundedSemaphore(AT_ONCE)
        super().__init__(address, handler)

    def process_request(self, request, client_address) -> None:  # type: ignore[no-untyped-def]
        if not self._places.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request, client_address) -> None:  # type: ignore[no-untyped-def]
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()


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
            """Nobody reads who has asked for what."""

    return Handler
