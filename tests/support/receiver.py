"""Somebody else's server at this machine, by TLS: keeps what is posted, and answers as it is told."""

import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from application.certificates import make


def server_context(folder: Path) -> ssl.SSLContext:
    """Of a server that is named `localhost`; `authority.crt` of the folder vouches for it."""
    make(("localhost",), folder / "authority.pem", folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "center.pem", folder / "center.key")
    return context


class Receiver:
    """At any port that is free; to be closed."""

    def __init__(self, folder: Path, *, tls: bool = True) -> None:
        receiver = self
        self.status, self.body = 200, b"id 7"
        self.came: list[tuple[dict[str, str], bytes]] = []
        self.answers = threading.Event()
        self.answers.set()
        self.authority = str(folder / "authority.crt")

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver.came.append(({":path": self.path, **headers}, content))
                receiver.answers.wait()
                self.send_response(receiver.status)
                self.send_header("location", "https://localhost/elsewhere")
                self.send_header("content-length", str(len(receiver.body)))
                self.end_headers()
                self.wfile.write(receiver.body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if tls:
            self.server.socket = server_context(folder).wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()

    def close(self) -> None:
        """Ends it, and lets whoever waits for an answer have one."""
        self.answers.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
