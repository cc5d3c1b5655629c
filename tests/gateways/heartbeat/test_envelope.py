"""Only who has the key makes or reads a heartbeat, and an answer is to one of them alone."""

import base64
from pathlib import Path

import pytest

from gateways.heartbeat.envelope import Key, NotSealed, key_at, key_id_of
from messages.ids import Instant, NodeId
from model.watching.beat import Answer, Beat

KEY = Key(b"k" * 32)
BEAT = Beat(node=NodeId("one"), at=Instant(1), every_s=10.0, version="1", roster=b'{"people":[]}')
ANSWER = Answer(watcher="w", taken=True, challenge=b"c")


def test_what_is_sealed_is_read_by_who_has_the_key_and_by_nobody_else() -> None:
    sealed = KEY.beat(BEAT)
    assert key_id_of(sealed) == KEY.id
    assert b"people" not in sealed
    assert KEY.beat_in(sealed) == BEAT
    with pytest.raises(NotSealed):
        Key(b"o" * 32).beat_in(sealed)


@pytest.mark.parametrize("at", [0, 8, 25, -1])
def test_what_was_changed_or_cut_short_on_its_way_is_none(at: int) -> None:
    sealed = bytearray(KEY.beat(BEAT))
    sealed[at] ^= 1
    for data in (bytes(sealed), bytes(KEY.beat(BEAT))[:at], b""):
        with pytest.raises(NotSealed):
            KEY.beat_in(data)


def test_an_answer_answers_one_heartbeat_and_is_none_itself() -> None:
    first, second = KEY.beat(BEAT), KEY.beat(BEAT)
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
    with pytest.raises(ValueError, match="32 bytes at least, not 5"):
        key_at(file)
    file.write_text("no base64!")
    with pytest.raises(ValueError, match="no base64"):
        key_at(file)
