"""Web process: uvicorn around the application, until the end is requested. Prints nothing to stdout.

SIGTERM and SIGINT end the process in order: waiting requests are answered at once, submitted work is written,
and connections still open after three seconds are cut off.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import socket
import ssl
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, Final

import uvicorn
from litestar import Litestar, get, websocket

from gateways.console.sessions import AnySocket
from gateways.console.views.infrastructure import ModemView
from gateways.http.app import build
from gateways.http.parts.construction import parts
from gateways.http.parts.context import Web
from gateways.http.security import signatures
from gateways.http.security.limits import Limits, Spares, is_loopback, limited
from gateways.http.security.response_headers import socket_protocol
from gateways.http.settings import WebSettings
from messages.rows import Sentence
from model.checks import Finding
from model.feature import installed, load_object
from runtime import logs
from runtime.clock import Clock, SystemClock

GRACE_S: Final = 3
BACKLOG: Final = 2048
KEEP_ALIVE_S: Final = 75
LIMITS: Final = Limits()
CERTIFICATE_TICKS: Final = 10
"""Ticks of uvicorn, ten in a second, between two checks of the certificate."""

log = logs.get("http")

Listening = Callable[[str, int], None]


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket at the address; port 0 takes any free port. Raises OSError."""
    family, kind, protocol, _, address = socket.getaddrinfo(
        host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def serve(
    settings: WebSettings,
    listening: Listening | None = None,
    modems: Callable[[], list[ModemView]] = list,
    check_lines: Callable[[], list[tuple[Finding, Sentence]]] = list,
) -> None:
    """Serve until SIGTERM or SIGINT. `listening` is called with host and port once requests are answered.

    Configures the logs of the process. Raises OSError if the address cannot be bound, JournalError if the
    journal cannot be opened.
    """
    logs.configure(Path(settings.state) / "logs", "Web")
    if settings.listen_fd is None:
        listener = listen(settings.host, settings.port)
    else:
        listener = socket.socket(fileno=settings.listen_fd)
    try:
        web = parts(
            settings,
            modems=modems,
            check_lines=check_lines,
        )
        plain = [socket.socket(fileno=fd) for fd in settings.plain_fds]
        server = _Server(web, listening, listener, plain)
        server.run(sockets=[listener])
    finally:
        listener.close()


def configured(
    application: Litestar,
    clock: Clock,
    *,
    limits: Limits = LIMITS,
    spares: Spares = is_loopback,
    certificate: str = "",
) -> uvicorn.Config:
    """Return uvicorn's configuration.

    `clock`: the center's. `spares`: addresses not counted. `certificate`: PEM with the key.
    """
    return uvicorn.Config(
        application,
        loop="uvloop",
        http=limited(limits, spares, clock),
        ws=socket_protocol(clock),
        ws_max_size=64 * 1024,
        ws_per_message_deflate=False,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=GRACE_S,
        ssl_certfile=certificate or None,
    )


class _Server(uvicorn.Server):
    """uvicorn's server, which also reports the start of listening, and wakes waiting requests at the end."""

    def __init__(
        self,
        web: Web,
        listening: Listening | None,
        listener: socket.socket,
        plain: Sequence[socket.socket],
    ) -> None:
        super().__init__(
            configured(
                build(web),
                web.clock,
                spares=lambda address: is_loopback(address) or web.proxies.trusts(address),
                certificate=web.settings.certificate,
            )
        )
        self._plain = plain
        self._certificate: tuple[int, int] | None = None
        self._web = web
        self._told = listening
        self._listener = listener
        self._loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        # No sockets are passed: uvicorn would serve one kind only, and wait a minute for a handshake.
        await super().startup([])
        for one in (self._listener, *self._plain):
            local = one.family == socket.AF_UNIX
            make = self._loop.create_unix_server if local else self._loop.create_server
            tls = self.config.ssl if one is self._listener else None
            within_s = None if tls is None else LIMITS.header_s
            # The address belongs to the node and is named by one of the node's descriptors
            # (`runtime.unix_address`). In this process that name is another file: from Python 3.13 on the
            # loop would remove the file found there.
            kept: dict[str, Any] = {"cleanup_socket": False} if local else {}
            made = await make(
                self._protocol, sock=one, backlog=BACKLOG, ssl=tls, ssl_handshake_timeout=within_s, **kept
            )
            self.servers.append(made)
        # The present objects live as long as the process: the collector need not scan them at every run.
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 50)
        if self.started and self._told is not None:
            host, port = self._listener.getsockname()[:2]
            self._told(host, port)

    def _protocol(self) -> asyncio.Protocol:
        """Return a new HTTP protocol, made as by uvicorn."""
        return self.config.http_protocol_class(  # type: ignore[call-arg]
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )

    async def on_tick(self, counter: int) -> bool:
        if self.config.ssl is not None and counter % CERTIFICATE_TICKS == 0:
            self._exchange(self.config.ssl)
        return await super().on_tick(counter)

    def _exchange(self, context: ssl.SSLContext) -> None:
        """Load a changed certificate for new connections; existing connections stay untouched."""
        file = self._web.settings.certificate
        try:
            found = os.stat(file)
            there = (found.st_mtime_ns, found.st_ino)
            if there != self._certificate:
                context.load_cert_chain(file)
                self._certificate = there
        except OSError as error:  # ssl.SSLError is one
            log.error("the certificate cannot be reloaded", reason=str(error))

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        # Replaces uvicorn's method, which raises the signal again at the end: an ordered end has status 0.
        if self.should_exit and sig == signal.SIGINT:
            self.force_exit = True
        self.should_exit = True
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._wake_all)

    def _wake_all(self) -> None:
        self._web.stopping.set()
        self._web.following.wake_all()


@get("/")
async def _route(wanted: str) -> str:
    return wanted


@websocket("/socket")
async def _socket(socket: AnySocket) -> None:
    await socket.close()


def rehearse() -> None:
    """Import and build in advance what a server loads at its start: run a start and an end of two routes.

    Opens no file and no port. The collector skips the objects made so far. uvicorn and Litestar load parts
    late: the protocols, the loop, what a first route needs. Loading takes 0.1 s of the processor, and more if
    other processes compete.
    """
    config = configured(
        Litestar(route_handlers=[_route, _socket], logging_config=None), SystemClock.anchored()
    )
    config.load()
    signatures.load()
    for feature in installed():
        for where in feature.rehearsed:
            load_object(where)()

    async def begin_and_end() -> None:
        lifespan = config.lifespan_class(config)
        await lifespan.startup()
        await lifespan.shutdown()

    factory = config.get_loop_factory()
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(begin_and_end())
    # Later collections skip frozen objects: a full collection takes as long as the rest of a start.
    gc.collect()
    gc.freeze()
