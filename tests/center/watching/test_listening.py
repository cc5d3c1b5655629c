"""Whoever keeps the watcher's door busy does not make it believe that a center is silent."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from center.watching.listening import AT_ONCE, PATH, Listener


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener("127.0.0.1", 0, lambda sealed: sealed[::-1])
    made.start()
    yield made
    made.stop()


def slow(listener: Listener, source: str) -> socket.socket:
    """Says a little, and then nothing more."""
    made = socket.create_connection(("127.0.0.1", listener.port), 5, (source, 0))
    made.sendall(b"POST /v1/heartbeats HTTP/1.1\r\ncontent-length: 900000\r\n\r\nx")
    return made


@pytest.mark.parametrize("source", ["127.0.0.1", "127.0.0.2"])
def test_a_heartbeat_is_heard_beside_more_who_say_nothing_than_have_a_place(
    listener: Listener, source: str
) -> None:
    with ExitStack() as all_of_them:
        early = http.client.HTTPConnection("127.0.0.1", listener.port, timeout=5)
        all_of_them.callback(early.close)
        early.connect()
        for number in range(2 * AT_ONCE):
            of_many = f"127.0.1.{number + 1}" if source == "127.0.0.1" else source
            all_of_them.enter_context(slow(listener, of_many))
        late = http.client.HTTPConnection("127.0.0.1", listener.port, timeout=5)
        all_of_them.callback(late.close)
        # One by many addresses leaves the place to who came last, one by one address to everybody else.
        for connection in (late,) if source == "127.0.0.1" else (early, late):
            connection.request("POST", PATH, b"beat")
            assert connection.getresponse().read() == b"taeb"
