"""A modem that sends its voice mute, late, with gaps or soft, as its vices say."""

from __future__ import annotations

from array import array

from simulator.modem.vices import Vices
from simulator.modem.voice import FRAME_BYTES, SentVoice
from tests.support.each import each

LOUD = array("h", [1000] * (FRAME_BYTES // 2)).tobytes()


def sent(vices: Vices, frames: int = 500, size: int = FRAME_BYTES) -> bytes:
    uplink, whole = SentVoice("sim1"), LOUD * frames
    return b"".join(uplink.process(whole[at : at + size], vices) for at in range(0, len(whole), size))


def test_without_vices_it_sends_what_it_was_given() -> None:
    assert sent(Vices()) == LOUD * 500


def test_it_may_send_silence_or_softer() -> None:
    assert sent(Vices(says_silence=True)) == bytes(len(LOUD) * 500)
    softer = array("h", sent(Vices(voice_db=-20.0), frames=1))
    assert set(softer) == {100}


def test_it_may_send_later() -> None:
    late = sent(Vices(voice_late_s=3.0))
    assert late == bytes(len(LOUD) * 150) + LOUD * 350


@each("size", [FRAME_BYTES, 100, 4096])
def test_whole_frames_are_lost_however_the_host_cuts_them(size: int) -> None:
    got = sent(Vices(voice_loss=0.2), size=size)
    frames = [got[at : at + FRAME_BYTES] for at in range(0, len(got), FRAME_BYTES)]
    assert {*frames} == {LOUD, bytes(FRAME_BYTES)}
    assert 0.14 < frames.count(bytes(FRAME_BYTES)) / len(frames) < 0.26
