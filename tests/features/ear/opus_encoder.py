"""An Opus encoder for tests, by the same libopus."""

from __future__ import annotations

import ctypes
from ctypes import byref, c_int, c_int32, c_void_p

import numpy as np
import pytest

from features.ear.voice.opus import FRAME_SAMPLES, RATE_HZ, OpusMissing, library

_VOIP = 2048
_BITRATE, _FEC, _LOSS = 4002, 4012, 4014


try:
    library()
except OpusMissing as missing:
    pytest.skip(f"NOT TESTED: {missing}", allow_module_level=True)


class OpusEncoder:
    """One voice: mono, RATE_HZ, with redundancy for repairs if `fec`."""

    def __init__(self, *, fec: bool = False) -> None:
        opus, error = library(), c_int()
        opus.opus_encoder_create.restype = c_void_p
        opus.opus_encode.argtypes = [c_void_p, ctypes.c_char_p, c_int, c_void_p, c_int32]
        self._opus = opus
        self._state = c_void_p(opus.opus_encoder_create(RATE_HZ, 1, _VOIP, byref(error)))
        assert error.value == 0
        for what, value in ((_BITRATE, 24_000), (_FEC, int(fec)), (_LOSS, 10 if fec else 0)):
            assert opus.opus_encoder_ctl(self._state, c_int(what), c_int32(value)) == 0
        self._out = ctypes.create_string_buffer(1_500)
        self._at = 0

    def encode(self, frame: bytes) -> bytes:
        size = self._opus.opus_encode(self._state, frame, FRAME_SAMPLES, self._out, 1_500)
        assert size > 0
        return self._out.raw[:size]

    def encode_tone(self, hz: float = 440.0) -> bytes:
        """The next 20 ms of a tone."""
        at = np.arange(self._at, self._at + FRAME_SAMPLES)
        self._at += FRAME_SAMPLES
        return self.encode((8_000 * np.sin(2 * np.pi * hz * at / RATE_HZ)).astype("<i2").tobytes())


def encoder(*, fec: bool = False) -> OpusEncoder:
    return OpusEncoder(fec=fec)
