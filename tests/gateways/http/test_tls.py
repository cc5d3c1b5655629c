"""TLS of the web's own: the certificate is exchanged under open connections."""

from __future__ import annotations

import asyncio
import http.client
import socket
import ssl
from collections.abc import Iterator

import pytest
from websockets.asyncio.client import connect

from application.certificates import make
from center.node.certificate import Certificate
from tests.gateways.http.place import Place, WebProcess
from tests.waiting import wait_until

pytestmark = pytest.mark.process


class Tls:
    """A web with a certificate, and those who ask it."""

    def __init__(self, place: Place) -> None:
        self._folder = place.state
        self.renew()
        self._pair = Certificate(
            place.state / "center.pem", place.state / "center.key", place.state / "served.pem"
        )
        place.changes["certificate"] = str(place.state / "served.pem")
        self.web = WebProcess(place)
        self.context = ssl.create_default_context(cafile=str(place.state / "authority.crt"))

    def renew(self) -> None:
        make(("localhost",), self._folder / "authority.pem", self._folder)

    def take(self) -> None:
        """As the node does, each second."""
        assert self._pair.look() == self._pair.look() == []

    def shown(self) -> bytes:
        """The certificate that one who connects now is shown."""
        with (
            socket.create_connection(("127.0.0.1", self.web.port), timeout=20) as plain,
            self.context.wrap_socket(plain, server_hostname="localhost") as tls,
        ):
            shown = tls.getpeercert(True)
        assert shown is not None
        return shown

    def connection(self) -> http.client.HTTPSConnection:
        return http.client.HTTPSConnection("localhost", self.web.port, timeout=20, context=self.context)


@pytest.fixture
def tls(place: Place) -> Iterator[Tls]:
    made = Tls(place)
    yield made
    made.web.kill()


def test_a_certificate_is_exchanged_under_fifty_open_web_sockets(place: Place, tls: Tls) -> None:
    before = tls.shown()
    kept = tls.connection()
    kept.request("GET", "/healthz")
    assert kept.getresponse().read()
    stream = kept.sock

    async def exchange() -> None:
        where = f"wss://localhost:{tls.web.port}/v1/console"
        consoles = [
            await connect(where, ssl=tls.context, additional_headers=place.operator()) for _ in range(50)
        ]
        tls.renew()
        tls.take()
        await asyncio.to_thread(wait_until, lambda: tls.shown() != before, within_s=20, what="the new one")
        for console in consoles:
            async with asyncio.timeout(20):
                await (await console.ping())
        await asyncio.gather(*(console.close() for console in consoles))

    asyncio.run(exchange())
    kept.request("GET", "/healthz")
    answer = kept.getresponse()
    assert answer.status == 200
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    assert kept.sock is stream, "the connection of before goes on"
