"""How loud a call was, as P.56 has it: pauses do not count, noise is no voice, whatever is cut is told."""

from __future__ import annotations

import pytest

from media.conference.sounds import FOLDER, read_wav
from media.sound.frames import FRAME_BYTES, SILENCE
from media.sound.gain import Amplifier
from media.sound.levels import ActiveLevel
from media.sound.speech import LEVEL_DBFS
from messages.lines import WayLevel
from tests.media.sound.test_gain import noise, pcm, sine
from tests.support.each import each

SPEECH = read_wav(FOLDER / "please_hold.en.wav").tobytes()


def level(sound: bytes) -> WayLevel:
    heard = ActiveLevel()
    heard.hear_all(sound)
    return heard.report()


def over(one: bytes, other: bytes) -> bytes:
    import numpy as np

    from media.sound.frames import samples_of

    return pcm(samples_of(one).astype(np.float64) + samples_of(other[: len(one)]).astype(np.float64))


@each("gain_db", [-24.0, -12.0, 0.0])
def test_speech_has_its_level_whatever_pauses_it_has(gain_db: float) -> None:
    said = Amplifier(gain_db).process(SPEECH)
    pause = noise(-70.0, 10.0)
    found = level(pause + said + pause + said)
    assert found.dbfs == pytest.approx(LEVEL_DBFS + gain_db, abs=1.5)
    assert 0 < found.voice_ms < found.ms / 2
    assert found.peak_dbfs == pytest.approx(level(SPEECH).peak_dbfs + gain_db, abs=0.2)


def test_speech_between_digital_silence_is_voice_too() -> None:
    assert level(SILENCE * 200 + SPEECH + SILENCE * 200).voice_ms > 500


@each("sound", [noise(-30.0, 5.0), noise(-60.0, 5.0), sine(-20.0, 5.0)])
def test_noise_and_a_steady_tone_have_a_level_and_are_no_voice(sound: bytes) -> None:
    found = level(sound)
    assert (found.voice_ms, found.sound_ms) == (0, 5000)
    assert found.dbfs > -61


def test_of_digital_silence_there_is_nothing_but_its_length() -> None:
    assert level(SILENCE * 50) == WayLevel(ms=1000)
    assert level(b"") == WayLevel()
    assert level(SILENCE[:-2]) == WayLevel()


def test_what_is_cut_off_is_told_whether_a_modem_or_our_limiter_has_done_it() -> None:
    assert level(noise(-3.0, 2.0)).clipped > 0.9
    limiter = Amplifier(30.0)
    loud = b"".join(
        limiter.process(SPEECH[at : at + FRAME_BYTES]) for at in range(0, len(SPEECH), FRAME_BYTES)
    )
    assert level(loud).clipped > 0.2
    assert level(SPEECH).clipped < 0.02


def test_speech_stands_out_of_a_street() -> None:
    found = level(over(noise(-45.0, 10.0)[: len(SPEECH)], SPEECH))
    assert found.voice_ms > 500
    assert found.dbfs == pytest.approx(LEVEL_DBFS, abs=2.0)
