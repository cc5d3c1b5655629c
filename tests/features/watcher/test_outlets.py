"""What goes over the wire to a watcher, sealed, and to a service that understands silence alone."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx
import msgspec
import pytest
from msgspec.structs import replace
from standardwebhooks import Webhook

from features.watcher.beat import Answer, Heartbeat
from features.watcher.envelope import Key, NotSealed, key_at, key_id_of
from features.watcher.outlets import Away, HeartbeatReceived, HttpOutlet, Outcome
from features.watcher.settings import HeartbeatTarget, TargetKind
from messages.ids import SECOND, Instant, NodeId

KEY = Key(b"k" * 32)
TEXT = base64.b64encode(b"k" * 32).decode()
BEAT = Heartbeat(node=NodeId("one"), at=Instant(SECOND), every_s=10.0, version="1")
ANSWER = Answer(watcher="w", taken=True, challenge=b"c")
Says = Callable[[httpx.Request], httpx.Response]


def delivered(
    tmp_path: Path, kind: TargetKind, says: Says, key: str = TEXT, beat: Heartbeat = BEAT
) -> Outcome:
    file = tmp_path / "key"
    file.write_text(key)
    target = HeartbeatTarget(
        name="t", kind=kind, url="http://w.test/v1/heartbeats", every_s=10.0, key_file=str(file)
    )
    return HttpOutlet(target, httpx.MockTransport(says)).deliver(beat)


def test_a_watcher_is_told_sealed_and_its_sealed_answer_is_believed(tmp_path: Path) -> None:
    def says(request: httpx.Request) -> httpx.Response:
        assert KEY.beat_in(request.content) == BEAT
        return httpx.Response(200, content=KEY.answer(ANSWER, request.content))

    assert delivered(tmp_path, TargetKind.WATCHER, says) == HeartbeatReceived(answer=ANSWER)


def refuses(_: httpx.Request) -> httpx.Response:
    return httpx.Response(401)


def is_away(_: httpx.Request) -> httpx.Response:
    raise httpx.ConnectTimeout("no")


def answers_openly(_: httpx.Request) -> httpx.Response:
    return httpx.Response(200, content=b"ok")


@pytest.mark.parametrize(
    ("says", "key", "why"),
    [
        (refuses, TEXT, "HTTPStatusError"),
        (is_away, TEXT, "ConnectTimeout"),
        (answers_openly, TEXT, "its answer is not sealed by our key"),
        (
            answers_openly,
            "c2hvcnQ=",
            "key_file: a key must have at least 32 bytes, not 5: make one with `openssl rand -base64 32`",
        ),
    ],
)
def test_nothing_else_is_an_answer(tmp_path: Path, says: Says, key: str, why: str) -> None:
    assert delivered(tmp_path, TargetKind.WATCHER, says, key) == Away(why=why)


def test_any_service_is_told_openly_and_can_verify_it_by_the_key(tmp_path: Path) -> None:
    # A service refuses what is older than five minutes.
    beat = replace(BEAT, at=Instant(round(datetime.now(UTC).timestamp()) * SECOND))

    def says(request: httpx.Request) -> httpx.Response:
        Webhook(TEXT).verify(request.content, dict(request.headers))
        assert msgspec.json.decode(request.content, type=Heartbeat) == beat
        return httpx.Response(200)

    assert delivered(tmp_path, TargetKind.URL, says, beat=beat) == HeartbeatReceived()


WHOLE_BEAT = Heartbeat(node=NodeId("one"), at=Instant(1), every_s=10.0, version="1", roster=b'{"people":[]}')


def test_what_is_sealed_is_read_by_who_has_the_key_and_by_nobody_else() -> None:
    sealed = KEY.beat(WHOLE_BEAT)
    assert key_id_of(sealed) == KEY.id
    assert b"people" not in sealed
    assert KEY.beat_in(sealed) == WHOLE_BEAT
    with pytest.raises(NotSealed):
        Key(b"o" * 32).beat_in(sealed)


@pytest.mark.parametrize("at", [0, 8, 25, -1])
def test_what_was_changed_or_cut_short_on_its_way_is_none(at: int) -> None:
    sealed = bytearray(KEY.beat(WHOLE_BEAT))
    sealed[at] ^= 1
    for data in (bytes(sealed), bytes(KEY.beat(WHOLE_BEAT))[:at], b""):
        with pytest.raises(NotSealed):
            KEY.beat_in(data)


def test_an_answer_answers_one_heartbeat_and_is_none_itself() -> None:
    first, second = KEY.beat(WHOLE_BEAT), KEY.beat(WHOLE_BEAT)
    answer = KEY.answer(ANSWER, first)
    assert KEY.answer_in(answer, first) == ANSWER
    with pytest.raises(NotSealed):
        KEY.answer_in(answer, second)
    with pytest.raises(NotSealed):
        KEY.beat_in(KEY.id + answer)


def test_a_key_is_32_bytes_in_base64(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(base64.b64encode(b"k" * 32).decode() + "\n")
    assert key_at(file).id == KEY.id
    file.write_text("c2hvcnQ=")
    with pytest.raises(ValueError, match="at least 32 bytes, not 5"):
        key_at(file)
    file.write_text("no base64!")
    with pytest.raises(ValueError, match="not base64"):
        key_at(file)
