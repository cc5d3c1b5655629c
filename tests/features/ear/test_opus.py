"""Opus packets: decoded, repaired, concealed, refused."""

from __future__ import annotations

from contextlib import suppress
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.ear.voice import opus
from features.ear.voice.opus import FRAME_SAMPLES, MAX_PACKET, RATE_HZ, OpusDecoder, OpusError, OpusMissing
from tests.features.ear.opus_encoder import OpusEncoder


def loudness(sound: bytes) -> float:
    return float(np.sqrt(np.mean(np.frombuffer(sound, "<i2").astype(float) ** 2)))


def hz(sound: bytes) -> float:
    samples = np.frombuffer(sound, "<i2").astype(float)
    return float(np.abs(np.fft.rfft(samples)).argmax() * RATE_HZ / len(samples))


def test_a_tone_comes_out_as_it_went_in() -> None:
    voice, decoder = OpusEncoder(), OpusDecoder()
    heard = b"".join(decoder.decode(voice.encode_tone(500)) for _ in range(50))
    assert len(heard) == 100 * FRAME_SAMPLES
    assert hz(heard[20_000:]) == pytest.approx(500, abs=10)
    assert loudness(heard[20_000:]) == pytest.approx(8_000 / 2**0.5, rel=0.2)


def test_a_lost_frame_is_repaired_from_its_successor_and_else_concealed() -> None:
    voice, decoder = OpusEncoder(fec=True), OpusDecoder()
    packets = [voice.encode_tone() for _ in range(50)]
    for packet in packets[:-2]:
        decoder.decode(packet)
    assert loudness(decoder.repair(packets[-1])) > 2_000
    assert len(decoder.conceal()) == 2 * FRAME_SAMPLES
    fading = [loudness(decoder.conceal()) for _ in range(50)]
    assert fading[-1] < fading[0]


@pytest.mark.parametrize(
    "packet", [b"", bytes(MAX_PACKET + 1), b"\xff\xff", b"\x00"], ids=["empty", "long", "broken", "10 ms"]
)
def test_what_is_no_frame_of_20_ms_is_refused(packet: bytes) -> None:
    with pytest.raises(OpusError):
        OpusDecoder().decode(packet)


@given(st.binary(max_size=500))
def test_no_packet_does_worse_than_be_refused(packet: bytes) -> None:
    decoder = OpusDecoder()
    for take in (decoder.decode, decoder.repair):
        with suppress(OpusError):
            assert len(take(packet)) == 2 * FRAME_SAMPLES
    decoder.close()
    decoder.close()


def test_a_system_without_the_library_is_told_what_to_install() -> None:
    opus.library.cache_clear()
    try:
        with patch.object(opus, "_LIBRARY", "libmissing.so.0"), pytest.raises(OpusMissing, match="libopus0"):
            OpusDecoder()
    finally:
        opus.library.cache_clear()
