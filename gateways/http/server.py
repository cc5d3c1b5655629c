"""The web process: uvicorn around the application, until it is told to end. Prints nothing to stdout.

SIGTERM and SIGINT end it in order: whoever waits is answered at once, what was submitted is
written, and whatever hangs on after three seconds is cut off.
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
from gateways.console.views.plant import ModemView
from gateways.http.app import build
from gateways.http.door import signatures
from gateways.http.door.limits import Limits, Spares, is_loopback, limited
from gateways.http.door.saying import SocketProtocol
from gateways.http.parts.context import Web
from gateways.http.parts.making import parts
from gateways.http.settings import WebSettings
from messages.rows import Sentence
from model.checks import Finding
from model.feature import installed, named
from runtime import logs

GRACE_S: Final = 3
BACKLOG: Final = 2048
KEEP_ALIVE_S: Final = 75
LIMITS: Final = Limits()
CERTIFICATE_TICKS: Final = 10
"""Of uvicorn's, ten in a second."""

log = logs.get("http")

Listening = Callable[[str, int], None]


def listen(host: str, port: int) -> socket.socket:
    """A listening socket on this address; port 0 is any that is free. Raises OSError."""
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

    Configures this process's logs. Raises OSError when the address cannot be had, JournalError when
    the journal cannot be opened.
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
    *,
    limits: Limits = LIMITS,
    spares: Spares = is_loopback,
    certificate: str = "",
) -> uvicorn.Config:
    """How uvicorn serves it. `spares`: whose connections are not counted. `certificate`: with its key."""
    return uvicorn.Config(
        application,
        loop="uvloop",
        http=limited(limits, spares),
        ws=SocketProtocol,
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
    """uvicorn's, which also tells when it begins to listen, and wakes whoever waits when it is to end."""

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
        # Without sockets: uvicorn would have one kind of them, and wait a minute for a handshake.
        await super().startup([])
        for one in (self._listener, *self._plain):
            local = one.family == socket.AF_UNIX
            make = self._loop.create_unix_server if local else self._loop.create_server
            tls = self.config.ssl if one is self._listener else None
            within_s = None if tls is None else LIMITS.header_s
            # The address is the node's and named by one of its descriptors (`runtime.unix_address`), which is
            # something else here: from Python 3.13 on the loop would look there, and remove what it finds.
            kept: dict[str, Any] = {"cleanup_socket": False} if local else {}
            made = await make(
                self._protocol, sock=one, backlog=BACKLOG, ssl=tls, ssl_handshake_timeout=within_s, **kept
            )
            self.servers.append(made)
        # What is there now stays for ever: the collector need not walk through it at every turn.
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 50)
        if self.started and self._told is not None:
            host, port = self._listener.getsockname()[:2]
            self._told(host, port)

    def _protocol(self) -> asyncio.Protocol:
        """As uvicorn makes it."""
        return self.config.http_protocol_class(  # type: ignore[call-arg]
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )

    async def on_tick(self, counter: int) -> bool:
        if self.config.ssl is not None and counter % CERTIFICATE_TICKS == 0:
            self._exchange(self.config.ssl)
        return await super().on_tick(counter)

    def _exchange(self, context: ssl.SSLContext) -> None:
        """Who connects from now on is shown the certificate that is there now; no connection is touched."""
        file = self._web.settings.certificate
        try:
            found = os.stat(file)
            there = (found.st_mtime_ns, found.st_ino)
            if there != self._certificate:
                context.load_cert_chain(file)
                self._certificate = there
        except OSError as error:  # ssl.SSLError is one
            log.error("the certificate cannot be read again", reason=str(error))

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        # Not uvicorn's own, which raises the signal again at the end: an ordered end is exit status 0.
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
    """Import and make beforehand what a server has only when it begins: an application of two routes begins,
    and ends. Opens nothing, and no port; the collector need not look at what is there now.

    uvicorn and Litestar load their parts late: the protocols, the loop, what a first route needs. That is a
    tenth of a second of the processor, and several where others want it.
    """
    config = configured(Litestar(route_handlers=[_route, _socket], logging_config=None))
    config.load()
    signatures.load()
    for feature in installed():
        for where in feature.rehearsed:
            named(where)()

    async def begin_and_end() -> None:
        lifespan = config.lifespan_class(config)
        await lifespan.startup()
        await lifespan.shutdown()

    factory = config.get_loop_factory()
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(begin_and_end())
    # A whole collection takes as long as all the rest of a start.
    gc.collect()
    gc.freeze()
