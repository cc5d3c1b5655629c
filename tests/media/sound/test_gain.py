"""A line's gain: exact where there is room, soft at full scale, and automatic only for voices."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.ports.opening import AmplifiedPort, amplified
from media.ports.voice_port import PortCounters, VoicePort
from media.sound.frames import FRAME_BYTES, FRAMES_PER_S, RATE_HZ, SILENCE, Samples, samples_of
from media.sound.gain import AGC_TARGET_DBFS, CEILING_DBFS, Amplifier
from media.sound.levels import dbfs_of, peak_of
from media.sound.speech import spoken_dbfs
from messages.base import NO_GAINS, Gains
from tests.support.each import each

CEILING = round(32768 * 10 ** (CEILING_DBFS / 20))


def sine(dbfs: float, seconds: float = 1.0, hz: float = 400.0) -> bytes:
    at = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    return pcm(32768 * 10 ** (dbfs / 20) * np.sqrt(2) * np.sin(2 * np.pi * hz * at))


def noise(dbfs: float, seconds: float, seed: int = 1) -> bytes:
    return pcm(np.random.default_rng(seed).normal(0, 32768 * 10 ** (dbfs / 20), int(seconds * RATE_HZ)))


def syllables(dbfs: float, seconds: float, hiss_dbfs: float = -75.0) -> bytes:
    """Something with the rhythm of speech, four syllables a second, on a line that hisses."""
    at = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    envelope = np.maximum(0.0, np.sin(2 * np.pi * 4 * at))
    voice = samples_of(noise(dbfs, seconds)).astype(float) * envelope * 1.6
    return pcm(voice + samples_of(noise(hiss_dbfs, seconds, 2)))


def pcm(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> bytes:
    return np.clip(np.rint(values), -32768, 32767).astype("<i2").tobytes()


def through(amplifier: Amplifier, sound: bytes, piece: int = FRAME_BYTES) -> bytes:
    return b"".join(amplifier.process(sound[at : at + piece]) for at in range(0, len(sound), piece))


def level(sound: bytes | Samples) -> float:
    samples = samples_of(sound) if isinstance(sound, bytes) else sound
    return dbfs_of(float((samples.astype(float) ** 2).mean()))


@each("gain_db", [-20.0, -6.0, 6.0, 12.0, 24.0])
def test_where_there_is_room_the_level_moves_by_the_gain_exactly(gain_db: float) -> None:
    said = sine(-38.0)
    assert level(through(Amplifier(gain_db), said)) - level(said) == pytest.approx(gain_db, abs=0.05)


@given(
    st.lists(st.binary(max_size=2000).map(lambda data: data[: len(data) // 2 * 2]), max_size=10),
    st.floats(-20, 30),
    st.booleans(),
)
def test_as_many_samples_leave_and_none_is_too_loud(pieces: list[bytes], gain_db: float, agc: bool) -> None:
    amplifier = Amplifier(gain_db, agc=agc)
    for piece in pieces:
        louder = amplifier.process(piece)
        assert len(louder) == len(piece)
        assert peak_of(louder) <= max(CEILING, 0 if gain_db > 0 else peak_of(piece))


def test_a_sound_that_grows_too_loud_neither_wraps_nor_cracks() -> None:
    """The sign of every sample stays, and from sample to sample there is no more of a step than the sine's
    own would be at the ceiling."""
    said = sine(-40.0, 0.5) + sine(-6.0, 0.5)
    heard = samples_of(through(Amplifier(20.0), said)).astype(int)
    assert (np.sign(heard) * np.sign(samples_of(said)) >= 0).all()
    settled = heard[int(0.51 * RATE_HZ) :]
    steepest = CEILING * 2 * np.pi * 400 / RATE_HZ
    assert np.abs(np.diff(settled)).max() <= steepest * 1.02
    assert peak_of(heard.astype("<i2").tobytes()) > CEILING * 0.98


def test_after_a_loud_word_the_gain_is_back_within_half_a_second() -> None:
    amplifier = Amplifier(20.0)
    through(amplifier, sine(-3.0, 0.2))
    after = through(amplifier, sine(-40.0, 1.0))
    assert level(after[RATE_HZ:]) == pytest.approx(-20.0, abs=0.1)


def test_it_makes_no_difference_in_how_many_pieces_a_soft_sound_comes() -> None:
    said = syllables(-40.0, 2.0)
    assert through(Amplifier(12.0), said, 46) == through(Amplifier(12.0), said, 4000)


# ---------------------------------------------------------------- automatic


def test_at_16_khz_a_second_is_as_long() -> None:
    """The same voice, each sample twice, is lifted just as fast."""
    said = syllables(-40.0, 4.0)
    twice = np.repeat(samples_of(said), 2).tobytes()
    narrow, wide = Amplifier(0.0, agc=True), Amplifier(0.0, agc=True)
    heard = b"".join(
        wide.process(twice[at : at + 2 * FRAME_BYTES], wide=True)
        for at in range(0, len(twice), 2 * FRAME_BYTES)
    )
    assert level(heard) == pytest.approx(level(through(narrow, said)), abs=0.2)


def test_a_quiet_voice_comes_to_the_announcements_level_at_three_db_a_second_and_no_faster() -> None:
    said = syllables(-34.0, 12.0)
    heard = through(Amplifier(0.0, agc=True), said)
    seconds = [
        spoken_dbfs(samples_of(heard)[at : at + RATE_HZ]) - spoken_dbfs(samples_of(said)[at : at + RATE_HZ])
        for at in range(0, 12 * RATE_HZ, RATE_HZ)
    ]
    assert max(np.diff(seconds)) <= 3.0 + 0.2
    assert spoken_dbfs(samples_of(heard)[-3 * RATE_HZ :]) == pytest.approx(AGC_TARGET_DBFS, abs=1.5)


def test_however_quiet_a_voice_is_it_is_lifted_by_18_db_at_the_most() -> None:
    said = syllables(-50.0, 30.0)
    heard = through(Amplifier(0.0, agc=True), said)
    lifted_db = level(heard[-4 * RATE_HZ :]) - level(said[-4 * RATE_HZ :])
    assert lifted_db == pytest.approx(18.0, abs=0.2)


@each("dbfs", [-70.0, -50.0, -40.0, -25.0])
def test_noise_is_never_lifted_however_loud(dbfs: float) -> None:
    hiss = noise(dbfs, 10.0)
    assert through(Amplifier(0.0, agc=True), hiss) == hiss


def test_a_pause_is_not_lifted_further_than_the_words_before_it() -> None:
    amplifier = Amplifier(0.0, agc=True)
    through(amplifier, syllables(-30.0, 6.0))
    pause = through(amplifier, noise(-75.0, 10.0))
    first, last = level(pause[2 * RATE_HZ : 4 * RATE_HZ]), level(pause[-2 * RATE_HZ :])
    assert last == pytest.approx(first, abs=0.3)


def test_digital_silence_stays_digital_silence() -> None:
    assert through(Amplifier(30.0, agc=True), SILENCE * FRAMES_PER_S * 3) == SILENCE * FRAMES_PER_S * 3


# ---------------------------------------------------------------- at the port


class Loopback:
    rate_hz = RATE_HZ
    wide = False

    def __init__(self, says: bytes) -> None:
        self.says = says
        self.told = b""

    def read(self) -> bytes:
        return self.says

    def write(self, frame: bytes) -> None:
        self.told = frame

    def close(self) -> None:
        self.says = b""

    def fileno(self) -> int:
        return 7

    def counters(self) -> PortCounters:
        return PortCounters(read_bytes=1)


def test_both_ways_of_a_port_have_a_gain_of_their_own() -> None:
    inner = Loopback(sine(-40.0, 0.02))
    port = AmplifiedPort(inner, Gains(in_db=12.0, out_db=-6.0))
    assert level(port.read()) == pytest.approx(-28.0, abs=0.2)
    port.write(sine(-20.0, 0.02))
    assert level(inner.told) == pytest.approx(-26.0, abs=0.2)
    assert (port.fileno(), port.counters().read_bytes) == (7, 1)
    port.close()
    assert inner.says == b""


def test_a_port_without_a_gain_is_the_port_itself() -> None:
    inner: VoicePort = Loopback(b"")
    assert amplified(inner, NO_GAINS) is inner
