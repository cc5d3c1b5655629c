"""Voice in the simulated network: mixing, recordings of phones, and voice between two modems.

All voice is 8 kHz mono s16le bytes. Pure: time is an argument in seconds, and samples are counted from the
answer of a call. The carrier and the modems decide who hears whom, not this module.
"""

from __future__ import annotations

import array
import struct
import sys
from collections.abc import Sequence

from simulator.network.sound import RATE_HZ, SAMPLE_BYTES, Sound

LATE_S = 0.02
"""Delay in seconds up to which the sound of a late writer is appended to its earlier sound; a longer delay
leaves a gap of silence.

The delay is one frame, as buffered by a codec: a longer tolerance would hide missing output of the host.
"""
STALE_S = 0.2
"""Pause in seconds between two reads after which a listener skips to the present sound."""
AHEAD_S = 1.0
"""Lead in seconds of a writer over the clock beyond which the codec's buffer is full and the output is
lost.
"""


def samples(pcm: bytes) -> array.array[int]:
    """Return the samples in s16le bytes, as numbers from -32768 to 32767."""
    numbers = array.array("h", pcm)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def mix(frames: Sequence[bytes], n_bytes: int) -> bytes:
    """Return the saturated sum of the frames, each of `n_bytes` or empty; silence if there are none."""
    voices = [frame for frame in frames if frame]
    if not voices:
        return bytes(n_bytes)
    if len(voices) == 1:
        return voices[0]
    sums = [max(-32768, min(32767, sum(column))) for column in zip(*map(samples, voices), strict=True)]
    return struct.pack(f"<{len(sums)}h", *sums)


def halve_rate(pcm: bytes) -> bytes:
    """Convert 16 kHz to 8 kHz: the mean of each two samples; an odd last sample is dropped."""
    wide = samples(pcm[: len(pcm) // 4 * 4])
    return struct.pack(
        f"<{len(wide) // 2}h", *((a + b) // 2 for a, b in zip(wide[::2], wide[1::2], strict=True))
    )


def double_rate(pcm: bytes) -> bytes:
    """Convert 8 kHz to 16 kHz: each sample twice."""
    narrow = samples(pcm)
    return struct.pack(f"<{2 * len(narrow)}h", *(value for value in narrow for _ in range(2)))


def wav(pcm: bytes) -> bytes:
    """Return the content of a WAV file with these samples (8 kHz)."""
    form = (16, 1, 1, RATE_HZ, RATE_HZ * SAMPLE_BYTES, SAMPLE_BYTES, 8 * SAMPLE_BYTES)
    head = struct.pack("<4sI4s4sIHHIIHH", b"RIFF", 36 + len(pcm), b"WAVE", b"fmt ", *form)
    return head + struct.pack("<4sI", b"data", len(pcm)) + pcm


class Recording:
    """Sound received by one party in one call, from the answer on: simultaneous voices are added, gaps are
    silence. `cap_s`: maximum length in seconds.
    """

    def __init__(self, answered_at_s: float, cap_s: float) -> None:
        self.answered_at_s = answered_at_s
        self._cap_bytes = int(cap_s * RATE_HZ) * SAMPLE_BYTES
        self._pcm = bytearray()
        self._heads: dict[object, int] = {}

    def add(self, source: object, pcm: bytes, now_s: float) -> None:
        """Add sound of a source whose last sample belongs to `now_s`. Sound of one source is appended without
        gaps as long as it is at most LATE_S late; sound more than AHEAD_S ahead is lost.
        """
        count = len(pcm) // SAMPLE_BYTES
        true = self._sample(now_s) - count
        head = self._heads.get(source, max(0, true))
        if true - head > LATE_S * RATE_HZ:
            head = true
        if head - true > AHEAD_S * RATE_HZ:
            return
        self._heads[source] = head + count
        self.put(head, pcm)

    def put(self, sample: int, pcm: bytes) -> None:
        """Add sound from the sample with index `sample` on; sound beyond the maximum length is lost."""
        at = sample * SAMPLE_BYTES
        pcm = pcm[: max(0, self._cap_bytes - at)]
        if not pcm:
            return
        self._pcm.extend(bytes(max(0, at - len(self._pcm))))
        if overlap := min(len(self._pcm) - at, len(pcm)):
            self._pcm[at : at + overlap] = mix((bytes(self._pcm[at : at + overlap]), pcm[:overlap]), overlap)
        self._pcm.extend(pcm[overlap:])

    def finish(self, ended_at_s: float) -> None:
        """Cut or extend the recording to the length of the call, which has ended at `ended_at_s`."""
        self._pcm = bytearray(self.pcm(ended_at_s))

    def pcm(self, until_s: float | None = None) -> bytes:
        """Return the recording; with `until_s`, cut or extended by silence to the length of the call at that
        time.
        """
        if until_s is None:
            return bytes(self._pcm)
        length = min(self._sample(until_s) * SAMPLE_BYTES, self._cap_bytes)
        return bytes(self._pcm[:length]).ljust(length, b"\0")

    def _sample(self, at_s: float) -> int:
        return max(0, round((at_s - self.answered_at_s) * RATE_HZ))


class ListeningPosition:
    """Position of one listener in the sound of one speaker; each read moves the position on."""

    def __init__(self) -> None:
        self._next: int | None = None

    def read(self, said: Sound, began_at_s: float, n_bytes: int, now_s: float) -> bytes:
        """Return the next `n_bytes` of the sound `said`, which began at `began_at_s`; after a pause of
        STALE_S, continue with the present sound.
        """
        true = max(0, round((now_s - began_at_s) * RATE_HZ) - n_bytes // SAMPLE_BYTES)
        if self._next is None or true - self._next > STALE_S * RATE_HZ:
            self._next = true
        pcm = said.at(self._next, n_bytes)
        self._next += n_bytes // SAMPLE_BYTES
        return pcm


class VoiceQueue:
    """Queue of voice from one modem's host to the host of another modem: at most 0.4 s, the oldest is dropped
    first.
    """

    LIMIT = int(0.4 * RATE_HZ) * SAMPLE_BYTES

    def __init__(self) -> None:
        self._pcm = bytearray()

    def put(self, pcm: bytes) -> None:
        """Append voice; drop the oldest beyond the limit."""
        self._pcm.extend(pcm)
        del self._pcm[: max(0, len(self._pcm) - self.LIMIT)]

    def take(self, n_bytes: int) -> bytes:
        """Remove and return the oldest `n_bytes`; return an empty value while fewer are present."""
        if len(self._pcm) < n_bytes:
            return b""
        pcm = bytes(self._pcm[:n_bytes])
        del self._pcm[:n_bytes]
        return pcm
