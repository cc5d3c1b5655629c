"""Another center says here that it is well: by its key, once, and from no run with a simulated carrier."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from litestar.types import HTTPReceiveMessage, HTTPSendMessage

from features.watcher.beat import Heartbeat
from features.watcher.ears import state_of
from features.watcher.envelope import Key
from features.watcher.settings import WatchedCenter
from messages.ids import Instant, NodeId
from tests.gateways.http.place import Place
from tests.support.each import each
from tests.support.settings import faults

KEY = Key(b"k" * 32)
BEAT = Heartbeat(node=NodeId("m"), at=Instant(1), every_s=10.0, version="1")


@pytest.fixture
def place(place: Place, tmp_path: Path) -> Place:
    """With a center that is watched, and one whose key is gone."""
    file = tmp_path / "milano.key"
    file.write_text(base64.b64encode(b"k" * 32).decode())
    place.changes["watched"] = (
        WatchedCenter(name="lost", key_file=str(tmp_path / "none")),
        WatchedCenter(name="milano", key_file=str(file)),
    )
    return place


# fmt: off
FAULTS = (
    ('[[heartbeat]]\nname = "w"\nurl = "http://w.test/"\n',
     "heartbeat[0].key_file: a watcher believes a heartbeat by a key that it has, too"),
    ('[[heartbeat]]\nname = "w"\nurl = "https://u:p@w.test/"\nkind = "url"',
     'heartbeat[0].url: expected an address like "https://watch.example.org:8114/v1/heartbeats"'),
    ('[[heartbeat]]\nname = "w"\nurl = "https://w.test/"\nkind = "url"\n[[heartbeat]]\nname = "w"\nurl = '
     '"https://w.test/"\nkind = "url"\n',
     "heartbeat[1].name: w is already in heartbeat[0]"),
    ('[[watched]]\nname = "m"\nkey_file = ""', "watched[0].key_file: expected str of length >= 1"),
    ('[[watched]]\nname = "m"\nkey_file = "k"\n[[watched]]\nname = "m"\nkey_file = "k"',
     "watched[1].name: m is already in watched[0]"),
)
# fmt: on


@each(("text", "fault"), FAULTS)
def test_a_fault_of_the_settings_is_named_by_its_path(text: str, fault: str) -> None:
    assert faults(text) == (fault,)


def said(client: TestClient[Litestar], sealed: bytes) -> tuple[int, bytes]:
    answer = client.post("/v1/heartbeats", content=sealed)
    return answer.status_code, answer.content


def test_it_is_heard_once_it_says_what_it_was_asked(client: TestClient[Litestar], place: Place) -> None:
    first = KEY.beat(BEAT)
    status, content = said(client, first)
    assert status == 200
    answer = KEY.answer_in(content, first)
    assert not answer.taken
    again = KEY.beat(
        Heartbeat(node=BEAT.node, at=BEAT.at, every_s=10.0, version="1", challenge=answer.challenge)
    )
    status, content = said(client, again)
    assert KEY.answer_in(content, again).taken
    hearing = state_of(place.state / "run", "milano")
    assert hearing is not None
    assert hearing.nodes[BEAT.node].at
    assert not KEY.answer_in(said(client, again)[1], again).taken


@each(
    "sealed",
    [
        b"",
        b"x" * 200,
        Key(b"o" * 32).beat(BEAT),
        KEY.beat(Heartbeat(node=NodeId("m"), at=Instant(1), every_s=10.0, version="1", simulated=True)),
    ],
)
def test_nobody_else_is(client: TestClient[Litestar], sealed: bytes) -> None:
    assert said(client, sealed)[0] == 401


def test_whoever_knocks_fills_no_log(client: TestClient[Litestar], capfd: pytest.CaptureFixture[str]) -> None:
    for _ in range(5):
        assert said(client, b"x" * 200)[0] == 401
    assert "".join(capfd.readouterr()).count("cannot be read") == 1


@pytest.mark.parametrize(("begins", "is_read"), [(b"x" * 8, False), (KEY.id, True)])
def test_of_who_has_no_key_no_more_is_read_than_of_anybody(
    client: TestClient[Litestar], begins: bytes, is_read: bool
) -> None:
    taken: list[int] = []

    def parts() -> Iterator[bytes]:
        for number in range(15):
            taken.append(number)
            yield begins + b"x" * 60_000

    said: list[int] = []

    async def send(message: HTTPSendMessage) -> None:
        if message["type"] == "http.response.start":
            said.append(message["status"])

    left = parts()

    async def receive() -> HTTPReceiveMessage:
        part = next(left, None)
        return {"type": "http.request", "body": part or b"", "more_body": part is not None}

    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/v1/heartbeats",
        "raw_path": b"/v1/heartbeats",
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"testserver"), (b"content-type", b"application/octet-stream")],
        "client": ("127.0.0.1", 4711),
        "server": ("testserver", 80),
        "state": {},
        "extensions": {},
    }
    asyncio.run(client.app(scope, receive, send))  # type: ignore[arg-type]
    assert said == [401]
    assert (len(taken) == 15) is is_read
    assert is_read or len(taken) <= 3
