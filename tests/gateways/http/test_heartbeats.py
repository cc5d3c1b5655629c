"""Another center says here that it is well: by its key, once, and from no run with a simulated carrier."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from gateways.heartbeat.envelope import Key
from messages.ids import Instant, NodeId
from model.watching.beat import Beat
from model.watching.targets import WatchedCenter
from runtime.published import heard
from tests.gateways.http.place import Place

KEY = Key(b"k" * 32)
BEAT = Beat(node=NodeId("m"), at=Instant(1), every_s=10.0, version="1")


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


def said(client: TestClient[Litestar], sealed: bytes) -> tuple[int, bytes]:
    answer = client.post("/v1/heartbeats", content=sealed)
    return answer.status_code, answer.content


def test_it_is_heard_once_it_says_what_it_was_asked(client: TestClient[Litestar], place: Place) -> None:
    first = KEY.beat(BEAT)
    status, content = said(client, first)
    assert status == 200
    answer = KEY.answer_in(content, first)
    assert not answer.taken
    again = KEY.beat(Beat(node=BEAT.node, at=BEAT.at, every_s=10.0, version="1", challenge=answer.challenge))
    status, content = said(client, again)
    assert KEY.answer_in(content, again).taken
    hearing = heard.read(place.state / "run", "milano")
    assert hearing is not None
    assert hearing.newest is not None
    assert not KEY.answer_in(said(client, again)[1], again).taken


@pytest.mark.parametrize(
    "sealed",
    [
        b"",
        b"x" * 200,
        Key(b"o" * 32).beat(BEAT),
        KEY.beat(Beat(node=NodeId("m"), at=Instant(1), every_s=10.0, version="1", simulated=True)),
    ],
)
def test_nobody_else_is(client: TestClient[Litestar], sealed: bytes) -> None:
    assert said(client, sealed)[0] == 401
