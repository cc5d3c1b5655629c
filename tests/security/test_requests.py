"""What nobody who means well sends: requests without one 5xx, raw ones that hide none, hostile WebSockets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

import msgspec
import pytest

from store.journal.journal import Journal
from tests.gateways.http.askers import Api, Client
from tests.gateways.http.place import GIULIA, Place
from tests.security.served import Raw, Served, served
from tests.support.each import each

JSON: Final = "application/json"
MSGPACK: Final = "application/msgpack"
DEEP: Final = b"[" * 20_000


def of(phone: object = GIULIA, **more: object) -> bytes:
    return json.dumps({"phone": phone, **more}).encode()


BODIES: Final[tuple[bytes, ...]] = (
    b"", b"null", b"true", b"0", b"-1", b"1e999", b"[]", b"{}", b'""', b'"x"', b"{", b"}", b"{]",
    b'{"phone"}', b'{"phone":}', b'{"phone":,}', b'{"phone":"+39"', b"\x00", b"\xff\xfe", b"\xef\xbb\xbf{}",
    b"\xc0\x80", b'{"phone":"\xff"}', b'{"phone":"\\ud800"}', b'{"phone":"\\u0000"}', DEEP,
    b'{"a":' * 20_000, b'{"phone":' + DEEP, b'{"phone":"+393331112223","phone":"+393331112224"}', b"NaN",
    b"Infinity", b"{'phone':'+39'}", of(None), of(0), of(True), of([]), of({}), of(""), of("+"), of("+39"),
    of("x" * 60_000), of("+39" + "1" * 40), of("+393331112223\n"), of("٠٣٣٣"), of(device=""),
    of(device="d" * 129), of(device=None, id=""), of(id="a/b"), of(id=".."), of(id="a" * 65), of(id="a\n"),
    of(id="\u0000"), of(id=1), of(raised_at="x"), of(raised_at=0), of(raised_at="0000-00-00T00:00:00Z"),
    of(raised_at="9999-12-31T23:59:59-23:59"), of(raised_at="0001-01-01T00:00:00+23:59"),
    of(raised_at="2026-01-01T00:00:00"), of(test="true"), of(test=1), of(silent=None), of(battery_pct=-1),
    of(battery_pct=101), of(battery_pct=1.5), of(battery_pct="5"), of(battery_pct=2**70), of(position=[]),
    of(position={}), of(position={"lat": 91, "lon": 0}), of(position={"lat": 0, "lon": -181}),
    of(position={"lat": "0", "lon": 0}), of(position={"lat": 1e308, "lon": 0}),
    of(position={"lat": 0, "lon": 0, "accuracy_m": -1}),
    of(position={"lat": 0, "lon": 0, "source": "s" * 33}),
    of(position={"lat": 0, "lon": 0, "at": "9999-12-31T23:59:59-23:59"}),
)  # fmt: skip
"""To POST /v1/alerts, as JSON."""
TYPED: Final[tuple[tuple[str, bytes], ...]] = (
    (MSGPACK, b""), (MSGPACK, b"\xc1"), (MSGPACK, b"\xdf\xff\xff\xff\xff"), (MSGPACK, b"\x91" * 20_000),
    (MSGPACK, msgspec.msgpack.encode({"phone": GIULIA, "position": {"lat": float("nan"), "lon": 0.0}})),
    (MSGPACK, msgspec.msgpack.encode({1: 2})), (MSGPACK, of()), ("text/plain", of()), ("text/html", b"<b>"),
    ("multipart/form-data", b"--x"), ("application/x-www-form-urlencoded", b"phone=1"), ("x", of()),
    ("application/json; charset=utf-16", of()), (JSON, b" " * 70_000), (JSON, of() + of()),
)  # fmt: skip
PATHS: Final[tuple[tuple[str, str], ...]] = (
    ("GET", "/v1/alerts/%00"), ("GET", "/v1/alerts/%2e%2e/x"), ("GET", "/v1/alerts/" + "a" * 5000),
    ("GET", "/v1/alerts/a%2Fb"), ("GET", "/v1/alerts/none?wait=nan"), ("GET", "/v1/alerts/none?since=1e9"),
    ("GET", "/v1/alerts/none?since=" + "9" * 400), ("GET", "/console/%2e%2e/%2e%2e/etc/passwd"),
    ("GET", "/app/..%5c.."), ("GET", "/v1/map/tiles/99/-1/2"), ("PUT", "/v1/alerts"),
    ("DELETE", "/v1/alerts"), ("PATCH", "/v1/alerts/a"), ("OPTIONS", "/v1/alerts"), ("HEAD", "/v1/alerts"),
    ("TRACE", "/v1/alerts"), ("BREW", "/v1/alerts"), ("POST", "/healthz"),
    ("GET", "/v1/alerts?limit=-1&before=x&search=%ff"),
)  # fmt: skip


@pytest.fixture
def told(api: Api) -> Client:
    api.client.headers.update(api.place.app())
    return api.client


def test_no_body_is_the_center_s_fault(told: Client) -> None:
    answers = {body: told.post("/v1/alerts", content=body, headers={"content-type": JSON}) for body in BODIES}
    assert {body[:80]: one.status_code for body, one in answers.items() if one.status_code >= 500} == {}
    assert all(one.json()["reason"] for one in answers.values() if one.status_code >= 400)


def test_no_type_of_a_body_is_either(told: Client) -> None:
    answers = [told.post("/v1/alerts", content=body, headers={"content-type": kind}) for kind, body in TYPED]
    assert [one.status_code for one in answers if one.status_code >= 500] == []


@each(("method", "path"), PATHS)
def test_no_path_or_method_is_either(told: Client, place: Place, method: str, path: str) -> None:
    for headers in ({}, place.operator()):
        assert told.request(method, path, headers=headers).status_code < 500


# -------------------------------------------------------------------------------- byte by byte as it stands

HIDDEN: Final = "+393330001112"
"""The number of an alert that a request within a request would raise."""


def raw(key: str) -> tuple[bytes, ...]:
    """Requests of which two readers could take different bytes for the body."""
    within = (
        f"POST /v1/alerts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nContent-Type: {JSON}\r\n"
        f"Content-Length: {len(of(HIDDEN))}\r\n\r\n"
    ).encode() + of(HIDDEN)  # fmt: skip
    size = str(len(within)).encode()
    post = b"POST /v1/console/session HTTP/1.1\r\nHost: x\r\n"
    return (
        post + b"Content-Length: 0\r\nContent-Length: " + size + b"\r\n\r\n" + within,
        post + b"Content-Length: " + size + b"\r\nContent-Length: 0\r\n\r\n" + within,
        post + b"Content-Length: " + size + b"\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + within,
        post + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" + within,
        post + b"Transfer-Encoding: x, chunked\r\nContent-Length: 0\r\n\r\n" + within,
        post + b"Transfer-Encoding : chunked\r\nContent-Length: " + size + b"\r\n\r\n" + within,
        post + b"Transfer-Encoding:\x0bchunked\r\nContent-Length: " + size + b"\r\n\r\n" + within,
        post + b"Content-Length: +" + size + b"\r\n\r\n" + within,
        post + b"Content-Length: 0x10\r\n\r\n" + within,
        post + b"Content-Length: -1\r\n\r\n" + within,
        post + b"Transfer-Encoding: chunked\r\n\r\n" + b"FFFFFFFFFFFFFFFFF\r\n" + within,
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: a\r\n Content-Length: 0\r\nContent-Length: "
        + size
        + b"\r\n\r\n"
        + within,
        b"GET /healthz HTTP/0.9\r\n" + b"X" * 10 + b"\r\nContent-Length: " + size + b"\r\n\r\n" + within,
    )


@pytest.fixture
def port(place: Place) -> Iterator[Served]:
    with served(place) as web:
        yield web


def alerts(journal: Journal) -> int:
    return sum(type(one.event).__name__ == "AlertReceived" for one in journal.read_all())


def test_no_request_hides_in_another(port: Served, place: Place, journal: Journal) -> None:
    requests = raw(place.app_key)
    assert len(requests) == 13
    behind = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    for request in requests:
        connection = port.connect().say(request + behind)
        connection.socket.shutdown(1)
        heard = connection.to_the_end()
        assert b" 50" not in b"".join(line for line in heard.split(b"\r\n") if line.startswith(b"HTTP/"))
        assert alerts(journal) == 0, request
    assert port.connect().say(behind).to_the_end().startswith(b"HTTP/1.1 200")


@pytest.fixture
def door(place: Place) -> Iterator[Served]:
    with served(place) as made:
        yield made


KEY: Final = "AAAAAAAAAAAAAAAAAAAAAA=="


def upgrade(path: str, *more: str, key: str = KEY, version: str = "13", host: str = "x") -> bytes:
    lines = (
        f"GET {path} HTTP/1.1", f"Host: {host}", "Connection: Upgrade", "Upgrade: websocket",
        f"Sec-WebSocket-Version: {version}", f"Sec-WebSocket-Key: {key}", *more,
    )  # fmt: skip
    return "\r\n".join((*lines, "", "")).encode("latin-1")


def strangers(token: str) -> tuple[bytes, ...]:
    """Who is nobody, or whose page is not ours."""
    bearer = f"Authorization: Bearer {token}"
    return (
        upgrade("/v1/console"),
        upgrade("/v1/voice"),
        upgrade("/v1/console", "Authorization: Bearer x"),
        upgrade("/v1/console", f"Authorization: Basic {token}"),
        upgrade("/v1/console", "Cookie: session=x"),
        upgrade(f"/v1/console?token={token}"),
        upgrade("/v1/console", bearer, "Origin: https://evil.example"),
        upgrade("/v1/voice", bearer, "Origin: null"),
        upgrade("/v1/console", bearer, version="7"),
        upgrade("/v1/console", bearer, key="short"),
        upgrade("/v1/nowhere", bearer),
    )


def frames() -> tuple[bytes, ...]:
    """What breaks RFC 6455, or would fill the memory, of somebody who is signed on."""
    mask = b"\x00\x00\x00\x00"
    return (
        b"\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff" + mask,
        b"\x81\xff\x00\x00\x00\x00\x40\x00\x00\x00" + mask + b"x" * 1000,
        b"\x81\x05hello",
        b"\xf1\x80" + mask,
        b"\x81\x82" + mask + b"\xff\xff",
    )


def answered(raw: Raw) -> bytes:
    return raw.until(b"\r\n\r\n").split(b"\r\n")[0]


def test_no_stranger_hears_anything(door: Served, place: Place) -> None:
    hostile = strangers(place.marta_token)
    assert len(hostile) + len(frames()) == 16
    for request in hostile:
        raw = door.connect().say(request)
        if answered(raw).startswith(b"HTTP/1.1 101"):
            # Its page is told why, and has to say goodbye.
            raw.until(b"\x88")
            raw.say(b"\x88\x80\x00\x00\x00\x00")
        assert b"snapshot" not in raw.to_the_end(), request
        assert not raw.heard.startswith(b"HTTP/1.1 5"), request


def test_a_frame_that_is_none_ends_its_own_connection_and_no_other(door: Served, place: Place) -> None:
    good = upgrade("/v1/console", f"Authorization: Bearer {place.marta_token}")
    other = door.connect().say(good)
    other.until(b"snapshot")
    for frame in frames():
        raw = door.connect().say(good)
        assert answered(raw).startswith(b"HTTP/1.1 101")
        raw.say(frame).to_the_end()
    other.heard = b""
    other.say(b"\x89\x84\x00\x00\x00\x00ping").until(b"\x8a\x04ping")
