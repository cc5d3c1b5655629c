"""What stands at the edge: who reads figures, and what is said with every answer, be it no answer of ours."""

from __future__ import annotations

import asyncio
from email.utils import parsedate_to_datetime

import httpx
import pytest
from litestar.exceptions import NotFoundException
from litestar.types import Receive, Scope, Send

from gateways.http.security.path_access import restricted_paths
from gateways.http.security.response_headers import SAID
from messages.ids import SECOND
from runtime.clock import SystemClock
from tests.gateways.http.place import CLOCK, Place
from tests.security.served import served
from tests.security.test_behind_a_proxy import ADDRESSED, SESSION
from tests.security.test_behind_a_proxy import served as on_a_port

APART = ("10.0.0.1", 9112)
HERE, THERE, OWN = ("127.0.0.1", 4711), ("10.0.0.7", 4711), None
AT_PORT = ("10.0.0.1", 8112)

UPGRADE = b"Connection: Upgrade\r\nUpgrade: websocket\r\n"
KEY = b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"


LAST = b" HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
ANSWERED = (
    (b"GET /healthz" + LAST, b"200"),
    (b"GET /console" + LAST, b"200"),
    (b"GET /nothing" + LAST, b"404"),
    (b"DELETE /v1/alerts" + LAST, b"405"),
    (b"OPTIONS /v1/alerts" + LAST, b"204"),
    (b"GET /" + LAST, b"307"),
    (b"POST /v1/alerts" + LAST, b"401"),
    (b"nonsense\r\n\r\n", b"400"),
    (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 70_000, b"431"),
    (b"GET /nothing HTTP/1.1\r\nHost: x\r\n" + UPGRADE + KEY + b"\r\n", b"403"),
    (b"GET /v1/console HTTP/1.1\r\nHost: x\r\n" + UPGRADE + b"\r\n", b"400"),
)


def test_every_answer_says_what_browsers_are_to_make_of_it(place: Place) -> None:
    with served(place) as web:
        for line, status in ANSWERED:
            head = web.connect().say(line).to_the_end().partition(b"\r\n\r\n")[0].lower().split(b"\r\n")
            assert head[0].split(b" ")[1] == status, line
            said = [one.split(b": ", 1) for one in head[1:]]
            for name, value in SAID:
                (given,) = [one[1] for one in said if one[0] == name]
                assert given == value.lower() or name == b"content-security-policy"


def test_every_answer_tells_an_app_the_center_s_clock(place: Place) -> None:
    clock = SystemClock(CLOCK.anchor_us - 3600 * SECOND)
    place.changes["anchor_us"] = clock.anchor_us
    with served(place) as web:
        for line, _ in ANSWERED:
            began_s = clock.now_us() / SECOND
            head = web.connect().say(line).to_the_end().partition(b"\r\n\r\n")[0].split(b"\r\n")
            (date,) = [one[6:] for one in head if one.lower().startswith(b"date: ")]
            said_s = parsedate_to_datetime(date.decode()).timestamp()
            assert began_s - 1 <= said_s <= clock.now_us() / SECOND, line


@pytest.mark.parametrize(
    ("metrics", "behind_proxy", "path", "client", "server", "answered"),
    [
        (None, False, "/metrics", HERE, AT_PORT, True),
        (None, False, "/metrics", ("::ffff:127.0.0.1", 1), AT_PORT, True),
        (None, False, "/metrics", THERE, AT_PORT, False),
        (None, False, "/schema/openapi.json", THERE, AT_PORT, False),
        (None, False, "/v1/alerts", THERE, AT_PORT, True),
        (None, True, "/metrics", HERE, AT_PORT, False),
        (None, True, "/schema", HERE, AT_PORT, False),
        (None, True, "/metrics", OWN, None, True),
        (APART, False, "/metrics", HERE, AT_PORT, False),
        (APART, True, "/metrics", THERE, APART, True),
        (APART, True, "/schema", THERE, APART, True),
        (APART, True, "/readyz", THERE, APART, True),
        (APART, False, "/v1/alerts", THERE, APART, False),
        (APART, False, "/metricsx", THERE, APART, False),
        (APART, False, "/v1/console", HERE, APART, False),
    ],
)
def test_figures_are_read_from_this_machine_or_at_their_own_address_alone(
    metrics: tuple[str, int] | None, behind_proxy: bool, path: str,
    client: object, server: object, answered: bool,
) -> None:  # fmt: skip
    asked = []

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        asked.append(scope["path"])

    around = restricted_paths(metrics, behind_proxy=behind_proxy)(application)  # type: ignore[arg-type]
    scope = {"type": "http", "path": path, "client": client, "server": server}
    if answered:
        asyncio.run(around(scope, None, None))  # type: ignore[arg-type]
    else:
        with pytest.raises(NotFoundException):
            asyncio.run(around(scope, None, None))  # type: ignore[arg-type]
    assert bool(asked) is answered


def test_behind_a_proxy_nobody_is_told_that_there_are_figures(place: Place) -> None:
    with on_a_port(place) as client:
        assert client.get("/metrics").status_code == client.get("/schema").status_code == 200
    place.changes.clear()
    with on_a_port(place, ADDRESSED) as client:
        told = [client.get(path) for path in ("/metrics", "/schema", "/schema/openapi.json", "/nothing")]
    assert [one.status_code for one in told] == [404] * 4
    assert told[0].content == told[3].content


def test_by_tls_of_our_own_cookies_are_for_https_alone(place: Place) -> None:
    with on_a_port(place, {"certificate": "/read/by/the/server/alone.pem"}) as client:
        answer: httpx.Response = client.post(SESSION, json={"token": place.marta_token})
        assert client.get("/metrics").status_code == 200
    assert answer.headers["set-cookie"].startswith("__Host-")
    assert "Secure" in answer.headers["set-cookie"]
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
