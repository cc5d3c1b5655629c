"""16 hostile WebSockets: none hears anything."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest

from tests.gateways.http.place import Place
from tests.security.served import Raw, Served, served


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
