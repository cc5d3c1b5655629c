"""A lost byte does not turn speech into noise, and no honest sound is taken for such noise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.ports.terminal_bytes import SampleAligner
from tests.support.each import each
from tests.support.signals import noise, tone

FRAME = 320


def speech(samples: int, amplitude: float) -> bytes:
    """Voiced sound with some breath: harmonics of 140 Hz under a formant, and noise."""
    t = np.arange(samples) / 8000
    sound = sum(np.sin(2 * np.pi * 140 * n * t + n) / n for n in range(1, 20))
    sound = sound / np.abs(sound).max() + np.random.default_rng(3).normal(0, 0.01, samples)
    return np.clip(np.rint(amplitude * sound), -32768, 32767).astype("<i2").tobytes()


def fed(aligner: SampleAligner, data: bytes, size: int = FRAME) -> bytes:
    return b"".join(aligner.feed(data[at : at + size]) for at in range(0, len(data), size))


@each("amplitude", [1000, 3000, 12000, 30000])
@each("lost_at", [0, 1, 1000, 3201])
def test_a_lost_byte_is_made_up_for_within_a_tenth_of_a_second(amplitude: float, lost_at: int) -> None:
    said = speech(8000, amplitude)
    aligner = SampleAligner()
    heard = fed(aligner, said[:lost_at] + said[lost_at + 1 :])
    assert aligner.realigned == 1
    tail = said[lost_at + 1600 :]
    tail = tail[len(tail) % 2 :]
    assert heard.endswith(tail[-8000:])


@each("size", [240, 256, 320, 333, 640, 1600])
def test_it_is_found_whatever_the_size_of_the_reads(size: int) -> None:
    said = speech(16000, 9000)
    aligner = SampleAligner()
    heard = fed(aligner, said[1:], size)
    assert aligner.realigned == 1
    assert heard.endswith(said[-8000:])


SCREAM = np.clip(np.frombuffer(speech(8000, 30000), "<i2").astype(int) * 20, -32768, 32767)
HONEST = {
    "speech": speech(8000, 20000),
    "white noise at full scale": noise(8000, rms=20000),
    "soft noise": noise(8000, rms=3),
    "a scream that clips": SCREAM.astype("<i2").tobytes(),
    "a scream that clips at half the scale": (SCREAM // 2).astype("<i2").tobytes(),
    "a square wave": np.repeat([32767, -32768] * 1000, 4).astype("<i2").tobytes(),
    "a square wave at the Nyquist frequency": np.array([32767, -32768] * 4000, "<i2").tobytes(),
    "a tone at 3.4 kHz": tone(3400, 8000, amplitude=32000),
    "two tones (DTMF)": (np.frombuffer(tone(941, 8000, amplitude=15000), "<i2")
                         + np.frombuffer(tone(1633, 8000, amplitude=15000), "<i2")).tobytes(),
    "silence": bytes(16000),
    "sound of 8 bits": (np.frombuffer(speech(8000, 30000), "<i2") & ~0xFF).astype("<i2").tobytes(),
}  # fmt: skip


@pytest.mark.parametrize("sound", HONEST.values(), ids=HONEST)
def test_honest_sound_passes_untouched(sound: bytes) -> None:
    aligner = SampleAligner()
    assert fed(aligner, sound) == sound
    assert aligner.realigned == 0


@given(st.lists(st.binary(max_size=239), max_size=30))
def test_bytes_come_out_as_they_went_in_and_in_whole_samples(chunks: list[bytes]) -> None:
    aligner = SampleAligner()
    parts = [aligner.feed(chunk) for chunk in chunks]
    said = b"".join(chunks)
    assert all(len(part) % 2 == 0 for part in parts)
    assert b"".join(parts) == said[: len(said) - len(said) % 2]
