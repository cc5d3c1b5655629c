"""Slow and endless requests end, and nobody who is only waited for, or waits, is cut short by it."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from application.certificates import make
from gateways.http import server
from gateways.http.parts.construction import parts
from gateways.http.security.limits import Limits
from gateways.http.server import LIMITS
from tests.gateways.http.place import GIULIA, Place
from tests.security.served import Raw, Served, served
from tests.waiting import wait_until

QUICK = Limits(header_s=0.3, body_s=0.6, per_address=6)
ALIVE = b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n"


@pytest.fixture
def web(place: Place) -> Iterator[Served]:
    """A web that is soon out of patience, and spares nobody."""
    with served(place, QUICK, spares=lambda address: False) as made:
        yield made


def posted(place: Place, body: bytes, *, length: int | None = None) -> bytes:
    return (
        b"POST /v1/alerts HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
        + f"authorization: Bearer {place.app_key}\r\n".encode()
        + f"content-length: {len(body) if length is None else length}\r\n\r\n".encode()
        + body
    )


def polled(place: Place, alert: str, wait_s: float) -> bytes:
    return (
        f"GET /v1/alerts/{alert}?wait={wait_s} HTTP/1.1\r\nhost: x\r\n"
        f"authorization: Bearer {place.app_key}\r\n\r\n"
    ).encode()


def is_answered(raw: Raw) -> bool:
    """With its body, which may come after the header: what is left unread would begin the next answer."""
    raw.heard = b""
    return raw.say(ALIVE).until(b"}").startswith(b"HTTP/1.1 200")


def a_header_s_time_passes(web: Served) -> None:
    """By the web's own clock: a header that began now is given up."""
    assert web.connect().say(b"GET / HTTP/1.1\r\n").to_the_end().startswith(b"HTTP/1.1 408")


def test_the_limits_are_those_that_were_asked_for() -> None:
    assert (LIMITS.header_s, LIMITS.body_s, LIMITS.header_bytes) == (10.0, 30.0, 16384)


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"G",
        b"GET / HTTP/1.1\r\nhost: x\r\n",
        b"\r\n\r\n",
        b"POST /v1/alerts HTTP/1.1\r\nx: " + b"y" * 999,
    ],
)
def test_half_a_header_is_waited_for_only_so_long(web: Served, said: bytes) -> None:
    raw = web.connect().say(said)
    assert raw.to_the_end().startswith(b"HTTP/1.1 408")


def test_a_header_that_comes_byte_by_byte_has_no_more_time_for_it(web: Served) -> None:
    raw = web.connect()
    raw.socket.settimeout(0.02)
    said = 0
    while said < 2000:
        said += 1
        raw.say(b"x")
        try:
            if not (more := raw.socket.recv(100)):
                break
            raw.heard += more
        except TimeoutError:
            continue
        except ConnectionError:
            break
    assert said < 500
    assert raw.heard.startswith((b"HTTP/1.1 408", b"HTTP/1.1 400"))


def test_half_a_body_is_waited_for_only_so_long(web: Served, place: Place) -> None:
    raw = web.connect().say(posted(place, b'{"phone": ', length=500))
    assert raw.to_the_end().startswith(b"HTTP/1.1 408")
    refused = web.connect().say(b"POST /v1/alerts HTTP/1.1\r\nhost: x\r\ncontent-length: 500\r\n\r\n{")
    assert refused.to_the_end().startswith((b"HTTP/1.1 401", b"HTTP/1.1 408")), "answered before it has come"


def test_a_request_behind_one_that_was_answered_has_the_same_time(web: Served) -> None:
    raw = web.connect()
    assert is_answered(raw)
    raw.heard = b""
    assert b"HTTP/1.1 408" in raw.say(b"G").to_the_end()


@pytest.mark.parametrize("header", [b"x: " + b"y" * 2_000_000, b"x: y\r\n" * 400_000], ids=["one", "many"])
def test_no_more_than_64_kib_of_headers_are_taken(web: Served, header: bytes) -> None:
    raw = web.connect()
    raw.say(b"GET /healthz HTTP/1.1\r\nhost: x\r\n" + header)
    assert raw.to_the_end().startswith((b"HTTP/1.1 431", b"")), "closed, the answer perhaps lost on the way"
    assert is_answered(web.connect())


def test_headers_of_15_kib_are_taken(web: Served) -> None:
    raw = web.connect().say(b"GET /healthz HTTP/1.1\r\nhost: x\r\nx: " + b"y" * 15_000 + b"\r\n\r\n")
    assert raw.until(b"\r\n\r\n").startswith(b"HTTP/1.1 200")


def test_a_connection_that_rests_between_two_requests_is_not_cut_short(web: Served) -> None:
    raw = web.connect()
    assert is_answered(raw)
    a_header_s_time_passes(web)
    assert is_answered(raw)


def test_a_long_poll_is_not_cut_short(web: Served, place: Place) -> None:
    raw = web.connect().say(posted(place, json.dumps({"phone": GIULIA}).encode()))
    raw.until(b'"alert":"')
    alert = raw.heard.partition(b'"alert":"')[2].partition(b'"')[0].decode()
    raw.heard = b""
    raw.say(polled(place, alert, 1.5))
    a_header_s_time_passes(web)
    a_header_s_time_passes(web)
    assert raw.until(b"}").startswith(b"HTTP/1.1 200")


def test_a_websocket_is_not_cut_short(web: Served, place: Place) -> None:
    raw = web.connect().say(
        b"GET /v1/console HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n"
        b"sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
        + f"authorization: Bearer {place.marta_token}\r\n\r\n".encode()
    )
    assert raw.until(b"snapshot").startswith(b"HTTP/1.1 101")
    for _ in range(3):
        a_header_s_time_passes(web)
    raw.heard = b""
    raw.say(b"\x89\x84\x00\x00\x00\x00ping")
    raw.until(b"\x8a\x04ping")


def test_requests_in_one_piece_are_all_answered(web: Served) -> None:
    raw = web.connect().say(ALIVE * 5)
    while raw.heard.count(b"HTTP/1.1 200") < 5:
        raw.heard += raw.socket.recv(65536)


# ------------------------------------------------------------------------------------- many of one address


def test_of_one_address_the_oldest_that_carries_no_request_gives_way(web: Served) -> None:
    held = [web.connect() for _ in range(QUICK.per_address)]
    for raw in held:
        assert is_answered(raw)
    assert is_answered(web.connect()), "whoever shares the address still gets through"
    assert held[0].to_the_end() is not None
    assert is_answered(held[1])


def test_where_all_carry_a_request_one_more_is_refused_and_none_is_cut_short(
    web: Served, place: Place
) -> None:
    raw = web.connect().say(posted(place, json.dumps({"phone": GIULIA}).encode()))
    alert = raw.until(b"}").partition(b'"alert":"')[2].partition(b'"')[0].decode()
    raw.close()
    held = [web.connect().say(polled(place, alert, 3.0)) for _ in range(QUICK.per_address)]
    wait_until(lambda: web.at_work() == len(held), within_s=20, what="all of them being answered")
    beyond = [web.connect().say(ALIVE) for _ in range(4)]
    assert [one.to_the_end() for one in beyond] == [b""] * 4
    assert all(one.until(b"}").startswith(b"HTTP/1.1 200") for one in held)


def test_our_own_proxies_and_this_machine_are_not_counted(place: Place) -> None:
    with served(place, Limits(per_address=2)) as web:
        held = [web.connect() for _ in range(12)]
        assert all(is_answered(raw) for raw in held)


def test_who_begins_no_handshake_is_not_waited_for(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(("localhost",), tmp_path / "authority.pem", tmp_path)
    both = tmp_path / "served.pem"
    both.write_bytes((tmp_path / "center.pem").read_bytes() + (tmp_path / "center.key").read_bytes())
    monkeypatch.setattr(server, "LIMITS", Limits(header_s=0.2))
    listener = server.listen("127.0.0.1", 0)
    web = server._Server(parts(place.settings(certificate=str(both))), None, listener, [])
    thread = threading.Thread(target=web.run, kwargs={"sockets": [listener]})
    with socket.create_connection(listener.getsockname(), timeout=20) as silent:
        thread.start()
        assert silent.recv(1) == b""
    web.should_exit = True
    thread.join(20)
