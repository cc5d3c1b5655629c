"""A way between two lines, made of numbers: what one says arrives late, changed, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from media.sound.frames import FRAME_BYTES, FRAME_SAMPLES, FRAMES_PER_S, RATE_HZ, SAMPLE_TYPE
from media.trial.carried import Arrival, RecordedCall

Sound = npt.NDArray[np.float64]
Channel = Callable[[Sound], Sound]


def as_it_is(sound: Sound) -> Sound:
    return sound


def with_gaps(share: float, seed: int) -> Channel:
    def lossy(sound: Sound) -> Sound:
        frames = len(sound) // FRAME_SAMPLES
        kept = np.random.default_rng(seed).random(frames) >= share
        return sound[: frames * FRAME_SAMPLES] * np.repeat(kept, FRAME_SAMPLES)

    return lossy


def with_noise(dbfs: float, seed: int) -> Channel:
    level = 32768 * 10 ** (dbfs / 20)
    return lambda sound: sound + np.random.default_rng(seed).normal(0, level, len(sound))


def louder(db: float) -> Channel:
    return lambda sound: sound * 10 ** (db / 20)


def narrow(sound: Sound) -> Sound:
    """A telephone's band, 300 to 3400 Hz, in 8 bits by a logarithm (ITU-T G.711's μ-law)."""
    spectrum = np.fft.rfft(sound)
    hz = np.fft.rfftfreq(len(sound), 1 / RATE_HZ)
    spectrum[(hz < 300) | (hz > 3400)] = 0
    band = np.fft.irfft(spectrum, len(sound)) / 32768
    law = np.sign(band) * np.log1p(255 * np.minimum(np.abs(band), 1)) / np.log(256)
    law = np.rint(law * 127) / 127
    return 32768 * np.sign(law) * (np.power(256, np.abs(law)) - 1) / 255


def call(
    said: Sequence[bytes],
    channel: Channel,
    *,
    late_s: float = 0.2,
    seconds: float = 13.0,
    listens_after_s: float = 0.3,
) -> tuple[RecordedCall, RecordedCall]:
    """What passed at the speaker's port, and at the listener's, in a call of so many seconds."""
    begin_s = 1000.0
    end_s = begin_s + seconds
    frames = [(number, said[number % len(said)]) for number in range(int(seconds * FRAMES_PER_S))]
    spoken = np.frombuffer(b"".join(frame for _, frame in frames), dtype=SAMPLE_TYPE).astype(np.float64)
    sent = np.concatenate((np.zeros(round(late_s * RATE_HZ)), channel(spoken)))
    heard = sent[round(listens_after_s * RATE_HZ) : len(frames) * FRAME_SAMPLES]
    pcm = np.clip(np.rint(heard), -32768, 32767).astype(SAMPLE_TYPE).tobytes()
    first_s = begin_s + listens_after_s
    arrivals = [
        Arrival(first_s + (number + 1) / FRAMES_PER_S, FRAME_SAMPLES)
        for number in range(len(pcm) // FRAME_BYTES)
    ]
    return (
        RecordedCall(began_s=begin_s, ended_s=end_s, said=frames),
        RecordedCall(began_s=first_s, ended_s=end_s, arrivals=arrivals, heard=pcm),
    )
