"""What a modem makes of the voice that it sends: faults of the way out, as its vices say. s16le at 8 kHz."""

from __future__ import annotations

import struct
from random import Random

from simulator.modem.vices import Vices
from simulator.network.sound import RATE_HZ, SAMPLE_BYTES
from simulator.network.voice import samples

FRAME_BYTES = RATE_HZ // 50 * SAMPLE_BYTES
MOST, LEAST = 32767, -32768


class Uplink:
    """Of one modem, while its voice is on."""

    def __init__(self, seed: str) -> None:
        self._chance = Random(seed)
        self._late = bytearray()
        self._late_s = 0.0
        self._in_frame, self._lost = 0, False

    def sends(self, pcm: bytes, vices: Vices) -> bytes:
        """As many bytes as were written."""
        if vices.says_silence:
            pcm = bytes(len(pcm))
        if vices.voice_db:
            pcm = _louder(pcm, 10 ** (vices.voice_db / 20))
        if vices.voice_loss:
            pcm = self._with_gaps(pcm, vices.voice_loss)
        return self._delayed(pcm, vices.voice_late_s or 0.0)

    def _with_gaps(self, pcm: bytes, share: float) -> bytes:
        """Whole frames, wherever the host has cut what it writes."""
        sent = bytearray()
        at = 0
        while at < len(pcm):
            if self._in_frame == 0:
                self._lost = self._chance.random() < share
            size = min(FRAME_BYTES - self._in_frame, len(pcm) - at)
            sent += bytes(size) if self._lost else pcm[at : at + size]
            at += size
            self._in_frame = (self._in_frame + size) % FRAME_BYTES
        return bytes(sent)

    def _delayed(self, pcm: bytes, late_s: float) -> bytes:
        if late_s != self._late_s:
            self._late_s = late_s
            self._late = bytearray(int(late_s * RATE_HZ) * SAMPLE_BYTES)
        if not late_s:
            return pcm
        self._late += pcm
        sent = bytes(self._late[: len(pcm)])
        del self._late[: len(pcm)]
        return sent


def _louder(pcm: bytes, times: float) -> bytes:
    louder = [max(LEAST, min(MOST, round(one * times))) for one in samples(pcm)]
    return struct.pack(f"<{len(louder)}h", *louder)
