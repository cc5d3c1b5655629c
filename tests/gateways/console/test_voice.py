"""GET /v1/voice: an operator's browser and the bridge that has the voice, frame by frame."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar
from litestar.exceptions import WebSocketDisconnect
from litestar.testing import TestClient
from litestar.testing.websocket_test_session import WebSocketTestSession

from gateways.console.sessions import SIGN_ON, WRONG_ORIGIN
from gateways.console.voice import FRAME_BYTES, REPLACED, SILENT, WAITING_FRAMES, FrameQueue
from gateways.http.app import build
from gateways.http.parts.context import Web
from runtime import unix_address
from tests.gateways.http.place import Place
from tests.waiting import wait_until

Client = TestClient[Litestar]


def frame(number: int) -> bytes:
    return bytes([number]) * FRAME_BYTES


def sock(place: Place) -> Path:
    return place.state / "run" / "voice" / f"{place.marta}.sock"


@contextmanager
def headset(client: Client, place: Place) -> Iterator[WebSocketTestSession]:
    """Marta's browser, once its socket is there. Until then it says silence, as browsers do."""
    with client.websocket_connect("/v1/voice", headers=place.operator()) as browser:

        def there() -> bool:
            browser.send_bytes(bytes(FRAME_BYTES))
            return sock(place).exists()

        wait_until(there, what="her socket")
        yield browser


@contextmanager
def bridge(place: Place) -> Iterator[socket.socket]:
    """Connected, and it has said a frame; what is to be read has five seconds to come."""
    with knock(place) as connection:
        connection.send(bytes(FRAME_BYTES))
        yield connection


def knock(place: Place) -> socket.socket:
    """Connected, no more."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    connection.settimeout(5)
    connection.connect(str(sock(place)))
    return connection


def told(browser: WebSocketTestSession) -> bool:
    """What the center says next of a bridge, past whatever is to be heard."""
    while True:
        event: Any = browser.receive(timeout=10)
        if event.get("text"):
            return bool(json.loads(event["text"])["joined"])


def heard(browser: WebSocketTestSession) -> bytes:
    """The next frame that the operator hears. As a browser does, it says something all the while."""
    while True:
        browser.send_bytes(bytes(FRAME_BYTES))
        event: Any = browser.receive(timeout=10)
        if any(event.get("bytes") or b""):  # not the silence of a bridge that comes
            return bytes(event["bytes"])


def said(ours: socket.socket) -> bytes:
    """The next frame that is not silence, of which a browser says more while it waits for a beat."""
    while True:
        frame = ours.recv(4096)
        if any(frame):
            return frame


def closed(browser: WebSocketTestSession) -> int:
    """Read until the center ends it; its code."""
    while True:
        try:
            told(browser)
        except WebSocketDisconnect as ended:
            return ended.code


def waiting_at(ours: socket.socket) -> int:
    """How many packets can be read there now."""
    ours.setblocking(False)
    packets = 0
    with suppress(BlockingIOError):
        while ours.recv(4096):
            packets += 1
    return packets


def test_frames_pass_both_ways_whole_and_in_order(client: Client, place: Place) -> None:
    with headset(client, place) as browser, bridge(place) as ours:
        wait_until(lambda: told(browser), what="she is joined")
        for number in range(1, 50):
            browser.send_bytes(frame(number))
            assert said(ours) == frame(number)
            ours.send(frame(number))
            assert heard(browser) == frame(number)


def test_a_socket_is_one_operator_s_alone_and_goes_with_the_operator(client: Client, place: Place) -> None:
    with headset(client, place):
        assert stat.S_IMODE(os.stat(sock(place)).st_mode) == 0o600
        assert stat.S_IMODE(os.stat(sock(place).parent).st_mode) == 0o700
    wait_until(lambda: not sock(place).exists(), what="her socket is gone")


def test_a_bridge_is_told_by_its_socket_when_the_operator_goes(client: Client, place: Place) -> None:
    with headset(client, place) as browser:
        ours = knock(place)
        ours.send(bytes(FRAME_BYTES))
        wait_until(lambda: told(browser), what="she is joined")
    assert ours.recv(4096) == b""
    ours.close()


def test_what_an_earlier_web_has_left_is_cleared_away(place: Place) -> None:
    folder = place.state / "run" / "voice"
    folder.mkdir()
    for name in (f"{place.marta}.sock", f".{place.luca}.sock.0123abcd"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as left:
            unix_address.take(left, folder / name)
    with TestClient(build(place.web())):
        assert list(folder.iterdir()) == []


def test_without_a_bridge_the_operator_hears_nothing_and_is_told_so(client: Client, place: Place) -> None:
    with headset(client, place) as browser:
        browser.send_bytes(frame(1))
        assert not told(browser)
        with bridge(place) as ours:
            wait_until(lambda: told(browser), what="she is joined")
            assert waiting_at(ours) == 0  # what she said before was for nobody
        wait_until(lambda: not told(browser), what="she is alone again")


def test_of_two_bridges_the_newest_alone_has_the_operator_s_voice(client: Client, place: Place) -> None:
    with headset(client, place) as browser, bridge(place) as older:
        wait_until(lambda: told(browser), what="she is joined")
        browser.send_bytes(frame(1))
        assert older.recv(4096) == frame(1)
        with bridge(place) as newer:
            older.send(frame(7))
            newer.send(frame(8))
            wait_until(lambda: heard(browser) == frame(8), what="she hears the newer one")
            browser.send_bytes(frame(2))
            wait_until(lambda: newer.recv(4096) == frame(2), what="the newer one hears her")
        browser.send_bytes(frame(3))
        wait_until(lambda: older.recv(4096) == frame(3), what="the older one has her again")


def test_who_only_looks_whether_the_operator_is_there_is_nobody(client: Client, place: Place) -> None:
    with headset(client, place) as browser, bridge(place) as ours:
        wait_until(lambda: told(browser), what="she is joined")
        with knock(place):
            for number in range(1, 20):
                browser.send_bytes(frame(number))
                assert ours.recv(4096) == frame(number)
        ours.send(frame(9))
        assert heard(browser) == frame(9)


def test_the_actors_are_told_when_the_operator_comes_and_goes(
    client: Client, place: Place, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[list[str], bool]] = []
    monkeypatch.setattr(
        web.journal.notify, "committed", lambda _, whose: told.append((whose, sock(place).exists()))
    )
    with headset(client, place):
        pass
    wait_until(lambda: len(told) == 2, what="both are told")
    assert told == [([f"headset-{place.marta}"], True), ([f"headset-{place.marta}"], False)]


def test_what_is_no_frame_is_passed_over(client: Client, place: Place) -> None:
    with headset(client, place) as browser, bridge(place) as ours:
        wait_until(lambda: told(browser), what="she is joined")
        for wrong in (b"", b"x", bytes(FRAME_BYTES - 1), bytes(FRAME_BYTES + 1)):
            browser.send_bytes(wrong)
            if wrong:
                ours.send(wrong)
        browser.send_text("a frame")
        browser.send_bytes(frame(1))
        assert ours.recv(4096) == frame(1)
        ours.send(frame(2))
        assert heard(browser) == frame(2)


def test_a_bridge_that_does_not_read_costs_frames_and_finds_little_waiting(
    client: Client, place: Place
) -> None:
    with headset(client, place) as browser, bridge(place) as ours:
        wait_until(lambda: told(browser), what="she is joined")
        for _ in range(100):
            browser.send_bytes(frame(1))
        ours.send(frame(9))
        assert heard(browser) == frame(9)  # by then the hundred are dealt with
        assert waiting_at(ours) <= 4


def test_a_second_browser_replaces_the_first_and_the_bridge_notices_nothing(
    client: Client, place: Place
) -> None:
    with headset(client, place) as first, bridge(place) as ours:
        wait_until(lambda: told(first), what="she is joined")
        with client.websocket_connect("/v1/voice", headers=place.operator()) as second:
            assert closed(first) == REPLACED
            second.send_bytes(frame(5))
            assert ours.recv(4096) == frame(5)
            ours.send(frame(6))
            assert heard(second) == frame(6)
            assert sock(place).exists()


@pytest.mark.parametrize("early_s", [0, 0.02])
def test_a_browser_that_says_nothing_for_a_second_is_gone(
    client: Client, place: Place, early_s: float
) -> None:
    """`early_s`: a loop may call by its resolution before the time it tells, as uvloop does by rounding."""
    with headset(client, place) as browser, client.portal() as web:
        if early_s:
            web.call(lambda: setattr(asyncio.get_running_loop(), "_clock_resolution", early_s))
        assert closed(browser) == SILENT
        wait_until(lambda: not sock(place).exists(), what="her socket is gone")


def test_who_speaks_while_the_web_stands_still_is_not_given_up(client: Client, place: Place) -> None:
    with headset(client, place) as browser, client.portal() as web:
        web.call(time.sleep, 1.5)
        web.call(asyncio.sleep, 0.1)
        browser.send_bytes(frame(1))
        web.call(asyncio.sleep, 0.3)
        assert sock(place).exists()


def test_nothing_is_kept_for_a_browser_that_has_stalled(client: Client, place: Place) -> None:
    """TCP would deliver it all at once, late."""
    with headset(client, place) as browser, bridge(place) as ours:
        wait_until(lambda: told(browser), what="she is joined")
        browser.send_bytes(frame(1))
        got = since_got = 0
        while True:
            ours.send(frame(1))
            since_got += 1
            try:
                event: Any = browser.receive(timeout=0.02)
            except Empty:
                continue
            except WebSocketDisconnect:
                break
            if event.get("bytes"):
                got, since_got = got + 1, 0
        assert got
        # From a fifth of a second after her last frame until she is given up after a whole one.
        assert since_got > 5


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, SIGN_ON),
        ({"authorization": "Bearer wrong"}, SIGN_ON),
        ({"origin": "https://elsewhere.example"}, WRONG_ORIGIN),
    ],
)
def test_who_is_not_signed_on_or_comes_from_elsewhere_has_no_voice(
    client: Client, place: Place, headers: dict[str, str], code: int
) -> None:
    if "origin" in headers:
        headers = {**place.operator(), **headers}
    with client.websocket_connect("/v1/voice", headers=headers) as browser:
        assert closed(browser) == code
    assert list((place.state / "run" / "voice").iterdir()) == []


@given(st.lists(st.booleans(), max_size=50))
def test_of_what_waits_for_a_browser_the_newest_stays(turns: list[bool]) -> None:
    waiting, said, heard_last = FrameQueue(), 0, -1
    for put in turns:
        if put:
            waiting.append(said.to_bytes(2))
            said += 1
        elif waiting:
            taken = int.from_bytes(waiting.popleft())
            assert taken > heard_last
            assert taken >= said - WAITING_FRAMES
            heard_last = taken
